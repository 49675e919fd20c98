// SHA-256 (FIPS 180-4), incremental: digests of encoded data, base models and run files.
// Written here because the C library has none and a cryptography package would be the
// heaviest dependency of the build. Not meant for secrets: nothing is wiped.

/// An incremental SHA-256 computation.
public struct SHA256: Sendable {
    /// The 256-bit result: comparable, hashable, shown in hexadecimal.
    public struct Digest: Hashable, Sendable, CustomStringConvertible {
        /// The 32 bytes, most significant first.
        public let bytes: [UInt8]

        /// Sixty-four lower-case hexadecimal digits.
        public var description: String {
            let digits = Array("0123456789abcdef".utf8)
            var text: [UInt8] = []
            for byte in bytes {
                text.append(digits[Int(byte >> 4)])
                text.append(digits[Int(byte & 15)])
            }
            return String(decoding: text, as: UTF8.self)
        }
    }

    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
        0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    /// Bytes of an unfinished block.
    private var pending: [UInt8] = []
    private var byteCount: UInt64 = 0

    /// A computation over an empty message.
    public init() {}

    /// The digest of one sequence of bytes.
    public static func digest(of bytes: UnsafeRawBufferPointer) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    /// The digest of the UTF-8 bytes of a text.
    public static func digest(of text: String) -> Digest {
        var copy = text
        return copy.withUTF8 { digest(of: UnsafeRawBufferPointer($0)) }
    }

    /// Appends bytes to the message.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount &+= UInt64(bytes.count)
        var rest = bytes[...]
        if !pending.isEmpty {
            let wanted = min(64 - pending.count, rest.count)
            pending.append(contentsOf: rest.prefix(wanted))
            rest = rest.dropFirst(wanted)
            guard pending.count == 64 else { return }
            pending.withUnsafeBytes { Self.compress($0, into: &state) }
            pending.removeAll(keepingCapacity: true)
        }
        let whole = rest.count & ~63
        if whole > 0 {
            Self.compress(UnsafeRawBufferPointer(rebasing: rest.prefix(whole)), into: &state)
        }
        pending.append(contentsOf: rest.dropFirst(whole))
    }

    /// Appends the memory of an array of plain integers (little-endian on every machine we support).
    public mutating func update<Element: FixedWidthInteger>(_ values: [Element]) {
        values.withUnsafeBytes { update($0) }
    }

    /// The digest of everything appended so far; the computation itself is not changed.
    public func finish() -> Digest {
        var last = self
        var padding: [UInt8] = [0x80]
        let length = pending.count + 1 + 8
        padding.append(contentsOf: repeatElement(0, count: (128 - length) % 64))
        for shift in stride(from: 56, through: 0, by: -8) {
            padding.append(UInt8(truncatingIfNeeded: (byteCount &* 8) >> UInt64(shift)))
        }
        padding.withUnsafeBytes { last.update($0) }
        return Digest(
            bytes: last.state.flatMap { word in
                stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
            })
    }

    // MARK: - Compression

    /// Runs the compression function over whole 64-byte blocks.
    private static func compress(_ blocks: UnsafeRawBufferPointer, into state: inout [UInt32]) {
        roundConstants.withUnsafeBufferPointer { constants in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                state.withUnsafeMutableBufferPointer { state in
                    for start in stride(from: 0, to: blocks.count, by: 64) {
                        expand(blocks, at: start, into: schedule)
                        mix(schedule, constants, into: state)
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func expand(
        _ blocks: UnsafeRawBufferPointer, at start: Int,
        into schedule: UnsafeMutableBufferPointer<UInt32>
    ) {
        for word in 0..<16 {
            schedule[word] = UInt32(
                bigEndian: blocks.loadUnaligned(
                    fromByteOffset: start &+ word &* 4, as: UInt32.self))
        }
        for word in 16..<64 {
            let near = schedule[word &- 15]
            let late = schedule[word &- 2]
            let small0 = rotate(near, 7) ^ rotate(near, 18) ^ (near >> 3)
            let small1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >> 10)
            schedule[word] = schedule[word &- 16] &+ small0 &+ schedule[word &- 7] &+ small1
        }
    }

    @inline(__always)
    private static func mix(
        _ schedule: UnsafeMutableBufferPointer<UInt32>, _ constants: UnsafeBufferPointer<UInt32>,
        into state: UnsafeMutableBufferPointer<UInt32>
    ) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        // Eight rounds at a time: the roles of the variables rotate instead of their values.
        for round in stride(from: 0, to: 64, by: 8) {
            @inline(__always) func word(_ offset: Int) -> UInt32 {
                constants[round &+ offset] &+ schedule[round &+ offset]
            }
            step(a, b, c, &d, e, f, g, &h, word(0))
            step(h, a, b, &c, d, e, f, &g, word(1))
            step(g, h, a, &b, c, d, e, &f, word(2))
            step(f, g, h, &a, b, c, d, &e, word(3))
            step(e, f, g, &h, a, b, c, &d, word(4))
            step(d, e, f, &g, h, a, b, &c, word(5))
            step(c, d, e, &f, g, h, a, &b, word(6))
            step(b, c, d, &e, f, g, h, &a, word(7))
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
        state[5] &+= f
        state[6] &+= g
        state[7] &+= h
    }

    /// One round: only `d` and `h` take new values.
    @inline(__always)
    private static func step(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32,
        _ g: UInt32, _ h: inout UInt32, _ word: UInt32
    ) {
        let big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
        let first = h &+ big1 &+ (g ^ (e & (f ^ g))) &+ word
        let big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
        d = d &+ first
        h = first &+ big0 &+ ((a & b) | (c & (a | b)))
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word &>> count | word &<< (32 &- count)
    }

    /// The fractional parts of the cube roots of the first 64 primes.
    private static let roundConstants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1,
        0x923f_82a4, 0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3,
        0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786,
        0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147,
        0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13,
        0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
        0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a,
        0x5b9c_ca4f, 0x682e_6ff3, 0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
        0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
