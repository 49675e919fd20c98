// Builds a JSONValue from bytes, within limits of size and depth that are checked before the work.
// It refuses duplicate keys, since two readers of one file could see different values.

/// How much a JSON text may ask for.
public struct JSONLimits: Sendable, Equatable {
    /// The longest text in bytes.
    public var bytes = 1 << 30
    /// The deepest nesting of arrays and objects.
    public var depth = 128
    /// Whether an unpaired surrogate escape becomes U+FFFD instead of an error.
    public var replacesLoneSurrogates = false
    /// Whether NaN and Infinity, which Python writes, become numbers that are not finite. A reader of
    /// such a number checks its range; unread, it stops no file.
    public var acceptsNonFinite = false

    public init() {}

    /// For the settings that other programs keep beside a model or an adapter.
    public static let ofModels: JSONLimits = {
        var limits = JSONLimits()
        limits.acceptsNonFinite = true
        return limits
    }()
}

extension JSONValue {
    /// Parses one JSON text; `source` names it in errors.
    public init(
        parsing bytes: UnsafeRawBufferPointer, source: String, limits: JSONLimits = JSONLimits()
    ) throws(KernelError) {
        do {
            self = try Self.parse(bytes, limits: limits)
        } catch {
            let line = bytes.prefix(error.offset).reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
            throw KernelError(
                .badData, "cannot read the JSON text",
                at: "\(source.escapedForDisplay), line \(line), byte \(error.offset)",
                because: error.reason)
        }
    }

    /// Parses a JSON text held in a string.
    public init(
        parsing text: String, source: String, limits: JSONLimits = JSONLimits()
    ) throws(KernelError) {
        var text = text
        let result = text.withUTF8 { units in
            Result { () throws(KernelError) in
                try JSONValue(
                    parsing: UnsafeRawBufferPointer(units), source: source, limits: limits)
            }
        }
        self = try result.get()
    }

    /// Parses the file at `path`.
    public init(
        contentsOf path: String, limits: JSONLimits = JSONLimits()
    ) throws(KernelError) {
        let file = try MappedFile(path: path)
        try LargeFilePointer.refuse(file.bytes, at: path)
        self = try withExtendedLifetime(file) { () throws(KernelError) in
            try JSONValue(parsing: file.bytes, source: path, limits: limits)
        }
    }

    static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits
    ) throws(JSONFailure) -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw JSONFailure(
                kind: .tooLarge, offset: 0,
                reason: "\(bytes.count) bytes, the limit is \(limits.bytes)")
        }
        var parser = JSONParser(
            scanner: JSONScanner(bytes), depthLimit: limits.depth)
        parser.scanner.replacesLoneSurrogates = limits.replacesLoneSurrogates
        parser.scanner.acceptsNonFinite = limits.acceptsNonFinite
        parser.scanner.skipByteOrderMark()
        let value = try parser.value(depth: 0)
        try parser.scanner.expectEnd()
        return value
    }
}

/// Recursive descent over a scanner; the recursion is bounded by the depth limit.
private struct JSONParser {
    var scanner: JSONScanner
    let depthLimit: Int

    mutating func value(depth: Int) throws(JSONFailure) -> JSONValue {
        scanner.skipSpace()
        switch scanner.current {
        case 0x22: return .string(try scanner.string())
        case 0x7B: return try object(depth: depth)
        case 0x5B: return try array(depth: depth)
        case 0x74:
            try scanner.literal("true")
            return .bool(true)
        case 0x66:
            try scanner.literal("false")
            return .bool(false)
        case 0x6E:
            try scanner.literal("null")
            return .null
        case 0x2D, 0x30...0x39: return try scanner.number()
        case 0x4E, 0x49:
            guard scanner.acceptsNonFinite else { throw scanner.unexpected("a value") }
            return try scanner.nonFinite()
        default: throw scanner.unexpected("a value")
        }
    }

    private func checkDepth(_ depth: Int) throws(JSONFailure) {
        guard depth < depthLimit else {
            throw scanner.failure(.tooDeep, "nested deeper than \(depthLimit)")
        }
    }

    private mutating func array(depth: Int) throws(JSONFailure) -> JSONValue {
        try checkDepth(depth)
        try scanner.expect(0x5B, "\"[\"")
        scanner.skipSpace()
        var elements: [JSONValue] = []
        if scanner.consume(0x5D) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            scanner.skipSpace()
            if scanner.consume(0x5D) { return .array(elements) }
            try scanner.expect(0x2C, "\",\" or \"]\"")
        }
    }

    private mutating func object(depth: Int) throws(JSONFailure) -> JSONValue {
        try checkDepth(depth)
        try scanner.expect(0x7B, "\"{\"")
        scanner.skipSpace()
        var members = JSONObject()
        if scanner.consume(0x7D) { return .object(members) }
        while true {
            scanner.skipSpace()
            let start = scanner.position
            let key = try scanner.string()
            scanner.skipSpace()
            try scanner.expect(0x3A, "\":\"")
            let member = try value(depth: depth + 1)
            guard members.updateValue(member, forKey: key) == nil else {
                throw scanner.failure(
                    .duplicateKey, "the key \"\(key.escapedForDisplay)\" occurs twice", at: start)
            }
            scanner.skipSpace()
            if scanner.consume(0x7D) { return .object(members) }
            try scanner.expect(0x2C, "\",\" or \"}\"")
        }
    }
}
