// Group relative policy optimization: five steps of the real model against torch, gradients beside differences of the
// loss, advantages, whole runs that learn what they are rewarded for, and the same bits after a stop.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite(.serialized) struct GroupTests {
    // MARK: - Parity

    /// Answers that the base drew, to an adapter that is away from it.
    @Test(arguments: ["token", "wide", "full", "sequence"])
    func stepsEqualTorch(_ name: String) throws {
        let reference = try Fixture.json("parity/sample-grpo.json")
        let rows = try Fixture.json("parity/sample-rows.json").encodedRows()
        let pairs = ObjectiveChecks.pairs(rows, 10, apart: 20)
        let model = try SampleModel.adapted(reference)
        SampleModel.fillB(model)
        let values = try #require(try reference.member("cases")[name]?.array)
        var settings = GroupSettings()
        settings.beta = try #require(values[0].double)
        settings.epsilon = try #require(values[1].double)
        settings.epsilonHigh = values[2].double
        settings.averaging = try #require(.init(rawValue: values[3].string ?? ""))
        settings.level = try #require(.init(rawValue: values[4].string ?? ""))
        let objective = GroupLoss(settings, newTokensMax: try reference.count("longest"))
        let optimizer = AdamW(model.parameters)
        let steps = try reference.member("\(name)_steps").array ?? []
        #expect(steps.count == 3)
        for (step, expected) in steps.enumerated() {
            var batch = PackedBatch(pairs[(2 * step)..<(2 * step + 2)])
            batch.advantages = (0..<4).map { sin(Double(1 + 3 * step + $0)) }
            batch.earlierLogProbabilities =
                TargetNumbers(model.decoder.run(batch, usesAdapter: false)).logProbabilities
            model.parameters.gradients.fill(0)
            let weight = objective.weight(of: batch)
            let found = objective.measure(
                batch,
                on: ObjectiveModel(
                    model.decoder, reference: model.reference(),
                    training: TrainingPass(gradientScale: 1 / Float(weight)))
            ).values
            let (norm, scale) = GradientClip.measure(
                model.parameters, maximum: try reference.number("clip"))
            optimizer.step(
                model.parameters, rate: try reference.number("learning_rate"), gradientScale: scale)
            #expect(relativeDifference(norm, try expected.number("gradient_norm")) < 2e-4)
            for key in ["loss", "kl", "clip_ratio"] as [MetricKey] {
                let (value, wanted) = (found[key] ?? .nan, try expected.number(key.rawValue))
                #expect(abs(value - wanted) <= 1e-4, "\(key.rawValue) of step \(step)")
            }
        }
    }

    // MARK: - Gradients

    @Test(arguments: GroupSettings.Averaging.allCases, GroupSettings.Level.allCases)
    func gradientsFollowTheLoss(
        _ averaging: GroupSettings.Averaging, _ level: GroupSettings.Level
    ) throws {
        let model = TinyModel.adapted(try TinyModel.weights("llama-biases"))
        var batch = PackedBatch(ObjectiveChecks.pairs(try TinyModel.rows(), 3, apart: 3))
        batch.advantages = [1, -0.7, 0.3, -1.2, 0, 0.9]
        let reference = model.reference()
        batch.earlierLogProbabilities =
            TargetNumbers(model.decoder.run(batch)).logProbabilities
        ObjectiveChecks.disturb(model)
        var settings = GroupSettings()
        // So wide that no token lies at the kink.
        (settings.beta, settings.epsilon, settings.epsilonHigh) = (0.3, 0.99, 50)
        (settings.averaging, settings.level) = (averaging, level)
        let objective = GroupLoss(settings, newTokensMax: 24)
        let weight = objective.weight(of: batch)
        func measure() throws -> Double {
            model.parameters.gradients.fill(0)
            let measures = objective.measure(
                batch,
                on: ObjectiveModel(
                    model.decoder, reference: reference,
                    training: TrainingPass(gradientScale: 1 / Float(weight))))
            #expect(measures.values[.clippedShare] == 0)
            return try #require(measures.values[.loss])
        }
        _ = try measure()
        try ObjectiveChecks.gradientFollows(model, loss: measure)
    }

    /// Answers as likely as they were need no earlier pass: the same gradient.
    @Test func freshAnswersNeedNoEarlierPass() throws {
        let model = TinyModel.adapted(try TinyModel.weights("llama-biases"))
        ObjectiveChecks.disturb(model)
        var batch = PackedBatch(ObjectiveChecks.pairs(try TinyModel.rows(), 2, apart: 3))
        batch.advantages = [1, -1, 0.5, -0.5]
        func gradients() -> [Float] {
            model.parameters.gradients.fill(0)
            _ = GroupLoss(GroupSettings(), newTokensMax: 24).measure(
                batch,
                on: ObjectiveModel(model.decoder, training: TrainingPass(gradientScale: 0.25)))
            return model.parameters.gradients.values
        }
        let plain = gradients()
        batch.earlierLogProbabilities =
            TargetNumbers(model.decoder.run(batch)).logProbabilities
        #expect(firstMismatch(gradients(), plain, relative: 1e-5, absolute: 1e-7) == nil)
    }

    // MARK: - Runs

    private func tiny(_ change: (inout TrainingPlan) -> Void = { _ in }) throws -> TinyRun {
        try TinyRun {
            $0.stage = .groupPolicy
            $0.optimizer.learningRate = 2e-2
            ($0.rollout.answers, $0.rollout.newTokensMax) = (4, 10)
            $0.rollout.rules = ["length 0..4"]
            change(&$0)
        }
    }

    /// Answers become what is rewarded, the log has all of them, and a stopped run ends with the same bits.
    @Test(arguments: [1, 2]) func learnsAndResumes(_ updates: Int) throws {
        let tiny = try tiny {
            $0.group.updates = updates
            $0.group.beta = updates == 2 ? 0.01 : 0
            $0.duration.stepsMax = 12
        }
        tiny.evaluate(every: 6)
        let whole = tiny.run(in: "whole")
        #expect(whole.error == nil, "\(whole.error?.description ?? "")")
        #expect(whole.steps.count == 12)
        let rewards = whole.steps.map { $0["reward"] }
        let (early, late) = (
            rewards.prefix(3).reduce(0, +) / 3, rewards.suffix(3).reduce(0, +) / 3
        )
        #expect(late > early + 0.05, "\(rewards)")
        for step in whole.steps {
            let reward: Double = step["reward"]
            #expect(step["rewards/length"] == reward && step["completions/mean_length"] > 0)
        }
        let held = try #require(whole.evaluations.last)
        let reward: Double = held["reward"]
        #expect(abs(held.loss + reward) < 1e-12)
        tiny.run(in: "parts", stoppingAfter: 5)
        let rest = tiny.run(in: "parts")
        #expect(rest.error == nil, "\(rest.error?.description ?? "")")
        #expect((rest.steps.first?.step ?? 0) > 3)
        for name in ["adapter_model.safetensors", "completions.jsonl"] {
            #expect(try tiny.bytes("whole/\(name)") == tiny.bytes("parts/\(name)"), "\(name)")
        }
        // Nine prompts in steps of four: four answers to each.
        let lines = try tiny.lines("whole/completions.jsonl")
        #expect(lines.count == 4 * 36)
        for group in stride(from: 0, to: lines.count, by: 4) {
            let sum = try lines[group..<group + 4].reduce(0.0) { $0 + (try $1.number("advantage")) }
            #expect(abs(sum) < 1e-9)
        }
        let first = try #require(lines.first)
        #expect(
            try first.text("reference").isEmpty == false && first.text("prompt").contains("Say"))
    }

    /// A program of the user's judges: it is given what the model answered and gives a number for each line.
    @Test func programsJudge() throws {
        let tiny = try tiny {
            $0.rollout.rules = ["length 0..4", "command judge"]
            $0.rollout.weights = [0, 2]
            $0.duration.stepsMax = 2
        }
        tiny.rewardProgram = { (command, lines, seconds) throws(KernelError) in
            #expect(command == "judge" && seconds == 60)
            return lines.indices.map { "\(Double($0 % 4) / 2)" }
        }
        let run = tiny.run()
        #expect(run.error == nil, "\(run.error?.description ?? "")")
        let lines = try tiny.lines("run/completions.jsonl")
        #expect(try lines.prefix(4).map { try $0.number("reward") } == [0, 1, 2, 3])
        tiny.rewardProgram = { (_, lines, _) throws(KernelError) in
            Array(repeating: "many", count: lines.count)
        }
        #expect(tiny.run(in: "other").error?.why?.description.contains("no number") == true)
        tiny.rewardProgram = { (_, _, _) throws(KernelError) in [] }
        #expect(tiny.run(in: "third").error?.why?.description.contains("0 lines") == true)
    }

    /// A step is worth something only where answers differ.
    @Test func equalAnswersTeachNothing() throws {
        let tiny = try tiny {
            $0.rollout.rules = ["regex zzzzzz"]
            $0.duration.stepsMax = 1
        }
        let run = tiny.run()
        let step = try #require(run.steps.first)
        #expect(step[.gradientNorm] == 0 && step["reward"] == 0 && step["reward_std"] == 0)
    }
}
