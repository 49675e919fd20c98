// Kahneman-Tversky optimization: steps against torch and PEFT on the real model, gradients against differences of the
// loss, and judged answers from the file to the batch.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite(.serialized) struct KTOTests {
    /// Items as the reference has them: every third has the answer of row k + 20 and is marked bad; each goes with the
    /// answer of the item before it.
    private static func items(_ rows: [EncodedExample], _ count: Int, apart: Int)
        -> [EncodedExample]
    {
        let ignored = EncodedExample.ignoredLabel
        let answers = (0..<count).map { k in
            rows[k % 3 == 1 ? (k + apart) % rows.count : k].labels.filter { $0 != ignored }
        }
        return (0..<count).map { k in
            let prompt = Array(rows[k].ids.prefix(rows[k].labels.prefix { $0 == ignored }.count))
            return Encoding.judged(
                TurnTokens(prompt: prompt, response: answers[k]), isGood: k % 3 != 1,
                mismatched: TurnTokens(
                    prompt: prompt, response: answers[k == 0 ? count - 1 : k - 1]),
                cutoff: 4096
            ).example
        }
    }

    // MARK: - Parity

    private static let metrics: [MetricKey] = [
        "loss", "kl", "rewards/chosen", "rewards/rejected", "rewards/margins",
        "logps/chosen", "logps/rejected", "logits/chosen", "logits/rejected",
    ]

    /// Losses within 1e-4 of float64, absolute for what begins at zero.
    @Test func fiveStepsEqualPEFT() throws {
        let reference = try Fixture.json("parity/sample-kto.json")
        let rows = try Fixture.json("parity/sample-rows.json").encodedRows()
        let items = Self.items(rows, 20, apart: 20)
        let model = try SampleModel.adapted(reference)
        var settings = PreferenceSettings()
        settings.beta = try reference.number("beta")
        settings.desirableWeight = try reference.number("chosen_weight")
        settings.undesirableWeight = try reference.number("rejected_weight")
        settings.supervisedWeight = try reference.number("ftx")
        try ObjectiveChecks.stepsEqual(
            reference, count: 5, of: items, size: 4, KTOLoss(settings), Self.metrics, on: model)
        // The reference covers a model that has moved.
        #expect(try reference.member("steps").array?.last?.number("kl") ?? 0 > 0)
    }

    // MARK: - Gradients

    /// The loss falls along its gradient as the gradient says; what the model does to answers of other prompts counts
    /// and has no gradient.
    @Test(arguments: ["lora", "full"])
    func gradientsFollowTheLoss(_ method: String) throws {
        let weights = try TinyModel.weights("llama-biases")
        let model = method == "full" ? TinyModel.full(weights) : TinyModel.adapted(weights)
        var settings = PreferenceSettings()
        (settings.beta, settings.supervisedWeight) = (0.4, 0.3)
        (settings.desirableWeight, settings.undesirableWeight) = (1.4, 0.7)
        let items = Self.items(try TinyModel.rows(), 4, apart: 3)
        let reference = model.reference()
        if method == "full" { ObjectiveChecks.disturb(model) }
        func measure(_ items: [EncodedExample]) -> Measures {
            model.parameters.gradients.fill(0)
            return KTOLoss(settings).measure(
                PackedBatch(items),
                on: ObjectiveModel(
                    model.decoder, reference: reference,
                    training: TrainingPass(gradientScale: 1 / Float(items.count))))
        }
        let divergence = try #require(measure(items).values[.divergence])
        #expect(divergence >= 0)
        // The divergence is a constant to the gradient: the difference is taken with it held where it was.
        try ObjectiveChecks.gradientFollows(model) {
            var sum = 0.0
            let share = 4.0 / 3
            for item in items {
                let batch = PackedBatch([item])
                let answer = batch.samples(at: [0])
                let now = ObjectiveModel(model.decoder).currentLogProbabilities(answer)
                let before = ObjectiveModel(model.decoder, reference: reference)
                    .referenceLogProbabilities(answer)
                let likely = now.logProbabilities.reduce(0, +)
                let isGood = batch.verdicts == [true]
                sum +=
                    KTOLoss(settings).judgement(
                        gain: likely - before.logProbabilities.reduce(0, +), isGood: isGood,
                        divergence: divergence
                    ).loss
                if isGood {
                    sum -= 0.3 * share * share * likely / Double(answer.targets.count)
                }
            }
            return sum / 4
        }
    }

    // MARK: - Data

    /// Each answer goes with the one before it, the first of a thousand with the last of them.
    @Test func answersGoWithThoseBeforeThem() {
        let origin = RecordOrigin(dataset: "d", file: "f", record: 1, line: 1)
        let sources = (0..<1003).map { index in
            SourcedExample(
                .judged(
                    JudgedExample(
                        prompt: [ChatMessage(.user, "q")],
                        answer: ChatMessage(.assistant, "\(index)"), isGood: index % 2 == 0)),
                origin: origin)
        }
        let found = JudgedExample.mismatching(sources).map { source -> String? in
            guard case .judged(let judged) = source.example else { return nil }
            return judged.mismatched?.content
        }
        #expect(found[0] == "999" && found[1] == "0" && found[999] == "998")
        #expect(found[1000] == "1002" && found[1001] == "1000" && found[1002] == "1001")
    }

    /// Both sequences of an item are cut on their own, and the second carries no weight of the training.
    @Test func itemsOfTwoSequences() {
        let encoded = Encoding.judged(
            TurnTokens(prompt: [1, 2, 3, 4], response: [5, 6]), isGood: false,
            mismatched: TurnTokens(prompt: [1, 2, 3, 4], response: [7, 8, 9, 10]), cutoff: 5)
        #expect(encoded.example.ids == [1, 2, 3, 5, 6, 1, 2, 3, 7, 8])
        #expect(encoded.example.arrangement == .undesirable)
        #expect(encoded.example.trainedCount == 2)
        let batch = PackedBatch([encoded.example])
        #expect(batch.verdicts == [false] && batch.unlearnedTargets == 2)
        let second = batch.samples(at: [1])
        #expect(second.tokens == [1, 2, 3, 7, 8] && second.targets == [7, 8])
        #expect(second.targetRows == [2, 3] && second.sampleRanges == [0..<5])
        #expect(second.positions == [0, 1, 2, 3, 4] && second.targetRanges == [0..<2])
    }

    /// A whole run: metrics in its log and of what is held out, and a resumed one that ends with the same bits.
    @Test(arguments: [TrainingPlan.Tuning.Method.lora, .full])
    func runsAndResumes(_ method: TrainingPlan.Tuning.Method) throws {
        let tiny = try TinyRun {
            $0.stage = .kto
            $0.tuning.method = method
            $0.optimizer.learningRate = 2e-3
            $0.preference.beta = 1
        }
        try tiny.writePreferences()
        tiny.plan.data.names = ["judged"]
        tiny.evaluate(every: 4)
        tiny.plan.data.evaluationNames = ["heldJudged"]
        let whole = tiny.run(in: "whole")
        #expect(whole.error == nil, "\(whole.error?.description ?? "")")
        #expect(whole.steps.count == 8)
        #expect(!whole.notices.contains { $0.contains("share") || $0.contains("All answers") })
        // Before the first update nothing differs from the reference: 1 − σ(0).
        let first = try #require(whole.steps.first)
        #expect(abs(first.loss - 0.5) < 1e-6 && first["kl"] == 0)
        let last = try #require(whole.steps.last)
        #expect(last.loss < 0.45 && last["rewards/margins"] > 0.1)
        let held = try #require(whole.evaluations.last)
        #expect(held["rewards/margins"].isFinite && held["kl"] >= 0)
        let line = try #require(try tiny.log("whole").last { $0["loss"] != nil })
        #expect(line["kl"]?.double != nil && line["rewards/margins"]?.double != nil)
        tiny.run(in: "parts", stoppingAfter: 5)
        let rest = tiny.run(in: "parts")
        #expect(rest.error == nil && (rest.steps.first?.step ?? 0) > 3)
        for step in rest.steps {
            let (found, wanted) = (step.values, whole.steps[step.step - 1].values)
            for key in found.keys where key != .tokensPerSecond {
                #expect(found[key] == wanted[key], "\(key.rawValue) of step \(step.step)")
            }
        }
        let weights = method == .lora ? "adapter_model.safetensors" : "model.safetensors"
        #expect(try tiny.bytes("whole/\(weights)") == tiny.bytes("parts/\(weights)"))
    }

    /// Marks need a data set of marks, other stages one without, and a mark is true or false.
    @Test func otherDataAreRefused() throws {
        let tiny = try TinyRun { $0.stage = .kto }
        try tiny.writePreferences()
        #expect(tiny.run().error?.why?.description.contains("not marked good or bad") == true)
        tiny.plan.stage = .supervised
        tiny.plan.data.names = ["judged"]
        #expect(tiny.run().error?.why?.description.contains("marked good or bad") == true)
        let columns = Columns(
            style: RecordStyle(
                columns: {
                    var names = ColumnNames.standard
                    names.ktoTag = "label"
                    return names
                }()), objective: .feedback)
        for (text, isText, mark) in [
            ("true", false, true), ("false", false, false), ("\"True\"", true, true),
            ("\"false\"", true, false), ("\"FALSE\"", true, false), ("\"true\"", false, nil),
            ("1", false, nil),
            ("null", false, nil), ("\"yes\"", true, nil),
        ] as [(String, Bool, Bool?)] {
            let line = "{\"instruction\": \"q\", \"output\": \"a\", \"label\": \(text)}"
            let object = try #require(try JSONValue(parsing: line, source: "test").object)
            var record = DataRecord(number: 1, line: 1, fields: object)
            record.isText = isText
            do throws(RecordFault) {
                guard case .judged(let judged) = try columns.example(from: RecordFields(record))
                else {
                    Issue.record("\(text) is no judged answer")
                    continue
                }
                #expect(judged.isGood == mark, "\(text)")
            } catch {
                #expect(mark == nil && error.kind == .wrongType, "\(text): \(error.detail)")
            }
        }
    }

    /// Marks of one kind alone are told.
    @Test(arguments: [true, false])
    func marksOfOneKindAreTold(_ isGood: Bool) throws {
        let turn = TurnTokens(prompt: [1, 2], response: [3, 4])
        let row = Encoding.judged(turn, isGood: isGood, mismatched: turn, cutoff: 9).example
        let other = Encoding.judged(turn, isGood: !isGood, mismatched: turn, cutoff: 9).example
        func notes(_ rows: [EncodedExample]) -> [String] {
            let set = EncodedSet(examples: rows, inspection: DataInspection())
            return LoadedDataset(training: set, evaluation: nil).notes.map(\.description)
        }
        let word = isGood ? "good" : "bad"
        #expect(
            notes([row, row]) == ["All answers are marked \(word); kto learns from both kinds."])
        #expect(notes([row, other]) == [])
    }

    /// A file that is named directly is known by its marks.
    @Test func marksAreGuessed() throws {
        func style(_ line: String) throws -> RecordStyle? {
            RecordStyle.guessed(
                from: try #require(try JSONValue(parsing: line, source: "test").object))
        }
        let chat =
            "\"messages\": [{\"role\": \"user\", \"content\": \"q\"}, "
            + "{\"role\": \"assistant\", \"content\": \"a\"}]"
        #expect(try style("{\(chat), \"label\": true}")?.columns.ktoTag == "label")
        #expect(
            try style("{\"prompt\": \"q\", \"completion\": \"a\", \"kto_tag\": false}")?
                .columns.ktoTag == "kto_tag")
        #expect(try style("{\(chat), \"label\": \"news\"}")?.columns.ktoTag == nil)
        #expect(try style("{\"text\": \"t\", \"label\": true}")?.columns.ktoTag == nil)
    }
}
