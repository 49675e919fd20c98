// Disk calls that are done and written down: every prefix of the journal is a moment at which a process may
// have been killed or the power may have gone.

import Foundation
import Synchronization

@testable import Kernel

/// All that was done below a folder.
final class DiskJournal: Sendable {
    private struct State {
        var changes: [DiskChange] = []
        /// Folders by number, with what they hold now.
        var folders: [Int: [String: Int]] = [0: [:]]
        var nodes = 1
        var open: [Int32: (node: Int, offset: Int, appends: Bool)] = [:]
        var sizes: [Int: Int] = [:]
        var marks: [(change: Int, step: Int)] = []
    }

    private let root: String
    private let state: Mutex<State>

    /// Of the folder `root`, which is taken as it is: `start` is what it holds, all of it durable.
    init(_ root: String, start: DiskTree = .folder([:])) {
        self.root = root + "/"
        state = Mutex(State())
        state.withLock { Self.add(start, to: 0, &$0) }
    }

    private static func add(_ tree: DiskTree, to folder: Int, _ state: inout State) {
        guard case .folder(let entries) = tree else { return }
        for (name, tree) in entries.sorted(by: { $0.key < $1.key }) {
            let node = link(folder, name, &state)
            switch tree {
            case .file(let bytes):
                state.sizes[node] = bytes.count
                state.changes.append(.write(node: node, offset: 0, bytes: bytes))
            case .folder:
                state.folders[node] = [:]
                add(tree, to: node, &state)
            }
            state.changes.append(.sync(node: node))
        }
        state.changes.append(.sync(node: folder))
    }

    /// Notes that the run said that the checkpoint of a step is saved.
    func mark(_ step: Int) { state.withLock { $0.marks.append(($0.changes.count, step)) } }

    var changes: [DiskChange] { state.withLock { $0.changes } }

    /// The numbers of all folders that there ever were.
    var folders: Set<Int> { state.withLock { Set($0.folders.keys) } }

    /// The newest step that was said to be saved after so many changes.
    func saved(after count: Int) -> Int? {
        state.withLock { $0.marks.last { $0.change <= count }?.step }
    }

    // MARK: - Names

    private static func link(_ folder: Int, _ name: String, _ state: inout State) -> Int {
        let node = state.nodes
        state.nodes += 1
        state.folders[folder]?[name] = node
        state.changes.append(.link(folder: folder, name: name, node: node))
        return node
    }

    /// The folder and the name of a path below the root, and what is there.
    private func place(_ path: String, _ state: State) -> (folder: Int, name: String, node: Int?)? {
        guard path.hasPrefix(root) else { return nil }
        var names = path.dropFirst(root.count).split(separator: "/").map(String.init)
        guard let last = names.popLast() else { return nil }
        var folder = 0
        for name in names {
            guard let next = state.folders[folder]?[name] else { return nil }
            folder = next
        }
        return (folder, last, state.folders[folder]?[last])
    }

    private func hold(_ descriptor: Int32, _ path: String, appends: Bool, truncates: Bool) {
        state.withLock { state in
            state.open[descriptor] = nil
            if path + "/" == root {
                state.open[descriptor] = (0, 0, false)
                return
            }
            guard let place = place(path, state) else { return }
            let node = place.node ?? Self.link(place.folder, place.name, &state)
            if truncates, place.node != nil {
                state.sizes[node] = 0
                state.changes.append(.truncate(node: node, size: 0))
            }
            state.open[descriptor] = (node, 0, appends)
        }
    }

    // MARK: - Calls

    /// These calls, each written down when it was done.
    func calls(over real: DiskCalls = .hasty) -> DiskCalls {
        var calls = real
        calls.create = { [self] path in
            let descriptor = real.create(path)
            if descriptor >= 0 { hold(descriptor, path, appends: false, truncates: false) }
            return descriptor
        }
        calls.open = { [self] path, flags in
            let descriptor = real.open(path, flags)
            if descriptor >= 0 {
                hold(
                    descriptor, path, appends: flags & O_APPEND != 0,
                    truncates: flags & O_TRUNC != 0)
            }
            return descriptor
        }
        calls.write = { [self] descriptor, bytes, count in
            let written = real.write(descriptor, bytes, count)
            if written > 0 {
                let copy = [UInt8](UnsafeRawBufferPointer(start: bytes, count: written))
                wrote(descriptor, copy)
            }
            return written
        }
        calls.truncate = { [self] descriptor, size in
            let result = real.truncate(descriptor, size)
            if result == 0 {
                state.withLock { state in
                    guard let node = state.open[descriptor]?.node else { return }
                    state.sizes[node] = size
                    state.changes.append(.truncate(node: node, size: size))
                }
            }
            return result
        }
        calls.synchronize = { [self] descriptor in
            let result = real.synchronize(descriptor)
            if result == 0 {
                state.withLock { state in
                    guard let node = state.open[descriptor]?.node else { return }
                    state.changes.append(.sync(node: node))
                }
            }
            return result
        }
        calls.close = { [self] descriptor in
            state.withLock { $0.open[descriptor] = nil }
            return real.close(descriptor)
        }
        addNames(to: &calls, over: real)
        return calls
    }

    private func wrote(_ descriptor: Int32, _ bytes: [UInt8]) {
        state.withLock { state in
            guard let file = state.open[descriptor] else { return }
            let offset = file.appends ? state.sizes[file.node, default: 0] : file.offset
            let end = offset + bytes.count
            state.open[descriptor]?.offset = end
            state.sizes[file.node] = max(state.sizes[file.node, default: 0], end)
            state.changes.append(.write(node: file.node, offset: offset, bytes: bytes))
        }
    }

    private func addNames(to calls: inout DiskCalls, over real: DiskCalls) {
        calls.makeFolder = { [self] path in
            let result = real.makeFolder(path)
            if result == 0 {
                state.withLock { state in
                    guard let place = place(path, state) else { return }
                    let node = Self.link(place.folder, place.name, &state)
                    state.folders[node] = [:]
                }
            }
            return result
        }
        calls.rename = { [self] old, new in
            let result = real.rename(old, new)
            if result == 0 { moved(old, new, swaps: false) }
            return result
        }
        calls.exchange = { [self] one, other in
            let result = real.exchange(one, other)
            if result == 0 { moved(one, other, swaps: true) }
            return result
        }
        calls.unlink = { [self] path in
            let result = real.unlink(path)
            if result == 0 { dropped(path) }
            return result
        }
        calls.removeFolder = { [self] path in
            let result = real.removeFolder(path)
            if result == 0 { dropped(path) }
            return result
        }
    }

    private func moved(_ old: String, _ new: String, swaps: Bool) {
        state.withLock { state in
            guard let from = place(old, state), let to = place(new, state), let node = from.node
            else { return }
            state.folders[from.folder]?[from.name] = swaps ? to.node : nil
            state.folders[to.folder]?[to.name] = node
            guard swaps, let other = to.node else {
                state.changes.append(.move(from.folder, from.name, to.folder, to.name, node: node))
                return
            }
            state.changes.append(
                .swap(from.folder, from.name, node, to.folder, to.name, other))
        }
    }

    private func dropped(_ path: String) {
        state.withLock { state in
            guard let place = place(path, state), let node = place.node else { return }
            state.folders[place.folder]?[place.name] = nil
            state.changes.append(.drop(folder: place.folder, name: place.name, node: node))
        }
    }
}
