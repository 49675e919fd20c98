// A GGUF file as loose parts, written without the kernel's writer: each part can be made wrong alone.
// A fresh recipe is a random valid file; the malformed cases change it in one place.
import Foundation

struct GGUFRecipe: Sendable {
    struct Pair: Sendable {
        var key: [UInt8]
        var keyLength: UInt64?
        var type: UInt32
        var payload: [UInt8]
    }

    struct Tensor: Sendable {
        var name: [UInt8]
        var nameLength: UInt64?
        var rank: UInt32?
        /// Innermost first.
        var dimensions: [UInt64]
        var type: UInt32
        var offset: UInt64?
        var byteCount: Int
    }

    var magic = Array("GGUF".utf8)
    var version: UInt32 = 3
    var tensorCount: UInt64?
    var pairCount: UInt64?
    var pairs: [Pair] = []
    var tensors: [Tensor] = []
    /// What the offsets and the data are padded to; declared only if a case adds the key.
    var alignment = 32
    /// Bytes of the data section that are left out at the end, the whole padding included.
    var missingDataBytes = 0
    var extraBytes = 0

    /// A valid file of three to six keys and as many tensors, with more than 8 kB of data; the outer
    /// dimensions of tensors go up to `largest`.
    init(_ numbers: inout SeededNumbers, largest: UInt64 = 5) {
        for index in 0..<3 + numbers.below(4) {
            pairs.append(Self.randomPair("key.\(index)", &numbers))
        }
        let kinds: [(type: UInt32, block: Int, bytes: Int)] = [
            (0, 1, 4), (1, 1, 2), (2, 32, 18), (3, 32, 20), (6, 32, 22), (7, 32, 24), (8, 32, 34),
            (12, 256, 144), (13, 256, 176), (14, 256, 210), (30, 1, 2),
        ]
        for index in 0..<3 + numbers.below(4) {
            let kind = kinds[numbers.below(kinds.count)]
            let dimensions = [UInt64(kind.block * (1 + numbers.below(4)))]
            let rest = (0..<numbers.below(4)).map { _ in UInt64(1 + numbers.below(Int(largest))) }
            let elements = (dimensions + rest).reduce(1, *)
            tensors.append(
                Tensor(
                    name: Array("tensor.\(index)".utf8), dimensions: dimensions + rest,
                    type: kind.type, byteCount: Int(elements) / kind.block * kind.bytes))
        }
        tensors.append(
            Tensor(name: Array("large".utf8), dimensions: [2_100], type: 0, byteCount: 8_400))
    }

    static func string(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt64(text.utf8.count))
        return bytes + Array(text.utf8)
    }

    static func array(_ type: UInt32, count: UInt64, _ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: type)
        bytes.append(little: count)
        return bytes + payload
    }

    static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: value)
        return bytes
    }

    private static func randomPair(_ key: String, _ numbers: inout SeededNumbers) -> Pair {
        let sizes: [UInt32: Int] = [
            0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 10: 8, 11: 8, 12: 8,
        ]
        let scalars = sizes.keys.sorted()
        let type = scalars[numbers.below(scalars.count)]
        let size = sizes[type] ?? 1
        func random(_ count: Int) -> [UInt8] {
            (0..<count).map { _ in UInt8(truncatingIfNeeded: numbers.next()) }
        }
        switch numbers.below(4) {
        case 0: return Pair(key: Array(key.utf8), type: 8, payload: string("text \(type)"))
        case 1:
            let count = numbers.below(6)
            return Pair(
                key: Array(key.utf8), type: 9,
                payload: array(type, count: UInt64(count), random(count * size)))
        case 2: return Pair(key: Array(key.utf8), type: 7, payload: [UInt8(numbers.below(2))])
        default: return Pair(key: Array(key.utf8), type: type, payload: random(size))
        }
    }

    mutating func add(_ key: String, _ type: UInt32, _ payload: [UInt8]) {
        pairs.append(Pair(key: Array(key.utf8), type: type, payload: payload))
    }

    func bytes() -> [UInt8] {
        var bytes = magic
        bytes.append(little: version)
        bytes.append(little: tensorCount ?? UInt64(tensors.count))
        bytes.append(little: pairCount ?? UInt64(pairs.count))
        for pair in pairs {
            bytes.append(little: pair.keyLength ?? UInt64(pair.key.count))
            bytes += pair.key
            bytes.append(little: pair.type)
            bytes += pair.payload
        }
        var offset = 0
        for tensor in tensors {
            bytes.append(little: tensor.nameLength ?? UInt64(tensor.name.count))
            bytes += tensor.name
            bytes.append(little: tensor.rank ?? UInt32(tensor.dimensions.count))
            for dimension in tensor.dimensions { bytes.append(little: dimension) }
            bytes.append(little: tensor.type)
            bytes.append(little: tensor.offset ?? UInt64(offset))
            offset += padded(tensor.byteCount)
        }
        bytes += [UInt8](repeating: 0, count: padded(bytes.count) - bytes.count)
        bytes += [UInt8](repeating: 0xA5, count: max(0, offset - missingDataBytes))
        return bytes + [UInt8](repeating: 0x5A, count: extraBytes)
    }

    private func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}
