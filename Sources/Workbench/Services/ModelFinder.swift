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
    private let lookedMax: Int

    private let models: String
    private let environment: [String: String]
    private let home: String

    init(
        _ paths: Paths, environment: [String: String] = ProcessInfo.processInfo.environment,
        home: String? = nil, lookedMax: Int = 20_000
    ) {
        self.lookedMax = lookedMax
        (models, self.environment) = (paths.models, environment)
        // Without a home folder there are no folders of other tools in it.
        self.home = home ?? (try? HomeFolder.path(environment)) ?? "/nonexistent"
    }

    /// Paths and names of what looks like a model, each once: GGUF files, folders with a config.json at
    /// most four levels deep, and the models of stores.
    func candidates(_ more: [String] = []) -> [(path: String, name: String)] {
        search(more).candidates
    }

    /// The same, and a note where there may be more.
    func search(
        _ more: [String] = []
    ) -> (candidates: [(path: String, name: String)], remarks: [Sentence]) {
        var remarks: [Sentence] = []
        let places = ModelPlaces(
            models: models, environment: environment, home: home, more: more)
        let files = places.folders.flatMap { place in
            var walk = Walk()
            let found = candidates(in: place, depth: 4, &walk)
            if walk.isCut {
                remarks.append(
                    "\(place) holds more than \(lookedMax) names; the others were not looked at.")
            }
            return found
        }.map { (path: $0, name: ModelPlaces.name(of: $0)) }
        let stored = places.stores.flatMap { OllamaStore(folder: $0).entries() }
            .map { (path: $0.path, name: $0.name) }
        var seen: Set<String> = []
        let all = (files + stored).filter {
            seen.insert(($0.path as NSString).resolvingSymlinksInPath).inserted
        }
        if all.count > Self.foundMax {
            remarks.append(
                "\(Self.foundMax) of \(all.count) models are listed; the others are left out.")
        }
        return (Array(all.prefix(Self.foundMax)), remarks)
    }

    /// What the candidates are.
    func found(_ candidates: [(path: String, name: String)]) -> [Found] {
        candidates.map { path, name in
            do throws(KernelError) {
                let summary = try ModelFolder(path: path).summary
                return Found(path: path, name: name, summary: .success(summary))
            } catch {
                let fault = Self.fault(error, of: path)
                return Found(path: path, name: name, summary: .failure(fault))
            }
        }
    }

    /// Why a model cannot be opened; a name that could not be written down is the reason itself.
    static func fault(_ error: KernelError, of path: String) -> KernelError {
        isReplaced(path) ? nameless(path) : error
    }

    /// Whether a name stands for bytes that are no text: no file exists under the name as it is written here.
    private static func isReplaced(_ path: String) -> Bool {
        path.contains("\u{FFFD}") && !FileManager.default.fileExists(atPath: path)
    }

    private static func nameless(_ path: String) -> KernelError {
        KernelError(
            .badData, "the name is not UTF-8 text", at: path,
            because: "names of files and folders must be UTF-8",
            hint: "Rename it; convmv does it for many.")
    }

    /// What was seen below one place.
    private struct Walk {
        var looked = 0
        /// Whether there was more than may be looked at.
        var isCut = false
        /// Folders that were looked into: links may lead to them again.
        var folders: Set<FolderListing.Identity> = []
    }

    private func candidates(in folder: String, depth: Int, _ walk: inout Walk) -> [String] {
        let manager = FileManager.default
        if folder.hasSuffix(".gguf") { return [folder] }
        if manager.fileExists(atPath: "\(folder)/config.json") { return [folder] }
        guard depth > 0, let listing = FolderListing(folder),
            walk.folders.insert(listing.identity).inserted
        else { return [] }
        var found = listing.unreadableModels.map { "\(folder)/\($0)" }
        for name in listing.names {
            guard walk.looked < lookedMax else {
                walk.isCut = true
                break
            }
            walk.looked += 1
            let path = "\(folder)/\(name)"
            if name.hasSuffix(".gguf") {
                found.append(path)
                continue
            }
            var isFolder: ObjCBool = false
            guard manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
            else { continue }
            found += candidates(in: path, depth: depth - 1, &walk)
        }
        return found
    }
}
