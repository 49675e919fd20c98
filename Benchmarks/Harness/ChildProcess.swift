// A program that is run to its end: its lines with the times they came at, its peak memory, its
// status. Foundation's Process would hide the resources that wait4 tells.

import Foundation

/// What to run.
struct Command {
    var program: String
    var arguments: [String]
    /// Added to this program's environment.
    var environment: [String: String] = [:]

    /// Starts it with the file actions and attributes that `prepare` adds.
    func spawn(
        _ prepare: (inout posix_spawn_file_actions_t, inout posix_spawnattr_t) -> Void
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        prepare(&actions, &attributes)
        let environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let words = ([program] + arguments).map { strdup($0) }
        let settings = environment.map { strdup("\($0.key)=\($0.value)") }
        defer { (words + settings).forEach { free($0) } }
        var pid: pid_t = 0
        let code = posix_spawn(
            &pid, program, &actions, &attributes, words + [nil], settings + [nil])
        guard code == 0 else {
            throw BenchmarkError("\(program) cannot be started: \(String(cString: strerror(code)))")
        }
        return pid
    }
}

/// A running program whose standard output is read line by line.
struct ChildProcess {
    /// What was seen of a program that has ended.
    struct Outcome {
        /// Lines of standard output and the seconds from the start until each was there.
        var lines: [(seconds: Double, text: String)] = []
        /// From the start to the first byte of standard output; nil when there was none.
        var firstByteSeconds: Double?
        /// The exit status, or minus the number of the signal that ended it.
        var status: Int32 = 0
        /// From the start to the end.
        var seconds = 0.0
        var cpuSeconds = 0.0
        var peakMebibytes = 0.0
        /// The end of standard error, for a message.
        var lastWords = ""

        /// The whole output as one JSON object.
        func object() throws -> [String: Any] {
            try Self.object(lines.map(\.text).joined(separator: "\n"))
        }

        /// One JSON object.
        static func object(_ text: String) throws -> [String: Any] {
            let value = try? JSONSerialization.jsonObject(with: Data(text.utf8))
            guard let object = value as? [String: Any] else {
                throw BenchmarkError("no JSON object: \(text.prefix(200))")
            }
            return object
        }
    }

    private let command: Command
    private let pid: pid_t
    private let output: Int32
    private let errors: String
    private let began: Double

    init(_ command: Command, scratch: Scratch) throws {
        self.command = command
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw BenchmarkError("no pipe can be made") }
        // The child keeps only the copy that becomes its standard output.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        output = ends[0]
        errors = scratch.file("standard-error")
        defer { close(ends[1]) }
        let (writing, log) = (ends[1], errors)
        began = Clock.seconds
        do {
            pid = try command.spawn { actions, _ in
                posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
                posix_spawn_file_actions_adddup2(&actions, writing, 1)
                posix_spawn_file_actions_addopen(
                    &actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            }
        } catch {
            close(output)
            throw error
        }
    }

    /// Reads to the end and waits; a program that takes longer than `timeout` seconds is killed.
    func outcome(timeout: Double) throws -> Outcome {
        defer { close(output) }
        var outcome = Outcome()
        var rest: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let left = began + timeout - Clock.seconds
            var interest = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&interest, 1, Int32(left * 1000) + 1) > 0 else {
                kill(pid, SIGKILL)
                _ = Self.wait(pid)
                throw BenchmarkError("\(command.program) took longer than \(Int(timeout)) s")
            }
            let count = read(output, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            let now = Clock.seconds - began
            outcome.firstByteSeconds = outcome.firstByteSeconds ?? now
            rest += buffer[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                outcome.lines.append((now, String(decoding: rest[..<end], as: UTF8.self)))
                rest.removeSubrange(...end)
            }
        }
        let end = Self.wait(pid)
        outcome.seconds = Clock.seconds - began
        outcome.status = end.status
        outcome.cpuSeconds = end.usage.cpuSeconds
        // Linux counts ru_maxrss in KiB.
        outcome.peakMebibytes = Double(end.usage.ru_maxrss) / 1024
        let said = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
        outcome.lastWords = said.split(separator: "\n").suffix(3).joined(separator: " | ")
        return outcome
    }

    /// Waits for the end of a child: its exit status, or minus the signal, and what it used.
    static func wait(_ pid: pid_t) -> (status: Int32, usage: rusage) {
        var (status, usage) = (Int32(0), rusage())
        while wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return (signal == 0 ? (status >> 8) & 0xFF : -signal, usage)
    }
}
