// The alphabet in which byte-level vocabularies spell bytes as printable characters.
// It knows nothing of tokens.

/// One printable character for each byte: printable Latin-1 stands for itself, the rest for U+0100….
enum ByteAlphabet {
    /// The scalar of each byte.
    static let scalars: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 256)
        var next: UInt32 = 256
        for byte in 0..<256 {
            let isPrintable = (33...126).contains(byte) || (161...255).contains(byte) && byte != 173
            table[byte] = isPrintable ? UInt32(byte) : next
            if !isPrintable { next += 1 }
        }
        return table
    }()

    private static let bytes: [UInt8?] = {
        var table = [UInt8?](repeating: nil, count: 256 + 68)
        for (byte, scalar) in scalars.enumerated() { table[Int(scalar)] = UInt8(byte) }
        return table
    }()

    /// The bytes a token text stands for, nil when a character is outside the alphabet.
    static func bytes(of token: String) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(token.utf8.count)
        for scalar in token.unicodeScalars {
            guard scalar.value < bytes.count, let byte = bytes[Int(scalar.value)] else {
                return nil
            }
            result.append(byte)
        }
        return result
    }

    /// How a vocabulary spells the bytes.
    static func text(of bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes {
            if let scalar = Unicode.Scalar(scalars[Int(byte)]) { text.append(scalar) }
        }
        return String(text)
    }
}
