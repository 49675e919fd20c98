// Looks for models where Workbench and other tools keep them. Opens only headers.

import Foundation
import Kernel

struct ModelFinder {
    /// A model that was found, and what it is or why it cannot be used.
    struct Found {
        var path: String
        /// What its store or hub calls it.
        var name: String
        var summary: Result<String, KernelError>
    }

    /// Models that are listed, at most.
    private static let foundMax = 2000
    /// Files and folders that are looked at below one place, at most: links may lead in circles.
    private static let lookedMax = 20_000

    private let models: String
    private let environment: [String: String]
    private let home: String

    init(
        _ paths: Paths, environment: [String: String] = ProcessInfo.processInfo.environment,
        home: String? = nil
    ) {
        (models, self.environment) = (paths.models, environment)
        self.home = home ?? environment["HOME"] ?? NSHomeDirectory()
    }

    /// Paths and names of what looks like a model, each once: GGUF files, folders with a config.json at
    /// most four levels deep, and the models of stores.
    func candidates(_ more: [String] = []) -> [(path: String, name: String)] {
        let places = ModelPlaces(
            models: models, environment: environment, home: home, more: more)
        let files = places.folders.flatMap { place in
            var looked = 0
            return candidates(in: place, depth: 4, &looked)
        }.map { (path: $0, name: ModelPlaces.name(of: $0)) }
        let stored = places.stores.flatMap { OllamaStore(folder: $0).entries() }
            .map { (path: $0.path, name: $0.name) }
        var seen: Set<String> = []
        return Array(
            (files + stored).filter {
                seen.insert(($0.path as NSString).resolvingSymlinksInPath).inserted
            }.prefix(Self.foundMax))
    }

    /// The same with what they are.
    func find(_ more: [String] = []) -> [Found] {
        candidates(more).map { path, name in
            do throws(KernelError) {
                let summary = try ModelFolder(path: path).summary
                return Found(path: path, name: name, summary: .success(summary))
            } catch {
                return Found(path: path, name: name, summary: .failure(error))
            }
        }
    }

    private func candidates(in folder: String, depth: Int, _ looked: inout Int) -> [String] {
        let manager = FileManager.default
        if folder.hasSuffix(".gguf") { return [folder] }
        if manager.fileExists(atPath: "\(folder)/config.json") { return [folder] }
        guard depth > 0, let names = try? manager.contentsOfDirectory(atPath: folder) else {
            return []
        }
        var found: [String] = []
        for name in names.sorted() where !name.hasPrefix(".") && looked < Self.lookedMax {
            looked += 1
            let path = "\(folder)/\(name)"
            if name.hasSuffix(".gguf") {
                found.append(path)
                continue
            }
            var isFolder: ObjCBool = false
            guard manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
            else { continue }
            found += candidates(in: path, depth: depth - 1, &looked)
        }
        return found
    }
}
