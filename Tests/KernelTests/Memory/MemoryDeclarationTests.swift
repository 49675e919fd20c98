// What operations, layers and adapters declare beside what an arena counts while a seeded model trains: a new row
// of a table, or a change of what is kept, must say what it takes.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct MemoryDeclarationTests {
    /// What is trained.
    enum Method: CaseIterable {
        case full, pureBFloat16, freeze

        func method(_ weights: ModelWeights) -> TuningMethod {
            let names = weights.allParameters.map(\.name)
            switch self {
            case .full: return TuningMethod(trainableNames: Set(names))
            case .pureBFloat16:
                return TuningMethod(trainableNames: Set(names), trainableDType: .bfloat16)
            case .freeze:
                let last = "model.layers.\(weights.spec.layers.count - 1)."
                return TuningMethod(trainableNames: Set(names.filter { $0.hasPrefix(last) }))
            }
        }
    }

    static let backends = [
        MatmulBackend.tiles(.bfloat16), .tiles(.float32), .openBLAS,
    ]

    private static func adapter(
        _ kind: AdapterKind, _ weights: ModelWeights, dropout: Float = 0
    ) -> TuningMethod {
        var shape = AdapterShape(
            rank: 8, alpha: 8, dropout: dropout, modules: Set(LinearModule.allCases))
        shape.kind = kind
        for slot in weights.layout.linears where slot.linear == .down {
            shape.inputScaled.insert(slot.path)
        }
        return TuningMethod(adapter: shape)
    }

    /// The declared bytes of a pass beside those that the arena counted, and what it touched.
    private func compare(
        _ weights: ModelWeights, _ method: TuningMethod, _ backend: MatmulBackend, recomputes: Bool
    ) -> (declared: Int, counted: Int, touched: Int) {
        let model = TunedModel(weights, method: method, arena: Arena(reserving: 2 << 30))
        let arena = model.decoder.arena
        model.decoder.backend = backend
        let before = arena.bytesInUse
        let batch = MiddleModel.batch(weights.spec.vocabularySize)
        var pass = TrainingPass(gradientScale: 1)
        pass.recomputes = recomputes
        pass.dropoutSeed = 1
        #expect(model.decoder.trainLoss(batch, pass).isFinite)
        #expect(arena.bytesInUse == before)
        let memory = PassMemory(weights.spec, method, BatchShape(batch), backend)
        let (kept, passing) = memory.training(recomputes: recomputes, head: memory.head)
        return (kept + passing, arena.peakBytesInUse - before, arena.extent - before)
    }

    private func check(
        _ weights: ModelWeights, _ method: TuningMethod, _ backend: MatmulBackend,
        _ name: String
    ) {
        for recomputes in [false, true] {
            let (declared, counted, touched) = compare(
                weights, method, backend, recomputes: recomputes)
            // The blocks of a recomputed block's tape lie between those that pass: touched is more.
            let actual = recomputes ? counted : touched
            let ratio = Double(declared) / Double(actual)
            #expect(
                ratio > 0.97 && ratio < 1.04,
                "\(name), \(backend), recomputes \(recomputes): \(declared) of \(actual)")
        }
    }

    @Test(arguments: backends) func adaptersDeclareWhatTheyTake(_ backend: MatmulBackend) throws {
        let weights = try MiddleModel.weights("llama")
        for kind in AdapterKind.all {
            check(weights, Self.adapter(kind, weights), backend, kind.name)
            guard kind.isLowRank else { continue }
            check(
                weights, Self.adapter(kind, weights, dropout: 0.1), backend,
                "\(kind.name) with dropout")
        }
    }

    @Test(arguments: backends) func trainedWeightsDeclareWhatTheyTake(_ backend: MatmulBackend)
        throws
    {
        let weights = try MiddleModel.weights("llama")
        for method in Method.allCases {
            check(weights, method.method(weights), backend, "\(method)")
        }
    }

    @Test(arguments: ["qwen3", "gemma2", "llama-biases"])
    func otherNetworksDeclareWhatTheyTake(_ family: String) throws {
        let weights = try MiddleModel.weights(family)
        for backend in Self.backends {
            check(weights, Self.adapter(.lora, weights), backend, family)
        }
    }

    /// The other model's side of a divergence is there while the head computes.
    @Test(arguments: backends) func comparisonsDeclareWhatTheyTake(_ backend: MatmulBackend) throws
    {
        let weights = try MiddleModel.weights("llama")
        let method = Self.adapter(.lora, weights)
        let model = TunedModel(weights, method: method, arena: Arena(reserving: 2 << 30))
        let arena = model.decoder.arena
        model.decoder.backend = backend
        let before = arena.bytesInUse
        let batch = MiddleModel.batch(weights.spec.vocabularySize)
        let measures = DistillationLoss(DistillationSettings()).measure(
            batch,
            on: ObjectiveModel(
                model.decoder, reference: model.reference(),
                training: TrainingPass(gradientScale: 1)))
        #expect(measures.values[.loss]?.isFinite == true && arena.bytesInUse == before)
        let memory = PassMemory(weights.spec, method, BatchShape(batch), backend)
        let (kept, passing) = memory.training(
            recomputes: false, head: memory.head(comparedWith: weights.spec))
        let ratio = Double(kept + passing) / Double(arena.extent - before)
        #expect(ratio > 0.97 && ratio < 1.05, "\(backend): \(ratio)")
    }

    @Test(arguments: backends) func evaluationIsBounded(_ backend: MatmulBackend) throws {
        let weights = try MiddleModel.weights("qwen3")
        let method = Self.adapter(.lora, weights)
        let model = TunedModel(weights, method: method, arena: Arena(reserving: 2 << 30))
        let arena = model.decoder.arena
        model.decoder.backend = backend
        let before = arena.bytesInUse
        let batch = MiddleModel.batch(weights.spec.vocabularySize)
        _ = model.decoder.evaluationLoss(batch)
        let memory = PassMemory(weights.spec, method, BatchShape(batch), backend)
        let declared = memory.evaluation(head: memory.head)
        let ratio = Double(declared) / Double(arena.peakBytesInUse - before)
        #expect(ratio >= 1 && ratio < 1.35, "\(backend): \(ratio)")
    }

    @Test func optimizersDeclareTheirState() throws {
        let weights = try MiddleModel.weights("llama")
        for kind in OptimizerKind.allCases {
            for method in Method.allCases {
                let model = TunedModel(
                    weights, method: method.method(weights), arena: Arena(reserving: 1 << 30))
                let arena = model.decoder.arena
                let specs = model.method.parameters(of: weights)
                var settings = OptimizerSettings()
                settings.momentum = 0.9
                let before = arena.bytesInUse
                let optimizer = kind.make(settings, model.parameters, 0)
                let declared = kind.stateBytes(settings, specs)
                let counted = withExtendedLifetime(optimizer) { arena.bytesInUse - before }
                // Two pieces of each buffer, in whole pages.
                #expect(
                    (declared...declared + 8 * 4096).contains(counted),
                    "\(kind.title), \(method): \(declared) of \(counted)")
                let numbers = ParameterStore.byteCount(specs)
                #expect(before >= numbers && before < numbers + numbers / 20)
            }
        }
    }

    @Test(arguments: Quantizer.allCases)
    func quantizersDeclareWhatTheyHold(_ quantizer: Quantizer) throws {
        for slot in try MiddleModel.weights("llama").layout.slots where slot.shape.count > 1 {
            let count = slot.shape[0] * slot.shape[1]
            let values = PackedBytes(count: count * 4)
            for (i, value) in patternFill(count).enumerated() {
                values.pointer(to: Float.self)[i] = value
            }
            let stored = try BlockWeight(
                bytes: UnsafeRawBufferPointer(values.bytes), owner: values, dtype: .f32,
                rows: slot.shape[0], columns: slot.shape[1])
            let held = quantizer.takes(slot) ? try quantizer.encode(stored) : stored
            let declared = quantizer.byteCount(slot, stored: stored.byteCount)
            #expect(
                abs(declared - held.byteCount) <= held.byteCount / 30,
                "\(quantizer.name), \(slot.path): \(declared) of \(held.byteCount)")
        }
    }

    @Test func cachesDeclareWhatTheyHold() throws {
        let weights = try MiddleModel.weights("gemma2")
        let model = TunedModel(weights, method: .inference, arena: Arena(reserving: 1 << 30))
        let cache = model.decoder.makeCache()
        let before = model.decoder.arena.bytesInUse - cache.byteCount
        for tokens in [1, 256, 257, 700] {
            cache.truncate(to: 0)
            _ = model.decoder.advance([Int32](repeating: 1, count: tokens), cache)
            let declared = KVCache.byteCount(weights.spec, tokens: tokens)
            #expect(cache.byteCount <= declared)
            if tokens != 1 { #expect(model.decoder.arena.bytesInUse - before == declared) }
        }
    }
}

/// A seeded model that is large beside the pages of an arena.
enum MiddleModel {
    /// The network of a family's fixture, in other sizes.
    static func weights(_ family: String) throws -> ModelWeights {
        var spec = try TinyModel.weights(family).spec
        spec.vocabularySize = 1200
        spec.hiddenSize = 128
        spec.rotary.headDimension = 32
        let layer = spec.layers[0]
        spec.layers = (0..<3).map { _ in
            var layer = layer
            layer.attention.shape.heads = 4
            layer.attention.shape.keyValueHeads = 2
            layer.attention.shape.headDimension = 32
            layer.feedForward.width = 352
            return layer
        }
        var matrices: [String: any PackedWeight] = [:]
        var vectors: [String: [Float]] = [:]
        for (index, slot) in spec.layout.slots.enumerated() {
            let values = patternFill(slot.shape.reduce(1, *), salt: index, scale: 0.1)
            if slot.shape.count > 1 {
                matrices[slot.weightName] = DenseWeight(values, rows: slot.shape[0])
            } else {
                vectors[slot.weightName] = values.map { 1 + $0 }
            }
            if slot.hasBias { vectors[slot.biasName] = patternFill(slot.shape[0], salt: index) }
        }
        return ModelWeights(spec: spec, matrices: matrices, vectors: vectors)
    }

    /// Four samples of 64 tokens, of which three quarters are trained.
    static func batch(_ vocabulary: Int) -> PackedBatch {
        var batch = PackedBatch()
        for sample in 0..<4 {
            let ids = (0..<64).map { Int32((sample * 131 + $0 * 17) % vocabulary) }
            batch.append(ids: ids, labels: ids.enumerated().map { $0 < 16 ? -100 : $1 })
        }
        return batch
    }
}
