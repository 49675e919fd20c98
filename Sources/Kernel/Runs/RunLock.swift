// The lock of a run's folder: held by the process that works in it, gone with that process, however it
// ends. Others can look without taking it, so that a list of runs never gets in a run's way. Only a file that
// is a lock of ours is ever written.

import Foundation

/// The lock file of a run folder. It belongs to an open file, not to a process or a path.
public enum RunLock {
    /// What the process that holds a lock does in the folder.
    public enum Purpose: String, Sendable { case trains, evaluates }

    /// The process that works in a folder now.
    public struct Holder: Sendable, Equatable {
        /// The process's number; nil when the file does not say.
        public var process: Int32?
        public var purpose: Purpose
    }

    /// What is known of a folder's lock.
    public enum Status: Sendable, Equatable {
        /// It is free, or there is none.
        case free
        case held(Holder)
        /// It could not be asked, for this reason: somebody may hold it.
        case unknown(String)
    }

    /// How taking a lock ended.
    enum Taking: Equatable {
        case taken
        /// Another process has it.
        case held
        /// The file system has no locks: the reason.
        case unsupported(String)
        /// The call failed with this errno.
        case failed(Int32)
    }

    static let name = ".lock"
    private static let noteBytesMax = 64

    /// The holder of the lock of a folder; nil when it is free, as after a crash, or when that is unknown.
    public static func holder(of folder: String) -> Holder? {
        guard case .held(let holder) = status(of: folder) else { return nil }
        return holder
    }

    /// Asks for the lock of a folder without taking it.
    public static func status(of folder: String) -> Status {
        let path = "\(folder)/\(name)"
        let descriptor = DiskCalls.repeating {
            DiskCalls.current.open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
        }
        guard descriptor >= 0 else {
            // A link is never a lock of ours: it was not there when a run began.
            let code = errno
            return code == ENOENT || code == ENOTDIR || code == ELOOP
                ? .free : .unknown(KernelError.reason(of: code))
        }
        defer { close(descriptor) }
        guard case .ours(let note) = contents(of: descriptor) else { return .free }
        var request = whole()
        guard DiskCalls.repeating({ fcntl(descriptor, getCommand, &request) }) == 0 else {
            return .unknown(KernelError.reason(of: errno))
        }
        guard request.l_type != Int16(F_UNLCK) else { return .free }
        let words = note.split(separator: " ")
        return .held(
            Holder(
                process: words.first.flatMap { Int32($0) },
                purpose: words.dropFirst().first.flatMap { Purpose(rawValue: String($0)) }
                    ?? .trains))
    }

    /// Opens or makes the lock file of a folder. A link, or a file that is something else, is refused and
    /// stays as it is.
    static func open(in folder: String) throws(KernelError) -> Int32 {
        let path = "\(folder)/\(name)"
        let what: Sentence = "cannot lock the run's folder"
        func refuse(_ why: Sentence) -> KernelError {
            KernelError(
                .cannotCreate, what, at: path, because: why,
                hint: "Move it away, or choose another output_dir.")
        }
        let descriptor = DiskCalls.repeating {
            DiskCalls.current.open(path, O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW)
        }
        guard descriptor >= 0 else {
            let code = errno
            if code == ELOOP {
                throw refuse("it is a symbolic link, and a lock is a file of its own")
            }
            if code == ENOSPC || code == EDQUOT {
                throw DiskCalls.current.writeError(path: path, needed: 4_096, code: code)
            }
            if code == EISDIR { throw refuse("it is a folder, and a lock is a file of its own") }
            throw KernelError.system(what, path: path, code: code)
        }
        switch contents(of: descriptor) {
        case .ours: return descriptor
        case .foreign(let why):
            close(descriptor)
            throw refuse(why)
        case .failed(let code):
            close(descriptor)
            throw KernelError.system(what, path: path, code: code)
        }
    }

    /// Takes the lock of an open file and writes down whose it is.
    static func take(_ descriptor: Int32, for purpose: Purpose) -> Taking {
        var request = whole()
        let result = DiskCalls.repeating { fcntl(descriptor, setCommand, &request) }
        let code = errno
        guard result == 0 || withoutLocks.contains(code) else {
            return code == EAGAIN || code == EACCES ? .held : .failed(code)
        }
        // The number is for readers; the lock itself holds without it.
        let (text, calls) = ("\(getpid()) \(purpose.rawValue)\n", DiskCalls.current)
        _ = DiskCalls.repeating { calls.truncate(descriptor, 0) }
        lseek(descriptor, 0, SEEK_SET)
        _ = DiskCalls.repeating { calls.write(descriptor, text, text.utf8.count) }
        return result == 0 ? .taken : .unsupported(KernelError.reason(of: code))
    }

    /// Gives a lock back and closes its file. The lock belongs to the open file, which a child that another thread
    /// starts at this moment shares until it runs its own program: closing alone would leave it held for as long.
    static func release(_ descriptor: Int32) {
        var request = whole()
        request.l_type = Int16(F_UNLCK)
        _ = DiskCalls.repeating { fcntl(descriptor, setCommand, &request) }
        close(descriptor)
    }

    /// What systems say when a file system has no locks.
    private static let withoutLocks = [ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL]

    /// Locks of an open file (F_OFD_GETLK, F_OFD_SETLK): unlike flock they can be asked for.
    private static let (getCommand, setCommand) = (Int32(36), Int32(37))

    private static func whole() -> flock {
        var request = flock()
        request.l_type = Int16(F_WRLCK)
        request.l_whence = Int16(SEEK_SET)
        return request
    }

    // MARK: - The file

    private enum Contents {
        case ours(String)
        case foreign(Sentence)
        case failed(Int32)
    }

    /// A lock is an empty file, or a number and a word.
    private static func contents(of descriptor: Int32) -> Contents {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failed(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .foreign("it is not a file") }
        var bytes = [UInt8](repeating: 0, count: noteBytesMax)
        let count = DiskCalls.repeating { pread(descriptor, &bytes, bytes.count, 0) }
        guard count >= 0 else { return .failed(errno) }
        // A power cut leaves zeros where the number was about to be.
        let text = String(decoding: bytes.prefix(count).filter { $0 != 0 }, as: UTF8.self)
        guard Int(status.st_size) < noteBytesMax,
            text.wholeMatch(of: /(\d+( [a-z]+)?\n?)?/) != nil
        else { return .foreign("it is another file, not a lock of this program") }
        return .ours(String(text.prefix { !$0.isNewline }))
    }
}
