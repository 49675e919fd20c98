// Answers to fixed prompts while a run trains: when they come, what they say, and that nothing else of the
// run can tell that they were asked for.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct SampleTests {
    private static let prompts = ["Say red", "你是谁？"]

    private func tiny(
        _ prompts: [String] = prompts, evaluating steps: Int? = 2
    ) throws -> TinyRun {
        let tiny = try TinyRun {
            $0.samples.prompts = prompts
            $0.samples.newTokensMax = 6
            $0.tuning.lora.dropout = 0.1
        }
        if let steps { tiny.evaluate(every: steps) }
        return tiny
    }

    private func samples(_ outcome: RunOutcome) -> [SampleRecord] {
        outcome.events.compactMap { if case .sampled(let record) = $0 { record } else { nil } }
    }

    private let result = "adapter_model.safetensors"

    @Test func promptsAreAnsweredAtEachEvaluationAndAtTheEnd() throws {
        let tiny = try tiny(evaluating: 3)
        let heard = samples(tiny.run())
        #expect(heard.map(\.step) == [3, 3, 6, 6, 8, 8])
        #expect(heard.map(\.prompt) == Self.prompts + Self.prompts + Self.prompts)
        #expect(heard.allSatisfy { $0.newTokens <= 6 && $0.epoch > 0 && $0.seconds > 0 })
        #expect(try SampleLog.read(folder: tiny.folder).map(\.answer) == heard.map(\.answer))
        // Without evaluations the end alone is answered.
        let plain = try self.tiny(evaluating: nil)
        #expect(samples(plain.run()).map(\.step) == [8, 8])
    }

    @Test func answersAreThoseOfTheWeightsOfTheStep() throws {
        let tiny = try tiny()
        let last = try #require(samples(tiny.run()).last)
        let prepared = try PreparedModel(path: tiny.plan.model.path, template: "chatml")
        let applied = try Checkpoint.applied(tiny.folder, to: ModelWeights(prepared.folder))
        let model = TunedModel(
            applied.weights, method: applied.method, arena: Arena(reserving: 1 << 28))
        try AdapterFile.load(tiny.folder, into: model)
        var clock = 0.0
        let generator = Generator(model.decoder, contextLimit: 512) {
            clock += 1
            return clock
        }
        var sampling = SamplingSettings()
        (sampling.isGreedy, sampling.maxNewTokens) = (true, 6)
        let prompt = try prepared.chat.encodePrompt([ChatMessage(.user, last.prompt)])
        let ids = try generator.generate(
            prompt.map { Int32($0) }, sampling, stopIDs: prepared.stopIDs
        ).ids
        #expect(
            prepared.tokenizer.decode(ids.map { Int($0) }, skipSpecial: true) == last.answer)
    }

    @Test func samplesChangeNothingElse() throws {
        let (asked, silent) = (try tiny(), try tiny([]))
        let (one, other) = (asked.run(), silent.run())
        #expect(samples(one).count == 8 && samples(other).isEmpty)
        #expect(one.losses == other.losses)
        #expect(one.evaluations.map(\.loss) == other.evaluations.map(\.loss))
        #expect(try asked.bytes("run/\(result)") == silent.bytes("run/\(result)"))
        // The clock ticks at each look: answering looks often, and none of it counts as training.
        let (long, short) = (one.result?.elapsedSeconds, other.result?.elapsedSeconds)
        #expect(abs((long ?? 0) - (short ?? 1)) < 1e-6)
        #expect(
            one.steps.map { $0[.tokensPerSecond] }
                == other.steps.map { $0[.tokensPerSecond] })
    }

    @Test func aResumedRunMayAskOtherPrompts() throws {
        let (tiny, silent) = (try tiny(), try tiny([]))
        silent.run()
        tiny.run(stoppingAfter: 5)
        // What a crash leaves: answers of a later step, and a torn line in the middle of a character.
        let file = tiny.path("run/\(SampleLog.name)")
        var bytes = try contents(file)
        let later = #"{"step": 7, "prompt": "Say red", "answer": "later"}"# + "\n"
        bytes += Array(later.utf8) + Array(#"{"step": 7, "prompt": "你"#.utf8.dropLast())
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        #expect(try SampleLog.read(folder: tiny.folder).count == 5)

        tiny.plan.samples.prompts = ["Say red", "Say blue"]
        tiny.plan.samples.newTokensMax = 3
        let resumed = tiny.run()
        #expect(resumed.error == nil && resumed.steps.first?.step == 6)
        #expect(try tiny.bytes("run/\(result)") == silent.bytes("run/\(result)"))
        let kept = try SampleLog.read(folder: tiny.folder)
        #expect(kept.map(\.step) == [2, 2, 4, 4, 6, 6, 8, 8])
        #expect(kept.suffix(2).map(\.prompt) == ["Say red", "Say blue"])
        #expect(kept.suffix(4).allSatisfy { $0.newTokens <= 3 })
        #expect(!kept.contains { $0.answer == "later" })
    }

    @Test func aStopCutsSamplesAndTheResumedRunMakesUpForIt() throws {
        let tiny = try tiny()
        let control = RunControl()
        let stopped = tiny.run(
            control: control,
            hear: { event in
                if case .sampled(let record) = event, record.step == 4 { control.stop() }
            })
        #expect(stopped.result?.ending == .stopped && stopped.result?.steps == 4)
        #expect(samples(stopped).map(\.step) == [2, 2, 4])
        let resumed = samples(tiny.run())
        #expect(resumed.map(\.step) == [4, 6, 6, 8, 8] && resumed[0].prompt == "你是谁？")
        let whole = try self.tiny()
        whole.run()
        let (one, other) = (
            try SampleLog.read(folder: tiny.folder), try SampleLog.read(folder: whole.folder)
        )
        #expect(one.map(\.answer) == other.map(\.answer))
        #expect(try tiny.bytes("run/\(result)") == whole.bytes("run/\(result)"))
    }

    @Test func aPauseIsObeyedBetweenTokens() throws {
        let tiny = try tiny()
        let control = RunControl()
        var order: [String] = []
        let outcome = tiny.run(
            control: control, rest: { control.resume() },
            hear: { event in
                switch event {
                case .sampled(let record) where record.step == 2:
                    order.append("answered")
                    if order.count == 1 { control.pause() }
                case .paused(let step): order.append("paused at \(step)")
                case .resumed: order.append("resumed")
                default: break
                }
            })
        #expect(order == ["answered", "paused at 2", "resumed", "answered"])
        #expect(outcome.result?.ending == .completed)
    }

    @Test func promptsThatDoNotFitAreToldAndLeftOut() throws {
        let tiny = try tiny([String(repeating: "long ", count: 120), "Say red"])
        let outcome = tiny.run()
        #expect(outcome.notices.contains { $0.hasPrefix("Sample prompt 1 is left out: ") })
        #expect(samples(outcome).allSatisfy { $0.prompt == "Say red" })
        #expect(samples(outcome).count == 4)
    }

    @Test func plainTextIsContinued() throws {
        let tiny = try tiny(["Once"], evaluating: nil)
        tiny.plan.stage = .pretraining
        #expect(samples(tiny.run()).map(\.step) == [8])
    }

    @Test func aRunThatBeginsAnewBeginsTheFileAnew() throws {
        let tiny = try tiny(evaluating: nil)
        tiny.run()
        tiny.plan.output.overwrites = true
        tiny.plan.samples.prompts = ["Say blue"]
        tiny.run()
        #expect(try SampleLog.read(folder: tiny.folder).map(\.prompt) == ["Say blue"])
    }

    @Test func theEstimateCountsTheCacheOfLongAnswers() throws {
        let tiny = try tiny()
        let folder = try ModelFolder(path: tiny.plan.model.path)
        let tuning = try TuningChoice(tiny.plan, weights: ModelWeights(folder))
        func estimate(_ prompts: [String]) -> Int {
            var plan = tiny.plan
            plan.samples.prompts = prompts
            plan.samples.newTokensMax = 100_000
            return MemoryEstimate(
                plan, model: folder, tuning: tuning, load: RunLoad(BatchShape(tokens: 1)),
                recomputes: true
            ).activations
        }
        // Two layers with keys and values of 2 × 8 numbers: 512 rows of 64 floats.
        let spec = folder.config.network
        #expect(KVCache.byteCount(spec, tokens: 400) == 512 * 64 * 4)
        #expect(KVCache.byteCount(spec, tokens: 0) == 0)
        // Answers end with the context.
        let cache = KVCache.byteCount(spec, tokens: folder.config.maximumPositions)
        #expect(estimate([]) < cache && estimate(["Why?"]) == cache)
    }
}
