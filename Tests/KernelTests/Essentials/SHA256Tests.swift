// Test vectors of NIST (FIPS 180 examples and the long-message sample) and incremental use.

import Testing

@testable import Kernel

@Suite struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func nistExamples(text: String, digest: String) {
        #expect(SHA256.digest(of: text).description == digest)
    }

    @Test func oneMillionLetters() {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        #expect(
            bytes.withUnsafeBytes { SHA256.digest(of: $0) }.description
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// Every split of a message around block boundaries gives the digest of the whole.
    @Test(arguments: [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 200])
    func piecesEqualTheWhole(length: Int) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = bytes.withUnsafeBytes { SHA256.digest(of: $0) }
        for size in [1, 3, 63, 64, 65] {
            var hash = SHA256()
            var start = 0
            while start < length {
                hash.update(Array(bytes[start..<min(start + size, length)]))
                start += size
            }
            #expect(hash.finish() == whole, "pieces of \(size)")
            #expect(hash.finish() == whole, "finishing does not change the computation")
        }
    }

    @Test func integersAreHashedAsLittleEndianBytes() {
        var numbers = SHA256()
        numbers.update([Int32(1), -100])
        var bytes = SHA256()
        bytes.update([1, 0, 0, 0, 0x9C, 0xFF, 0xFF, 0xFF] as [UInt8])
        #expect(numbers.finish() == bytes.finish())
    }
}
