// A room with real terminals (tmux), a home folder and the built program, for tests of what only a process can
// show: terminal proxies, sessions and sockets. Everything in it ends with it.

import Foundation
import Kernel
import TestSupport
import Testing

@testable import Workbench

/// A user with a shell in a terminal or two. Waits look again and again until a deadline, never blindly.
final class TerminalRoom {
    /// A thing that did not happen in time, with what the terminal showed.
    struct TooLate: Error, CustomStringConvertible {
        let description: String
    }

    /// Machines of continuous integration are slow; nothing waits this long where all is well.
    static let patienceSeconds = 60.0

    let root: String
    private let environment: [String: String]
    private var seen: Set<Int32> = []

    /// A room whose terminals are of type `term`, with a tiny model and data to train it on.
    init(term: String = "tmux-256color") throws {
        root = "/tmp/wb-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true)
        environment = [
            "HOME": root, "XDG_DATA_HOME": "\(root)/data", "XDG_STATE_HOME": "\(root)/state",
            "XDG_CONFIG_HOME": "\(root)/config", "LC_ALL": "C.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm-256color",
        ]
        let settings = "set -g default-terminal \(term)\nset -g remain-on-exit off\n"
        try Data(settings.utf8).write(to: URL(fileURLWithPath: "\(root)/tmux.conf"))
        try Data("PS1='ready> '\n".utf8).write(to: URL(fileURLWithPath: "\(root)/shell"))
        try TinyModels.make(in: "\(root)/model")
        let words = ["red", "green", "blue", "one", "two", "three", "cat", "dog", "bird"]
        let records = words.map { ["instruction": "Say \($0)", "output": "\($0) \($0)"] }
        let data = try JSONSerialization.data(withJSONObject: records, options: .sortedKeys)
        try data.write(to: URL(fileURLWithPath: "\(root)/train.json"))
    }

    deinit {
        _ = try? tmux("kill-server")
        for process in sessions + Array(seen) { kill(process, SIGKILL) }
        for _ in 0..<100 where (try? FileManager.default.removeItem(atPath: root)) == nil {
            guard FileManager.default.fileExists(atPath: root) else { break }
            usleep(20_000)
        }
    }

    // MARK: - Terminals

    /// Opens a terminal with a shell in it.
    @discardableResult
    func open(_ name: String = "a", columns: Int = 80, rows: Int = 24, term: String? = nil)
        throws -> Pane
    {
        // A shell that knows jobs, as people have it.
        let type = term.map { "env TERM=\($0) " } ?? ""
        try tmux(
            "new-session", "-d", "-s", name, "-x", "\(columns)", "-y", "\(rows)",
            "cd \(root) && exec \(type)bash --noprofile --rcfile \(root)/shell")
        let pane = Pane(room: self, name: name)
        try pane.sees("ready>")
        return pane
    }

    /// The program, as the shells call it: the one just built beside the tests, or the one that
    /// WORKBENCH_PROGRAM names, since optimised programs have faults of their own.
    static let program: String = {
        if let named = ProcessInfo.processInfo.environment["WORKBENCH_PROGRAM"] {
            return URL(fileURLWithPath: named).standardizedFileURL.path
        }
        let test = URL(fileURLWithPath: CommandLine.arguments.first ?? "")
        let beside = test.deletingLastPathComponent().appendingPathComponent("workbench").path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.appendingPathComponent(".build/debug/workbench").path
    }()

    @discardableResult
    fileprivate func tmux(_ words: String...) throws -> String {
        let command = ["-S", "\(root)/tmux", "-f", "\(root)/tmux.conf"] + words
        return try output("tmux", command).text
    }

    /// Runs a program in the room to its end. Not by Foundation's Process: that one waits until nobody has
    /// its socket any more, and the server of tmux keeps what it was started with.
    func output(_ program: String, _ words: [String]) throws -> (text: String, code: Int32) {
        let file = "\(root)/output-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, file, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments = ([program] + words).map { strdup($0) }
        var variables = environment.map { strdup("\($0)=\($1)") }
        arguments.append(nil)
        variables.append(nil)
        defer { for text in arguments + variables { free(text) } }
        // Threads of a pool block signals; a person's shell does not.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var child: pid_t = 0
        try #require(
            posix_spawnp(&child, program, &actions, &attributes, arguments, variables) == 0)
        var status: Int32 = 0
        try wait("the end of \(words)") { waitpid(child, &status, WNOHANG) == child }
        let text = try String(contentsOfFile: file, encoding: .utf8)
        return (text, status & 0x7F == 0 ? status >> 8 & 0xFF : -1)
    }

    /// Runs the program without a terminal.
    @discardableResult
    func workbench(_ words: String...) throws -> (text: String, code: Int32) {
        try output(Self.program, words)
    }

    // MARK: - Runs

    /// Where the run's files go.
    var run: String { "\(root)/run" }

    /// A plan that trains for so many steps; a step takes some milliseconds.
    func plan(steps: Int) throws -> String {
        let path = "\(root)/plan.yaml"
        let text = """
            model_name_or_path: \(root)/model
            template: chatml
            finetuning_type: lora
            do_train: true
            dataset_dir: \(root)
            dataset: \(root)/train.json
            per_device_train_batch_size: 2
            gradient_accumulation_steps: 2
            max_steps: \(steps)
            learning_rate: 0.001
            logging_steps: 100
            save_steps: 1000000
            output_dir: \(run)

            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// What the run's folder and its process say.
    func status() throws -> JSONValue? {
        let (text, code) = try workbench("runs", "show", run, "--json")
        return code == 0 ? try JSONValue(parsing: text, source: "runs show") : nil
    }

    func state() throws -> String? { try status()?["state"]?.string }

    func step() throws -> Int { try status()?["step"]?.integer ?? 0 }

    /// Waits until the run has this state.
    func waitFor(state: String) throws {
        var last: String?
        try wait("the run to be \(state), is \(last ?? "nothing")") {
            last = try self.state()
            return last == state
        }
    }

    /// Waits until the run is some steps further than now.
    func waitForSteps(_ more: Int = 3) throws {
        let start = try step()
        try wait("steps after \(start)") { try self.step() >= start + more }
    }

    func wait(_ what: @autoclosure () -> String, _ condition: () throws -> Bool) throws {
        let end = MonotonicClock.now() + Self.patienceSeconds
        while try !condition() {
            guard MonotonicClock.now() < end else { throw TooLate(description: what()) }
            usleep(20_000)
        }
    }

    // MARK: - Processes

    /// The processes of sessions, by the names of their sockets.
    var sessions: [Int32] {
        let folder = "\(root)/state/workbench/sessions"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in
            name.split(separator: "-").last?.split(separator: ".").first.flatMap { Int32($0) }
        }
    }

    /// The one session that there is; it ends with the room.
    func session() throws -> Int32 {
        try wait("a session") { self.sessions.contains { Self.isAlive($0) } }
        let process = try #require(sessions.first { Self.isAlive($0) })
        seen.insert(process)
        return process
    }

    static func isAlive(_ process: Int32) -> Bool {
        guard kill(process, 0) == 0 else { return false }
        let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        // The state stands behind the name in parentheses; Z has ended and is only not yet fetched.
        return text.split(separator: ")").last.map { !$0.hasPrefix(" Z") } ?? false
    }

    func waitForEnd(of process: Int32) throws {
        try wait("the end of process \(process)") { !Self.isAlive(process) }
    }
}

/// A terminal in the room.
struct Pane {
    let room: TerminalRoom
    let name: String

    /// Everything that stands on it.
    func screen() throws -> String { try room.tmux("capture-pane", "-p", "-t", "=\(name):") }

    /// Types keys by tmux's names: `S`, `Enter`, `C-z`.
    func press(_ keys: String...) throws {
        for key in keys { try room.tmux("send-keys", "-t", "=\(name):", key) }
    }

    /// Types a command line.
    func enter(_ line: String) throws {
        try room.tmux("send-keys", "-t", "=\(name):", "-l", line)
        try press("Enter")
    }

    /// Types a command of the program.
    func workbench(_ words: String) throws { try enter("\(TerminalRoom.program) \(words)") }

    /// Waits until a text stands on it.
    func sees(_ text: String) throws {
        var last = ""
        try room.wait("no \"\(text)\" in terminal \(name):\n\(last)") {
            last = try screen()
            return last.contains(text)
        }
    }

    /// Starts the plan that the interface was opened with. The tiny model has no template of its own,
    /// which is asked about.
    func startsTheRun() throws {
        try sees("Ready: press S")
        try sees("Checks: 1 of 5 failed")
        try press("S")
        try sees("Start the run?")
        try press("y")
    }

    /// Waits until the shell has its prompt back below everything, with nothing of the interface left.
    func hasPrompt() throws {
        var last = ""
        try room.wait("no prompt in terminal \(name):\n\(last)") {
            last = try screen()
            let lines = last.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            return lines.last { !$0.isEmpty } == "ready>" && !last.contains("1 Model")
        }
    }

    /// Whether a command gets lines, echo and Control-C from the terminal, as ever.
    func hasPlainModes() throws -> Bool {
        try enter("clear; stty -a; echo =e''nd=")
        try sees("=end=")
        let words = Set(try screen().split { $0.isWhitespace || $0 == ";" })
        return words.isSuperset(of: ["isig", "icanon", "echo", "icrnl", "opost"])
    }

    /// The process that the shell waits for.
    func job() throws -> Int32 {
        let shell = try room.tmux("display-message", "-p", "-t", "=\(name):", "#{pane_pid}")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        var found: Int32?
        try room.wait("a program in terminal \(name)") {
            let path = "/proc/\(shell)/task/\(shell)/children"
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            found = text.split(separator: " ").first.flatMap { Int32($0) }
            return found != nil
        }
        return try #require(found)
    }

    func resize(columns: Int, rows: Int) throws {
        try room.tmux(
            "resize-window", "-t", "=\(name):", "-x", "\(columns)", "-y", "\(rows)")
    }

    /// Closes the terminal, as a dropped connection does.
    func close() throws { try room.tmux("kill-session", "-t", "=\(name):") }
}
