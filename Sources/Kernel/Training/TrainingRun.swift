// One training run from plan to finished folder: opens the model, encodes the data, assembles what is
// trained, runs the loop, keeps the folder. Everything it says goes through `emit`.
// It does not parse settings, print, or know who listens.

import Foundation

/// A training run. Build it and call `run` on the run's own thread; tensors never leave that thread.
public final class TrainingRun {
    /// What the run needs from outside.
    public struct Services {
        /// Seconds of a monotonic clock.
        public var now: () -> Double
        public var emit: (TrainingEvent) -> Void
        public var rest: () -> Void
        /// The plan as YAML, kept in the run's folder.
        public var planText: String
        /// Takes a copy of the newest trained weights at step borders, for chat beside training.
        public var publish: ((TunedModel, Int) -> Void)?

        public init(
            now: @escaping () -> Double, emit: @escaping (TrainingEvent) -> Void,
            rest: @escaping () -> Void,
            planText: String, publish: ((TunedModel, Int) -> Void)? = nil
        ) {
            (self.now, self.emit, self.rest) = (now, emit, rest)
            (self.planText, self.publish) = (planText, publish)
        }
    }

    private let plan: TrainingPlan
    private let control: RunControl
    private let services: Services

    public init(_ plan: TrainingPlan, control: RunControl, services: Services) {
        (self.plan, self.control, self.services) = (plan, control, services)
    }

    /// Runs to the end, a stop or a fault; the last event is `finished` or `failed`.
    @discardableResult public func run() throws(KernelError) -> RunResult {
        do throws(KernelError) {
            let result = try prepareAndTrain()
            services.emit(.finished(result))
            return result
        } catch {
            services.emit(.failed(error))
            throw error
        }
    }

    // MARK: - Phases

    private func prepareAndTrain() throws(KernelError) -> RunResult {
        let errors = plan.issues().filter { $0.severity == .error }
        guard errors.isEmpty else {
            throw KernelError(
                .configuration, "the plan cannot run",
                at: errors.map(\.field).joined(separator: ", "),
                because: errors.map(\.message).joined(separator: "; "))
        }
        let folder = try RunFolder(plan.output.folder)
        let checkpoint = try folder.startingPoint(plan) { services.emit(.notice($0)) }
        services.emit(.preparing("Opening the model", fraction: nil))
        let base = try PreparedModel(plan)
        for note in base.notes { services.emit(.notice(note)) }
        let data = try loadData(base)
        let weights = try loadWeights(base)
        let tuning = try TuningChoice(plan, weights: weights)
        let arena = Arena()
        let model = TunedModel(
            tuning.weights, method: tuning.method, seed: UInt64(bitPattern: Int64(plan.seed)),
            arena: arena)
        if let adapter = tuning.startingAdapter { try AdapterFile.load(adapter, into: model) }
        if plan.output.overwrites, plan.checkpointing.resumesFrom == nil { try folder.clear() }
        let session = TrainingSession(
            plan: plan, base: base, data: data, model: model, tuning: tuning, folder: folder,
            control: control,
            services: services, arena: arena)
        return try session.train(resumingFrom: checkpoint)
    }

    private func loadData(_ base: PreparedModel) throws(KernelError) -> LoadedDataset {
        services.emit(.preparing("Encoding the data", fraction: nil))
        let loader = DatasetLoader(
            encoder: try ExampleEncoder(base.chat, options: EncodingOptions(plan)))
        let selection = DatasetSelection(
            directory: plan.data.folder, training: plan.data.names,
            evaluation: plan.data.evaluationNames)
        let data = try loader.load(selection)
        for note in data.notes { services.emit(.notice(note)) }
        return data
    }

    private func loadWeights(_ base: PreparedModel) throws(KernelError) -> ModelWeights {
        services.emit(.preparing("Reading the model", fraction: 0))
        return try ModelWeights(base.folder, quantization: plan.model.quantization.base) {
            fraction in
            services.emit(.preparing("Reading the model", fraction: fraction))
            return control.wish != .stop
        }
    }
}

extension TrainingPlan.Quantization {
    var base: BaseQuantization {
        switch self {
        case .fromFile, .none: .fromFile
        case .int8: .int8
        case .int4: .int4
        case .nf4: .nf4
        }
    }
}

extension EncodingOptions {
    /// The encoding part of a plan.
    public init(_ plan: TrainingPlan) {
        self.init()
        objective = plan.stage == .pretraining ? .pretraining : .supervised
        cutoffLength = plan.encoding.cutoffLength
        maximumSamples = plan.data.samplesMax
        validation = ValidationShare(value: plan.data.validationSize) ?? .none
        trainOnPrompt = plan.encoding.trainsOnPrompt
        maskHistory = plan.encoding.masksHistory
        packsTexts = plan.packs
        seed = UInt64(bitPattern: Int64(plan.shuffleSeed))
    }
}

extension LoadedDataset {
    /// What the user should know before training on these data.
    public var notes: [String] {
        let report = training.inspection
        var notes: [String] = []
        if report.problems.count > 0 {
            notes.append(
                "\(report.problems.count) of \(report.recordCount) records were skipped: \(report.problems.listed.first.map { "\($0)" } ?? "")"
            )
        }
        if report.truncatedCount > 0 {
            notes.append("\(report.truncatedCount) samples were cut to the cutoff length.")
        }
        if report.duplicateCount > 0 {
            notes.append("\(report.duplicateCount) samples are duplicates.")
        }
        return notes
    }
}
