// Malformed safetensors headers, each by name with the class of its refusal; and the legal oddities.
import Foundation
import Testing

@testable import Fuzzing
@testable import Kernel

@Suite struct SafetensorsHeaderTests {
    private func fault(_ bytes: [UInt8]) throws -> FormatFault? {
        let memory = try GuardedBytes(capacity: max(bytes.count, 1))
        let view = memory.hold(bytes)
        return outcome { () throws(FormatFailure) in try SafetensorsHeader(parsing: view) }.fault
    }

    private func tensorText(
        _ name: String, _ shape: String, _ offsets: String, kind: String = "F32"
    ) -> String {
        "\"\(name)\":{\"dtype\":\"\(kind)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }

    // MARK: - The length field

    @Test(arguments: 0..<8)
    func fewerThanEightBytesAreTooSmall(count: Int) throws {
        #expect(try fault([UInt8](repeating: 0, count: count)) == .headerTooSmall)
    }

    @Test(arguments: [100_000_001, 1 << 32, 1 << 53, 1 << 63, .max, .max - 7] as [UInt64])
    func hugeHeadersAreRefusedBeforeAnythingElse(length: UInt64) throws {
        var bytes: [UInt8] = []
        bytes.append(little: length)
        #expect(try fault(bytes + [0x7B, 0x7D]) == .headerTooLarge)
    }

    @Test(arguments: [3, 4, 100, 100_000_000] as [UInt64])
    func headersLongerThanTheFileAreRefused(length: UInt64) throws {
        var bytes: [UInt8] = []
        bytes.append(little: length)
        #expect(try fault(bytes + [0x7B, 0x7D]) == .invalidHeaderLength)
    }

    // MARK: - The text

    @Test(arguments: [
        "", "[]", "null", "{", "{}x", "{}\u{0}", "{\"a\":1}", "{\"a\":{}}", "{\"a\":null}",
        "{'a':1}",
        #"{"a":{"dtype":"F32","shape":[1]}}"#, #"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#,
        #"{"a":{"shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":1,"shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":{"0":4}}}"#,
        #"{"__metadata__":{"a":1}}"#, #"{"__metadata__":[]}"#, #"{"__metadata__":{"a":null}}"#,
    ])
    func malformedTextIsRefused(text: String) throws {
        #expect(try fault(safetensors(text, data: 4)) == .invalidHeaderDeserialization)
    }

    @Test(arguments: [
        "1e0", "1.0", "-0", "-1", "\"1\"", "01", "1e400", "18446744073709551616", "null", "true",
        "+1",
        "0x1", "[1]", "", "٣",
    ])
    func numbersThatAreNotPlainIntegersAreRefused(number: String) throws {
        let inShape = safetensors("{\(tensorText("a", "[\(number)]", "[0,4]"))}", data: 4)
        let inOffsets = safetensors("{\(tensorText("a", "[1]", "[0,\(number)]"))}", data: 4)
        // An empty pair of brackets is the shape of a scalar, which takes four bytes as well.
        if number.isEmpty {
            #expect(try fault(inShape) == nil)
        } else {
            #expect(try fault(inShape) == .invalidHeaderDeserialization)
        }
        #expect(try fault(inOffsets) == .invalidHeaderDeserialization)
    }

    @Test func integersAreNeverRounded() throws {
        // As a Double, 2^53 + 1 would become 2^53 and the difference of the offsets 1 instead of 2.
        let text = tensorText("a", "[2]", "[9007199254740991,9007199254740993]", kind: "U8")
        let bytes = safetensors("{\(text)}")
        let memory = try GuardedBytes(capacity: bytes.count)
        let view = memory.hold(bytes)
        let result = outcome { () throws(FormatFailure) in try SafetensorsHeader(parsing: view) }
        guard case .failure(let failure) = result else {
            Issue.record("accepted")
            return
        }
        #expect(failure.fault == .invalidOffset)
        #expect(failure.reason.description.contains("9007199254740991, 9007199254740993"))
    }

    @Test func textThatIsNotUTF8IsRefused() throws {
        let header = Array("{\"a".utf8) + [0xFF] + Array("\":1}".utf8)
        #expect(try fault(safetensors(header)) == .invalidHeader)
    }

    @Test func deepNestingIsRefusedWithoutRecursing() throws {
        let bomb = "{\"a\":{\"x\":" + String(repeating: "[", count: 500_000)
        #expect(try fault(safetensors(bomb)) == .invalidHeaderDeserialization)
    }

    @Test(arguments: [
        "{%,%}", "{\"__metadata__\":{},\"__metadata__\":{}}",
        "{\"__metadata__\":{\"a\":\"1\",\"a\":\"1\"}}",
        #"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"data_offsets":[0,4]}}"#,
    ])
    func duplicateKeysAreRefused(pattern: String) throws {
        let text = pattern.replacingOccurrences(of: "%", with: tensorText("a", "[1]", "[0,4]"))
        #expect(try fault(safetensors(text, data: 4)) == .duplicateKey)
    }

    // MARK: - Types, shapes, places

    @Test(arguments: ["F8_E4M3", "U64", "F4", "f32", "", "F32\u{0}"])
    func unknownElementTypesAreNamed(kind: String) throws {
        let escaped = kind.replacingOccurrences(of: "\u{0}", with: "\\u0000")
        let bytes = safetensors("{\(tensorText("a", "[1]", "[0,4]", kind: escaped))}", data: 4)
        #expect(try fault(bytes) == .unsupportedType)
    }

    @Test(arguments: [
        "[9223372036854775808]", "[18446744073709551615]", "[281474976710657]",
        "[4294967296,4294967296]", "[4294967296,4294967296,0]", "[0,4294967296,4294967296]",
        "[281474976710656,32768]", "[2305843009213693952]", "[1,1,1,1,1,1,1,1,1]",
        "[65536,65536,65536,65536]",
    ])
    func overflowingShapesAreRefused(shape: String) throws {
        #expect(
            try fault(safetensors("{\(tensorText("a", shape, "[0,0]"))}")) == .validationOverflow)
    }

    @Test(arguments: [
        // Hole at the start, hole between, overlap, reversed, starting past the end, 2^64 - 1.
        (["[1]", "[4,8]"], 8), (["[1]", "[0,4]", "[1]", "[8,12]"], 12),
        (["[1]", "[0,4]", "[1]", "[2,6]"], 8), (["[1]", "[4,0]"], 4),
        (["[1]", "[0,4]", "[1]", "[0,4]"], 4),
        (["[1]", "[18446744073709551611,18446744073709551615]"], 4),
        (["[1]", "[9223372036854775807,9223372036854775811]"], 4),
    ])
    func tensorsMustTileTheData(parts: [String], data: Int) throws {
        let entries = stride(from: 0, to: parts.count, by: 2).map {
            tensorText("t\($0)", parts[$0], parts[$0 + 1])
        }
        let bytes = safetensors("{\(entries.joined(separator: ","))}", data: data)
        #expect(try fault(bytes) == .invalidOffset)
    }

    @Test(arguments: [
        ("[1]", "[0,8]", 8), ("[2]", "[0,4]", 4), ("[0]", "[0,4]", 4), ("[3]", "[0,0]", 0),
    ])
    func sizesMustAgree(shape: String, offsets: String, data: Int) throws {
        let bytes = safetensors("{\(tensorText("a", shape, offsets))}", data: data)
        #expect(try fault(bytes) == .tensorInvalidInfo)
    }

    @Test(arguments: [0, 3, 5, 4_096])
    func theDataMustEndWithTheFile(data: Int) throws {
        let bytes = safetensors("{\(tensorText("a", "[1]", "[0,4]"))}", data: data)
        #expect(try fault(bytes) == .metadataIncompleteBuffer)
    }

    @Test func bytesBehindAnEmptyHeaderAreRefused() throws {
        #expect(try fault(safetensors("{}", data: 1)) == .metadataIncompleteBuffer)
    }

    // MARK: - Legal oddities

    @Test(arguments: [
        "{}", " \t\r\n{}", "{}    ", #"{"__metadata__":{}}"#, #"{"__metadata__":null}"#,
        #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[281474976710656,0],"data_offsets":[0,0]}}"#,
        #"{"a":{"extra":[{"x":[]}],"dtype":"U8","shape":[],"data_offsets":[0,1]}}"#,
        #"{"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
        #"{"../..\u0000\u001b[2J":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#,
    ])
    func unusualButLegalHeadersAreRead(text: String) throws {
        #expect(try fault(safetensors(text, data: text.contains("[0,1]") ? 1 : 0)) == nil)
    }

    @Test func entriesComeInTheOrderOfTheirData() throws {
        let text = "{\(tensorText("z", "[1]", "[4,8]")),\(tensorText("a", "[1]", "[0,4]"))}"
        let bytes = safetensors(text, data: 8)
        let header = try bytes.withUnsafeBytes { try SafetensorsHeader(parsing: $0) }
        #expect(header.entries.map(\.name) == ["a", "z"])
        #expect(header.entries[1].byteRange == bytes.count - 4..<bytes.count)
    }

    @Test func refusalsAreSafeToShow() throws {
        let folder = try TemporaryFolder()
        let name = #"\u001b]0;x\u0007\u202e"# + String(repeating: "n", count: 1_000_000)
        let path = try folder.file(
            "a.safetensors", safetensors("{\(tensorText(name, "[2]", "[0,4]"))}", data: 4))
        let error = try #require(throws: KernelError.self) { try SafetensorsFile(path: path) }
        let text = error.description
        #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        #expect(!text.unicodeScalars.contains("\u{202E}"))
        #expect(text.contains("\\u{1B}]0;x\\u{7}\\u{202E}"))
        #expect(text.count < 1_000)
    }

    /// The header of a hundred thousand tensors is nine megabytes.
    @Test func manyTensorsTakeLinearTime() throws {
        var text = "{"
        for index in 0..<100_000 {
            text += index == 0 ? "" : ","
            text += tensorText(
                "model.layers.\(index).weight", "[1]", "[\(index),\(index + 1)]", kind: "U8")
        }
        let bytes = safetensors(text + "}", data: 100_000)
        let elapsed = try processorSeconds {
            let header = try bytes.withUnsafeBytes { try SafetensorsHeader(parsing: $0) }
            #expect(header.entries.count == 100_000)
        }
        #expect(elapsed < 4, "\(elapsed) s")
    }
}
