// Options that several commands share: a settings file with assignments, and how to answer.

import ArgumentParser
import Kernel

/// A settings file, and `key=value` words that override it.
struct PlanArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A YAML or JSON file, then settings as key=value that override it.",
            valueName: "file | key=value"))
    var words: [String] = []

    /// The file, when the first word is one.
    var file: String? {
        guard let first = words.first, !CommandWords.isAssignment(first) else { return nil }
        return first
    }

    /// The `key=value` words.
    var assignments: [String] { file == nil ? words : Array(words.dropFirst()) }

    mutating func validate() throws {
        for word in words.dropFirst() where !CommandWords.isAssignment(word) {
            throw ValidationError("\"\(word)\" is no setting; write key=value or --key value.")
        }
    }

    /// The plan that file and settings make.
    func reading() throws(KernelError) -> PlanReading<TrainingPlan> {
        var reading =
            if let file {
                try PlanFile.read(path: file, assignments: assignments)
            } else {
                try PlanFile.read(assignments: assignments)
            }
        // A shell spells out ~ in words of its own only, not behind key= and not in a file.
        reading.plan = reading.plan.withFullPaths
        return reading
    }
}

/// How a command answers.
struct AnswerOptions: ParsableArguments {
    @Flag(help: "Answer in JSON, one object a line.")
    var json = false

    @Flag(name: .shortAndLong, help: "Tell errors only.")
    var quiet = false

    @Flag(
        help: ArgumentHelp(
            "Whole lines only, nothing drawn over: for screen readers and logs.",
            discussion: "So it is anyway unless a terminal reads standard error."))
    var plain = false
}

/// How much of the machine a command takes.
struct MachineOptions: ParsableArguments {
    @Option(help: "Threads for computing; every core unless given.")
    var threads: Int?
    @Option(
        help: ArgumentHelp(
            "Who multiplies matrices: our own tiles, OpenBLAS (float32), or oneDNN, if installed."))
    var backend = Backend.automatic
    @Option(
        help: "The highest instruction set to use: base, avx2 or avx512; the best unless given.")
    var isa: InstructionSet?

    mutating func validate() throws {
        if let threads, !(1...Parallel.threadCountMax).contains(threads) {
            throw ValidationError(
                "threads must be between 1 and \(Parallel.threadCountMax), is \(threads).")
        }
    }
}

extension Backend: ExpressibleByArgument {}
extension InstructionSet: ExpressibleByArgument {}
