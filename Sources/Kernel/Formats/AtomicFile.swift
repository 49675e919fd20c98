// Writes a file so that its path holds either the old bytes or all of the new ones, never a part:
// a temporary file in the same folder, fsync, rename, fsync of the folder. The same for folders.
import Foundation
import Synchronization

/// Replaces files in one step.
public enum AtomicFile {
    /// Writes `path` through `body`; on any failure the old file stays and nothing else is left.
    ///
    /// With `plannedBytes` a lack of space is reported before the first byte is written.
    public static func write<Value>(
        to path: String, plannedBytes: Int? = nil,
        _ body: (FileSink) throws(KernelError) -> Value
    ) throws(KernelError) -> Value {
        try write(to: path, plannedBytes: plannedBytes, calls: .real, body)
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
        try refuseNUL(path)
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
            guard calls.rename(sink.path, path) == 0 else {
                throw KernelError.system("cannot put the file in place", path: path, code: errno)
            }
        } catch {
            unlink(sink.path)
            throw error
        }
        try calls.synchronize(folder: folder)
        return value
    }

    /// Throws for a path that holds NUL: the system's calls would end it there and take another file.
    static func refuseNUL(_ path: String) throws(KernelError) {
        guard path.utf8.contains(0) else { return }
        throw KernelError(
            .usage, "the path holds the character NUL", at: path.escapedForDisplay,
            because: "no file can be called so", hint: "Give the path without it")
    }

    private static func createTemporary(
        for path: String, calls: DiskCalls
    ) throws(KernelError) -> FileSink {
        while true {
            do throws(KernelError) {
                return try FileSink(creating: TemporaryName.next(for: path), calls: calls)
            } catch {
                // A file left by a crashed process of the same number: take the next name.
                if error.kind != .cannotCreate { throw error }
            }
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
        try write(to: path, calls: .real, stayed: stayed, body)
    }

    static func write<Value>(
        to path: String, calls: DiskCalls, stayed: (String) -> Void = { _ in },
        _ body: (_ temporaryFolder: String) throws(KernelError) -> Value
    ) throws(KernelError) -> Value {
        try AtomicFile.refuseNUL(path)
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let temporary = try createTemporary(for: path)
        let hold = LeftoverFolders.hold(temporary)
        defer { if hold >= 0 { close(hold) } }
        let value: Value
        do throws(KernelError) {
            value = try body(temporary)
            try synchronizeContents(of: temporary, calls: calls)
            try place(temporary, at: path, calls: calls, stayed: stayed)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
        // After an exchange the old folder lies under the temporary name.
        defer { remove(temporary, stayed) }
        try calls.synchronize(folder: path.parentFolder)
        return value
    }

    /// Removes what took part in a replacement, if it is there.
    private static func remove(_ folder: String, _ stayed: (String) -> Void) {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        do { try FileManager.default.removeItem(atPath: folder) } catch { stayed(folder) }
    }

    private static func createTemporary(for path: String) throws(KernelError) -> String {
        while true {
            let name = TemporaryName.next(for: path)
            if mkdir(name, 0o777) == 0 { return name }
            guard errno == EEXIST else {
                throw KernelError.system("cannot create the folder", path: name, code: errno)
            }
        }
    }

    private static func place(
        _ temporary: String, at path: String, calls: DiskCalls, stayed: (String) -> Void
    ) throws(KernelError) {
        if calls.rename(temporary, path) == 0 { return }
        guard errno == ENOTEMPTY || errno == EEXIST else {
            throw KernelError.system("cannot put the folder in place", path: path, code: errno)
        }
        if calls.exchange(temporary, path) == 0 { return }
        guard errno == ENOSYS || errno == EINVAL else {
            throw KernelError.system("cannot replace the folder", path: path, code: errno)
        }
        try placeInTwoSteps(temporary, at: path, calls: calls, stayed: stayed)
    }

    /// For disks that cannot exchange: between the steps the old folder lies under a hidden name.
    private static func placeInTwoSteps(
        _ temporary: String, at path: String, calls: DiskCalls, stayed: (String) -> Void
    ) throws(KernelError) {
        let aside = TemporaryName.next(for: path)
        guard calls.rename(path, aside) == 0 else {
            throw KernelError.system("cannot move the old folder", path: path, code: errno)
        }
        guard calls.rename(temporary, path) == 0 else {
            let code = errno
            _ = calls.rename(aside, path)
            throw KernelError.system("cannot replace the folder", path: path, code: code)
        }
        remove(aside, stayed)
    }

    /// Files written by other means than FileSink are brought to the disk as well.
    private static func synchronizeContents(
        of folder: String, calls: DiskCalls
    ) throws(KernelError) {
        let names: [String]
        do {
            names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        } catch {
            throw KernelError(
                .inputOutput, "cannot list the new folder", at: folder.escapedForDisplay,
                because: error.localizedDescription)
        }
        for name in names {
            let path = "\(folder)/\(name)"
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else {
                // A symbolic link has no bytes of its own.
                if errno == ELOOP { continue }
                throw KernelError.system("cannot open the new file", path: path, code: errno)
            }
            let result = calls.synchronize(descriptor)
            let code = errno
            _ = calls.close(descriptor)
            guard result == 0 || code == EINVAL else {
                throw calls.writeError(path: path, needed: 0, code: code)
            }
        }
        try calls.synchronize(folder: folder)
    }
}

/// Names of temporary files: hidden, beside the target, unique among processes and threads.
private enum TemporaryName {
    private static let counter = Atomic<Int>(0)

    static func next(for path: String) -> String {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        // Names end at 255 bytes; a long one is cut, the number keeps it unique.
        let stem = String(decoding: path.lastPathPart.utf8.prefix(200), as: UTF8.self)
        return "\(path.parentFolder)/.\(stem).\(getpid())-\(number).tmp"
    }
}
