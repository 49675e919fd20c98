// A real training by several ranks over the loopback, each with its own model over the shared base, against the same
// training by one: dropout, clipping, accumulation and a short last step of each epoch included.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite struct DataParallelTests {
    private static let micro = 8

    /// What one rank's run came to.
    private struct Outcome: Sendable {
        var steps: [StepRecord]
        var evaluations: [EvaluationRecord]
        var weights: [Float]
        var state: LoopState
        var ending: RunResult.Ending
        var saved: [Int]
        var paths: [String] = []
    }

    /// How a test disturbs a rank.
    private struct Disturbance: Sendable {
        var stopsAfter: Int?
        var ratesAfter: Int?
        var evaluatesAfter: Int?
        /// A rank whose base is lost in a step.
        var loses: (rank: Int, step: Int)?
        var savesEvery: Int?
    }

    /// One of them trains nothing: its micro-batch has no weight and must move no other.
    private static func rows() throws -> [EncodedExample] {
        var rows = Array(try TinyModel.rows().prefix(13))
        rows[5].labels = rows[5].labels.map { _ in EncodedExample.ignoredLabel }
        return rows
    }

    /// Trains on one rank, as part of its group.
    private static func train(
        _ communicator: any Communicator, _ weights: ModelWeights, _ order: GradientOrder,
        _ disturbance: Disturbance
    ) throws -> Outcome {
        let model = TinyModel.adapted(weights, dropout: 0.2, filled: false, seed: 5)
        let rows = try rows()
        // Thirteen examples in micro-batches of one: the second step of an epoch has five of eight.
        let batches = BatchPlan(
            exampleCount: rows.count, microBatchSize: 1, accumulation: micro, epochs: 3, seed: 4)
        var settings = LoopSettings()
        settings.gradientNormMax = 0.5
        settings.evaluationInterval = 2
        settings.saveInterval = disturbance.savesEvery
        var schedule = ScheduleSettings()
        schedule.kind = .cosine
        let control = RunControl()
        var outcome = Outcome(
            steps: [], evaluations: [], weights: [], state: LoopState(), ending: .completed,
            saved: [])
        var steps = 0
        let hooks = TrainingLoop.Hooks(
            now: { 0 },
            emit: { event in
                switch event {
                case .stepFinished(let record):
                    outcome.steps.append(record)
                    guard communicator.rank == 0 else { return }
                    if record.step == disturbance.stopsAfter { control.stop() }
                    if record.step == disturbance.ratesAfter { control.change(rate: .factor(0.25)) }
                    if record.step == disturbance.evaluatesAfter { control.evaluateNow() }
                case .evaluated(let record): outcome.evaluations.append(record)
                default: break
                }
            },
            idleWait: {},
            save: { (state) throws(KernelError) in
                outcome.saved.append(state.step)
                return "checkpoint-\(state.step)"
            },
            onStepEnd: { steps = $0 },
            checkBase: { () throws(KernelError) in
                if let loses = disturbance.loses, communicator.rank == loses.rank,
                    steps == loses.step
                {
                    throw KernelError(.inputOutput, "the base is gone", hint: "Look for it.")
                }
            })
        let loop = TrainingLoop(
            model: model, objective: TokenLoss(), optimizer: AdamW(model.parameters),
            schedule: LearningRateSchedule(schedule, baseRate: 5e-3, totalSteps: batches.steps),
            batches: batches, examples: rows, evaluation: Array(rows.prefix(3)), settings: settings,
            control: control, hooks: hooks, seat: RankContext(communicator, order: order))
        (outcome.state, outcome.ending) = try loop.run(from: LoopState())
        outcome.weights = model.parameters.parameters.flatMap(\.value.values)
        return outcome
    }

    private static func run(
        _ size: Int, _ order: GradientOrder, _ disturbance: Disturbance = Disturbance()
    ) throws -> [Result<Outcome, any Error>] {
        let weights = try TinyModel.weights("llama-biases")
        return RankThreads.run(size) { try train($0, weights, order, disturbance) }
    }

    /// All ranks end with the same weights; the first one's outcome.
    private static func together(
        _ size: Int, _ order: GradientOrder, _ disturbance: Disturbance = Disturbance()
    ) throws -> Outcome {
        let outcomes = try run(size, order, disturbance).map { try $0.get() }
        for other in outcomes.dropFirst() {
            #expect(other.weights == outcomes[0].weights && other.steps == outcomes[0].steps)
            #expect(other.evaluations == outcomes[0].evaluations)
            #expect(other.saved == [], "checkpoints are the leading rank's")
        }
        return outcomes[0]
    }

    @Test(arguments: [2, 4, 8]) func treeOrderHasTheSameBits(_ size: Int) throws {
        let (one, several) = (try Self.together(1, .tree), try Self.together(size, .tree))
        #expect(one.steps.count == 6 && one.evaluations.count == 3)
        #expect(one.steps == several.steps)
        #expect(one.evaluations == several.evaluations)
        #expect(one.weights == several.weights)
        #expect(one.weights.map(\.bitPattern) == several.weights.map(\.bitPattern))
    }

    @Test(arguments: [2, 3, 5]) func fastOrderDiffersByRounding(_ size: Int) throws {
        let (one, several) = (try Self.together(1, .fast), try Self.together(size, .fast))
        #expect(one.steps.count == several.steps.count)
        for (a, b) in zip(one.steps, several.steps) {
            #expect(a.tokens == b.tokens && a[.trainedTokens] == b[.trainedTokens])
            #expect(relativeDifference(a.loss, b.loss) < 1e-4)
            #expect(relativeDifference(a[.gradientNorm], b[.gradientNorm]) < 1e-3)
        }
        #expect(firstMismatch(one.weights, several.weights, relative: 1e-2, absolute: 2e-4) == nil)
    }

    /// The two orders are not the same sum, or the tests above could not fail.
    @Test func theOrdersDiffer() throws {
        #expect(try Self.together(1, .fast).weights != Self.together(1, .tree).weights)
    }

    @Test func whatTheUserAsksReachesAllRanks() throws {
        var asked = Disturbance()
        (asked.ratesAfter, asked.evaluatesAfter, asked.savesEvery) = (2, 3, 2)
        let (one, several) = (
            try Self.together(1, .tree, asked), try Self.together(4, .tree, asked)
        )
        #expect(one.steps == several.steps && one.weights == several.weights)
        #expect(several.state.learningRateScale == 0.25 && several.evaluations.count == 4)
        #expect(several.saved == [2, 4, 6])
        #expect(one.weights != (try Self.together(1, .tree)).weights)
    }

    @Test func aStopEndsAllRanksAtTheSameStep() throws {
        var stopped = Disturbance()
        stopped.stopsAfter = 3
        let outcomes = try Self.run(4, .tree, stopped).map { try $0.get() }
        for outcome in outcomes {
            #expect(outcome.ending == .stopped && outcome.state.step == 3)
            #expect(outcome.weights == outcomes[0].weights)
        }
    }

    @Test func aFaultOfOneRankEndsAllWithItsName() throws {
        var lost = Disturbance()
        lost.loses = (rank: 2, step: 2)
        let results = try Self.run(4, .tree, lost)
        #expect(results.count == 4)
        for result in results {
            guard case .failure(let error) = result else {
                Issue.record("a rank went on without the base")
                continue
            }
            #expect((error as? KernelError)?.what == "rank 2: the base is gone", "\(error)")
            #expect((error as? KernelError)?.hint == "Look for it.")
        }
    }

    // MARK: - Blocks

    /// Each block is entered and left once in each direction, the backward pass from the last to the first.
    @Test(arguments: [false, true]) func blocksAreEnteredAndLeft(_ recomputes: Bool) throws {
        final class Watch: LayerResidency {
            var calls: [String] = []
            func enter(_ layer: Int, _ direction: PassDirection) {
                calls.append("+\(direction)\(layer)")
            }
            func leave(_ layer: Int, _ direction: PassDirection) {
                calls.append("-\(direction)\(layer)")
            }
        }
        let model = TinyModel.adapted(try TinyModel.weights("llama-biases"))
        let batch = PackedBatch(try TinyModel.rows().prefix(2))
        let plain = model.gradients(batch) { $0.recomputes = recomputes }
        let watch = Watch()
        model.decoder.residency = watch
        let watched = model.gradients(batch) { $0.recomputes = recomputes }
        #expect(plain.loss == watched.loss && plain.gradients == watched.gradients)
        let layers = Array(model.weights.spec.layers.indices)
        #expect(layers.count > 1)
        #expect(
            watch.calls == layers.flatMap { ["+forward\($0)", "-forward\($0)"] }
                + layers.reversed().flatMap { ["+backward\($0)", "-backward\($0)"] })
    }
}
