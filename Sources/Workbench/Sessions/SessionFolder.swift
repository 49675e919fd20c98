// Where the sessions of this user can be found: one socket for each process, in the folder of the program's
// state. Not in the runtime folder of the login: that one goes with the last login, and a session stays.

import Foundation
import Kernel

/// The sockets of running sessions.
struct SessionFolder {
    /// A session that answered.
    struct Found {
        var name: String
        var process: Int32
        /// The process of the terminal proxy that shows it; nil when it has no screen.
        var shownTo: Int32?
        /// The folder of its run; nil without one.
        var runFolder: String?
    }

    let path: String

    init(_ paths: Paths) { path = paths.sessions }

    /// The socket's name of a process. Home folders may be shared between machines, sockets are not.
    static func name(process: Int32) -> String {
        "\(host)\(process).sock"
    }

    /// The machine's name; asking the resolver for it could take seconds.
    private static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "here-" }
        let text = String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.prefix(40).replacing("/", with: "_") + "-"
    }()

    /// Makes the folder, or checks that no other user can use it.
    func prepare() throws(KernelError) {
        let above = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(
                atPath: above, withIntermediateDirectories: true)
        } catch {
            throw KernelError(
                .cannotCreate, "cannot create the folder of sessions", at: above,
                because: Sentence(verbatim: error.localizedDescription))
        }
        mkdir(path, 0o700)
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw KernelError(.cannotCreate, "cannot create the folder of sessions", at: path)
        }
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw KernelError(
                .permission, "others may enter the folder of sessions", at: path,
                hint: "chmod 700 \(path)")
        }
    }

    /// The sessions that answer, newest first. Sockets whose process died are removed.
    func find() -> [Found] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let found = names.filter { $0.hasPrefix(Self.host) && $0.hasSuffix(".sock") }.prefix(100)
            .compactMap { name -> (Found, Double)? in
                guard let session = ask(name) else { return nil }
                var status = stat()
                let isThere = lstat("\(path)/\(name)", &status) == 0
                return (session, isThere ? Double(status.st_mtim.tv_sec) : 0)
            }
        return found.sorted { ($0.1, $0.0.process) > ($1.1, $1.0.process) }.map(\.0)
    }

    /// Connects to a session that was found.
    func connect(_ found: Found) throws(KernelError) -> LineConnection {
        try UnixSocket.connect(in: path, name: found.name)
    }

    private func ask(_ name: String) -> Found? {
        let connection: LineConnection
        do throws(KernelError) {
            connection = try UnixSocket.connect(in: path, name: name)
        } catch {
            // One that is just starting does not listen yet.
            let process = name.dropFirst(Self.host.count).prefix { $0 != "." }
            if let process = Int32(process), kill(process, 0) != 0, errno == ESRCH {
                UnixSocket.remove(in: path, name: name)
            }
            return nil
        }
        defer { connection.end() }
        guard let answer = try? connection.ask("session", seconds: 2) else { return nil }
        return Found(
            name: name, process: connection.process,
            shownTo: answer["shown_to"]?.integer.flatMap { Int32(exactly: $0) },
            runFolder: answer["output_dir"]?.string)
    }
}
