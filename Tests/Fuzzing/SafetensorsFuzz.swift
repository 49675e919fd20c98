// Broken safetensors files: none may trap, read past its end, or be accepted wrongly.
@testable import Kernel

/// A safetensors file of this header text and data; the length field is right.
func safetensors(_ header: String, data: Int = 0) -> [UInt8] {
    safetensors(Array(header.utf8), data: data)
}

/// The same for any bytes.
func safetensors(_ header: [UInt8], data: Int = 0) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + data + 40)
    bytes.append(little: UInt64(header.count))
    return bytes + header + [UInt8](repeating: 7, count: data)
}

extension FuzzReader {
    /// The header of a safetensors file: up to four changes to the text; the length field mostly follows,
    /// sometimes lies.
    static let safetensors = FuzzReader(
        "safetensors",
        reaches: [
            "headerTooSmall", "headerTooLarge", "invalidHeaderLength", "invalidHeader",
            "invalidHeaderDeserialization", "invalidOffset", "validationOverflow",
            "tensorInvalidInfo", "metadataIncompleteBuffer", "duplicateKey", "unsupportedType",
        ]
    ) { numbers in
        SafetensorsMutation.mutant(&numbers)
    } read: { file in
        do throws(FormatFailure) {
            let header = try SafetensorsHeader(parsing: file)
            return SafetensorsMutation.fault(header, in: file).map { .wrong($0) } ?? .accepted
        } catch {
            return error.verdict(of: file)
        }
    }
}

extension FormatFailure {
    /// A refusal names a place in the file.
    func verdict(of file: UnsafeRawBufferPointer) -> Verdict {
        guard (0...file.count).contains(offset) else {
            return .wrong("offset \(offset) of \(file.count)")
        }
        return .refused(fault.rawValue)
    }
}

private enum SafetensorsMutation {
    static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "\\u0041", "null", "true", "1e3", "-1",
        "0", "4", "8", "01", "9007199254740993", "9223372036854775807", "9223372036854775808",
        "18446744073709551615", "18446744073709551616", "4294967296", "281474976710656",
        "\"dtype\":\"F32\"", "\"shape\":[]", "\"data_offsets\":[0,4]", "\"F64\"",
        "\"__metadata__\":{}", "\u{0}", "é", "\u{1B}",
    ].map { Array($0.utf8) }
    static let integers: [UInt64] = [
        0, 1, 7, 8, 64, 99_999_999, 100_000_000, 100_000_001, 1 << 31, 1 << 32, 1 << 53, 1 << 63,
        .max, .max - 7, .max - 8,
    ]
    static let header = Array(
        (#"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
            + #""b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"#
            + #""c":{"dtype":"I64","shape":[0,9],"data_offsets":[32,32]},"#
            + #""d":{"dtype":"U8","shape":[],"data_offsets":[32,33]}}"#).utf8)

    static func mutant(_ numbers: inout SeededNumbers) -> [UInt8] {
        var header = Self.header
        for _ in 0..<numbers.below(5) where !header.isEmpty {
            let place = numbers.below(header.count)
            let piece = numbers.pick(pieces)
            switch numbers.below(7) {
            case 0: header[place] = UInt8(truncatingIfNeeded: numbers.next())
            case 1: header.insert(contentsOf: piece, at: place)
            case 2:
                header.replaceSubrange(place..<min(place + piece.count, header.count), with: piece)
            case 3: header.removeSubrange(place..<min(place + 1 + numbers.below(12), header.count))
            case 4: TextMutator.replaceNumber(in: &header, from: place, with: piece)
            case 5: header[place] ^= 1 << UInt8(numbers.below(8))
            default:
                let end = min(place + numbers.below(60), header.count)
                header.insert(
                    contentsOf: Array(header[place..<end]), at: numbers.below(header.count))
            }
        }
        var bytes = safetensors(header, data: 33)
        switch numbers.below(12) {
        case 0: bytes.put(little: numbers.pick(integers), at: 0)
        case 1: bytes.removeLast(numbers.below(bytes.count))
        case 2: bytes += [UInt8](repeating: 0, count: numbers.below(40))
        default: break
        }
        return bytes
    }

    /// The tensors lie one behind the other to the end of the file, each of its size.
    static func fault(
        _ header: SafetensorsHeader, in file: UnsafeRawBufferPointer
    ) -> String? {
        var position = file.count - header.entries.reduce(0) { $0 + $1.byteRange.count }
        for entry in header.entries {
            let isSound =
                entry.byteRange.lowerBound == position
                && entry.byteRange.count == entry.elementCount * entry.dtype.blockBytes
            if !isSound { return "\(entry) accepted at \(position)" }
            position = entry.byteRange.upperBound
        }
        return position == file.count ? nil : "the data end at \(position) of \(file.count)"
    }
}
