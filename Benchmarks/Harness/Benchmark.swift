// What all benchmarks share: their shape, their surroundings, and the error that ends one.

import Foundation

/// Something that is measured as a whole and gives several figures.
protocol Benchmark {
    /// The name that --filter looks into.
    var name: String { get }
    /// The keys of all figures it can give, for thresholds to name.
    var keys: [String] { get }
    /// Runs it and returns its figures in the order of the table.
    func measure(_ setup: Setup) throws -> [Figure]
}

/// A measurement that could not be made.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The surroundings of a benchmark; it collects how busy the machine was with other things.
final class Setup {
    let options: Options
    let peers: Peers
    let scratch: Scratch
    /// Trainings that several benchmarks compare with.
    let trainings = TrainingRuns()
    private var measuredPeak: GemmPeak?
    /// Cores that everything else used, one value for each program that was run.
    private(set) var otherCores: [Double] = []

    init(options: Options, peers: Peers, scratch: Scratch) {
        (self.options, self.peers, self.scratch) = (options, peers, scratch)
    }

    /// Runs a command to its end, notes other work, and fails when the command does.
    func run(_ command: Command, timeout: Double) throws -> ChildProcess.Outcome {
        let others = OtherWork()
        let outcome = try ChildProcess(command, scratch: scratch).outcome(timeout: timeout)
        note(others, childSeconds: outcome.cpuSeconds)
        guard outcome.status == 0 else {
            throw BenchmarkError(
                "\(command.program) ended with status \(outcome.status): \(outcome.lastWords)")
        }
        return outcome
    }

    /// The fastest matrix products of this machine, measured once.
    func gemmPeak() throws -> GemmPeak {
        if let measuredPeak { return measuredPeak }
        let peak = try GemmPeak(self)
        measuredPeak = peak
        return peak
    }

    /// Keeps how busy the machine was with other things during one run.
    func note(_ others: OtherWork, childSeconds: Double) {
        otherCores.append(others.cores(childSeconds: childSeconds))
    }

    /// The measured program with the given arguments.
    func workbench(_ arguments: [String]) -> Command {
        Command(program: options.program, arguments: arguments)
    }

    /// Progress, for a person who waits.
    func say(_ text: String) { BenchmarksCommand.say(text) }
}

/// A folder for the files of one call, removed at its end.
struct Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "workbench-bench-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    /// The path of a file in it.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Deletes one file or folder in it, or nothing when there is none.
    func remove(_ name: String) { try? FileManager.default.removeItem(atPath: file(name)) }

    /// Deletes it with everything inside.
    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
