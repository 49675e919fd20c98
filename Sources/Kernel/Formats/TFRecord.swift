// TensorFlow's record files: each record between its length and checksums, so that readers see a torn end. The
// checksum is CRC-32C (Castagnoli), masked because records may hold checksums themselves.

/// The framing of records.
enum TFRecord {
    /// The record's bytes as a file has them: length, masked checksum of the length, data, masked checksum of the data.
    static func framed(_ data: [UInt8]) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt64(data.count).littleEndian) { Array($0) }
        return length + bytes(masked(checksum(length))) + data + bytes(masked(checksum(data)))
    }

    /// A checksum turned by 15 bits and moved by a constant.
    static func masked(_ checksum: UInt32) -> UInt32 {
        (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
    }

    /// CRC-32C: polynomial 0x1EDC6F41, bits reflected.
    static func checksum(_ data: some Sequence<UInt8>) -> UInt32 {
        ~data.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
        }
    }

    private static func bytes(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
