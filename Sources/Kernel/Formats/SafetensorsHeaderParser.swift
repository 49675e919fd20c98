// Walks the JSON text of a safetensors header entry by entry, without building a tree of it.
// It collects what is declared; whether that fits the file is decided in SafetensorsHeader.

/// One pass over the header's text.
struct SafetensorsHeaderParser {
    private var scanner: JSONScanner
    private(set) var tensors: [SafetensorsHeader.RawTensor] = []
    private(set) var metadata: [(key: String, value: String)] = []
    /// A well-formed value that is out of range or not supported; the first one counts.
    private(set) var refusal: FormatFailure?
    /// What is being read: nil at the top, else a tensor's name or `__metadata__`.
    private var member: String?

    private let keepsUnread: Bool
    private var lastShape: [Int] = []

    /// With `keepsUnread` tensors of types that cannot be read are collected as well.
    init(_ text: UnsafeRawBufferPointer, keepsUnread: Bool) {
        scanner = JSONScanner(text)
        self.keepsUnread = keepsUnread
    }

    private var field: String { member.map { "entry \"\($0)\"" } ?? "header" }

    func failure(for json: JSONFailure) -> FormatFailure {
        let fault: FormatFault =
            switch json.kind {
            case .encoding: .invalidHeader
            case .duplicateKey: .duplicateKey
            default: .invalidHeaderDeserialization
            }
        return FormatFailure(fault, field, at: 8 + json.offset, json.reason)
    }

    private mutating func refuse(_ fault: FormatFault, at offset: Int, _ reason: Sentence) {
        if refusal == nil {
            refusal = FormatFailure(fault, field, at: 8 + offset, reason)
        }
    }

    mutating func parse() throws(JSONFailure) {
        scanner.skipSpace()
        var hasMetadata = false
        try members { (parser, key, offset) throws(JSONFailure) in
            if key == "__metadata__" {
                guard !hasMetadata else { throw parser.duplicate(key, at: offset) }
                hasMetadata = true
                try parser.metadataValue()
            } else {
                try parser.tensor(key, at: offset)
            }
        }
        member = nil
        try scanner.expectEnd()
        try refuseDuplicates()
    }

    /// At the end and by sorted hashes: a table of all names would take as much as the header.
    private func refuseDuplicates() throws(JSONFailure) {
        let names = NameIndex(count: tensors.count) { tensors[$0].name }
        if let again = names.firstRepeated({ tensors[$0].name }) {
            throw duplicate(tensors[again].name, at: tensors[again].offset - 8)
        }
    }

    /// Gives the tensors away; they are a large part of the header's size.
    mutating func takeTensors() -> [SafetensorsHeader.RawTensor] {
        defer { tensors = [] }
        return tensors
    }

    private func duplicate(_ key: String, at offset: Int) -> JSONFailure {
        scanner.failure(.duplicateKey, "\"\(key.escapedForDisplay)\" occurs twice", at: offset)
    }

    /// Calls `body` with the cursor at each member's value.
    private mutating func members(
        _ body: (inout Self, String, Int) throws(JSONFailure) -> Void
    ) throws(JSONFailure) {
        try scanner.expect(0x7B, "\"{\"")
        scanner.skipSpace()
        if scanner.consume(0x7D) { return }
        while true {
            scanner.skipSpace()
            let offset = scanner.position
            let key = try scanner.string()
            scanner.skipSpace()
            try scanner.expect(0x3A, "\":\"")
            scanner.skipSpace()
            try body(&self, key, offset)
            scanner.skipSpace()
            if scanner.consume(0x7D) { return }
            try scanner.expect(0x2C, "\",\" or \"}\"")
        }
    }

    private mutating func metadataValue() throws(JSONFailure) {
        member = "__metadata__"
        if scanner.current == 0x6E { return try scanner.literal("null") }
        var keys: Set<String> = []
        try members { (parser, key, offset) throws(JSONFailure) in
            guard keys.insert(key).inserted else { throw parser.duplicate(key, at: offset) }
            parser.metadata.append((key, try parser.scanner.string()))
        }
    }

    private mutating func tensor(_ name: String, at offset: Int) throws(JSONFailure) {
        member = name
        var type: (dtype: DType?, name: String)?
        var shape: [Int]?
        var range: (begin: UInt64, end: UInt64)?
        try members { (parser, key, offset) throws(JSONFailure) in
            switch key {
            case "dtype":
                guard type == nil else { throw parser.duplicate(key, at: offset) }
                type = try parser.elementKind()
            case "shape":
                guard shape == nil else { throw parser.duplicate(key, at: offset) }
                shape = try parser.shape()
            case "data_offsets":
                guard range == nil else { throw parser.duplicate(key, at: offset) }
                range = try parser.offsets()
            default:
                try parser.scanner.skipValue(depth: 2, limit: 128)
            }
        }
        guard let type, var shape, let range else {
            throw scanner.failure("dtype, shape or data_offsets is missing", at: offset)
        }
        guard type.dtype != nil || keepsUnread else { return }
        // Most tensors have the shape of the one before: they share its memory.
        if shape == lastShape { shape = lastShape } else { lastShape = shape }
        tensors.append(
            SafetensorsHeader.RawTensor(
                name: name, dtype: type.dtype, typeName: type.name, shape: shape,
                begin: range.begin, end: range.end,
                offset: 8 + offset))
    }

    private mutating func elementKind() throws(JSONFailure) -> (DType?, String) {
        let start = scanner.position
        let name = try scanner.string()
        let dtype = SafetensorsHeader.dtype(named: name)
        if dtype == nil, !keepsUnread {
            refuse(
                .unsupportedType, at: start,
                "the element type \"\(name.escapedForDisplay)\" is not supported "
                    + "(F32 F16 BF16 F64 I64 I32 I16 I8 U8 BOOL are)")
        }
        return (dtype, name)
    }

    /// Calls `body` with the cursor at each element.
    private mutating func elements(
        _ body: (inout Self) throws(JSONFailure) -> Void
    ) throws(JSONFailure) {
        try scanner.expect(0x5B, "\"[\"")
        scanner.skipSpace()
        if scanner.consume(0x5D) { return }
        while true {
            scanner.skipSpace()
            try body(&self)
            scanner.skipSpace()
            if scanner.consume(0x5D) { return }
            try scanner.expect(0x2C, "\",\" or \"]\"")
        }
    }

    private mutating func shape() throws(JSONFailure) -> [Int] {
        var shape: [Int] = []
        let start = scanner.position
        var rank = 0
        try elements { (parser) throws(JSONFailure) in
            let offset = parser.scanner.position
            let value = try parser.scanner.unsignedInteger()
            rank += 1
            guard rank <= SafetensorsHeader.rankLimit else { return }
            guard value <= UInt64(SafetensorsHeader.dimensionLimit) else {
                parser.refuse(
                    .validationOverflow, at: offset, "the dimension \(value) is above 2^48")
                return
            }
            shape.append(Int(value))
        }
        if rank > SafetensorsHeader.rankLimit {
            refuse(
                .validationOverflow, at: start,
                "\(rank) dimensions, the limit is \(SafetensorsHeader.rankLimit)")
        }
        return shape
    }

    private mutating func offsets() throws(JSONFailure) -> (begin: UInt64, end: UInt64) {
        let start = scanner.position
        var values: [UInt64] = []
        try elements { (parser) throws(JSONFailure) in
            let value = try parser.scanner.unsignedInteger()
            guard values.count < 2 else {
                throw parser.scanner.failure("data_offsets has more than two numbers", at: start)
            }
            values.append(value)
        }
        guard values.count == 2 else {
            throw scanner.failure("data_offsets needs two numbers", at: start)
        }
        return (values[0], values[1])
    }
}
