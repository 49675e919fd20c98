// Whole evaluations on a tiny model: the loss is that of a training's held-out part, answers stand in
// the file in order, a stop leaves what was there, and what cannot be is refused.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite struct EvaluationRunTests {
    /// A tiny model, eleven records, and what an evaluation said.
    private final class Room {
        let tiny: TinyRun
        var plan: EvaluationPlan
        var events: [EvaluationEvent] = []
        let control = RunControl()

        init() throws {
            tiny = try TinyRun()
            plan = EvaluationPlan(
                DatasetSelection(
                    directory: tiny.root.path, training: [],
                    evaluation: [tiny.path("train.json")]))
            plan.folder = tiny.path("results")
            var sampling = SamplingSettings()
            (sampling.isGreedy, sampling.maxNewTokens) = (true, 6)
            plan.prediction = sampling
        }

        func run(
            hear: @escaping (EvaluationEvent) -> Void = { _ in }
        ) throws(KernelError) -> EvaluationReport {
            let prepared = try PreparedModel(path: tiny.path("model"), template: "chatml")
            let model = TunedModel(
                try ModelWeights(prepared.folder), method: .inference, arena: Arena())
            var clock = 0.0
            let now = {
                clock += 0.5
                return clock
            }
            let generator = Generator(
                model.decoder, contextLimit: prepared.folder.config.maximumPositions, now: now)
            return try EvaluationRun(
                plan, of: .init(prepared, model, generator), control: control, now: now,
                emit: {
                    self.events.append($0)
                    hear($0)
                }
            ).run()
        }

        func lines() throws -> [JSONValue] {
            let text = try String(
                contentsOfFile: tiny.path("results/generated_predictions.jsonl"), encoding: .utf8)
            return try text.split(separator: "\n").map {
                try JSONValue(parsing: String($0), source: "lines")
            }
        }

        var predictions: [Prediction] {
            events.compactMap { if case .predicted(let one, _, _) = $0 { one } else { nil } }
        }
    }

    @Test func resultsHaveTheNamesOfLlamaFactory() throws {
        let room = try Room()
        let report = try room.run()
        #expect(report.records == 9 && report.predictions == 9 && !report.wasStopped)
        let loss = try #require(report.loss)
        #expect(report.perplexity == exp(loss.loss))
        let eval = try room.tiny.json("results/eval_results.json")
        #expect(try eval.member("eval_loss").double == loss.loss)
        let predict = try room.tiny.json("results/predict_results.json")
        let scores = try #require(report.scores)
        #expect(try predict.member("predict_bleu-4").double == scores.bleu4)
        #expect(try predict.member("predict_rouge-1").double == scores.rouge1)
        #expect(try predict.member("predict_rouge-2").double == scores.rouge2)
        #expect(try predict.member("predict_rouge-l").double == scores.rougeL)
        #expect(predict["predict_runtime"] != nil && predict["predict_rouge_words"] == nil)
        #expect(predict["predict_samples_per_second"] != nil)
        #expect(predict["predict_steps_per_second"] != nil)
        let all = try #require(room.tiny.json("results/all_results.json").object)
        let parts = [try #require(eval.object), try #require(predict.object)]
        #expect(Set(all.map(\.key)) == Set(parts.flatMap { $0.map(\.key) }))
    }

    @Test func linesHoldPromptAnswerAndLabelInOrder() throws {
        let room = try Room()
        _ = try room.run()
        let lines = try room.lines()
        #expect(lines.count == 9 && room.predictions.count == 9)
        for (line, prediction) in zip(lines, room.predictions) {
            #expect(try line.member("prompt").string == prediction.prompt)
            #expect(try line.member("predict").string == prediction.answer)
            #expect(try line.member("label").string == prediction.label)
        }
        let first = try #require(room.predictions.first)
        #expect(first.prompt.hasSuffix("user\nSay red<|im_end|>\n<|im_start|>assistant\n"))
        #expect(first.label.hasPrefix("red red") && !first.label.contains("<|im_end|>"))
        #expect(first.scores == TextScores(prediction: first.answer, reference: first.label))
        let scores = room.predictions.map(\.scores)
        let again = try room.run()
        #expect(again.scores == TextScores(meanOf: scores))
    }

    /// The part that a training with the same share and seed holds out, with the same loss.
    @Test func heldOutPartIsThatOfATraining() throws {
        let room = try Room()
        room.tiny.plan.data.validationSize = 0.3
        room.tiny.plan.evaluation.cadence = .steps
        room.tiny.plan.evaluation.runsAtStart = true
        room.tiny.plan.duration.stepsMax = 1
        let training = try #require(room.tiny.run().evaluations.first)
        room.plan.selection = DatasetSelection(room.tiny.plan)
        room.plan.options.validation = .fraction(0.3)
        room.plan.prediction = nil
        let loss = try #require(try room.run().loss)
        #expect(loss.tokens == training.tokens)
        #expect(abs(loss.loss - training.loss) < 1e-6)
        #expect(!room.tiny.exists("results/generated_predictions.jsonl"))
        #expect(!room.tiny.exists("results/predict_results.json"))
    }

    /// max_samples bounds what a training reads, so also what its val_size holds out.
    @Test func heldOutPartIsThatOfATrainingWithFewerSamples() throws {
        let room = try Room()
        room.tiny.plan.data.samplesMax = 6
        room.tiny.plan.data.validationSize = 0.5
        room.tiny.plan.evaluation.cadence = .steps
        room.tiny.plan.evaluation.runsAtStart = true
        room.tiny.plan.duration.stepsMax = 1
        let training = try #require(room.tiny.run().evaluations.first)
        room.plan.selection = DatasetSelection(room.tiny.plan)
        room.plan.options.validation = .fraction(0.5)
        room.plan.options.samplesMax = 6
        room.plan.prediction = nil
        let loss = try #require(try room.run().loss)
        #expect(loss.tokens == training.tokens && abs(loss.loss - training.loss) < 1e-6)
    }

    @Test func recordsBeyondTheContextAreTold() throws {
        let room = try Room()
        room.plan.prediction = nil
        room.plan.options.cutoffLength = 4096
        let limit = try ModelFolder(path: room.tiny.path("model")).config.maximumPositions
        let long = String(repeating: "x", count: limit + 9)
        try Data(#"[{"instruction": "a", "output": "\#(long)"}]"#.utf8).write(
            to: URL(fileURLWithPath: room.tiny.path("long.json")))
        room.plan.selection.evaluation.append(room.tiny.path("long.json"))
        _ = try room.run()
        #expect(
            room.events.contains {
                if case .notice(let text) = $0 {
                    text.description.hasPrefix(
                        "1 of 10 records are longer than the model's context of \(limit)")
                } else {
                    false
                }
            })
    }

    /// Results are written by the one that holds the folder, a training or another evaluation.
    @Test func aFolderInUseIsLeftAlone() throws {
        let room = try Room()
        for purpose in [RunLock.Purpose.trains, .evaluates] {
            let other = try RunFolder(room.tiny.path("results"), for: purpose)
            let error = #expect(throws: KernelError.self) { try room.run() }
            #expect(error?.kind == .temporary)
            #expect(
                error?.what == "another process is "
                    + (purpose == .trains ? "training" : "evaluating") + " in this folder")
            #expect(!room.tiny.exists("results/eval_results.json"))
            withExtendedLifetime(other) {}
        }
        _ = try room.run()
        #expect(room.tiny.exists("results/eval_results.json"))
        #expect(RunLock.status(of: room.tiny.path("results")) == .free)
    }

    @Test func aStopKeepsTheAnswersThatAreThere() throws {
        let room = try Room()
        let report = try room.run { event in
            if case .predicted(_, 3, _) = event { room.control.stop() }
        }
        #expect(report.wasStopped && report.predictions == 3)
        #expect(try room.lines().count == 3)
        // Means of a part are told, but not written as if they were the whole.
        #expect(report.scores != nil && !room.tiny.exists("results/predict_results.json"))
        #expect(room.tiny.exists("results/eval_results.json"))
    }

    @Test func aStopBeforeTheLossWritesNothing() throws {
        let room = try Room()
        let report = try room.run { event in
            if case .lossProgress(4, _) = event { room.control.stop() }
        }
        #expect(report.wasStopped && report.loss == nil && report.predictions == 0)
        #expect(!room.tiny.exists("results/eval_results.json"))
    }

    @Test func theLimitTakesTheFirstRecords() throws {
        let room = try Room()
        let all = try room.run()
        let labels = room.predictions.prefix(2).map(\.label)
        room.events = []
        room.plan.recordsMax = 2
        let few = try room.run()
        #expect(few.records == 2 && few.tokens < all.tokens)
        #expect(room.predictions.map(\.label) == Array(labels))
        #expect(try room.lines().count == 2)
    }

    /// Earlier turns and their answers belong to the question.
    @Test func conversationsAreAskedForTheirLastAnswer() throws {
        let room = try Room()
        let turns = ["hi", "hello", "and?", "bye"].enumerated().map { index, text in
            ["role": index % 2 == 0 ? "user" : "assistant", "content": text]
        }
        let data = try JSONSerialization.data(withJSONObject: [["messages": turns]])
        try data.write(to: URL(fileURLWithPath: room.tiny.path("talk.json")))
        room.plan.selection.evaluation = [room.tiny.path("talk.json")]
        _ = try room.run()
        let one = try #require(room.predictions.first)
        #expect(room.predictions.count == 1 && one.label.hasPrefix("bye"))
        #expect(one.prompt.contains("hello") && one.prompt.contains("and?"))
        #expect(!one.prompt.contains("bye"))
    }

    @Test func whatCannotBeIsRefused() throws {
        let room = try Room()
        room.plan.batchSize = 0
        room.plan.recordsMax = 0
        room.plan.prediction?.topP = 0
        #expect(room.plan.issues().map(\.field) == ["top_p", "batch_size", "limit"])
        #expect(throws: KernelError.self) { try room.run() }
        let pretraining = try Room()
        pretraining.plan.options.objective = .pretraining
        #expect(pretraining.plan.issues().map(\.field) == ["predict"])
        // The tiny model reads 512 tokens.
        let long = try Room()
        try long.tiny.writeData("long.json", [(String(repeating: "x", count: 600), "y")])
        long.plan.selection.evaluation = [long.tiny.path("long.json")]
        let error = #expect(throws: KernelError.self) { try long.run() }
        #expect(error?.hint?.description.contains("less than 512") == true)
    }
}
