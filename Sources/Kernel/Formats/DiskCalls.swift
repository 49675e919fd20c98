// The few calls of the operating system that writing files needs, as one replaceable value.
// Tests hand in a set in which the n-th call fails; everything else uses the real ones.
import Foundation

/// The system calls behind FileSink, AtomicFile and AtomicFolder; results and errno as in C.
struct DiskCalls: Sendable {
    var create: @Sendable (_ path: String) -> Int32 = { path in
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    var write: @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int = {
        Foundation.write($0, $1, $2)
    }
    var synchronize: @Sendable (_ descriptor: Int32) -> Int32 = { fsync($0) }
    var close: @Sendable (_ descriptor: Int32) -> Int32 = { Foundation.close($0) }
    var rename: @Sendable (_ old: String, _ new: String) -> Int32 = { Foundation.rename($0, $1) }
    /// Swaps two paths in one step; ENOSYS or EINVAL where the system or the disk cannot.
    var exchange: @Sendable (_ one: String, _ other: String) -> Int32 = {
        exchangePaths($0, $1)
    }
    /// Bytes that this user may still write in the folder's file system, nil when unknown.
    var freeBytes: @Sendable (_ folder: String) -> Int? = { folder in
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail)
            .multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? nil : Int(exactly: bytes)
    }

    static let real = DiskCalls()

    /// Forces a folder's entries to the disk; file systems that cannot do this are not an error.
    func synchronize(folder path: String) throws(KernelError) {
        let what = "cannot bring the folder to the disk"
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw KernelError.system(what, path: path, code: errno)
        }
        let result = synchronize(descriptor)
        let code = errno
        _ = close(descriptor)
        guard result == 0 || code == EINVAL else {
            throw KernelError.system(what, path: path, code: code)
        }
    }

    /// Makes the folder and those above it; one that is there already is fine.
    static func makeFolder(
        _ path: String, what: String, hint: String? = nil
    ) throws(KernelError) {
        var status = stat()
        if stat(path, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { return }
        } else if errno == ENOENT, !path.isEmpty, path.parentFolder != path {
            try makeFolder(path.parentFolder, what: what, hint: hint)
        }
        if mkdir(path, 0o777) == 0 { return }
        let code = errno
        // Somebody else was faster, or it is a link to a folder.
        if code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        if code == ENOSPC || code == EDQUOT { throw full(path: path, needed: 4096, free: nil) }
        var error = KernelError.system(what, path: path, code: code)
        if error.kind != .permission { error.kind = .cannotCreate }
        if let hint { error.hint = hint }
        throw error
    }

    /// The error of a failed write, with needed and free bytes when the disk is full.
    func writeError(path: String, needed: Int, code: Int32) -> KernelError {
        guard code == ENOSPC || code == EDQUOT else {
            return KernelError.system("cannot write the file", path: path, code: code)
        }
        return Self.full(path: path, needed: needed, free: freeBytes(path.parentFolder))
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
