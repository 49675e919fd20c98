// Looks for models where Workbench and other tools keep them. Opens only headers.

import Foundation
import Kernel

struct ModelFinder {
    /// A model that was found, and what it is or why it cannot be used.
    struct Found {
        var path: String
        var summary: Result<String, KernelError>
    }

    private let paths: Paths

    init(_ paths: Paths) { self.paths = paths }

    /// GGUF files and folders with a config.json, at most three levels deep, each once.
    func find(_ more: [String] = []) -> [Found] {
        let home = NSHomeDirectory()
        let places = more + [paths.models, "\(home)/.cache/huggingface/hub", "\(home)/models"]
        var seen: Set<String> = []
        return places.flatMap { candidates(in: $0, depth: 4) }.compactMap { path in
            let real = (path as NSString).resolvingSymlinksInPath
            guard seen.insert(real).inserted else { return nil }
            do throws(KernelError) {
                return Found(path: path, summary: .success(try ModelFolder(path: path).summary))
            } catch {
                return Found(path: path, summary: .failure(error))
            }
        }
    }

    private func candidates(in folder: String, depth: Int) -> [String] {
        let manager = FileManager.default
        if folder.hasSuffix(".gguf") { return [folder] }
        if manager.fileExists(atPath: "\(folder)/config.json") { return [folder] }
        guard depth > 0, let names = try? manager.contentsOfDirectory(atPath: folder) else {
            return []
        }
        return names.sorted().filter { !$0.hasPrefix(".") }.prefix(1000).flatMap {
            name -> [String] in
            let path = "\(folder)/\(name)"
            if name.hasSuffix(".gguf") { return [path] }
            var isFolder: ObjCBool = false
            guard manager.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
            else { return [] }
            return candidates(in: path, depth: depth - 1)
        }
    }
}
