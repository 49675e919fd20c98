// A large metadata array that stays in its mapped file: checked once, copied only when somebody asks for
// its elements. It knows the encodings of elements, not what they mean.

/// Elements of one type in a part of a mapped file.
public struct GGUFArrayView: Sendable {
    private let file: MappedFile
    private let range: Range<Int>
    /// The number of elements.
    public let count: Int
    /// The element type's number in the file.
    let code: UInt32

    /// `range` holds `count` elements of the type; both were checked.
    init(file: MappedFile, range: Range<Int>, count: Int, code: UInt32) {
        (self.file, self.range, self.count, self.code) = (file, range, count, code)
    }

    /// Bytes of an element, of a string its length field; nil for what arrays cannot hold.
    static func elementBytes(code: UInt32) -> Int? {
        switch code {
        case 0, 1, 7: 1
        case 2, 3: 2
        case 4, 5, 6: 4
        case 8, 10, 11, 12: 8
        default: nil
        }
    }

    /// The elements as the file has them.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[range]) }

    /// The elements of an array of strings.
    var strings: [String]? {
        guard code == 8 else { return nil }
        let bytes = bytes
        var position = 0
        var strings: [String] = []
        strings.reserveCapacity(count)
        for _ in 0..<count {
            // The file may have changed since it was checked; the code that computes asks about that.
            guard bytes.count - position >= 8 else { return strings }
            let declared = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            position += 8
            guard let length = Int(exactly: UInt64(littleEndian: declared)),
                length <= bytes.count - position
            else { return strings }
            let units = bytes[position..<position + length]
            strings.append(String(decoding: units, as: UTF8.self))
            position += length
        }
        return strings
    }

    /// The elements of an array of float32.
    var floats: [Float]? {
        guard code == 6 else { return nil }
        return values(UInt32.self).map { Float(bitPattern: $0) }
    }

    /// The elements of any integer array whose values fit an Int.
    var integers: [Int]? {
        switch code {
        case 0: values(UInt8.self).map { Int($0) }
        case 1: values(Int8.self).map { Int($0) }
        case 2: values(UInt16.self).map { Int($0) }
        case 3: values(Int16.self).map { Int($0) }
        case 4: values(UInt32.self).map { Int($0) }
        case 5: values(Int32.self).map { Int($0) }
        case 11: values(Int64.self).map { Int($0) }
        case 10: wholeNumbers
        default: nil
        }
    }

    private var wholeNumbers: [Int]? {
        let values = values(UInt64.self)
        return values.allSatisfy { $0 <= UInt64(Int.max) } ? values.map { Int($0) } : nil
    }

    func values<Value: FixedWidthInteger>(_: Value.Type) -> [Value] {
        let bytes = bytes
        let size = MemoryLayout<Value>.size
        return (0..<count).map {
            Value(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * size, as: Value.self))
        }
    }
}
