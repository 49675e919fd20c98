// Sockets of this user on this machine: in a folder, of any length of path, closed to other users. The only file
// that sees the C shim. It knows no messages.

import CSockets
import Foundation
import Kernel

/// A descriptor that is closed with its last owner.
final class OpenFile: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

/// Listening, connecting, and what comes with a connection.
enum UnixSocket {
    /// A socket file that only this user may open. One of the same name that is there is replaced: the
    /// caller knows that no process listens there.
    static func listen(in folder: String, name: String) throws(KernelError) -> OpenFile {
        let place = try open(folder)
        remove(name, below: place)
        let listener = cs_listen(place.descriptor, name)
        guard listener >= 0 else { throw failure("cannot listen", "\(folder)/\(name)") }
        return OpenFile(listener)
    }

    /// Removes the socket file; anything else of this name stays.
    static func remove(in folder: String, name: String) {
        if let place = try? open(folder) { remove(name, below: place) }
    }

    /// Connects to a socket whose server is of the same user.
    static func connect(in folder: String, name: String) throws(KernelError) -> LineConnection {
        let place = try open(folder)
        let descriptor = cs_connect(place.descriptor, name)
        guard descriptor >= 0 else { throw failure("cannot connect", "\(folder)/\(name)") }
        return try connection(OpenFile(descriptor))
    }

    /// The result of accepting on a listener.
    enum Acceptance {
        case connection(LineConnection)
        /// No client waits, or the one that waited is gone or of another user.
        case none
        /// A client waits and cannot be accepted: the errno.
        case exhausted(Int32)
    }

    /// Accepts the next connection that waits.
    static func accept(_ listener: OpenFile) -> Acceptance {
        let descriptor = cs_accept(listener.descriptor)
        guard descriptor >= 0 else {
            let code = errno
            return [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) ? .exhausted(code) : .none
        }
        return (try? connection(OpenFile(descriptor))).map(Acceptance.connection) ?? .none
    }

    /// A connection over a connected descriptor, once it is known to be of this user.
    static func connection(_ file: OpenFile) throws(KernelError) -> LineConnection {
        var (process, user): (Int32, UInt32) = (0, 0)
        guard cs_peer(file.descriptor, &process, &user) == 0, user == geteuid() else {
            throw KernelError(.permission, "the process at the other end is of another user")
        }
        return LineConnection(file, process: process)
    }

    /// Sends what fits at once, with a descriptor; the number of bytes, -1 with errno when none.
    static func send(_ bytes: ArraySlice<UInt8>, passing: Int32, to file: OpenFile) -> Int {
        bytes.withUnsafeBytes { cs_send(file.descriptor, $0.baseAddress, $0.count, passing) }
    }

    /// Bytes that are there, and a descriptor that came with them; nil when the other end is gone.
    static func receive(_ file: OpenFile) -> (bytes: [UInt8], passed: OpenFile?)? {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        var passed: Int32 = -1
        let count = bytes.withUnsafeMutableBytes {
            cs_receive(file.descriptor, $0.baseAddress, $0.count, &passed)
        }
        let owner = passed >= 0 ? OpenFile(passed) : nil
        if count < 0, errno == EAGAIN || errno == EINTR { return ([], owner) }
        guard count > 0 else { return nil }
        return (Array(bytes[..<count]), owner)
    }

    /// Two connected ends, one of them for another process.
    static func pair() throws(KernelError) -> (here: OpenFile, there: Int32) {
        var ends: [Int32] = [-1, -1]
        guard cs_pair(&ends) == 0 else {
            throw KernelError(
                .temporary, "cannot open a socket",
                because: Sentence(verbatim: String(cString: strerror(errno))))
        }
        return (OpenFile(ends[0]), ends[1])
    }

    /// Starts this program with other arguments in a session of its own; `channel` becomes its
    /// descriptor 3 and is closed here, so that its end is seen.
    static func startSelf(_ arguments: [String], channel: Int32) throws(KernelError) -> Int32 {
        defer { close(channel) }
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        let child = cs_start_self(words, environ, channel)
        guard child > 0 else {
            throw KernelError(
                .temporary, "cannot start the session",
                because: Sentence(verbatim: String(cString: strerror(errno))))
        }
        return child
    }

    /// How a child of this process ended; nil while it lives.
    static func ending(of child: Int32) -> (code: Int32, signal: Int32)? {
        var (code, signal): (Int32, Int32) = (0, 0)
        return cs_ended(child, &code, &signal) != 0 ? (code, signal) : nil
    }

    // MARK: - Folders

    private static func open(_ folder: String) throws(KernelError) -> OpenFile {
        let descriptor = cs_folder(folder)
        guard descriptor >= 0 else { throw failure("cannot open the folder", folder) }
        return OpenFile(descriptor)
    }

    private static func remove(_ name: String, below place: OpenFile) {
        var status = stat()
        guard fstatat(place.descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
            status.st_mode & S_IFMT == S_IFSOCK
        else { return }
        unlinkat(place.descriptor, name, 0)
    }

    private static func failure(_ what: Sentence, _ path: String) -> KernelError {
        let code = errno
        let kind: KernelError.Kind =
            switch code {
            case ENOENT, ENOTDIR, ECONNREFUSED: .missingInput
            case EACCES, EPERM: .permission
            default: .inputOutput
            }
        return KernelError(
            kind, what, at: path, because: Sentence(verbatim: String(cString: strerror(code))))
    }
}
