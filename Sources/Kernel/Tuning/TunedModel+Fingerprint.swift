// A short mark of the trained numbers that a model computes with, to tell two checkpoints apart. It
// is no checksum: of large weights only evenly spread samples count.

extension Parameter {
    /// The bits of an element as a float: the same whatever its type.
    fileprivate func bits(at index: Int) -> UInt32 {
        switch stored {
        case .float32(let tensor): tensor.pointer[index].bitPattern
        case .bfloat16(let matrix): UInt32(matrix.numbers.pointer[index]) << 16
        }
    }
}

extension TunedModel {
    private static let samplesMax = 65_536

    /// Six hexadecimal digits over names and values of what was trained; nil for a plain base.
    public var fingerprint: String? {
        guard !parameters.parameters.isEmpty else { return nil }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func take(_ bits: UInt64) { hash = (hash ^ bits) &* 0x0000_0100_0000_01b3 }
        let share = max(16, Self.samplesMax / parameters.parameters.count)
        for parameter in parameters.parameters {
            for byte in parameter.name.utf8 { take(UInt64(byte)) }
            for index in stride(from: 0, to: parameter.count, by: max(1, parameter.count / share)) {
                take(UInt64(parameter.bits(at: index)))
            }
        }
        let digits = String(hash >> 40, radix: 16)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}
