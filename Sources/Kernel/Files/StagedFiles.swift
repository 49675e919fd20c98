// Several files that belong together appear in a folder that holds others already: all are written into a
// hidden folder inside of it, then renamed, and the one by which readers know the whole comes last.

import Foundation

/// Writes the files of one result as nearly in one step as file systems allow.
enum StagedFiles {
    private struct Move {
        var from: String
        var to: String
        /// Whether an older file of that name lies in the hidden folder now.
        var isSwapped: Bool
    }

    /// Lets `body` fill a hidden folder, then moves its files into `folder`, those named in `last` after all
    /// others are on the disk. On any failure the files that were there before are there again.
    static func write<Value>(
        into folder: String, last marks: [String],
        _ body: (_ staging: String) throws(KernelError) -> Value
    ) throws(KernelError) -> Value {
        let calls = DiskCalls.current
        let staging = try TemporaryName.taken(for: "\(folder)/result") {
            (name) throws(KernelError) in
            guard DiskCalls.repeating({ calls.makeFolder(name) }) != 0 else { return name }
            let code = errno
            guard code != ENOSPC, code != EDQUOT else {
                throw calls.writeError(path: name, needed: 4_096, code: code)
            }
            throw KernelError.system("cannot create the folder", path: name, code: code)
        }
        var moves: [Move] = []
        let value: Value
        do throws(KernelError) {
            value = try body(staging)
            let names = try DiskCalls.names(in: staging).sorted()
            for name in names where !marks.contains(name) {
                moves.append(try move(name, staging, folder, calls))
            }
            try calls.synchronize(folder: folder)
            for name in names where marks.contains(name) {
                moves.append(try move(name, staging, folder, calls))
            }
        } catch {
            for move in moves.reversed() { undo(move, calls) }
            calls.discard(staging)
            throw error
        }
        // From here on the new files count: what cannot be removed is removed with the next start.
        defer { calls.discard(staging) }
        try calls.synchronize(folder: folder)
        return value
    }

    private static func move(
        _ name: String, _ staging: String, _ folder: String, _ calls: DiskCalls
    ) throws(KernelError) -> Move {
        var move = Move(from: "\(staging)/\(name)", to: "\(folder)/\(name)", isSwapped: false)
        let what: Sentence = "cannot put the file in place"
        var status = stat()
        if lstat(move.to, &status) == 0 {
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw KernelError.system(what, path: move.to, code: EISDIR)
            }
            if DiskCalls.repeating({ calls.exchange(move.from, move.to) }) == 0 {
                move.isSwapped = true
                return move
            }
            guard errno == ENOSYS || errno == EINVAL else {
                throw KernelError.system(what, path: move.to, code: errno)
            }
        }
        guard DiskCalls.repeating({ calls.rename(move.from, move.to) }) == 0 else {
            throw KernelError.system(what, path: move.to, code: errno)
        }
        return move
    }

    private static func undo(_ move: Move, _ calls: DiskCalls) {
        let result = DiskCalls.repeating {
            move.isSwapped ? calls.exchange(move.from, move.to) : calls.rename(move.to, move.from)
        }
        // One more time: half of a result is worse than a moment.
        if result != 0 {
            _ = move.isSwapped ? calls.exchange(move.from, move.to) : calls.unlink(move.to)
        }
    }
}
