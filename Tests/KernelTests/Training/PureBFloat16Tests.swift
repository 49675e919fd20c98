// Runs with `pure_bf16`: matrices that train are held in bf16. Gradients are those of the numbers that are held,
// losses follow fp32, a run that was cut off ends with the same bytes, and others can read what it leaves.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct PureBFloat16Tests {
    private func tinyRun(
        _ method: TrainingPlan.Tuning.Method = .full,
        _ change: (inout TrainingPlan) -> Void = { _ in }
    ) throws -> TinyRun {
        try TinyRun {
            $0.computeType = .pureBFloat16
            $0.tuning.method = method
            $0.tuning.freeze.layers = 1
            $0.optimizer.learningRate = 1e-3
            change(&$0)
        }
    }

    // MARK: - The way forward and back

    /// A model in fp32 with the same rounded numbers gives the same bits: what is held decides nothing else.
    @Test(arguments: ["llama", "qwen2-tied", "qwen3"], [Precision.float32, .bfloat16])
    func gradientsAreThoseOfTheParameterBuffer(_ base: String, _ precision: Precision) throws {
        let weights = try TinyModel.weights(base)
        let halves = TinyModel.full(weights, trainableDType: .bfloat16)
        let floats = TinyModel.full(weights)
        for (a, b) in zip(halves.parameters.parameters, floats.parameters.parameters) {
            try #require(a.name == b.name)
            #expect(a.dtype == (a.shape.count > 1 ? .bf16 : .f32))
            let before = b.value.values
            a.decode(0..<a.rows, into: b.value)
            let expected = a.dtype == .f32 ? before : BFloat16Twin.rounded(before)
            #expect(b.value.values == expected, "\(a.name)")
        }
        let batch = PackedBatch(try TinyModel.rows().prefix(6))
        for model in [halves, floats] { model.decoder.backend = .tiles(precision) }
        let (a, b) = (halves.gradients(batch), floats.gradients(batch))
        #expect(a.loss == b.loss)
        for (a, b) in zip(halves.parameters.parameters, floats.parameters.parameters) {
            #expect(a.gradient.values == b.gradient.values, "\(a.name)")
        }
        #expect(halves.fingerprint == floats.fingerprint)
        // Answers read the same rows, packed as they are.
        #expect(
            firstMismatch(
                halves.allLogits(batch), floats.allLogits(batch), relative: 1e-5, absolute: 1e-4)
                == nil)
        let ids = try TinyModel.rows()[0].ids
        let logits = [halves, floats].map { model in
            model.decoder.advance(Array(ids.prefix(9)), model.decoder.makeCache()).values
        }
        #expect(firstMismatch(logits[0], logits[1], relative: 1e-4, absolute: 1e-3) == nil)
    }

    /// Twenty steps of full tuning: every loss within a twentieth of fp32's way down.
    @Test func twentyStepsStayClose() throws {
        let weights = try TinyModel.weights()
        let same = Array(try TinyModel.rows().prefix(4))
        func losses(_ precision: Precision) -> [Double] {
            let model = TinyModel.full(weights, trainableDType: precision)
            let optimizer = AdamW(model.parameters, seed: 42)
            let run = ParityRun(
                model, optimizer, .constant(1e-3), clip: 1,
                rows: Array(repeating: same, count: 20).flatMap { $0 })
            return (0..<20).map { run.step($0).loss }
        }
        let (exact, held) = (losses(.float32), losses(.bfloat16))
        let way = exact[0] - exact[19]
        #expect(way > 0.1 && held != exact)
        for (step, (a, b)) in zip(held, exact).enumerated() {
            #expect(abs(a - b) < 0.05 * way, "step \(step): \(a), \(b)")
        }
    }

    /// At a rate of 1e-5 almost every step is below half of a weight's last bf16 digit. Rounded to the nearest,
    /// most of what fp32 learns is lost; by chance it is not.
    @Test func atASmallRateOnlyChanceLearns() throws {
        let weights = try TinyModel.weights()
        let same = Array(try TinyModel.rows().prefix(4))
        enum Rounding { case none, chance, nearest }
        func gain(_ rounding: Rounding) -> Double {
            let model = TinyModel.full(
                weights, trainableDType: rounding == .chance ? .bfloat16 : .float32)
            let matrices = model.parameters.parameters.filter { $0.shape.count > 1 }
            func round() {
                for matrix in matrices where matrix.dtype == .f32 {
                    let values = matrix.value
                    BFloat16Twin.round(
                        UnsafeMutableBufferPointer(start: values.pointer, count: values.count))
                }
            }
            // All three begin at the same rounded numbers.
            round()
            let optimizer = AdamW(model.parameters, seed: 42)
            let run = ParityRun(
                model, optimizer, .constant(1e-5), clip: 1,
                rows: Array(repeating: same, count: 20).flatMap { $0 })
            let losses = (0..<20).map { step in
                defer { if rounding == .nearest { round() } }
                return run.step(step).loss
            }
            return losses[0] - losses[19]
        }
        let (exact, chance, nearest) = (gain(.none), gain(.chance), gain(.nearest))
        #expect(exact > 0 && abs(chance - exact) < 0.25 * exact, "\(chance), \(exact)")
        #expect(nearest < 0.6 * exact, "\(nearest), \(exact)")
    }

    // MARK: - Whole runs

    @Test(
        arguments: [TrainingPlan.Tuning.Method.full, .freeze],
        OptimizerKind.allCases)
    func resumedRunsEndWithTheSameBytes(
        _ method: TrainingPlan.Tuning.Method, _ optimizer: OptimizerKind
    ) throws {
        let tiny = try tinyRun(method) {
            $0.optimizer.kind = optimizer
            if optimizer.reads.contains(.momentum) { $0.optimizer.momentum = 0.9 }
        }
        let whole = tiny.run(in: "whole")
        #expect(whole.error == nil && whole.result?.steps == 8)
        tiny.run(stoppingAfter: 4)
        let rest = tiny.run()
        #expect(rest.steps.first?.step == 5 && rest.error == nil)
        for (step, figures) in rest.losses { #expect(whole.losses[step] == figures) }
        for name in ["model.safetensors", "checkpoint-8/optimizer.safetensors"] {
            #expect(try tiny.bytes("run/\(name)") == tiny.bytes("whole/\(name)"), "\(name)")
        }
        // The seed decides how it is rounded.
        tiny.plan.dataSeed = tiny.plan.seed
        tiny.plan.seed += 1
        let other = tiny.run(in: "other")
        #expect(other.losses[1] == whole.losses[1] && other.losses[8] != whole.losses[8])
    }

    @Test func theSettingIsPartOfTheRun() throws {
        let tiny = try tinyRun()
        tiny.run(stoppingAfter: 4)
        tiny.plan.computeType = .bfloat16
        let error = try #require(tiny.run().error)
        #expect(error.why == "changed since it was written: settings")
    }

    @Test(arguments: [TrainingPlan.Tuning.Method.full, .freeze])
    func whatIsWrittenIsWhatWasHeld(_ method: TrainingPlan.Tuning.Method) throws {
        let tiny = try tinyRun(method)
        var marks: [String?] = []
        tiny.publish = { model, _ in marks.append(model.fingerprint) }
        let outcome = tiny.run()
        #expect(outcome.error == nil && Set(marks).count == 8)
        let file = try SafetensorsFile(path: tiny.path("run/model.safetensors"))
        for entry in file.entries {
            let trains = method == .full || entry.name.hasPrefix("model.layers.1.")
            #expect(
                entry.dtype == (trains && entry.shape.count > 1 ? .bf16 : .f32), "\(entry.name)")
        }
        let type = try tiny.json("run/config.json")["torch_dtype"]?.string
        #expect(type == (method == .full ? "bfloat16" : "float32"))
        let optimizer = try SafetensorsFile(
            path: tiny.path("run/checkpoint-8/optimizer.safetensors"))
        #expect(
            optimizer.entries.map { "\($0.name) \($0.dtype.rawValue)" }.sorted() == [
                "exp_avg f32", "exp_avg.bf16 bf16", "exp_avg_sq f32", "exp_avg_sq.bf16 bf16",
            ])
        // Read again in fp32, as chat and export do, and in bf16.
        let weights = try ModelWeights(ModelFolder(path: tiny.plan.model.path))
        var found = try Checkpoint.applied(tiny.folder, to: weights).method
        if method == .freeze {
            found.trainableNames = found.trainableNames.filter { $0.hasPrefix("model.layers.1.") }
        }
        for precision in [Precision.float32, .bfloat16] {
            found.trainableDType = precision
            let model = TunedModel(weights, method: found, arena: Arena(reserving: 1 << 28))
            try Checkpoint.loadWeights(tiny.folder, into: model)
            #expect(model.fingerprint == marks.last, "\(precision)")
            let copy = TrainedSnapshot(model, step: 8).makeModel()
            #expect(copy.fingerprint == marks.last, "\(precision)")
        }
        // The folder is a model of its own.
        #expect(try ModelFolder(path: tiny.folder).mainDType == (method == .full ? .bf16 : .f32))
    }

    @Test func modulesBesideAnAdapterAreHeldToo() throws {
        let tiny = try tinyRun(.lora) { $0.tuning.lora.additionalTargets = ["lm_head"] }
        #expect(tiny.run().error == nil)
        let file = try SafetensorsFile(path: tiny.path("run/adapter_model.safetensors"))
        let halves = file.entries.filter { $0.dtype == .bf16 }.map(\.name)
        #expect(halves == ["base_model.model.lm_head.weight"])
        // A run that goes on from it as an adapter takes it over.
        tiny.plan.model.adapters = [tiny.folder]
        tiny.plan.computeType = .float32
        #expect(tiny.run(in: "next").error == nil)
    }

    @Test func adaptersAloneAreAsBefore() throws {
        let tiny = try tinyRun(.lora)
        #expect(tiny.plan.issues().contains { $0.field == "pure_bf16" && $0.severity == .note })
        tiny.run(in: "pure")
        tiny.plan.computeType = .bfloat16
        tiny.run(in: "plain")
        let name = "adapter_model.safetensors"
        #expect(try tiny.bytes("pure/\(name)") == tiny.bytes("plain/\(name)"))
    }

    @Test func numbersThatAreNotFiniteAreRefused() throws {
        let arena = Arena(reserving: 1 << 20)
        let folder = try TemporaryFolder()
        let halves = BFloat16Buffer(6, in: arena)
        halves.set(bits: [0x3f80, 0x7f80, 0, 0, 0, 0])
        let item = TensorFile.Item(name: "w", shape: [2, 3], bfloat16: halves)
        try TensorFile.write([item], to: "\(folder.path)/w.safetensors")
        #expect(throws: KernelError.self) {
            try TensorFile.read([item], from: "\(folder.path)/w.safetensors")
        }
    }

    // MARK: - Memory

    /// 2 bytes the value, 4 the gradient, 2 each buffer of AdamW.
    @Test func theEstimateCountsTenBytesANumber() {
        func trained(_ float32: Int, _ bfloat16: Int, momentum: Double? = nil) -> Int {
            var half = ParameterSpec(name: "half", shape: [bfloat16])
            half.dtype = .bfloat16
            let specs = [half, ParameterSpec(name: "float", shape: [float32], group: .vectors)]
            var settings = OptimizerSettings()
            settings.kind = momentum == nil ? .adamW : .sgd
            settings.momentum = momentum ?? 0
            return ParameterStore.byteCount(specs) + settings.kind.stateBytes(settings, specs)
        }
        #expect(trained(1000, 0) == 16_000)
        #expect(trained(100, 900) == 9000 + 1600)
        #expect(trained(0, 1000, momentum: 0.9) == 8000)
        #expect(trained(1000, 0, momentum: 0.9) == 12_000)
        // Without momentum SGD keeps nothing.
        #expect(trained(1000, 0, momentum: 0) == 8000)
    }

    @Test func aRunHoldsWhatTheEstimateSays() throws {
        let weights = try TinyModel.weights()
        func bytes(_ precision: Precision) -> Int {
            let model = TinyModel.full(weights, trainableDType: precision)
            let optimizer = AdamW(model.parameters)
            return withExtendedLifetime(optimizer) { model.decoder.arena.bytesInUse }
        }
        let halves = TinyModel.full(weights, trainableDType: .bfloat16).parameters.numbers.bfloat16
            .count
        // Pages of 4 KiB for each of a handful of blocks.
        #expect(abs(bytes(.float32) - bytes(.bfloat16) - 6 * halves) < 10 * 4096)
    }
}
