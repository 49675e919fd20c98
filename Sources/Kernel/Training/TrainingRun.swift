// One training run from plan to finished folder: opens the model, encodes the data, assembles what is
// trained, runs the loop, keeps the folder. Everything it says goes through `RunEvents`.
// It does not parse settings, print, or know its listeners.

import Foundation

/// A training run. Build it and call `run` on the run's own thread; tensors never leave that thread.
public final class TrainingRun {
    /// What the run needs from outside.
    public struct Environment {
        /// Seconds of a monotonic clock.
        public var now: () -> Double
        /// Waits a moment while paused.
        public var idleWait: () -> Void
        /// The observers of the run behind the files of its folder, in this order.
        public var observers: [any RunObserver]
        /// The plan as YAML, kept in the run's folder.
        public var planText: String
        /// Where it runs, as reports name it.
        public var host = RunHost.unknown
        /// The settings of a plan by their keys, so that a refused resume can name those that changed.
        public var settings: (TrainingPlan) -> [String: String] = { _ in [:] }
        /// What there is to say of the opened model beside the plan, as of the template of its adapters.
        public var remarks: (PreparedModel) -> [Sentence] = { _ in [] }
        /// Takes a copy of the newest trained weights after a step, for chat beside training.
        public var onSnapshot: ((TunedModel, Int) -> Void)?
        /// Called with the run's folder once it is this run's alone; the answer is called before the
        /// folder is left, however the run ends.
        public var onFolderLocked: (String) -> (() -> Void) = { _ in {} }
        /// Bytes of memory that the run can have; nil when unknown.
        public var availableBytes: () -> Int? = { nil }
        /// What the run may take at most; more is refused. Nil when unknown.
        public var allowance: () -> MemoryAllowance? = { nil }
        /// Judges answers by a program of the user's.
        public var rewardProgram: RewardProgram = { (_, _, _) throws(KernelError) in
            throw KernelError(.usage, "programs cannot judge answers here")
        }
        /// Bytes that the process holds; nil when unknown.
        public var usedBytes: () -> Int? = { nil }

        public init(
            now: @escaping () -> Double, idleWait: @escaping () -> Void,
            observers: [any RunObserver], planText: String
        ) {
            self.now = now
            self.idleWait = idleWait
            self.observers = observers
            self.planText = planText
        }
    }

    private let plan: TrainingPlan
    private let control: RunControl
    private let environment: Environment
    private let events: RunEvents

    public init(_ plan: TrainingPlan, control: RunControl, environment: Environment) {
        self.plan = plan
        self.control = control
        self.environment = environment
        events = RunEvents(environment.observers)
    }

    /// Runs to the end, a stop or a fault; the last event is `finished` or `failed`.
    @discardableResult public func run() throws(KernelError) -> RunResult {
        // The end is written down and told while the folder is still held.
        var leave: () -> Void = {}
        defer { leave() }
        do throws(KernelError) {
            let result = try prepareAndTrain(leaving: &leave)
            events.emit(.finished(result))
            return result
        } catch {
            events.emit(.failed(error))
            throw error
        }
    }

    // MARK: - Phases

    private func prepareAndTrain(
        leaving leave: inout () -> Void
    ) throws(KernelError) -> RunResult {
        let errors = plan.issues().filter { $0.severity == .error }
        guard errors.isEmpty else {
            throw KernelError(
                .configuration, "the plan cannot run",
                at: errors.map(\.field).joined(separator: ", "),
                because: Sentence.joined(errors.map(\.message)))
        }
        try RunFolder.checkResume(plan)
        let folder = try RunFolder(plan.output.folder, for: plan.trains ? .trains : .evaluates)
        for note in folder.notes { events.notice(note) }
        let left = environment.onFolderLocked(folder.path)
        leave = { withExtendedLifetime(folder) { left() } }
        guard plan.trains else { return try evaluate(in: folder) }
        events.add(
            RunStatusFile(folder: folder.path, plan: plan, process: getpid()), at: .status)
        return try trainUnlessStopped(in: folder)
    }

    /// A stop while model and data are read ends the run before its first step, and is no fault.
    private func trainUnlessStopped(in folder: RunFolder) throws(KernelError) -> RunResult {
        let start = environment.now()
        do throws(KernelError) {
            return try train(in: folder)
        } catch {
            guard control.requestedState == .stop, error.kind == .temporary else { throw error }
            return RunResult(
                ending: .stopped, steps: 0, meanLoss: nil,
                elapsedSeconds: environment.now() - start,
                tokensSeen: 0, folder: folder.path)
        }
    }

    private func train(in folder: RunFolder) throws(KernelError) -> RunResult {
        let checkpoint = try folder.startingPoint(plan, planText: environment.planText) {
            events.notice($0)
        }
        let base = try openModel()
        let reference = try openReference(base)
        // Nothing is read or quantized for a run that cannot fit: by its shapes first, then with its data.
        let shapes = try TuningChoice(plan, weights: try ModelWeights(base.folder))
        try leastNeed(base, shapes, reference).check(plan, environment.allowance())
        events.emit(.preparing("Encoding the data", fraction: nil))
        let data = try loader(base).load(
            DatasetSelection(plan),
            control: LoadControl(isCancelled: { [control] in control.requestedState == .stop }))
        for note in data.notes { events.notice(note) }
        let context = base.folder.config.maximumPositions
        for note in data.contextNotes(limit: context, cutoff: plan.encoding.cutoffLength) {
            events.notice(note)
        }
        let available = environment.availableBytes()
        let batches = try BatchPlan(plan, lengths: data.training.examples.map(\.ids.count))
        let memory = MemoryNeed(
            plan, model: base.folder, tuning: shapes, reference: reference,
            load: RunLoad(plan, data, batches), available: available)
        try memory.check(plan, environment.allowance())
        for note in memory.notes(plan, available: available) { events.notice(note) }
        let tuning = try tuning(base)
        let arena = Arena(reserving: max(Arena.defaultBytes, memory.estimate.total / 4 * 5))
        let model = try tuning.model(plan, in: arena)
        if plan.output.overwrites, [nil, "false"].contains(plan.checkpointing.resumesFrom) {
            try folder.clear()
        }
        var compared: TrainingSession.OwnReference?
        if let reference { compared = (reference, try load(reference, arena)) }
        let session = TrainingSession(
            plan: plan, base: base, data: data, model: model,
            reference: compared, tuning: tuning,
            folder: folder, control: control,
            environment: environment, events: events, arena: arena, batches: batches, memory: memory
        )
        return try session.train(resumingFrom: checkpoint)
    }

    /// Measures the loss of the model, with its adapters, on what the plan holds out. The folder
    /// gets eval_results.json; a run that it holds stays as it is.
    private func evaluate(in folder: RunFolder) throws(KernelError) -> RunResult {
        let base = try openModel()
        let reference = try openReference(base)
        events.emit(.preparing("Encoding the data", fraction: nil))
        let data = try loader(base).loadEvaluation(DatasetSelection(plan))
        let context = base.folder.config.maximumPositions
        for note in [data.contextNote(limit: context, cutoff: plan.encoding.cutoffLength)] {
            if let note { events.notice(note) }
        }
        let arena = Arena()
        let model = try tuning(base).model(plan, in: arena)
        var loaded: ObjectiveModel.Reference?
        if let reference { loaded = try load(reference, arena) }
        events.emit(
            .prepared(
                RunSummary(
                    plan, base: base, folder: folder.path, evaluationExamples: data.examples.count))
        )
        events.addReporters(
            ReportSetup(
                folder: folder.path, plan: plan, planText: environment.planText,
                host: environment.host, firstStep: 0,
                cadence: LogCadence(every: 1, firstStepToo: false)))
        let start = environment.now()
        let objective = plan.stage.objective(plan)
        let heldOut = EvaluationPass(
            objective: objective,
            rollouts: plan.stage.draws
                ? try Rollouts(
                    plan, base: base, decoder: model.decoder, program: environment.rewardProgram)
                : nil,
            examples: data.examples, batchSize: plan.evaluation.batchSize)
        let record = try heldOut.measure(
            ObjectiveModel(
                model.decoder,
                reference: objective.usesReference ? loaded ?? model.reference() : nil),
            control, now: environment.now)
        try base.folder.checkUnchanged()
        try reference?.folder.checkUnchanged()
        if let record {
            events.emit(.evaluated(record))
            let notes = try MetricsLog.writeEvaluation(
                record, hasPerplexity: objective.hasPerplexity, to: folder.path)
            for note in notes { events.notice(note) }
        }
        return RunResult(
            ending: record == nil ? .stopped : .evaluated, steps: 0, meanLoss: nil,
            elapsedSeconds: environment.now() - start, tokensSeen: 0, folder: folder.path)
    }

    /// What the run needs at the very least: one token at a time, activations recomputed if they may be.
    private func leastNeed(
        _ base: PreparedModel, _ tuning: TuningChoice, _ reference: ReferenceModel?
    ) -> MemoryNeed {
        MemoryNeed(
            plan, model: base.folder, tuning: tuning, reference: reference,
            load: RunLoad(BatchShape(tokens: 1)), available: 0)
    }

    /// A model of its own to compare with, if the plan names one that its stage reads.
    private func openReference(_ base: PreparedModel) throws(KernelError) -> ReferenceModel? {
        guard let reference = try ReferenceModel(plan) else { return nil }
        for note in reference.folder.notes { events.notice("ref_model: \(note)") }
        try reference.checkTokens(base.tokenizer)
        return reference
    }

    private func load(
        _ reference: ReferenceModel, _ arena: Arena
    ) throws(KernelError) -> ObjectiveModel.Reference {
        try reference.load(in: arena, backend: MatmulBackend(plan.precision)) { fraction in
            events.emit(.preparing("Reading the reference", fraction: fraction))
            return control.requestedState != .stop
        }
    }

    private func openModel() throws(KernelError) -> PreparedModel {
        events.emit(.preparing("Opening the model", fraction: nil))
        try environment.allowance()?.check(
            ProgramMemory.opening, what: "the run does not fit into memory",
            try: MemoryNeed.tries(plan, true))
        let base = try PreparedModel(plan)
        for note in base.notes + environment.remarks(base) { events.notice(note) }
        return base
    }

    private func loader(_ base: PreparedModel) throws(KernelError) -> DatasetLoader {
        DatasetLoader(encoder: try ExampleEncoder(base.chat, options: EncodingOptions(plan)))
    }

    private func tuning(_ base: PreparedModel) throws(KernelError) -> TuningChoice {
        let tuning = try TuningChoice(plan, weights: try loadWeights(base))
        if plan.tuning.method.trainsAdapter, !plan.model.adapters.isEmpty {
            let notes = try AdapterFile.notes(
                of: plan.model.adapters, over: base.folder, weights: ModelWeights(base.folder))
            for note in notes { events.notice(note) }
        }
        // What differs from the settings matters to further training, not to an evaluation.
        if plan.trains { for note in tuning.notes { events.notice(note) } }
        return tuning
    }

    private func loadWeights(_ base: PreparedModel) throws(KernelError) -> ModelWeights {
        events.emit(.preparing("Reading the model", fraction: 0))
        return try ModelWeights(base.folder, quantization: plan.model.quantization) {
            fraction in
            events.emit(.preparing("Reading the model", fraction: fraction))
            return control.requestedState != .stop
        }
    }
}
