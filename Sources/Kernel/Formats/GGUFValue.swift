// The values of a GGUF file's metadata, each with the exact type it has in the file.
// Only conversions that lose nothing are offered; everything else answers nil.

/// One metadata value.
public enum GGUFValue: Sendable, Equatable {
    case uint8(UInt8), int8(Int8), uint16(UInt16), int16(Int16), uint32(UInt32), int32(Int32)
    case float32(Float), bool(Bool), string(String), array(GGUFArray)
    case uint64(UInt64), int64(Int64), float64(Double)

    /// The type's number in the file.
    var typeCode: UInt32 {
        switch self {
        case .uint8: 0
        case .int8: 1
        case .uint16: 2
        case .int16: 3
        case .uint32: 4
        case .int32: 5
        case .float32: 6
        case .bool: 7
        case .string: 8
        case .array: 9
        case .uint64: 10
        case .int64: 11
        case .float64: 12
        }
    }

    /// The value of any integer type that fits an Int.
    public var integer: Int? {
        switch self {
        case .uint8(let value): Int(value)
        case .int8(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint64(let value): Int(exactly: value)
        case .int64(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The value of either float type.
    public var double: Double? {
        switch self {
        case .float32(let value): Double(value)
        case .float64(let value): value
        default: nil
        }
    }

    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    public var array: GGUFArray? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    /// The value as JSON, to be compared and shown; of an array only its length.
    var json: JSONValue {
        if let integer { return .integer(integer) }
        if let double { return .number(double) }
        if let bool { return .bool(bool) }
        if let string { return .string(string) }
        if let array { return .string("array of \(array.count)") }
        return .string(typeName)
    }

    /// An integer, or the one integer that all elements of an array are; nil for anything else.
    var uniformInteger: Int? {
        if let integer { return integer }
        guard let list = array?.integers, let first = list.first,
            list.allSatisfy({ $0 == first })
        else { return nil }
        return first
    }

    /// The type's name, for messages.
    public var typeName: String {
        switch self {
        case .uint8: "u8"
        case .int8: "i8"
        case .uint16: "u16"
        case .int16: "i16"
        case .uint32: "u32"
        case .int32: "i32"
        case .float32: "f32"
        case .bool: "bool"
        case .string: "string"
        case .array: "array"
        case .uint64: "u64"
        case .int64: "i64"
        case .float64: "f64"
        }
    }
}

/// A metadata array; all elements have one type, and arrays do not nest.
public enum GGUFArray: Sendable, Equatable {
    /// A large array that was left in its file.
    case inFile(GGUFArrayView)
    case uint8([UInt8]), int8([Int8]), uint16([UInt16]), int16([Int16])
    case uint32([UInt32]), int32([Int32]), float32([Float]), bool([Bool]), string([String])
    case uint64([UInt64]), int64([Int64]), float64([Double])

    public static func == (one: GGUFArray, two: GGUFArray) -> Bool {
        guard one.elementTypeCode == two.elementTypeCode, one.count == two.count else {
            return false
        }
        switch one.elementTypeCode {
        case 6: return one.floats == two.floats
        case 7: return one.bools == two.bools
        case 8: return one.strings == two.strings
        case 10: return one.wholes == two.wholes
        case 12: return one.doubles == two.doubles
        default: return one.integers == two.integers
        }
    }

    private var bools: [Bool]? {
        guard case .bool(let values) = self else { return nil }
        return values
    }

    private var wholes: [UInt64]? {
        switch self {
        case .uint64(let values): values
        case .inFile(let view): view.values(UInt64.self)
        default: nil
        }
    }

    private var doubles: [Double]? {
        switch self {
        case .float64(let values): values
        case .inFile(let view): view.values(UInt64.self).map { Double(bitPattern: $0) }
        default: nil
        }
    }

    public var count: Int {
        switch self {
        case .inFile(let view): view.count
        case .uint8(let values): values.count
        case .int8(let values): values.count
        case .uint16(let values): values.count
        case .int16(let values): values.count
        case .uint32(let values): values.count
        case .int32(let values): values.count
        case .float32(let values): values.count
        case .bool(let values): values.count
        case .string(let values): values.count
        case .uint64(let values): values.count
        case .int64(let values): values.count
        case .float64(let values): values.count
        }
    }

    /// The element type's number in the file.
    var elementTypeCode: UInt32 {
        switch self {
        case .inFile(let view): view.code
        case .uint8: 0
        case .int8: 1
        case .uint16: 2
        case .int16: 3
        case .uint32: 4
        case .int32: 5
        case .float32: 6
        case .bool: 7
        case .string: 8
        case .uint64: 10
        case .int64: 11
        case .float64: 12
        }
    }

    public var strings: [String]? {
        if case .inFile(let view) = self { return view.strings }
        guard case .string(let values) = self else { return nil }
        return values
    }

    public var floats: [Float]? {
        if case .inFile(let view) = self { return view.floats }
        guard case .float32(let values) = self else { return nil }
        return values
    }

    /// The elements of any integer array whose values fit an Int.
    public var integers: [Int]? {
        switch self {
        case .inFile(let view): view.integers
        case .uint8(let values): values.map { Int($0) }
        case .int8(let values): values.map { Int($0) }
        case .uint16(let values): values.map { Int($0) }
        case .int16(let values): values.map { Int($0) }
        case .uint32(let values): values.map { Int($0) }
        case .int32(let values): values.map { Int($0) }
        case .int64(let values): values.map { Int($0) }
        case .uint64(let values):
            values.allSatisfy { $0 <= UInt64(Int.max) } ? values.map { Int($0) } : nil
        default: nil
        }
    }
}
