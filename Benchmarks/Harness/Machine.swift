// What the figures were measured on: processor, memory, instruction set, version of the program.

import Foundation

/// The facts that stand above the table.
struct Machine: Encodable, Equatable {
    var processor: String
    var cores: Int
    var instructionSet: String
    var memory: String
    var system: String
    var threads: Int
    var version: String
    /// The BLAS of the program, as it detected it.
    var blas: String
    /// The commit of the repository; empty outside of one.
    var commit: String

    /// Asks the system, and the program itself for what it detected.
    init(_ setup: Setup) throws {
        let outcome = try setup.run(
            setup.workbench(["doctor", "--json", "--threads", "\(setup.options.threads)"]),
            timeout: 30)
        let facts = try outcome.object()
        func fact(_ name: String) -> String { facts[name] as? String ?? "unknown" }
        processor = Self.line("model name", of: "/proc/cpuinfo") ?? "unknown processor"
        cores = ProcessInfo.processInfo.activeProcessorCount
        (instructionSet, memory) = (fact("instruction set"), fact("memory"))
        (version, blas) = (fact("version"), fact("OpenBLAS"))
        system = ProcessInfo.processInfo.operatingSystemVersionString
        threads = setup.options.threads
        let git = Command(
            program: "/usr/bin/git", arguments: ["describe", "--always", "--dirty"])
        let words = try? ChildProcess(git, scratch: setup.scratch).outcome(timeout: 30)
        commit = words.flatMap { $0.status == 0 ? $0.lines.first?.text : nil } ?? ""
    }

    /// The value of the first "name : value" line of a file.
    private static func line(_ name: String, of path: String) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: ":", maxSplits: 1).last
            .map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
