// A program in a terminal that only exists here: 80 columns, 24 rows, xterm's codes. It is read as
// bytes with times; what cell they land in is not followed.

import Foundation

/// A running program that believes it has a terminal.
final class PseudoTerminal {
    /// When the program was started.
    let began: Double
    private let master: Int32
    private let pid: pid_t
    private var hasEnded = false
    /// POSIX_SPAWN_SETSID, which glibc's header shows to GNU programs only.
    private static let newSession: Int16 = 0x80

    init(_ command: Command) throws {
        var (master, slave) = (Int32(0), Int32(0))
        var name = [CChar](repeating: 0, count: Int(PATH_MAX))
        var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
        guard openpty(&master, &slave, &name, nil, &size) == 0 else {
            throw BenchmarkError("no pseudo terminal can be opened")
        }
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        defer { close(slave) }
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        began = Clock.seconds
        do {
            pid = try command.spawn { actions, attributes in
                // The first terminal that the leader of a new session opens becomes its own.
                posix_spawnattr_setflags(&attributes, Self.newSession)
                posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
                posix_spawn_file_actions_adddup2(&actions, 0, 1)
                posix_spawn_file_actions_adddup2(&actions, 0, 2)
            }
        } catch {
            close(master)
            throw error
        }
        self.master = master
    }

    deinit {
        if !hasEnded {
            kill(pid, SIGKILL)
            _ = ChildProcess.wait(pid)
        }
        close(master)
    }

    /// Reads until all of `texts` were seen and the output then pauses; when its last byte came.
    func time(of texts: [String], pause: Double = 0.02, timeout: Double = 10) throws -> Double {
        var bytes: [UInt8] = []
        var (last, isComplete) = (Clock.seconds, texts.isEmpty)
        let deadline = last + timeout
        while true {
            let wait = isComplete ? pause : deadline - Clock.seconds
            guard let some = try readSome(within: wait) else {
                if isComplete { return last }
                let seen = VisibleText.of(bytes).suffix(300)
                throw BenchmarkError("the screen never showed \(texts); it ends with: \(seen)")
            }
            last = Clock.seconds
            bytes += some
            if !isComplete {
                let visible = VisibleText.of(bytes)
                isComplete = texts.allSatisfy(visible.contains)
            }
            // A program that never pauses would otherwise be read for ever.
            if last > deadline { throw BenchmarkError("the screen never came to rest") }
        }
    }

    /// Types bytes; when they were written.
    func type(_ keys: String) throws -> Double {
        let now = Clock.seconds
        guard write(master, keys, keys.utf8.count) == keys.utf8.count else {
            throw BenchmarkError("the terminal takes no keys")
        }
        return now
    }

    /// Bytes that come within so many seconds.
    func byteCount(within seconds: Double) throws -> Int {
        let deadline = Clock.seconds + seconds
        var count = 0
        while Clock.seconds < deadline {
            count += try readSome(within: deadline - Clock.seconds)?.count ?? 0
        }
        return count
    }

    /// Peak resident memory so far, of the program and of those it started: wait4 may include who started it.
    func peakMebibytes() throws -> Double {
        try ProcessTable.family(of: pid).reduce(0) { sum, pid in
            let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            guard
                let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap({ Double($0) }
                )
            else { throw BenchmarkError("/proc/\(pid)/status has no VmHWM") }
            return sum + kibibytes / 1024
        }
    }

    /// Processor seconds so far of the first threads of the program and of those it started: the interface
    /// draws on its first thread, and computes on others.
    func drawingSeconds() -> Double {
        ProcessTable.family(of: pid).reduce(0) { $0 + ProcessTable.firstThreadSeconds(of: $1) }
    }

    /// Asks it to end and waits; after five seconds it is killed. Its processor seconds.
    func end() -> Double {
        hasEnded = true
        kill(pid, SIGTERM)
        let deadline = Clock.seconds + 5
        var (status, usage) = (Int32(0), rusage())
        // The last words must be read: a program waits for its terminal to take them.
        while Clock.seconds < deadline {
            _ = try? readSome(within: 0.005)
            if wait4(pid, &status, WNOHANG, &usage) == pid { return usage.cpuSeconds }
        }
        kill(pid, SIGKILL)
        return ChildProcess.wait(pid).usage.cpuSeconds
    }

    /// What can be read next; nil when nothing comes within so many seconds.
    private func readSome(within seconds: Double) throws -> ArraySlice<UInt8>? {
        var interest = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&interest, 1, Int32(max(0, seconds) * 1000)) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(master, &buffer, buffer.count)
        guard count > 0 else { throw BenchmarkError("the program left its terminal") }
        return buffer[..<count]
    }
}

/// Terminal output without its control sequences.
enum VisibleText {
    /// The printed characters in the order they were sent, wherever on the screen they went.
    static func of(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        // CSI … final, OSC … end, charset and two-character escapes, other controls.
        let control =
            /\x1B\[[0-?]*[ -\/]*[@-~]|\x1B\][^\x07\x1B]*(?:\x07|\x1B\\)|\x1B[ -\/]+[0-~]|\x1B[0-~]|[\x00-\x1A\x1C-\x1F\x7F]/
            .matchingSemantics(.unicodeScalar)
        return text.replacing(control, with: "")
    }
}
