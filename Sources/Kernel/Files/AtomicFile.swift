// Writes a file so that its path holds either the old bytes or all of the new ones, never a part:
// a temporary file in the same folder, fsync, rename, fsync of the folder. The same for folders.
import Foundation

/// Replaces files in one step.
public enum AtomicFile {
    /// Writes `path` through `body`; on any failure the old file stays and nothing else is left.
    ///
    /// With `plannedBytes` a lack of space is reported before the first byte is written.
    public static func write<Value>(
        to path: String, plannedBytes: Int? = nil,
        _ body: (FileSink) throws(KernelError) -> Value
    ) throws(KernelError) -> Value {
        try write(to: path, plannedBytes: plannedBytes, calls: .current, body)
    }

    /// Writes these bytes to `path`.
    public static func write(_ bytes: [UInt8], to path: String) throws(KernelError) {
        try write(to: path, plannedBytes: bytes.count) { (sink) throws(KernelError) in
            try sink.write(bytes)
        }
    }

    static func write<Value>(
        to path: String, plannedBytes: Int?, calls: DiskCalls,
        _ body: (FileSink) throws(KernelError) -> Value
    ) throws(KernelError) -> Value {
        try DiskCalls.refuseNUL(path)
        let folder = path.parentFolder
        if let plannedBytes, let free = calls.freeBytes(folder), plannedBytes > free {
            throw DiskCalls.full(path: path, needed: plannedBytes, free: free)
        }
        let sink = try createTemporary(for: path, calls: calls)
        sink.plannedBytes = plannedBytes
        let value: Value
        do throws(KernelError) {
            value = try body(sink)
            try sink.finish()
            guard DiskCalls.repeating({ calls.rename(sink.path, path) }) == 0 else {
                throw KernelError.system("cannot put the file in place", path: path, code: errno)
            }
        } catch {
            // Twice at most: a name that stays is removed with the next start.
            if calls.unlink(sink.path) != 0 { _ = calls.unlink(sink.path) }
            throw error
        }
        try calls.synchronize(folder: folder)
        return value
    }

    private static func createTemporary(
        for path: String, calls: DiskCalls
    ) throws(KernelError) -> FileSink {
        try TemporaryName.taken(for: path) { (name) throws(KernelError) in
            try FileSink(creating: name, calls: calls)
        }
    }
}

/// Replaces whole folders in one step.
public enum AtomicFolder {
    /// Lets `body` fill a temporary folder, then gives it the name `path`; an old folder of that
    /// name is removed only once the new one has taken its place. `stayed` hears of an old folder that
    /// could not be removed, and where it lies now.
    public static func write<Value>(
        to path: String, stayed: (String) -> Void = { _ in },
        _ body: (_ temporaryFolder: String) throws(KernelError) -> Value
    ) throws(KernelError) -> Value {
        try write(to: path, calls: .current, stayed: stayed, body)
    }

    static func write<Value>(
        to path: String, calls: DiskCalls, stayed: (String) -> Void = { _ in },
        _ body: (_ temporaryFolder: String) throws(KernelError) -> Value
    ) throws(KernelError) -> Value {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let temporary = try TemporaryName.taken(for: path) { (name) throws(KernelError) in
            guard DiskCalls.repeating({ calls.makeFolder(name) }) != 0 else { return name }
            let code = errno
            guard code != ENOSPC, code != EDQUOT else {
                throw calls.writeError(path: name, needed: 4_096, code: code)
            }
            throw KernelError.system("cannot create the folder", path: name, code: code)
        }
        let hold = LeftoverFolders.hold(temporary)
        defer { if hold >= 0 { close(hold) } }
        let value: Value
        let old: String
        do throws(KernelError) {
            value = try body(temporary)
            try synchronizeContents(of: temporary, calls: calls)
            old = try place(temporary, at: path, calls: calls)
        } catch {
            calls.discard(temporary)
            throw error
        }
        // The new folder is on the disk under its name before the old one goes.
        defer {
            calls.discard(old)
            if let isThere = try? DiskCalls.isThere(old), isThere { stayed(old) }
        }
        try calls.synchronize(folder: path.parentFolder)
        return value
    }

    /// Gives the new folder its name. Returns where the old one lies now, if there was one.
    private static func place(
        _ temporary: String, at path: String, calls: DiskCalls
    ) throws(KernelError) -> String {
        if DiskCalls.repeating({ calls.rename(temporary, path) }) == 0 { return temporary }
        guard errno == ENOTEMPTY || errno == EEXIST else {
            throw KernelError.system("cannot put the folder in place", path: path, code: errno)
        }
        if DiskCalls.repeating({ calls.exchange(temporary, path) }) == 0 { return temporary }
        guard errno == ENOSYS || errno == EINVAL else {
            throw KernelError.system("cannot replace the folder", path: path, code: errno)
        }
        return try placeInTwoSteps(temporary, at: path, calls: calls)
    }

    /// For disks that cannot exchange: between the steps the old folder lies under a hidden name.
    private static func placeInTwoSteps(
        _ temporary: String, at path: String, calls: DiskCalls
    ) throws(KernelError) -> String {
        let aside = TemporaryName.next(for: path)
        guard DiskCalls.repeating({ calls.rename(path, aside) }) == 0 else {
            throw KernelError.system("cannot move the old folder", path: path, code: errno)
        }
        guard DiskCalls.repeating({ calls.rename(temporary, path) }) == 0 else {
            let code = errno
            _ = calls.rename(aside, path)
            throw KernelError.system("cannot replace the folder", path: path, code: code)
        }
        return aside
    }

    /// Files written by other means than FileSink are brought to the disk as well.
    private static func synchronizeContents(
        of folder: String, calls: DiskCalls
    ) throws(KernelError) {
        for name in try DiskCalls.names(in: folder).sorted() {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else {
                throw KernelError.system("cannot open the new file", path: path, code: errno)
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try synchronizeContents(of: path, calls: calls)
            // A symbolic link has no bytes of its own.
            case S_IFLNK: continue
            default: try calls.synchronize(file: path)
            }
        }
        try calls.synchronize(folder: folder)
    }
}
