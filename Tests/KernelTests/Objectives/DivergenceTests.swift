// The divergence of two distributions beside its definition, its gradient beside differences, and the stages that follow
// a teacher or stay near the model before training: gradients, whole runs, resume, refusals.

import Foundation
import Microkernels
import TestSupport
import Testing

@testable import Kernel

@Suite(.serialized) struct DivergenceTests {
    /// The definition, in Double.
    private static func divergence(
        _ z: [Double], _ t: [Double], _ beta: Double, _ temperature: Double
    ) -> Double {
        func logs(_ x: [Double]) -> [Double] {
            let scaled = x.map { $0 / temperature }
            let best = scaled.max() ?? 0
            let sum = log(scaled.reduce(0) { $0 + exp($1 - best) }) + best
            return scaled.map { $0 - sum }
        }
        func kl(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
        }
        let (p, q) = (logs(z), logs(t))
        guard beta > 0 else { return kl(q, p) }
        guard beta < 1 else { return kl(p, q) }
        let mixed = zip(p, q).map { log((1 - beta) * exp($0) + beta * exp($1)) }
        return beta * kl(q, mixed) + (1 - beta) * kl(p, mixed)
    }

    @Test(
        arguments: (0...Int32(mk_level_max())).map(\.self),
        [(0.0, 1.0), (0.3, 2.0), (0.9, 0.7), (1.0, 1.5)])
    func kernelEqualsTheDefinition(_ level: Int32, _ term: (Double, Double)) {
        mk_set_thread_level(level)
        defer { mk_set_thread_level(-1) }
        let (beta, temperature) = term
        for (n, scale) in [(1, Float(1)), (7, 3), (1_500, 12), (2_049, 0.01)] {
            let (z, t) = (
                patternFill(n, salt: 1, scale: scale), patternFill(n, salt: 9, scale: scale)
            )
            let (zs, ts) = (z.map(Double.init), t.map(Double.init))
            var gradient = t
            let found = mk_divergence(
                z, gradient, &gradient, n, Float(1 / temperature), Float(beta), 0.5)
            let wanted = Self.divergence(zs, ts, beta, temperature)
            #expect(abs(found - wanted) < 2e-6 * max(1, wanted), "\(n), \(found), \(wanted)")
            #expect(
                mk_divergence(z, t, nil, n, Float(1 / temperature), Float(beta), 0) == found)
            for place in [0, n / 2, n - 1] {
                func moved(_ step: Double) -> Double {
                    var zs = zs
                    zs[place] += step
                    return Self.divergence(zs, ts, beta, temperature)
                }
                // By z / T, times the factor.
                let slope = 0.5 * temperature * (moved(1e-4) - moved(-1e-4)) / 2e-4
                #expect(abs(Double(gradient[place]) - slope) < 3e-6, "\(n), \(place)")
            }
        }
    }

    /// Logits far from each other stay finite.
    @Test(arguments: [Float(0), 0.5, 1]) func extremesStayFinite(_ beta: Float) {
        let z: [Float] = [500, -500, 0, 3]
        var t: [Float] = [-500, 500, 0, 3]
        #expect(mk_divergence(z, t, &t, 4, 1, beta, 1).isFinite)
        #expect(t.allSatisfy { $0.isFinite })
    }

    // MARK: - Objectives

    private static func objective(_ kind: String) -> any Objective {
        var (tokens, teacher) = (TokenLossSettings(), DistillationSettings())
        switch kind {
        case "asft":
            (tokens.isAnchored, tokens.anchorWeight) = (true, 0.8)
            return TokenLoss(tokens)
        case "forward": break
        case "mixed":
            (teacher.interpolation, teacher.temperature, teacher.weight) = (0.4, 2, 0.7)
        default:
            (teacher.interpolation, teacher.temperature, teacher.weight) = (1, 0.8, 0.5)
        }
        return DistillationLoss(teacher)
    }

    /// Also under a soft cap, and where the base itself trains.
    @Test(
        arguments: ["lora", "full"],
        [("llama-biases", "forward"), ("gemma2", "mixed"), ("llama-biases", "reverse")])
    func gradientsFollowTheLoss(_ method: String, _ subject: (family: String, kind: String)) throws
    {
        let weights = try TinyModel.weights(subject.family)
        let model = method == "full" ? TinyModel.full(weights) : TinyModel.adapted(weights)
        let batch = PackedBatch(try TinyModel.rows().prefix(3))
        let reference = model.reference()
        ObjectiveChecks.disturb(model)
        let objective = Self.objective(subject.kind)
        let weight = objective.weight(of: batch)
        func measure() throws -> Double {
            model.parameters.gradients.fill(0)
            let measures = objective.measure(
                batch,
                on: ObjectiveModel(
                    model.decoder, reference: reference,
                    training: TrainingPass(gradientScale: 1 / Float(weight))))
            let far = measures.values[.divergence] ?? 0
            #expect(far > 1e-4)
            return try #require(measures.values[.loss])
        }
        _ = try measure()
        try ObjectiveChecks.gradientFollows(model, loss: measure)
    }

    /// Chunks of the head make no difference, measured or trained.
    @Test func chunksAgree() throws {
        let weights = try TinyModel.weights("llama-biases")
        let model = TinyModel.adapted(weights)
        let batch = PackedBatch(try TinyModel.rows().prefix(3))
        ObjectiveChecks.disturb(model)
        let (decoder, arena) = (model.decoder, model.decoder.arena)
        let term = DivergenceTerm(interpolation: 0.4, temperature: 2, weight: 0.7)
        let other = decoder.comparison(batch, usesAdapter: false, term, gradientScale: 0.25)
        let rows = decoder.comparison(batch, usesAdapter: true, term, gradientScale: 1).rows
        func run(_ chunkRows: Int?) -> (CrossEntropy.Rows, [Float]) {
            let dH = Tensor(rows.rows, rows.columns, in: arena)
            let found = CrossEntropy.run(
                rows, head: decoder.head, labels: batch.targets, scales: .uniform(0.25),
                against: other, dH: dH, chunkRows: chunkRows, backend: decoder.backend,
                arena: arena)
            return (found, dH.values)
        }
        let (whole, parts) = (run(nil), run(3))
        #expect(whole.0.divergences.count == batch.targets.count)
        #expect(
            zip(whole.0.divergences, parts.0.divergences).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(firstMismatch(whole.1, parts.1, relative: 1e-5, absolute: 1e-6) == nil)
    }

    // MARK: - Runs

    /// A run learns from a teacher of its own, and a stopped one ends with the same bits.
    @Test func distillsAndResumes() throws {
        let tiny = try TinyRun {
            $0.stage = .distillation
            $0.optimizer.learningRate = 2e-2
            $0.distillation.weight = 0.9
        }
        // The teacher: the same network after some training of its own.
        var teacher = tiny.plan
        teacher.stage = .supervised
        teacher.tuning.method = .full
        teacher.data.names = ["\(tiny.root.path)/eval.json"]
        (tiny.plan, teacher) = (teacher, tiny.plan)
        #expect(tiny.run(in: "teacher").error == nil)
        tiny.plan = teacher
        tiny.plan.preference.referencePath = tiny.path("teacher")
        tiny.evaluate(every: 4)
        let whole = tiny.run(in: "whole")
        #expect(whole.error == nil, "\(whole.error?.description ?? "")")
        let (first, last) = (try #require(whole.steps.first), try #require(whole.steps.last))
        let (before, after) = (first["kl"], last["kl"])
        #expect(before > 0.01 && after < 0.8 * before)
        let sum = 0.9 * before + 0.1 * first["token_loss"]
        #expect(abs(first.loss - sum) < 1e-6)
        let held = try #require(whole.evaluations.last)
        #expect(held["kl"] > 0)
        tiny.run(in: "parts", stoppingAfter: 5)
        #expect(tiny.run(in: "parts").error == nil)
        let weights = "adapter_model.safetensors"
        #expect(try tiny.bytes("whole/\(weights)") == tiny.bytes("parts/\(weights)"))
    }

    /// Without a teacher there is nothing to learn from.
    @Test func wantsATeacher() throws {
        let tiny = try TinyRun { $0.stage = .distillation }
        let found = tiny.plan.issues().first { $0.field == "ref_model" }
        #expect(found?.severity == .error)
    }
}
