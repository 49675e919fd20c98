// Sharded checkpoints: tensors found across files, names that leave the folder, missing shards.
import Foundation
import Testing

@testable import Fuzzing
@testable import Kernel

@Suite struct ShardedWeightsTests {
    private static let index = "model.safetensors.index.json"

    private func shard(_ names: [String]) -> [UInt8] {
        let entries = names.enumerated().map {
            "\"\($1)\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[\($0),\($0 + 1)]}"
        }
        return safetensors("{\(entries.joined(separator: ","))}", data: names.count)
    }

    @Test func joinsShardsInOneSource() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("a.safetensors", shard(["x", "extra"]))
        _ = try folder.file("b.safetensors", shard(["y", "x", "z"]))
        let path = try folder.file(
            Self.index,
            #"{"weight_map":{"y":"b.safetensors","x":"a.safetensors","z":"b.safetensors"}}"#)
        let weights = try ShardedWeights(indexPath: path)
        #expect(weights.entries.map(\.name).sorted() == ["extra", "x", "y", "z"])
        #expect(weights.unlisted == ["x"])
        #expect(weights.files.count == 2)
        for name in ["x", "y", "z"] {
            let entry = try #require(weights.entry(named: name))
            #expect(Array(weights.bytes(of: entry)) == [7])
            #expect(entry.fileIndex == (name == "x" ? 1 : 0))
        }
    }

    @Test func namesTheMissingShard() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(Self.index, #"{"weight_map":{"x":"model-00001.safetensors"}}"#)
        let error = try #require(throws: KernelError.self) { try ShardedWeights(indexPath: path) }
        #expect(error.kind == .missingInput)
        #expect(error.place?.hasSuffix("/model-00001.safetensors") == true)
    }

    @Test func namesTheTensorThatItsShardLacks() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("a.safetensors", shard(["x"]))
        let path = try folder.file(
            Self.index, #"{"weight_map":{"x":"a.safetensors","y":"a.safetensors"}}"#)
        let error = try #require(throws: KernelError.self) { try ShardedWeights(indexPath: path) }
        #expect(error.why == "\"y\" is not in a.safetensors")
    }

    @Test(arguments: [
        "../x.safetensors", "/etc/x.safetensors", "a/b.safetensors", "..", ".", "", ".safetensors",
        "x.bin", "x\\u0000.safetensors", "x\\\\y.safetensors", "..\\u002fx.safetensors",
        ".hidden.safetensors", "x\\u001b.safetensors",
    ])
    func namesThatAreNotPlainFilesAreRefused(name: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(Self.index, #"{"weight_map":{"x":"\#(name)"}}"#)
        let error = try #require(throws: KernelError.self) { try ShardedWeights(indexPath: path) }
        #expect(error.kind == .badData)
        #expect(error.why?.description.hasSuffix("of a .safetensors file beside the index") == true)
    }

    @Test(arguments: ["{}", #"{"weight_map":[]}"#, #"{"weight_map":{"x":1}}"#, "[]", "{", ""])
    func malformedIndexesAreRefused(text: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(Self.index, text)
        let error = try #require(throws: KernelError.self) { try ShardedWeights(indexPath: path) }
        #expect(error.kind == .badData)
    }
}
