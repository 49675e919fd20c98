// Looks for runs: in the runs folder, in `saves` of the current folder, where settings files like to write,
// and in folders that are given. It reads the folders' files and asks no process.

import Foundation
import Kernel

/// What lists of runs are sorted by.
enum RunOrder: String, CaseIterable, Sendable {
    /// Newest first.
    case age
    case name
    /// Lowest first; runs without come last.
    case loss, eval
    /// Most steps first.
    case step
    /// Live ones first, then those that need attention.
    case state

    func sorted(_ runs: [RunRecord]) -> [RunRecord] {
        runs.sorted { a, b in
            switch self {
            case .age: (b.changedSeconds, a.folder) < (a.changedSeconds, b.folder)
            case .name: (a.name, a.folder) < (b.name, b.folder)
            case .loss: (a.loss ?? .infinity, a.folder) < (b.loss ?? .infinity, b.folder)
            case .eval:
                (a.bestEvaluationLoss ?? .infinity, a.folder)
                    < (b.bestEvaluationLoss ?? .infinity, b.folder)
            case .step: (b.step ?? -1, a.folder) < (a.step ?? -1, b.folder)
            case .state: (Self.rank(a), b.changedSeconds) < (Self.rank(b), a.changedSeconds)
            }
        }
    }

    private static func rank(_ run: RunRecord) -> Int {
        switch run.state {
        case .training, .paused, .evaluating: 0
        case .lost, .unknown: 1
        case .failed: 2
        case .stopped: 3
        case .done: 4
        }
    }
}

/// Finds the runs of this user.
struct RunFinder {
    /// Folders below each place that are looked into.
    private static let depth = 3

    private let places: [String]
    /// Names of one folder that are looked at.
    private let namesMax: Int

    /// Runs, and the folders that have more names than were looked at.
    struct Found {
        var runs: [RunRecord] = []
        var cut: [String] = []
    }

    /// Looks in the runs folder, in ./saves, and in `more`: folders of runs, or runs themselves.
    init(_ paths: Paths, more: [String] = [], namesMax: Int = 20_000) {
        self.namesMax = namesMax
        places = more.map(HomePath.expanded) + [paths.runs, "saves"]
    }

    /// The runs that are there, each once, newest first.
    func find() -> [RunRecord] { search().runs }

    /// The same, and where there may be more.
    func search() -> Found {
        var found = Found()
        for place in places {
            var folders: Set<FolderListing.Identity> = []
            look(in: place, depth: Self.depth, &folders, &found)
        }
        var seen: Set<String> = []
        found.runs.removeAll {
            // Absolute paths: `saves/a` may be asked for by either name.
            !seen.insert(URL(fileURLWithPath: $0.folder).resolvingSymlinksInPath().path).inserted
        }
        found.runs = RunOrder.age.sorted(found.runs)
        return found
    }

    /// The note on a folder with too many names.
    func remark(onCut folder: String) -> String {
        tr(
            "{1} holds more than {2} names; the others were not looked at.",
            folder.isEmpty ? "/" : folder, namesMax)
    }

    /// The run that the user means: a folder, or the name of a run or of its folder; the newest of several.
    func run(named word: String) -> RunRecord? {
        let path = HomePath.expanded(word)
        if let run = RunRecord(folder: Self.plain(path)) { return run }
        return find().first { run in
            run.name == word || (run.folder as NSString).lastPathComponent == word
        }
    }

    /// `folders` are those that were looked into: links may lead to them again.
    private func look(
        in folder: String, depth: Int, _ folders: inout Set<FolderListing.Identity>,
        _ found: inout Found
    ) {
        let folder = Self.plain(folder)
        if let run = RunRecord(folder: folder) { return found.runs.append(run) }
        guard depth > 0, let listing = FolderListing(folder),
            folders.insert(listing.identity).inserted
        else { return }
        if listing.names.count > namesMax { found.cut.append(folder) }
        for name in listing.names.prefix(namesMax) where !name.hasPrefix("checkpoint-") {
            var isFolder: ObjCBool = false
            let path = "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
                isFolder.boolValue
            else { continue }
            look(in: path, depth: depth - 1, &folders, &found)
        }
    }

    private static func plain(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
