// Folders that hold something trained: runs and their checkpoints, newest first. It reads names, no weights.

import Foundation
import Kernel

/// Looks for adapters and models that can answer over a base.
struct TrainedFolders {
    private static let most = 1000

    private let finder: RunFinder

    init(_ paths: Paths) { finder = RunFinder(paths) }

    /// The result of every run, then its checkpoints, the latest first.
    func find() -> [TrainedFolder] {
        let found = finder.find().flatMap { run -> [TrainedFolder] in
            let own =
                Self.isTrained(run.folder)
                ? [TrainedFolder(path: run.folder, name: run.name, model: run.model ?? "")] : []
            return own
                + Checkpoint.list(in: run.folder).filter { Self.isTrained($0.path) }.map {
                    TrainedFolder(
                        path: $0.path, name: "\(run.name)@\($0.step)", model: run.model ?? "")
                }
        }
        return Array(found.prefix(Self.most))
    }

    private static func isTrained(_ folder: String) -> Bool {
        AdapterFile.exists(in: folder)
            || FileManager.default.fileExists(atPath: folder + "/model.safetensors")
    }
}
