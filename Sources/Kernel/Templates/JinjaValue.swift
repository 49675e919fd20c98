// The values a chat template computes with: Python's, as far as templates need them.
// Plain data only; no host object can be reached from here.

import OrderedCollections

/// A list with its nesting depth, so that no value can nest without bound.
struct JinjaList: Equatable {
    let items: [JinjaValue]
    let depth: Int

    init(_ items: [JinjaValue]) {
        self.items = items
        depth = 1 + (items.lazy.map(\.depth).max() ?? 0)
    }
}

/// A dictionary with string keys and its nesting depth.
struct JinjaMap: Equatable {
    let members: OrderedDictionary<String, JinjaValue>
    let depth: Int

    init(_ members: OrderedDictionary<String, JinjaValue>) {
        self.members = members
        depth = 1 + (members.values.lazy.map(\.depth).max() ?? 0)
    }
}

/// One value.
enum JinjaValue: Equatable {
    /// The value of a name that nobody set; the name is for messages.
    case undefined(String)
    case none
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list(JinjaList)
    case map(JinjaMap)
    /// The number of a `namespace` that the interpreter keeps.
    case namespace(Int)

    static func array(_ items: [JinjaValue]) -> JinjaValue { .list(JinjaList(items)) }

    init(_ json: JSONValue) {
        switch json {
        case .null: self = .none
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .bigInteger(let text): self = .number(Double(text) ?? .infinity)
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .array(let items): self = .array(items.map(JinjaValue.init))
        case .object(let members):
            // Keys that differ in bytes only, not in meaning, become one here.
            let pairs = members.map { ($0.key, JinjaValue($0.value)) }
            self = .map(JinjaMap(OrderedDictionary(pairs) { _, last in last }))
        }
    }

    /// How deep lists and dictionaries nest.
    var depth: Int {
        switch self {
        case .list(let list): list.depth
        case .map(let map): map.depth
        default: 0
        }
    }

    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .number(let value): value != 0
        case .string(let value): !value.isEmpty
        case .list(let list): !list.items.isEmpty
        case .map(let map): !map.members.isEmpty
        case .namespace: true
        }
    }

    /// The value as a number where Python would take it for one.
    var asInteger: Int? {
        switch self {
        case .integer(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    /// The type, for messages.
    var kindName: String {
        switch self {
        case .undefined(let name): "undefined (\(name))"
        case .none: "none"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .list: "a list"
        case .map: "a dictionary"
        case .namespace: "a namespace"
        }
    }

    /// What `{{ value }}` prints.
    var printed: String {
        if case .string(let text) = self { return text }
        if case .undefined = self { return "" }
        return represented
    }

    /// Python's `repr`.
    var represented: String {
        switch self {
        case .undefined: return "Undefined"
        case .none: return "None"
        case .bool(let value): return value ? "True" : "False"
        case .integer(let value): return String(value)
        case .number(let value): return Self.text(of: value)
        case .string(let text): return Self.quoted(text)
        case .list(let list):
            return "[" + list.items.map(\.represented).joined(separator: ", ") + "]"
        case .map(let map):
            let members = map.members.map { "\(Self.quoted($0)): \($1.represented)" }
            return "{" + members.joined(separator: ", ") + "}"
        case .namespace: return "<Namespace>"
        }
    }

    /// The value as JSON; nil where there is none.
    var json: JSONValue? {
        switch self {
        case .undefined, .namespace: nil
        case .none: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .list(let list):
            list.items.allSatisfy { $0.json != nil }
                ? .array(list.items.compactMap(\.json)) : nil
        case .map(let map):
            map.members.values.allSatisfy { $0.json != nil }
                ? .object(
                    JSONObject(
                        uniqueKeysWithValues: map.members.compactMapValues(\.json).map {
                            ($0.key, $0.value)
                        })) : nil
        }
    }

    /// Whether two values are equal as Python has it: 1 == 1.0 == True, strings by code points.
    func isEqual(to other: JinjaValue) -> Bool {
        switch (self, other) {
        case (.string(let a), .string(let b)):
            return a.unicodeScalars.elementsEqual(b.unicodeScalars)
        case (.undefined, .undefined): return true
        case (.list(let a), .list(let b)):
            return a.items.count == b.items.count
                && zip(a.items, b.items).allSatisfy { $0.isEqual(to: $1) }
        case (.map(let a), .map(let b)):
            return a.members.count == b.members.count
                && a.members.allSatisfy { b.members[$0]?.isEqual(to: $1) ?? false }
        default:
            if let a = asDouble, let b = other.asDouble { return a == b }
            return self == other
        }
    }

    var asDouble: Double? {
        if case .number(let value) = self { return value }
        return asInteger.map(Double.init)
    }

    private static func text(of number: Double) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        return number.description
    }

    /// A Python string literal: single quotes unless only those occur.
    private static func quoted(_ text: String) -> String {
        let quote: Unicode.Scalar = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var result = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case quote: result += "\\" + String(quote)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + String(quote)
    }
}
