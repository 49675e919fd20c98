// The part of JSON Schema (draft 2020-12) that says what an answer looks like: types, objects, arrays, numbers, texts,
// choices. A word that is not known is refused, so that no schema is looser than it reads.

/// A schema.
struct JSONSchema: Sendable {
    private let value: JSONValue

    /// Words that say nothing about a value.
    private static let remarks: Set<String> = [
        "$schema", "$id", "title", "description", "examples", "default", "$comment",
    ]
    private static let words: Set<String> = [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items",
        "minItems", "maxItems", "minLength", "maxLength", "pattern", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "anyOf", "allOf", "oneOf", "not",
    ]

    init(_ value: JSONValue) throws(KernelError) {
        self.value = value
        try Self.check(value, depth: 0)
    }

    private static func check(_ schema: JSONValue, depth: Int) throws(KernelError) {
        func fault(_ why: Sentence) -> KernelError {
            KernelError(.badData, "this JSON schema cannot be used", because: why)
        }
        if schema.bool != nil { return }
        guard depth < 64, let object = schema.object else {
            throw fault("a schema is an object, at most 64 deep")
        }
        for key in object.keys where !words.contains(key) && !remarks.contains(key) {
            throw fault("\(key.escapedForDisplay) is not known here")
        }
        if let pattern = object["pattern"]?.string, (try? Regex(pattern)) == nil {
            throw fault("\(pattern.escapedForDisplay) is no regular expression")
        }
        for part in object["properties"]?.object?.values.map(\.self) ?? [] {
            try check(part, depth: depth + 1)
        }
        for key in ["items", "not"] {
            if let part = object[key] { try check(part, depth: depth + 1) }
        }
        for key in ["anyOf", "allOf", "oneOf"] {
            for part in object[key]?.array ?? [] { try check(part, depth: depth + 1) }
        }
        if let more = object["additionalProperties"] { try check(more, depth: depth + 1) }
    }

    /// Whether a value is as the schema says.
    func accepts(_ value: JSONValue) -> Bool { Self.accepts(self.value, value) }

    private static func accepts(_ schema: JSONValue, _ value: JSONValue) -> Bool {
        if let all = schema.bool { return all }
        guard let rules = schema.object else { return false }
        if let type = rules["type"] {
            let names = type.array?.compactMap(\.string) ?? [type.string].compactMap(\.self)
            guard names.contains(where: { isOf($0, value) }) else { return false }
        }
        if let choices = rules["enum"]?.array, !choices.contains(value) { return false }
        if let only = rules["const"], only != value { return false }
        if let parts = rules["allOf"]?.array, !parts.allSatisfy({ accepts($0, value) }) {
            return false
        }
        if let parts = rules["anyOf"]?.array, !parts.contains(where: { accepts($0, value) }) {
            return false
        }
        if let parts = rules["oneOf"]?.array, parts.count(where: { accepts($0, value) }) != 1 {
            return false
        }
        if let other = rules["not"], accepts(other, value) { return false }
        if let object = value.object { return isFine(rules, object) }
        if let items = value.array { return isFine(rules, items) }
        if let text = value.string { return isFine(rules, text) }
        return value.double.map { isFine(rules, $0) } ?? true
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch type {
        case "object": value.object != nil
        case "array": value.array != nil
        case "string": value.string != nil
        case "boolean": value.bool != nil
        case "null": value == .null
        case "number": value.bool == nil && value.double != nil
        case "integer": value.bool == nil && value.double.map { $0 == $0.rounded() } == true
        default: false
        }
    }

    private static func isFine(_ rules: JSONObject, _ object: JSONObject) -> Bool {
        let required = rules["required"]?.array?.compactMap(\.string) ?? []
        guard required.allSatisfy({ object[$0] != nil }) else { return false }
        let known = rules["properties"]?.object
        for key in object.keys {
            guard let value = object[key] else { continue }
            if let part = known?[key] {
                guard accepts(part, value) else { return false }
            } else if let more = rules["additionalProperties"], !accepts(more, value) {
                return false
            }
        }
        return true
    }

    private static func isFine(_ rules: JSONObject, _ items: [JSONValue]) -> Bool {
        isWithin(rules, Double(items.count), "minItems", "maxItems")
            && (rules["items"].map { part in items.allSatisfy { accepts(part, $0) } } ?? true)
    }

    private static func isFine(_ rules: JSONObject, _ text: String) -> Bool {
        guard isWithin(rules, Double(text.unicodeScalars.count), "minLength", "maxLength") else {
            return false
        }
        guard let pattern = rules["pattern"]?.string else { return true }
        guard let expression = try? Regex(pattern) else { return false }
        return ((try? expression.firstMatch(in: text)) ?? nil) != nil
    }

    private static func isFine(_ rules: JSONObject, _ number: Double) -> Bool {
        isWithin(rules, number, "minimum", "maximum")
            && (rules["exclusiveMinimum"]?.double.map { number > $0 } ?? true)
            && (rules["exclusiveMaximum"]?.double.map { number < $0 } ?? true)
    }

    private static func isWithin(
        _ rules: JSONObject, _ number: Double, _ least: String, _ most: String
    ) -> Bool {
        (rules[least]?.double.map { number >= $0 } ?? true)
            && (rules[most]?.double.map { number <= $0 } ?? true)
    }
}
