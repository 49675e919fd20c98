// The table of metrics, and a metric that no file but this one knows on its way through a run's files.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite struct MetricsTests {
    private static let margin: MetricKey = "rewards/margins"

    private static func step(_ step: Int, _ values: [MetricKey: Double]) -> StepRecord {
        StepRecord(
            step: step, totalSteps: 8, epoch: Double(step) / 4, values: values, tokens: 10,
            tokensSeen: 10 * step, elapsedSeconds: Double(step), remainingSeconds: 5)
    }

    /// A value for each row that steps measure, all different.
    private static let everything = Dictionary(
        uniqueKeysWithValues: Metrics.all.filter { $0.phases.contains(.step) }.enumerated().map {
            ($0.element.key, Double($0.offset) + ($0.element.unit == .number ? 0.25 : 1))
        })

    @Test func namesAreEachOnce() {
        for names in [
            Metrics.all.map(\.key.rawValue), Metrics.all.map(\.historyName),
            Metrics.all.map(\.plotName), Metrics.all.map(\.evaluationName),
        ] {
            #expect(Set(names).count == names.count, "\(names)")
        }
        #expect(Metrics.all.first?.key == .loss)
        for row in Metrics.all {
            #expect(Metrics.named(row.plotName) == row && Metrics.named(row.key.rawValue) == row)
            if let format = row.printed {
                let places = format.matches(of: /%[.0-9]*[fgd]/)
                #expect(places.count == 1 && !format.contains("%@"), "\(format)")
            }
        }
        #expect(Metrics.named("rubbish") == nil)
    }

    /// The fields of a line in the order in which LLaMA-Factory's readers and earlier versions know them.
    @Test func linesKeepTheirOrder() {
        let common = Set(Metric.common.map(\.key))
        let values = Self.everything.filter { common.contains($0.key) }
        let line = RunLogLine.line(Self.step(2, values), values)
        #expect(
            line.keys == [
                "current_steps", "total_steps", "loss", "lr", "epoch", "percentage",
                "elapsed_time", "remaining_time", "throughput", "total_tokens", "grad_norm",
                "tokens_per_second", "trained_tokens", "memory_bytes",
            ])
        let entry = RunLogLine.entry(Self.step(2, values), values)
        #expect(
            entry.keys == [
                "epoch", "grad_norm", "learning_rate", "loss", "num_input_tokens_seen", "step",
                "trained_tokens",
            ])
        let record = EvaluationRecord(step: 2, epoch: 1, loss: 3, tokens: 4, seconds: 5)
        #expect(
            RunLogLine.line(record, totalSteps: 8).keys == [
                "current_steps", "total_steps", "eval_loss", "epoch", "percentage",
            ])
        #expect(RunLogLine.entry(record).keys == ["epoch", "eval_loss", "eval_runtime", "step"])
    }

    @Test func everyRowComesBackFromItsLine() throws {
        var values = Self.everything
        values[Self.margin] = -0.5
        let sent = Self.step(3, values)
        let text = JSONValue.object(RunLogLine.line(sent, values)).text()
        guard case .step(let read)? = RunLogLine(try JSONValue(parsing: text, source: "test"))
        else {
            Issue.record("no step: \(text)")
            return
        }
        #expect(read.values == values && read.step == 3 && read.tokensSeen == 30)
        // Whole numbers stand without a point, as they always did.
        #expect(
            text.contains(#""trained_tokens":5,"#) && text.contains(#""rewards/margins":-0.5,"#))
        let held = EvaluationRecord(
            step: 3, epoch: 0.75, values: [.loss: 2, Self.margin: 0.25], tokens: 0, seconds: 0)
        let line = RunLogLine.line(held, totalSteps: 8)
        #expect(line["eval_rewards/margins"] == 0.25)
        #expect(RunLogLine(.object(line)) == .evaluation(held))
    }

    @Test func valuesThatNoRunHasAreNone() {
        let body: JSONObject = [
            "loss": .null, "memory_bytes": -1, "trained_tokens": .number(1e300), "lr": "x",
            "epoch": 3, "\(String(repeating: "n", count: 65))": 1,
        ]
        let values = MetricReader(of: .step, except: ["epoch"]).values(in: body)
        #expect(Array(values.keys) == [.loss] && values[.loss]?.isNaN == true)
        var many: JSONObject = ["loss": 1]
        for number in 0..<200 { many["m\(number)"] = .integer(number) }
        #expect(MetricReader(of: .step, except: []).values(in: many).count == 65)
        #expect(MetricReader(of: .evaluation, except: []).values(in: many).isEmpty)
    }

    /// Means and newest values of the steps between two lines, also when a checkpoint lies between them.
    @Test func aLineStandsForItsSteps() throws {
        let steps = (1...5).map {
            Self.step(
                $0,
                [.loss: Double($0), .learningRate: Double($0) / 10, Self.margin: 2 * Double($0)])
        }
        var whole = LogCadence(every: 2, firstStepToo: false)
        let lines = steps.map { whole.take($0) }
        #expect(lines.map { $0 != nil } == [false, true, false, true, false])
        #expect(lines[3] == [.loss: 3.5, .learningRate: 0.4, Self.margin: 7])
        var state = LoopState()
        var first = LogCadence(every: 2, firstStepToo: false)
        for step in steps.prefix(3) { _ = first.take(step) }
        (state.step, state.unlogged) = (3, first.unlogged)
        let data = try JSONEncoder().encode(state)
        let read = try JSONDecoder().decode(LoopState.self, from: data)
        #expect(read == state && read.unlogged == [.loss: [3], Self.margin: [6]])
        var second = LogCadence(every: 2, firstStepToo: false, unlogged: read.unlogged)
        #expect(second.take(steps[3]) == lines[3])
        // Runs that measure the loss alone keep the state's fields of earlier versions.
        state.unlogged = [.loss: [3]]
        let text = String(decoding: try JSONEncoder().encode(state), as: UTF8.self)
        #expect(text.contains(#""unloggedLosses":[3]"#) && !text.contains("unloggedValues"))
        state.unlogged = [Self.margin: [1, 2, 3, 4]]
        #expect(state.fault(totalSteps: 8)?.description.hasPrefix("unloggedValues") == true)
    }

    /// From the log through a checkpoint's repair to the list of runs.
    @Test func aMetricWithoutARowIsKeptEverywhere() throws {
        let folder = try TemporaryFolder()
        let log = try MetricsLog(
            folder: folder.path, cadence: LogCadence(every: 1, firstStepToo: false),
            resumedAt: LoopState())
        for step in 1...3 {
            try log.observe(.stepFinished(Self.step(step, [.loss: 1, Self.margin: Double(step)])))
        }
        try log.observe(
            .evaluated(
                EvaluationRecord(
                    step: 3, epoch: 1, values: [.loss: 2, Self.margin: 9], tokens: 1, seconds: 1)))
        let record = try #require(RunRecord(folder: folder.path))
        // Without a speed of its own the line's throughput counts, as in logs of other programs.
        #expect(record.values == [.loss: 1, Self.margin: 3, .tokensPerSecond: 10])
        #expect(record.bestEvaluationLoss == 2)
        var state = LoopState()
        state.step = 3
        try log.writeState(state, plan: TrainingPlan(), epoch: 1, to: folder.path)
        // The log is lost; the checkpoint's history has it.
        let path = "\(folder.path)/\(MetricsLog.name)"
        let before = try String(contentsOfFile: path, encoding: .utf8)
        try FileManager.default.removeItem(atPath: path)
        _ = try MetricsLog(
            folder: folder.path, cadence: LogCadence(every: 1, firstStepToo: false),
            resumedAt: state, from: folder.path)
        let after = try String(contentsOfFile: path, encoding: .utf8)
        #expect(
            before.contains(#""rewards/margins":3.0"#) && after.contains(#""rewards/margins":3.0"#))
        #expect(after.contains(#""eval_rewards/margins":9.0"#))
        let results = try log.writeResults(state, epoch: 1, examples: 4, of: 3)
        #expect(results.isEmpty)
        let written = try JSONValue(contentsOf: "\(folder.path)/eval_results.json")
        #expect(written["eval_rewards/margins"]?.double == 9 && written["eval_perplexity"] != nil)
    }
}
