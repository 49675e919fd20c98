// Models in Ollama's folder: manifests by name and tag, each naming the blob with the weights. Manifests are
// untrusted files: they are read within bounds, and a digest must be one before it becomes a path.

import Foundation
import Kernel

/// A folder in Ollama's layout.
struct OllamaStore {
    /// A model by its name and the file with its weights.
    struct Entry: Equatable {
        var name: String
        var path: String
    }

    private static let entriesMax = 1000
    private static let manifestBytesMax = 1 << 20
    private static let depth = 4

    let folder: String

    /// The models whose blobs are there, by name.
    func entries() -> [Entry] {
        let root = "\(folder)/manifests"
        var paths: [String] = []
        collect(in: root, depth: Self.depth, &paths)
        return paths.compactMap { path in
            guard let blob = blob(of: path), FileManager.default.fileExists(atPath: blob) else {
                return nil
            }
            return Entry(name: Self.name(String(path.dropFirst(root.count + 1))), path: blob)
        }
    }

    /// Files exactly so many levels below: registry, namespace, name, tag. It ends when there are enough,
    /// however many folders and links to folders there are.
    private func collect(in folder: String, depth: Int, _ paths: inout [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.filter({ !$0.hasPrefix(".") }).sorted() {
            guard paths.count < Self.entriesMax else { return }
            if depth == 1 {
                paths.append("\(folder)/\(name)")
            } else {
                collect(in: "\(folder)/\(name)", depth: depth - 1, &paths)
            }
        }
    }

    private func blob(of manifest: String) -> String? {
        guard let bytes = try? BoundedFile.read(manifest, limit: Self.manifestBytesMax),
            let json = try? JSONValue(
                parsing: String(decoding: bytes, as: UTF8.self), source: manifest),
            let layer = json["layers"]?.array?.first(where: {
                $0["mediaType"]?.string == "application/vnd.ollama.image.model"
            }),
            let match = layer["digest"]?.string?.wholeMatch(of: /sha256:([0-9a-f]{64})/)
        else { return nil }
        return "\(folder)/blobs/sha256-\(match.1)"
    }

    /// "registry.ollama.ai/library/qwen3/0.6b" as people write it: qwen3:0.6b.
    private static func name(_ path: String) -> String {
        var parts = path.split(separator: "/").map(String.init)
        guard parts.count == depth else { return path }
        if parts[0] == "registry.ollama.ai" {
            parts.removeFirst()
            if parts[0] == "library" { parts.removeFirst() }
        }
        let tag = parts.removeLast()
        return parts.joined(separator: "/") + ":" + tag
    }
}
