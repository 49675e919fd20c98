// A tiny model whose files a test changes in one place: a key of its configuration, a tensor, a key of
// its GGUF metadata. What comes out is opened by the program's own readers.

import Foundation
import TestSupport
import Testing

@testable import Kernel

/// A tiny model folder, and GGUF files made of it.
final class ChangedModel {
    let root: TemporaryFolder
    var path: String { "\(root.path)/model" }

    init(_ configuration: [String: JSONValue?] = [:]) throws {
        root = try TemporaryFolder()
        try TinyModels.make(in: path)
        try change("config.json", configuration)
    }

    /// Sets members of one of the folder's JSON files; nil takes one away.
    func change(_ file: String, _ changes: [String: JSONValue?]) throws {
        var members = try #require(try JSONValue(contentsOf: "\(path)/\(file)").object)
        for (key, value) in changes { members[key] = value }
        try AtomicFile.write(Array(JSONValue.object(members).text().utf8), to: "\(path)/\(file)")
    }

    func open() throws -> ModelFolder { try ModelFolder(path: path) }

    // MARK: - Tensors

    /// A tensor with its bytes.
    struct Item {
        var spec: WeightSpec
        var bytes: [UInt8]

        init(_ spec: WeightSpec, _ bytes: [UInt8]) { (self.spec, self.bytes) = (spec, bytes) }

        /// A float32 tensor of these numbers.
        init(_ name: String, _ shape: [Int], _ values: [Float]) {
            spec = WeightSpec(name: name, dtype: .f32, shape: shape)
            bytes = values.withUnsafeBytes { Array($0) }
        }
    }

    /// The tensors of the folder, in the order of the file.
    func items(_ file: String = "model.safetensors") throws -> [Item] {
        let source = try SafetensorsFile(path: "\(path)/\(file)")
        return source.entries.map { entry in
            Item(
                WeightSpec(name: entry.name, dtype: entry.dtype, shape: entry.shape),
                Array(source.bytes(of: entry)))
        }
    }

    /// Writes the weights anew, after a change.
    func rewrite(
        as file: String = "model.safetensors", _ change: (inout [Item]) throws -> Void
    ) throws {
        var all = try items()
        try change(&all)
        let written = all
        try AtomicFile.write(to: "\(path)/\(file)") { (sink) throws(KernelError) in
            let writer = try SafetensorsWriter(
                to: sink, tensors: written.map(\.spec), metadata: [("format", "pt")])
            for item in written {
                try item.bytes.withUnsafeBytes { bytes in
                    Result { () throws(KernelError) in
                        try writer.write(bytes, of: item.spec.name)
                    }
                }.get()
            }
            writer.finish()
        }
    }

    // MARK: - GGUF

    /// Exports the folder in fp32 and changes the file: keys, where nil takes one away, and more tensors.
    func gguf(
        _ changes: [String: GGUFValue?] = [:], more: [Item] = []
    ) throws -> String {
        let base = try open()
        let result = try GGUFExport.write(
            ExportSupport.plain(base), base: base, settings: ExportSupport.settings(.f32),
            to: "\(root.path)/gguf-\(UUID().uuidString)")
        let file = try GGUFFile(path: result.modelPath)
        var metadata = GGUFMetadata()
        for (key, value) in file.metadata.pairs where !changes.keys.contains(key) {
            metadata.set(key, value)
        }
        for (key, value) in changes.sorted(by: { $0.key < $1.key }) {
            if let value { metadata.set(key, value) }
        }
        let stored = file.entries.map { entry in
            Item(
                WeightSpec(name: entry.storedName, dtype: entry.dtype, shape: entry.shape),
                Array(file.bytes(of: entry)))
        }
        let all = stored + more
        let path = "\(root.path)/\(UUID().uuidString).gguf"
        let written = metadata
        try AtomicFile.write(to: path) { (sink) throws(KernelError) in
            let writer = try GGUFWriter(to: sink, metadata: written, tensors: all.map(\.spec))
            for item in all {
                try item.bytes.withUnsafeBytes { bytes in
                    Result { () throws(KernelError) in
                        try writer.write(bytes, of: item.spec.name)
                    }
                }.get()
            }
            writer.finish()
        }
        return path
    }

    // MARK: - What comes out

    static let ids: [Int32] = [257, 72, 101, 108, 108, 111, 33, 258, 10, 65]

    /// The logits of a few ids at every position.
    static func logits(_ model: ModelFolder) throws -> [Float] {
        try ExportSupport.logits(ExportSupport.plain(model), ids)
    }

    func refusal(_ path: String? = nil) throws -> KernelError {
        try #require(throws: KernelError.self) { try ModelFolder(path: path ?? self.path) }
    }
}
