// A forward-only cursor over the bytes of a GGUF file: every read checks what remains first.
// It knows the primitive encodings (integers, floats, strings, arrays), not the file's structure.

struct GGUFCursor {
    static let stringLimit = 16 << 20
    static let elementLimit = 64 << 20

    /// Arrays above so many bytes stay in the file.
    static let copyLimit = 4 << 20

    private let bytes: UnsafeRawBufferPointer
    /// The mapping that the bytes are of, which a large array can hold on to.
    private let file: MappedFile?
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer, of file: MappedFile? = nil) {
        self.bytes = bytes
        self.file = file
    }

    var remaining: Int { bytes.count - position }

    mutating func integer<Value: FixedWidthInteger>(
        _ field: @autoclosure () -> String, as: Value.Type = Value.self
    ) throws(FormatFailure) -> Value {
        let size = MemoryLayout<Value>.size
        guard remaining >= size else {
            throw FormatFailure(
                .notEnoughData, field(), at: position, "\(size) bytes needed, \(remaining) left")
        }
        let value = bytes.loadUnaligned(fromByteOffset: position, as: Value.self)
        position += size
        return Value(littleEndian: value)
    }

    mutating func count(
        _ field: @autoclosure () -> String, limit: Int, elementBytes: Int, fault: FormatFault
    ) throws(FormatFailure) -> Int {
        let start = position
        let declared: UInt64 = try integer(field())
        // Dividing what remains cannot overflow, multiplying what was declared could.
        guard let value = Int(exactly: declared), value <= limit else {
            throw FormatFailure(fault, field(), at: start, "\(declared), the limit is \(limit)")
        }
        guard value <= remaining / elementBytes else {
            // The class stays that of the field; the hint of a cut file is for what is missing.
            var failure = FormatFailure(
                fault, field(), at: start,
                "\(declared) of at least \(elementBytes) bytes each are announced, "
                    + "the file ends \(remaining) bytes later")
            failure.runsPastTheEnd = true
            throw failure
        }
        return value
    }

    mutating func string(
        _ field: @autoclosure () -> String, limit: Int = GGUFCursor.stringLimit,
        fault: FormatFault = .badString
    ) throws(FormatFailure) -> String {
        let length = try count(field(), limit: limit, elementBytes: 1, fault: fault)
        let units = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
        guard let text = String(validating: units, as: UTF8.self) else {
            throw FormatFailure(fault, field(), at: position, "the text is not UTF-8")
        }
        position += length
        return text
    }

    mutating func bool(_ field: @autoclosure () -> String) throws(FormatFailure) -> Bool {
        let start = position
        let byte: UInt8 = try integer(field())
        guard byte <= 1 else {
            throw FormatFailure(.badValueType, field(), at: start, "\(byte) is not a bool")
        }
        return byte == 1
    }

    mutating func value(of key: String) throws(FormatFailure) -> GGUFValue {
        let start = position
        let code: UInt32 = try integer("type of \"\(key)\"")
        switch code {
        case 0: return .uint8(try integer(key))
        case 1: return .int8(try integer(key))
        case 2: return .uint16(try integer(key))
        case 3: return .int16(try integer(key))
        case 4: return .uint32(try integer(key))
        case 5: return .int32(try integer(key))
        case 6: return .float32(Float(bitPattern: try integer(key)))
        case 7: return .bool(try bool(key))
        case 8: return .string(try string(key))
        case 9: return .array(try array(of: key))
        case 10: return .uint64(try integer(key))
        case 11: return .int64(try integer(key))
        case 12: return .float64(Double(bitPattern: try integer(key)))
        default:
            throw FormatFailure(
                .badValueType, "type of \"\(key)\"", at: start, "\(code) is not a type")
        }
    }

    private mutating func array(of key: String) throws(FormatFailure) -> GGUFArray {
        let start = position
        let code: UInt32 = try integer("element type of \"\(key)\"")
        if let view = try view(of: key, code: code) { return .inFile(view) }
        switch code {
        case 0: return .uint8(try integers(key))
        case 1: return .int8(try integers(key))
        case 2: return .uint16(try integers(key))
        case 3: return .int16(try integers(key))
        case 4: return .uint32(try integers(key))
        case 5: return .int32(try integers(key))
        case 6: return .float32(try integers(key).map { Float(bitPattern: $0) })
        case 7:
            return .bool(
                try elements(key, size: 1) { (cursor) throws(FormatFailure) in
                    try cursor.bool(key)
                })
        case 8:
            return .string(
                try elements(key, size: 8) { (cursor) throws(FormatFailure) in
                    try cursor.string(key)
                })
        case 9:
            throw FormatFailure(
                .badArray, "element type of \"\(key)\"", at: start, "arrays may not nest")
        case 10: return .uint64(try integers(key))
        case 11: return .int64(try integers(key))
        case 12: return .float64(try integers(key).map { Double(bitPattern: $0) })
        default:
            throw FormatFailure(
                .badArray, "element type of \"\(key)\"", at: start, "\(code) is not a type")
        }
    }

    /// A large array as a part of the file, checked but not copied; nil for a small one, whose cursor stays
    /// where it was.
    private mutating func view(
        of key: String, code: UInt32
    ) throws(FormatFailure) -> GGUFArrayView? {
        guard let file, let size = GGUFArrayView.elementBytes(code: code), code != 7 else {
            return nil
        }
        let start = position
        let field = "length of \"\(key)\""
        let count = try count(
            field, limit: Self.elementLimit, elementBytes: size, fault: .badArray)
        guard count * size > Self.copyLimit else {
            position = start
            return nil
        }
        let first = position
        if code == 8 {
            for _ in 0..<count { try skipString(key) }
        } else {
            position += count * size
        }
        return GGUFArrayView(file: file, range: first..<position, count: count, code: code)
    }

    /// Passes over a string after the checks of one that is read.
    private mutating func skipString(_ field: String) throws(FormatFailure) {
        let length = try count(
            field, limit: Self.stringLimit, elementBytes: 1, fault: .badString)
        let units = UnsafeRawBufferPointer(rebasing: bytes[position..<position + length])
        guard units.allSatisfy({ $0 < 0x80 }) || String(validating: units, as: UTF8.self) != nil
        else {
            throw FormatFailure(.badString, field, at: position, "the text is not UTF-8")
        }
        position += length
    }

    private mutating func integers<Value: FixedWidthInteger>(
        _ key: String
    ) throws(FormatFailure) -> [Value] {
        try elements(key, size: MemoryLayout<Value>.size) { (cursor) throws(FormatFailure) in
            try cursor.integer(key)
        }
    }

    private mutating func elements<Value>(
        _ key: String, size: Int, _ read: (inout Self) throws(FormatFailure) -> Value
    ) throws(FormatFailure) -> [Value] {
        let count = try count(
            "length of \"\(key)\"", limit: Self.elementLimit, elementBytes: size, fault: .badArray)
        var values: [Value] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try read(&self)) }
        return values
    }
}
