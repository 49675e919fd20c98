// LoRA+: who learns faster, that the log's rate stays that of A, and that runs resume to the same bytes. That
// its steps are PEFT's: TinyParityTests.

import Testing

@testable import Kernel
import TestSupport

@Suite struct LoRAPlusTests {
    @Test func theGroupsAreThoseOfPEFT() throws {
        let weights = try TinyModel.weights()
        var method = TuningMethod(
            adapter: AdapterShape(rank: 4, alpha: 8, modules: [.query, .down]),
            trainableNames: ["model.norm.weight", "lm_head.weight"])
        let plain = method.parameters(of: weights)
        method.loraPlus = LoRAPlus(ratio: 8)
        let plus = method.parameters(of: weights)
        #expect(plus.map(\.name) == plain.map(\.name) && plus.count == 2 * 2 * 2 + 2)
        for (a, b) in zip(plain, plus) {
            let isFaster = a.name.hasSuffix(".lora_B.weight") || a.name == "model.norm.weight"
            #expect(a.group.learningRateScale == 1)
            #expect(b.group.learningRateScale == (isFaster ? 8 : 1), "\(a.name)")
            #expect(b.group.appliesWeightDecay == a.group.appliesWeightDecay)
            #expect(a.group.appliesWeightDecay == (a.name != "model.norm.weight"))
        }
    }

    /// B starts at zero, so after one step its size is that of its rate alone.
    @Test(arguments: OptimizerKind.allCases) func theFirstStepOfBIsLonger(_ kind: OptimizerKind)
        throws
    {
        func lengths(_ ratio: Double?) throws -> (a: Double, b: Double) {
            let weights = try TinyModel.weights()
            let shape = AdapterShape(rank: 4, alpha: 8, modules: Set(LinearModule.allCases))
            var method = TuningMethod(adapter: shape)
            method.loraPlus = ratio.map { LoRAPlus(ratio: $0) }
            let model = TunedModel(weights, method: method, arena: Arena(reserving: 1 << 30))
            var settings = OptimizerSettings()
            settings.kind = kind
            let start = model.parameters.parameters.map(\.value.values)
            let run = ParityRun(
                model, kind.make(settings, model.parameters, 1), .constant(1e-3), clip: 1,
                rows: try TinyModel.rows())
            #expect(run.step(0).rate == 1e-3)
            var (a, b) = (0.0, 0.0)
            for (parameter, before) in zip(model.parameters.parameters, start) {
                let moved = zip(parameter.value.values, before).reduce(0.0) {
                    $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1))
                }
                if parameter.name.contains("lora_B") { b += moved } else { a += moved }
            }
            return (a.squareRoot(), b.squareRoot())
        }
        let (plain, plus) = (try lengths(nil), try lengths(16))
        #expect(plain.b > 0 && abs(plus.b / plain.b - 16) < 1e-3, "\(plus), \(plain)")
        // A's gradient is zero while B is.
        #expect(plus.a == plain.a)
    }

    @Test func aRunResumesToTheSameBytes() throws {
        let tiny = try TinyRun {
            $0.tuning.lora.plusRatio = 16
            $0.optimizer.learningRate = 1e-3
            $0.optimizer.weightDecay = 0.01
            $0.tuning.lora.additionalTargets = ["norm"]
        }
        let whole = tiny.run(in: "whole")
        #expect(whole.error == nil && whole.result?.steps == 8)
        // The log has the rate of A, as the first group of transformers.
        #expect(whole.steps.first?.values[.learningRate] == 1e-3)
        tiny.run(stoppingAfter: 4)
        let rest = tiny.run()
        #expect(rest.steps.first?.step == 5 && rest.error == nil)
        for (step, figures) in rest.losses { #expect(whole.losses[step] == figures) }
        for name in ["adapter_model.safetensors", "checkpoint-8/optimizer.safetensors"] {
            #expect(try tiny.bytes("run/\(name)") == tiny.bytes("whole/\(name)"), "\(name)")
        }
        tiny.plan.tuning.lora.plusRatio = nil
        let plain = tiny.run(in: "plain")
        #expect(plain.losses[1] == whole.losses[1] && plain.losses[3] != whole.losses[3])
        // The ratio is part of the run.
        #expect(tiny.run().error?.why == "changed since it was written: settings")
    }

    @Test func anImpossibleRatioIsRefused() {
        var plan = TrainingPlan()
        plan.tuning.lora.plusRatio = -1
        func found() -> [PlanIssue] { plan.issues().filter { $0.field == "loraplus_lr_ratio" } }
        #expect(found().map(\.severity) == [.error])
        plan.tuning.lora.plusRatio = 16
        #expect(found().isEmpty)
        plan.tuning.method = .full
        #expect(found().map(\.severity) == [.note])
    }
}
