// Runs a program of the user's that judges answers: JSON lines in, one number a line out, within a time limit. All three
// streams are files, so no side ever waits for the other.

import Dispatch
import Foundation
import Kernel

enum RewardCommand {
    /// The most that is read of what it writes.
    private static let bytesMax = 1 << 24

    /// Runs `command` with the shell. Throws when it cannot be started, fails, or takes longer than `seconds`.
    static func run(
        _ command: String, _ lines: [String], _ seconds: Double
    ) throws(KernelError) -> [String] {
        func fault(_ why: Sentence, _ hint: Sentence) -> KernelError {
            KernelError(
                .badData, "the reward program did not judge the answers", at: command,
                because: why, hint: hint)
        }
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("workbench-reward-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: file("in"))
            for name in ["out", "err"] { try Data().write(to: file(name)) }
            process.standardInput = try FileHandle(forReadingFrom: file("in"))
            process.standardOutput = try FileHandle(forWritingTo: file("out"))
            process.standardError = try FileHandle(forWritingTo: file("err"))
            try process.run()
        } catch {
            throw fault("it could not be started", "Try it in a shell first.")
        }
        guard ended.wait(timeout: .now() + seconds) == .success else {
            // With what it started, if it has a group of its own.
            let own = process.processIdentifier
            kill(getpgid(own) == own ? -own : own, SIGKILL)
            ended.wait()
            throw fault(
                "it took longer than \(seconds) seconds", "Raise reward_timeout, or make it faster."
            )
        }
        guard process.terminationStatus == 0 else {
            let last = text(file("err"), atMost: 1 << 12).split(whereSeparator: \.isNewline).last
            throw fault(
                "it ended with \(process.terminationStatus)\(last.map { ": \($0)" } ?? "")",
                "Try it in a shell with a line of completions.jsonl.")
        }
        return text(file("out"), atMost: bytesMax).split(whereSeparator: \.isNewline)
            .map(String.init)
    }

    /// The beginning of a file.
    private static func text(_ file: URL, atMost limit: Int) -> String {
        let handle = try? FileHandle(forReadingFrom: file)
        defer { try? handle?.close() }
        let bytes = (try? handle?.read(upToCount: limit)) ?? nil
        return String(decoding: bytes ?? Data(), as: UTF8.self)
    }
}
