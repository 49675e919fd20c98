// Large metadata arrays stay in the file: the same elements as if they were copied, the same refusals.

import Foundation
import Testing

@testable import Kernel

struct GGUFArrayViewTests {
    private static let numbers = (0..<1_300_000).map { Int32($0 &* 77 - 40_000_000) }
    private static let words = (0..<600_000).map { "é\($0)" }

    private func file(_ folder: TemporaryFolder, _ arrays: [(String, GGUFArray)]) throws -> String {
        var metadata = GGUFMetadata()
        for (key, array) in arrays { metadata.set(key, .array(array)) }
        let path = "\(folder.path)/a.gguf"
        let written = metadata
        try AtomicFile.write(to: path) { (sink) throws(KernelError) in
            try GGUFWriter(to: sink, metadata: written, tensors: []).finish()
        }
        return path
    }

    @Test func elementsAreThoseOfTheFile() throws {
        let folder = try TemporaryFolder()
        let floats = Self.numbers.map { Float($0) / 3 }
        let wholes = Self.numbers.map { UInt64(bitPattern: Int64($0)) }
        let path = try file(
            folder,
            [
                ("i", .int32(Self.numbers)), ("s", .string(Self.words)), ("f", .float32(floats)),
                ("u", .uint64(wholes)), ("small", .int32([1, 2])), ("after", .string(["x"])),
            ])
        let metadata = try GGUFFile(path: path).metadata
        for key in ["i", "s", "f", "u"] {
            guard case .inFile? = metadata[key]?.array else {
                Issue.record("\(key) was copied")
                return
            }
        }
        #expect(try metadata.integers("i") == Self.numbers.map { Int($0) })
        #expect(try metadata.strings("s") == Self.words)
        #expect(try metadata.floats("f") == floats)
        #expect(metadata["u"]?.array?.integers == nil, "negative numbers in 64 bits are beyond Int")
        #expect(metadata["u"] == .array(.uint64(wholes)) && metadata["i"] != metadata["f"])
        #expect(metadata["small"] == .array(.int32([1, 2])))
        #expect(try metadata.strings("after") == ["x"])
        // Written again, it is the same file.
        let again = try TemporaryFolder()
        let pairs = metadata.pairs.compactMap { pair in pair.value.array.map { (pair.key, $0) } }
        let copy = try self.file(again, pairs)
        #expect(FileManager.default.contentsEqual(atPath: path, andPath: copy))
    }

    @Test func wrongTextInALargeArrayIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = try file(folder, [("s", .string(Self.words))])
        var bytes = try contents(path)
        let place = try #require(bytes.lastIndex(of: 0xC3))
        bytes[place] = 0xFF
        try AtomicFile.write(bytes, to: path)
        let error = try #require(throws: KernelError.self) { try GGUFFile(path: path) }
        #expect(error.why == "the text is not UTF-8")
    }
}
