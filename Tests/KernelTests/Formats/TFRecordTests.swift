// Records and messages byte by byte, against known values and worked-out examples.

import Testing

@testable import Kernel

@Suite struct TFRecordTests {
    @Test func checksumsAreThoseOfCastagnoli() {
        // RFC 3720, B.4, and the check value of the catalogue of CRCs.
        let cases: [([UInt8], UInt32)] = [
            (Array("123456789".utf8), 0xE306_9283), ([], 0),
            (Array(repeating: 0, count: 32), 0x8A91_36AA),
            (Array(repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
            (Array((0..<32).reversed()), 0x113F_DB5C),
        ]
        for (bytes, expected) in cases { #expect(TFRecord.checksum(bytes) == expected) }
        #expect(TFRecord.masked(TFRecord.checksum(Array(repeating: 0, count: 8))) == 0x0798_0329)
    }

    @Test func aRecordStandsBetweenItsLengthAndChecksums() {
        let data = Array("hello".utf8)
        let record = TFRecord.framed(data)
        #expect(record.count == 8 + 4 + 5 + 4)
        #expect(Array(record[0..<8]) == [5, 0, 0, 0, 0, 0, 0, 0] && Array(record[12..<17]) == data)
        #expect(EventReader.records(record) == [data])
        #expect(EventReader.records(record + record.dropLast()) == [data])
        for index in record.indices {
            var damaged = record
            damaged[index] ^= 1
            #expect(EventReader.records(damaged) == [], "byte \(index)")
        }
    }

    /// The examples of the description of the wire format, and numbers at the boundaries of their lengths.
    @Test func messagesAreWrittenAsDescribed() {
        func bytes(_ write: (inout ProtobufWriter) -> Void) -> [UInt8] {
            var writer = ProtobufWriter()
            write(&writer)
            return writer.bytes
        }
        #expect(bytes { $0.add(1, 150) } == [0x08, 0x96, 0x01])
        #expect(bytes { $0.add(2, "testing") } == [0x12, 7] + Array("testing".utf8))
        var inner = ProtobufWriter()
        inner.add(1, 150)
        #expect(bytes { $0.add(3, inner) } == [0x1A, 3, 0x08, 0x96, 0x01])
        #expect(bytes { $0.add(1, 127) } == [0x08, 0x7F] && bytes { $0.add(1, 0) } == [0x08, 0])
        #expect(bytes { $0.add(1, -1) } == [0x08] + Array(repeating: 0xFF, count: 9) + [1])
        #expect(bytes { $0.add(16, 1) } == [0x80, 0x01, 1])
        #expect(bytes { $0.add(1, 1.0) } == [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
        #expect(bytes { $0.add(2, Float(-2)) } == [0x15, 0, 0, 0, 0xC0])
    }
}

/// Reads records and messages back, as far as the program writes them.
enum EventReader {
    /// The whole records at the beginning; what follows a damaged one is not read.
    static func records(_ file: [UInt8]) -> [[UInt8]] {
        func word(_ at: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(file[at + $1]) << (8 * UInt32($1)) }
        }
        var (records, place): ([[UInt8]], Int) = ([], 0)
        while place + 12 <= file.count {
            let head = Array(file[place..<place + 8])
            guard TFRecord.masked(TFRecord.checksum(head)) == word(place + 8) else { break }
            let size = Int(word(place))
            guard size <= file.count - place - 16 else { break }
            let data = Array(file[place + 12..<place + 12 + size])
            guard TFRecord.masked(TFRecord.checksum(data)) == word(place + 12 + size) else { break }
            records.append(data)
            place += 16 + size
        }
        return records
    }

    /// A field of a message: whole numbers and floats as bits, the rest as bytes.
    struct Field {
        var number: Int
        var bits: UInt64 = 0
        var bytes: [UInt8] = []
        var text: String { String(decoding: bytes, as: UTF8.self) }
        var fields: [Field] { EventReader.fields(bytes) }
        func first(_ number: Int) -> Field? { fields.first { $0.number == number } }
    }

    static func fields(_ message: [UInt8]) -> [Field] {
        var (fields, place): ([Field], Int) = ([], 0)
        func varint() -> UInt64 {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while place < message.count {
                let byte = message[place]
                place += 1
                value |= UInt64(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            return value
        }
        func fixed(_ count: Int) -> UInt64 {
            defer { place += count }
            return (0..<count).reduce(0) { $0 | UInt64(message[place + $1]) << (8 * UInt64($1)) }
        }
        while place < message.count {
            let key = varint()
            var field = Field(number: Int(key >> 3))
            switch key & 7 {
            case 0: field.bits = varint()
            case 1: field.bits = fixed(8)
            case 5: field.bits = fixed(4)
            default:
                let size = Int(varint())
                field.bytes = Array(message[place..<place + size])
                place += size
            }
            fields.append(field)
        }
        return fields
    }
}
