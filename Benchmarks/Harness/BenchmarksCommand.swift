// The program behind `make bench`: runs the benchmarks one after the other, prints one table, and
// fails when a threshold does not hold. It measures the built program from outside, as a user
// meets it, and links nothing of it.

import Foundation

@main
enum BenchmarksCommand {
    /// All there is, the short ones first.
    static var all: [any Benchmark] {
        let trainings = TrainingCase.all.map { TrainingBenchmark(one: $0) }
        return [
            ScreenBenchmark(), InterfaceBenchmark(), InterfacePlotBenchmark(),
            FirstTokenBenchmark(), FirstStepBenchmark(),
        ]
            + [DecodeBenchmark(), AccuracyBenchmark(), GemmPeakBenchmark(), ProcessesBenchmark()]
            + trainings
    }

    /// Exit codes: 0 all holds, 1 a threshold or a measurement failed, 64 the call is wrong.
    static func main() {
        do {
            let options = try Options(
                arguments: Array(CommandLine.arguments.dropFirst()),
                environment: ProcessInfo.processInfo.environment)
            if options.wantsHelp {
                print(Options.help)
                return
            }
            // Progress goes to standard error; a reader of the table gets it whole, at the end.
            exit(try run(options) ? 0 : 1)
        } catch {
            say("benchmarks: \(error)")
            exit(error is Options.Misuse ? 64 : 1)
        }
    }

    /// Measures, prints and stores; whether everything holds.
    private static func run(_ options: Options) throws -> Bool {
        let thresholds = try Threshold.read(options.thresholds)
        let known = Set(all.flatMap(\.keys))
        if let stranger = thresholds.first(where: { !known.contains($0.figure) }) {
            throw BenchmarkError("\(options.thresholds): no figure is called \(stranger.figure)")
        }
        let chosen = all.filter { options.filter.map($0.name.contains) ?? true }
        guard !chosen.isEmpty else {
            throw Options.Misuse("--filter: one of \(all.map(\.name).joined(separator: ", "))")
        }
        let scratch = try Scratch()
        defer { scratch.remove() }
        let setup = Setup(options: options, peers: Peers(folder: options.peers), scratch: scratch)
        var report = Report(
            date: Date(), machine: try Machine(setup), versions: Versions(setup),
            isQuick: options.isQuick, figures: [],
            thresholds: thresholds, failures: [], otherCores: [])
        let began = Clock.seconds
        for benchmark in chosen {
            do {
                say("\(benchmark.name) …")
                try report.figures += benchmark.measure(setup)
            } catch {
                say("\(benchmark.name): \(error)")
                report.failures.append("\(benchmark.name): \(error)")
            }
        }
        report.otherCores = setup.otherCores
        report.seconds = Clock.seconds - began
        print(report.text)
        let file = try report.write(into: options.results)
        print("All samples are in \(file).")
        return report.holds
    }

    /// A line of progress, or of an error.
    static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
