// Thousands of broken safetensors files: none may trap, read past its end, or be accepted wrongly.
import Foundation
import Testing

@testable import Kernel

@Suite struct SafetensorsMutationTests {
    private static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "\\u0041", "null", "true", "1e3", "-1",
        "0",
        "4", "8", "01", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "18446744073709551615", "18446744073709551616", "4294967296", "281474976710656",
        "\"dtype\":\"F32\"", "\"shape\":[]", "\"data_offsets\":[0,4]", "\"F64\"",
        "\"__metadata__\":{}",
        "\u{0}", "é", "\u{1B}",
    ].map { Array($0.utf8) }
    private static let integers: [UInt64] = [
        0, 1, 7, 8, 64, 99_999_999, 100_000_000, 100_000_001, 1 << 31, 1 << 32, 1 << 53, 1 << 63,
        .max, .max - 7, .max - 8,
    ]

    private static let header =
        #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
        + #""b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"#
        + #""c":{"dtype":"I64","shape":[0,9],"data_offsets":[32,32]},"#
        + #""d":{"dtype":"U8","shape":[],"data_offsets":[32,33]}}"#

    /// Up to four changes to the text; the length field mostly follows, sometimes lies.
    private func mutant(_ numbers: inout SeededNumbers) -> [UInt8] {
        var header = Array(Self.header.utf8)
        for _ in 0..<numbers.below(5) where !header.isEmpty {
            let place = numbers.below(header.count)
            let piece = Self.pieces[numbers.below(Self.pieces.count)]
            switch numbers.below(7) {
            case 0: header[place] = UInt8(truncatingIfNeeded: numbers.next())
            case 1: header.insert(contentsOf: piece, at: place)
            case 2:
                header.replaceSubrange(place..<min(place + piece.count, header.count), with: piece)
            case 3: header.removeSubrange(place..<min(place + 1 + numbers.below(12), header.count))
            case 4: replaceNumber(in: &header, from: place, with: piece)
            case 5: header[place] ^= 1 << UInt8(numbers.below(8))
            default:
                let end = min(place + numbers.below(60), header.count)
                header.insert(
                    contentsOf: Array(header[place..<end]), at: numbers.below(header.count))
            }
        }
        var bytes = safetensors(header, data: 33)
        switch numbers.below(12) {
        case 0: bytes.put(little: Self.integers[numbers.below(Self.integers.count)], at: 0)
        case 1: bytes.removeLast(numbers.below(bytes.count))
        case 2: bytes += [UInt8](repeating: 0, count: numbers.below(40))
        default: break
        }
        return bytes
    }

    /// Puts `piece` in the place of the first run of digits at or behind `place`.
    private func replaceNumber(in text: inout [UInt8], from place: Int, with piece: [UInt8]) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        guard let start = text[place...].firstIndex(where: isDigit) else { return }
        let end = text[start...].firstIndex { !isDigit($0) } ?? text.count
        text.replaceSubrange(start..<end, with: piece)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func mutationsAreRefusedOrReadWithinBounds(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        let memory = try GuardedBytes(capacity: 65_536)
        var faults: Set<FormatFault> = []
        var accepted = 0
        let elapsed = seconds {
            for _ in 0..<6_000 {
                let view = memory.hold(mutant(&numbers))
                switch outcome({ () throws(FormatFailure) in try SafetensorsHeader(parsing: view) })
                {
                case .failure(let failure):
                    faults.insert(failure.fault)
                    if failure.offset < 0 || failure.offset > view.count {
                        Issue.record("offset \(failure.offset) of \(view.count)")
                    }
                case .success(let header):
                    accepted += 1
                    checkTiling(header, in: view)
                }
            }
        }
        #expect(accepted > 500, "the mutations are too rough to reach the later checks")
        let wanted: Set<FormatFault> = [
            .headerTooSmall, .headerTooLarge, .invalidHeaderLength, .invalidHeader,
            .invalidHeaderDeserialization, .invalidOffset, .validationOverflow, .tensorInvalidInfo,
            .metadataIncompleteBuffer, .duplicateKey, .unsupportedType,
        ]
        #expect(faults.isSuperset(of: wanted), "not seen: \(wanted.subtracting(faults))")
        #expect(elapsed < 60, "\(elapsed) s")
    }

    private func checkTiling(_ header: SafetensorsHeader, in file: UnsafeRawBufferPointer) {
        var position = file.count - header.entries.reduce(0) { $0 + $1.byteRange.count }
        for entry in header.entries {
            let isSound =
                entry.byteRange.lowerBound == position
                && entry.byteRange.count == entry.elementCount * entry.dtype.blockBytes
            if !isSound { Issue.record("\(entry) accepted at \(position)") }
            position = entry.byteRange.upperBound
        }
        if position != file.count { Issue.record("the data end at \(position) of \(file.count)") }
    }
}
