// The few calls of the operating system that writing files needs, as one replaceable value.
// Tests hand in a set in which the n-th call fails, or one that keeps what a power cut would lose;
// everything else uses the real ones. It does not know what the files mean.
import Foundation

/// The system calls behind everything that the kernel writes; results and errno as in C.
struct DiskCalls: Sendable {
    /// The calls of this thread's work; only tests set others.
    @TaskLocal static var current = DiskCalls()

    var create: @Sendable (_ path: String) -> Int32 = { path in
        Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    /// Opens a file or folder that may be there already, with the flags of open(2).
    var open: @Sendable (_ path: String, _ flags: Int32) -> Int32 = { path, flags in
        Foundation.open(path, flags | O_CLOEXEC, 0o644)
    }
    var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int = {
        Foundation.write($0, $1, $2)
    }
    var truncate: @Sendable (_ descriptor: Int32, _ size: Int) -> Int32 = {
        ftruncate($0, off_t($1))
    }
    var synchronize: @Sendable (_ descriptor: Int32) -> Int32 = { fsync($0) }
    var close: @Sendable (_ descriptor: Int32) -> Int32 = { Foundation.close($0) }
    var rename: @Sendable (_ old: String, _ new: String) -> Int32 = { Foundation.rename($0, $1) }
    /// Swaps two paths in one step; ENOSYS or EINVAL where the system or the disk cannot.
    var exchange: @Sendable (_ one: String, _ other: String) -> Int32 = {
        exchangePaths($0, $1)
    }
    var makeFolder: @Sendable (_ path: String) -> Int32 = { mkdir($0, 0o777) }
    var unlink: @Sendable (_ path: String) -> Int32 = { Foundation.unlink($0) }
    var removeFolder: @Sendable (_ path: String) -> Int32 = { rmdir($0) }
    /// Bytes that this user may still write in the folder's file system, nil when unknown.
    var freeBytes: @Sendable (_ folder: String) -> Int? = { folder in
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail)
            .multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? nil : Int(exactly: bytes)
    }
    /// Whether the folder's file system has room for another file's entry; it has for all we know.
    var takesNewFiles: @Sendable (_ folder: String) -> Bool = { folder in
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return true }
        return status.f_files == 0 || status.f_favail > 0
    }

    static let real = DiskCalls()

    /// Repeats a call that a signal interrupted; with bounds, so that a disk that says nothing else ends.
    static func repeating<Number: SignedInteger>(_ call: () -> Number) -> Number {
        var result = call()
        var tries = 1
        while result < 0, errno == EINTR, tries < 100 {
            result = call()
            tries += 1
        }
        return result
    }

    /// Forces a folder's entries to the disk; file systems that cannot do this are not an error.
    func synchronize(folder path: String) throws(KernelError) {
        try synchronize(
            path, flags: O_RDONLY | O_DIRECTORY, what: "cannot bring the folder to the disk")
    }

    /// Forces the bytes of a file that is there to the disk; one that is not there has none.
    func synchronize(file path: String) throws(KernelError) {
        do throws(KernelError) {
            try synchronize(
                path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
                what: "cannot bring the file to the disk")
        } catch  where error.kind == .missingInput {
        }
    }

    private func synchronize(_ path: String, flags: Int32, what: Sentence) throws(KernelError) {
        let descriptor = Self.repeating { open(path, flags) }
        guard descriptor >= 0 else {
            throw KernelError.system(what, path: path, code: errno)
        }
        let result = Self.repeating { synchronize(descriptor) }
        let code = errno
        _ = close(descriptor)
        guard result == 0 || code == EINVAL else {
            throw KernelError.system(what, path: path, code: code)
        }
    }

    /// Makes the folder and those above it; one that is there already is fine.
    static func makeFolder(
        _ path: String, what: Sentence, hint: Sentence? = nil
    ) throws(KernelError) {
        try refuseNUL(path)
        var status = stat()
        if stat(path, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { return }
        } else if errno == ENOENT, !path.isEmpty, path.parentFolder != path {
            try makeFolder(path.parentFolder, what: what, hint: hint)
        }
        let result = repeating { current.makeFolder(path) }
        let code = errno
        if result == 0 {
            // A checkpoint on the disk is lost with a folder that is not. Some file systems cannot do this.
            try? current.synchronize(folder: path.parentFolder)
            return
        }
        // Somebody else was faster, or it is a link to a folder.
        if code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        if code == ENOSPC || code == EDQUOT {
            throw current.writeError(path: path, needed: 4096, code: code)
        }
        var error = KernelError.system(what, path: path, code: code)
        if error.kind != .permission { error.kind = .cannotCreate }
        if let hint { error.hint = hint }
        throw error
    }

    /// Throws for a path that holds NUL: C would cut it short, and another file would be meant.
    static func refuseNUL(_ path: String) throws(KernelError) {
        guard path.utf8.contains(0) else { return }
        throw KernelError(
            .configuration, "the path holds a NUL character", at: path.escapedForDisplay,
            hint: "Take it out of the name")
    }

    /// The error of a failed write, with needed and free bytes when the disk is full.
    func writeError(path: String, needed: Int, code: Int32) -> KernelError {
        switch code {
        case ENOSPC where !takesNewFiles(path.parentFolder):
            return KernelError(
                .inputOutput, "the disk is full", at: path.escapedForDisplay,
                because: "its file system can hold no more files (no inode is free)",
                hint:
                    "Delete files that are no longer needed or choose another folder, then try again"
            )
        case ENOSPC:
            return Self.full(path: path, needed: needed, free: freeBytes(path.parentFolder))
        case EDQUOT:
            return KernelError(
                .inputOutput, "the disk is full", at: path.escapedForDisplay,
                because: "\(needed) more bytes are needed, and the quota of this user is used up",
                hint: "Free some space or choose another folder, then try again")
        case EFBIG:
            return KernelError(
                .inputOutput, "cannot write the file", at: path.escapedForDisplay,
                because: "\(KernelError.reason(of: code)): it would pass the limit for one file",
                hint: "Raise the limit (ulimit -f) or choose another disk, then try again")
        default: return KernelError.system("cannot write the file", path: path, code: code)
        }
    }

    static func full(path: String, needed: Int, free: Int?) -> KernelError {
        let left = free.map { "\($0) bytes are free" } ?? "none are free"
        return KernelError(
            .inputOutput, "the disk is full", at: path.escapedForDisplay,
            because: "\(needed) more bytes are needed, \(left)",
            hint: "Free some space or choose another folder, then try again")
    }
}

/// renameat2 with RENAME_EXCHANGE, looked up at run time because Foundation does not import it.
private func exchangePaths(_ one: String, _ other: String) -> Int32 {
    typealias Call =
        @convention(c) (
            Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
        ) -> Int32
    let exchangeFlag: UInt32 = 2
    guard let symbol = dlsym(nil, "renameat2") else {
        errno = ENOSYS
        return -1
    }
    let call = unsafeBitCast(symbol, to: Call.self)
    return call(AT_FDCWD, one, AT_FDCWD, other, exchangeFlag)
}

extension String {
    /// The folder part of a path: "a/b" → "a", "b" → ".", "/b" → "/".
    var parentFolder: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }

    /// The last part of a path.
    var lastPathPart: String {
        lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self
    }
}
