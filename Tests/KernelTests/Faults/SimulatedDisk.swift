// A disk in memory: what was written, what a sync made durable, and what is left after a kill or a power cut.
// It is told of calls by DiskJournal and knows nothing of runs.

import Foundation

@testable import Fuzzing

/// A change of the disk, in the order in which it was made. Nodes are files and folders, whatever they are
/// called.
enum DiskChange {
    case link(folder: Int, name: String, node: Int)
    case move(Int, String, Int, String, node: Int)
    case swap(Int, String, Int, Int, String, Int)
    case drop(folder: Int, name: String, node: Int)
    case write(node: Int, offset: Int, bytes: [UInt8])
    case truncate(node: Int, size: Int)
    case sync(node: Int)
}

/// Files and folders as somebody finds them.
indirect enum DiskTree: Equatable {
    case file([UInt8])
    case folder([String: DiskTree])

    subscript(path: String...) -> DiskTree? {
        var tree: DiskTree? = self
        for name in path {
            guard case .folder(let entries)? = tree else { return nil }
            tree = entries[name]
        }
        return tree
    }

    /// Makes real files and folders of it.
    func write(to path: String) throws {
        switch self {
        case .file(let bytes): try Data(bytes).write(to: URL(fileURLWithPath: path))
        case .folder(let entries):
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            for (name, tree) in entries { try tree.write(to: "\(path)/\(name)") }
        }
    }
}

/// What a power cut loses of all that was not synced.
enum PowerCut {
    /// Everything after some moment, as a disk that keeps the order.
    case after(Int)
    /// Each entry and each sector by chance.
    case any(entries: Int, sectors: Int)
    /// All bytes, but no name: as if no folder were ever written.
    case entries
    /// No byte, but all names and sizes: files are full of zeros.
    case bytes
}

/// The state of a disk after a row of changes.
struct SimulatedDisk {
    private static let sector = 512

    private struct File {
        var durable: [UInt8] = []
        var now: [UInt8] = []
        /// Since the last sync: where and what, or a new size; with the number of the change.
        var pending: [(number: Int, offset: Int, bytes: [UInt8]?)] = []
    }

    private enum EntryChange {
        case set(String, Int)
        case remove(String, Int)
        case both([EntryChange])
    }

    private struct Folder {
        var durable: [String: Int] = [:]
        var now: [String: Int] = [:]
        var pending: [(number: Int, change: EntryChange)] = []
    }

    private var files: [Int: File] = [:]
    private var folders: [Int: Folder]
    private var count = 0

    /// A disk that holds a tree, all of it durable. Node 0 is its uppermost folder, others get numbers in the
    /// order of `register`.
    init(folders numbers: Set<Int>) {
        folders = Dictionary(uniqueKeysWithValues: numbers.union([0]).map { ($0, Folder()) })
    }

    mutating func apply(_ change: DiskChange) {
        count += 1
        switch change {
        case .link(let folder, let name, let node):
            if folders[node] == nil, files[node] == nil { files[node] = File() }
            enter(folder, .set(name, node))
        case .move(let from, let old, let to, let new, let node):
            if from == to {
                enter(from, .both([.remove(old, node), .set(new, node)]))
            } else {
                enter(from, .remove(old, node))
                enter(to, .set(new, node))
            }
        case .swap(let from, let old, let one, let to, let new, let other):
            if from == to {
                enter(from, .both([.set(old, other), .set(new, one)]))
            } else {
                enter(from, .set(old, other))
                enter(to, .set(new, one))
            }
        case .drop(let folder, let name, let node): enter(folder, .remove(name, node))
        case .write(let node, let offset, let bytes):
            files[node]?.pending.append((count, offset, bytes))
            Self.put(bytes, at: offset, into: &files[node, default: File()].now)
        case .truncate(let node, let size):
            files[node]?.pending.append((count, size, nil))
            Self.resize(&files[node, default: File()].now, to: size)
        case .sync(let node):
            if let now = files[node]?.now {
                files[node]?.durable = now
                files[node]?.pending = []
            } else if let now = folders[node]?.now {
                folders[node]?.durable = now
                folders[node]?.pending = []
            }
        }
    }

    private mutating func enter(_ folder: Int, _ change: EntryChange) {
        guard folders[folder] != nil else { return }
        folders[folder]?.pending.append((count, change))
        Self.apply(change, to: &folders[folder, default: Folder()].now)
    }

    private static func apply(_ change: EntryChange, to entries: inout [String: Int]) {
        switch change {
        case .set(let name, let node): entries[name] = node
        case .remove(let name, let node): if entries[name] == node { entries[name] = nil }
        case .both(let changes): for change in changes { apply(change, to: &entries) }
        }
    }

    private static func put(_ bytes: [UInt8], at offset: Int, into file: inout [UInt8]) {
        if file.count < offset + bytes.count { resize(&file, to: offset + bytes.count) }
        file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    private static func resize(_ file: inout [UInt8], to size: Int) {
        if file.count > size {
            file.removeLast(file.count - size)
        } else {
            file += [UInt8](repeating: 0, count: size - file.count)
        }
    }

    // MARK: - What is found

    /// What the system sees, also after a process was killed.
    var seen: DiskTree {
        tree(0, entries: { $0.now }, bytes: { $0.now })
    }

    /// What is there when the power comes back.
    func found(after cut: PowerCut, _ numbers: inout SeededNumbers) -> DiskTree {
        // In the order of their numbers, so that a seed always makes the same cut.
        var entries: [Int: [String: Int]] = [:]
        for (node, folder) in folders.sorted(by: { $0.key < $1.key }) {
            var kept = folder.durable
            for (number, change) in folder.pending {
                if Self.survives(cut, number, isEntry: true, &numbers) {
                    Self.apply(change, to: &kept)
                }
            }
            entries[node] = kept
        }
        var contents: [Int: [UInt8]] = [:]
        for (node, file) in files.sorted(by: { $0.key < $1.key }) where !file.pending.isEmpty {
            contents[node] = Self.remains(of: file, cut, &numbers)
        }
        return tree(
            0, node: { entries[$0] ?? [:] }, bytes: { contents[$0] ?? files[$0]?.durable ?? [] })
    }

    private static func survives(
        _ cut: PowerCut, _ number: Int, isEntry: Bool, _ numbers: inout SeededNumbers
    ) -> Bool {
        switch cut {
        case .after(let last): number <= last
        case .any(let entries, let sectors): numbers.below(100) < (isEntry ? entries : sectors)
        case .entries: !isEntry
        case .bytes: isEntry
        }
    }

    private static func remains(
        of file: File, _ cut: PowerCut, _ numbers: inout SeededNumbers
    ) -> [UInt8] {
        var kept = file.durable
        for (number, offset, bytes) in file.pending {
            guard let bytes else {
                if survives(cut, number, isEntry: false, &numbers) { resize(&kept, to: offset) }
                continue
            }
            // Sectors are written whole, in any order.
            var start = offset
            while start < offset + bytes.count {
                let end = min(offset + bytes.count, (start / sector + 1) * sector)
                if survives(cut, number, isEntry: false, &numbers) {
                    put(Array(bytes[start - offset..<end - offset]), at: start, into: &kept)
                }
                start = end
            }
        }
        // The size may be known before the bytes are there.
        if case .bytes = cut { resize(&kept, to: file.now.count) }
        if case .any = cut, numbers.below(3) == 0, kept.count < file.now.count {
            resize(&kept, to: file.now.count)
        }
        return kept
    }

    private func tree(
        _ node: Int, entries: (Folder) -> [String: Int], bytes: (File) -> [UInt8]
    ) -> DiskTree {
        tree(
            node, node: { folders[$0].map(entries) ?? [:] },
            bytes: { files[$0].map(bytes) ?? [] })
    }

    private func tree(
        _ node: Int, node entries: (Int) -> [String: Int], bytes: (Int) -> [UInt8]
    ) -> DiskTree {
        guard folders[node] != nil else { return .file(bytes(node)) }
        return .folder(entries(node).mapValues { tree($0, node: entries, bytes: bytes) })
    }
}
