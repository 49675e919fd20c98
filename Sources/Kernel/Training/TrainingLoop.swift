// The one training loop: micro-batches to gradients, gradients to a step, steps to events.
// It does not know files, text or screens: what it saves goes through `save`, what it says through `emit`.

/// Trains a model on encoded examples, one optimizer step after another.
public final class TrainingLoop {
    /// What the loop calls: clocks, events, files, and what happens at the end of a step.
    public struct Hooks {
        /// Seconds of a monotonic clock.
        public var now: () -> Double
        public var emit: (TrainingEvent) -> Void
        /// Waits a moment while paused.
        public var idleWait: () -> Void
        /// Writes a checkpoint and returns its path.
        public var save: (LoopState) throws(KernelError) -> String
        /// Bytes that the process holds; nil when unknown.
        public var memory: () -> Int?
        /// Called after each step, where weights are consistent: chat takes its snapshot here.
        public var onStepEnd: (_ step: Int) -> Void
        /// Answers the plan's prompts with the weights of a step, as far as that was not done yet. The
        /// closure is asked between tokens and says whether to stop.
        public var sample: (_ step: Int, _ epoch: Double, _ isStopped: () -> Bool) -> Void
        /// Throws when the frozen base can no longer be trusted: asked before a step or a measured loss
        /// counts.
        public var checkBase: () throws(KernelError) -> Void

        public init(
            now: @escaping () -> Double, emit: @escaping (TrainingEvent) -> Void,
            idleWait: @escaping () -> Void,
            save: @escaping (LoopState) throws(KernelError) -> String,
            memory: @escaping () -> Int? = { nil },
            onStepEnd: @escaping (_ step: Int) -> Void = { _ in },
            sample: @escaping (_ step: Int, _ epoch: Double, _ isStopped: () -> Bool) -> Void = {
                _, _, _ in
            },
            checkBase: @escaping () throws(KernelError) -> Void = {}
        ) {
            self.now = now
            self.emit = emit
            self.idleWait = idleWait
            self.save = save
            self.memory = memory
            self.onStepEnd = onStepEnd
            self.sample = sample
            self.checkBase = checkBase
        }
    }

    private let model: TunedModel
    private let objective: any Objective
    private let reference: ObjectiveModel.Reference?
    private let optimizer: any Optimizer
    private let schedule: LearningRateSchedule
    private let batches: BatchPlan
    private let examples: [EncodedExample]
    private let evaluation: [EncodedExample]
    private let settings: LoopSettings
    private let control: RunControl
    private let hooks: Hooks
    /// Makes what a step learns from, where the model does that itself.
    private let rollouts: Rollouts?
    private let agreement: StepAgreement
    private let reduction: any GradientReduction
    private var order: (epoch: Int, indices: [Int])?
    private var lastCheckpoint: String?
    private var savedStep: Int?
    /// Seconds of pauses and of answers to sample prompts: they are no time of the training.
    private var pausedSeconds = 0.0

    public init(
        model: TunedModel, objective: any Objective, reference: ObjectiveModel.Reference? = nil,
        optimizer: any Optimizer,
        schedule: LearningRateSchedule, batches: BatchPlan,
        examples: [EncodedExample], evaluation: [EncodedExample], settings: LoopSettings,
        control: RunControl,
        hooks: Hooks, rollouts: Rollouts? = nil, seat: RankContext = .only
    ) {
        self.model = model
        self.objective = objective
        self.reference = objective.usesReference ? reference ?? model.reference() : nil
        self.optimizer = optimizer
        self.schedule = schedule
        self.batches = batches
        self.examples = examples
        self.evaluation = evaluation
        self.settings = settings
        self.control = control
        self.hooks = hooks
        self.rollouts = rollouts
        agreement = StepAgreement(seat.communicator)
        reduction = DataParallel(
            model.parameters, over: seat.communicator, accumulation: batches.accumulation,
            order: seat.order)
    }

    /// Trains from `state` to the end, a stop or a fault. Returns the state reached and how it ended.
    /// `checkpoint` is where the state came from.
    public func run(
        from start: LoopState, checkpoint: String? = nil
    ) throws(KernelError) -> (state: LoopState, ending: RunResult.Ending) {
        lastCheckpoint = checkpoint
        savedStep = checkpoint == nil ? nil : start.step
        var state = start
        pausedSeconds = 0
        let begin = hooks.now()
        // Changed after the step that the checkpoint is of: its line in the log was cut off with it.
        if let factor = state.learningRateScale, state.rateChangedAfter == state.step {
            hooks.emit(.rateChanged(rateRecord(state, factor)))
        }
        if settings.evaluatesAtStart, state.step == 0 {
            try evaluate(&state)
            if settings.savesBest, state.bestStep == 0 { save(state) }
        }
        // A stop may have cut the samples of an evaluated step short.
        if state.evaluatedStep == state.step { try sample(&state) }
        // A stop leaves out the evaluation of its step; the resumed run makes up for it.
        if state.step > 0, state.evaluatedStep != state.step, isEvaluationDue(state.step) {
            if try endOfStep(&state) { return (state, .earlyStopped) }
        }
        while state.step < batches.steps {
            guard try agreeOnStep(&state) else { return (state, .stopped) }
            let stepStart = hooks.now()
            guard let outcome = try step(state) else { return (state, .stopped) }
            state.step += 1
            state.tokensSeen += outcome.tokens
            state.lossSum += outcome.loss
            state.remembered += outcome.measures.only(objective.remembers)
            let seconds = max(1e-9, hooks.now() - stepStart)
            let session = hooks.now() - begin - pausedSeconds
            state.elapsedSeconds = start.elapsedSeconds + session
            hooks.emit(.stepFinished(record(state, outcome, seconds, start, session)))
            hooks.onStepEnd(state.step)
            if try endOfStep(&state) { return (state, .earlyStopped) }
        }
        try sample(&state)
        return (state, .completed)
    }

    // MARK: - One step

    private struct Outcome: Measured {
        var values: [MetricKey: Double]
        var tokens: Int
        var measures: Measures
    }

    /// Nil when the user stopped in the middle: the step is abandoned and nothing has moved. A step is one update, or
    /// several on what the model made for it.
    private func step(_ state: LoopState) throws(KernelError) -> Outcome? {
        let examples = microBatches(state.step)
        guard let rollouts else { return try update(examples.map { PackedBatch($0) }, state) }
        let made = try rollouts.updates(examples, step: state.step) {
            control.requestedState == .stop
        }
        guard try !agreement.isStopped(made == nil), let made else { return nil }
        var (total, last): (Measures, Outcome?) = (made.measures, nil)
        for (number, micro) in made.updates.enumerated() {
            // What has moved is not abandoned.
            guard let outcome = try update(micro, state, number: number) else { return nil }
            total += outcome.measures
            last = outcome
        }
        guard var outcome = last else { return nil }
        outcome.values.merge(objective.values(of: total)) { $1 }
        return outcome
    }

    /// One update of the optimizer by micro-batches, the `number`-th of its step.
    private func update(
        _ micro: [PackedBatch], _ state: LoopState, number: Int = 0
    ) throws(KernelError) -> Outcome? {
        let weight = max(1, micro.reduce(0) { $0 + objective.weight(of: $1) })
        reduction.begin()
        var measures: [Int: Measures] = [:]
        var isStopped = false
        for index in reduction.share(of: micro.count) {
            let batch = micro[index]
            isStopped = number == 0 && control.requestedState == .stop
            guard !isStopped else { break }
            // One without weight is a leaf of the sum all the same, or the others would move up.
            defer { reduction.microBatchIsDone() }
            guard objective.weight(of: batch) > 0 else { continue }
            var pass = TrainingPass(gradientScale: 1 / Float(weight))
            pass.dropoutSeed = ForwardContext.mix(
                settings.seed
                    ^ ForwardContext.mix(
                        UInt64(number) << 52 | UInt64(state.step) << 20 | UInt64(index)))
            pass.recomputes = settings.recomputes
            pass.noiseAlpha = settings.noiseAlpha
            measures[index] = objective.measure(batch, on: objectiveModel(state, training: pass))
        }
        guard try !agreement.isStopped(isStopped) else { return nil }
        try checkBase(state)
        try reduction.finish()
        let total = try agreement.total(measures)
        var values = objective.values(of: total)
        let loss = values[.loss] ?? 0
        let (norm, scale) = GradientClip.measure(
            model.parameters, maximum: settings.gradientNormMax)
        guard loss.isFinite, norm.isFinite else {
            throw diverged(state, loss: loss, norm: norm)
        }
        let rate = rate(state)
        optimizer.step(model.parameters, rate: rate, gradientScale: scale)
        values.merge(
            [
                .loss: loss, .learningRate: rate, .gradientNorm: norm,
                .trainedTokens: Double(micro.reduce(0) { $0 + $1.learnedTargets }),
            ], uniquingKeysWith: { $1 })
        return Outcome(
            values: values, tokens: micro.reduce(0) { $0 + $1.tokens.count }, measures: total)
    }

    private func objectiveModel(
        _ state: LoopState, training pass: TrainingPass? = nil
    ) -> ObjectiveModel {
        ObjectiveModel(
            model.decoder, reference: reference, past: state.remembered, training: pass)
    }

    /// Before the first update it is the model that is broken, not the training.
    private func diverged(_ state: LoopState, loss: Double, norm: Double) -> KernelError {
        if state.step == 0, model.decoder.firstNotFinite() != nil || !loss.isFinite {
            return model.decoder.notFiniteError(" before anything was trained")
        }
        let last =
            lastCheckpoint.map { "The last good checkpoint is \($0)." }
            ?? "No checkpoint was saved yet."
        return KernelError(
            .badData, "training diverged at step \(state.step + 1)",
            because: loss.isFinite ? "the gradient norm is \(norm)" : "the loss is \(loss)",
            hint: "\(last) Try a lower learning_rate or more warmup.")
    }

    private func microBatches(_ step: Int) -> [[EncodedExample]] {
        let epoch = batches.epoch(ofStep: step)
        if order?.epoch != epoch { order = (epoch, batches.exampleOrder(epoch: epoch)) }
        guard let order else { return [] }
        return batches.microBatches(step: step, order: order.indices).map {
            $0.map { examples[$0] }
        }
    }

    private func record(
        _ state: LoopState, _ outcome: Outcome, _ seconds: Double, _ start: LoopState,
        _ session: Double
    ) -> StepRecord {
        let left = Double(batches.steps - state.step)
        var values = outcome.values
        values[.tokensPerSecond] = Double(outcome.tokens) / seconds
        values[.memory] = hooks.memory().map { Double($0) }
        return StepRecord(
            step: state.step, totalSteps: batches.steps,
            epoch: batches.epochs(afterSteps: state.step), values: values, tokens: outcome.tokens,
            tokensSeen: state.tokensSeen, elapsedSeconds: state.elapsedSeconds,
            remainingSeconds: session / Double(state.step - start.step) * left)
    }

    // MARK: - Between steps

    /// Evaluates and saves when due or asked for. Returns whether to stop early.
    private func endOfStep(_ state: inout LoopState) throws(KernelError) -> Bool {
        var stops = false
        let isLast = state.step == batches.steps
        let asked = try agreement.settle(
            StepDecision(evaluates: control.takeEvaluationRequest()))
        if asked.evaluates && !evaluation.isEmpty || isEvaluationDue(state.step) {
            stops = try evaluate(&state)
        }
        let saveDue = settings.saveInterval.map { state.step % $0 == 0 || isLast } ?? false
        let isBest = settings.savesBest && state.bestStep == state.step
        if control.takeSaveRequest() || saveDue || isBest { save(state) }
        // After the save: nothing is lost when answers take long.
        if state.evaluatedStep == state.step { try sample(&state) }
        return stops
    }

    private func isEvaluationDue(_ step: Int) -> Bool {
        guard !evaluation.isEmpty else { return false }
        if step == batches.steps, settings.evaluatesAtEnd { return true }
        guard let interval = settings.evaluationInterval else { return false }
        return step % interval == 0 || step == batches.steps
    }

    /// Writes a checkpoint, on the leading rank: it is the same for any number of them.
    private func save(_ state: LoopState) {
        guard agreement.isLeader else { return }
        do throws(KernelError) {
            let path = try hooks.save(state)
            (lastCheckpoint, savedStep) = (path, state.step)
            hooks.emit(.checkpointSaved(path: path, step: state.step))
        } catch {
            hooks.emit(.checkpointFailed(error))
        }
    }

    // MARK: - Learning rate

    /// The rate of the next step: the plan's, times what the user asked for.
    private func rate(_ state: LoopState) -> Double {
        let planned = schedule.rate(step: state.step)
        return state.learningRateScale.map { planned * $0 } ?? planned
    }

    /// Waits while paused and takes what was asked of the next step. False when the run was stopped.
    private func agreeOnStep(_ state: inout LoopState) throws(KernelError) -> Bool {
        var own = StepDecision()
        if agreement.isLeader {
            own.stops = !waitWhilePaused(&state)
            if !own.stops { takeRateChange(&state) }
            (own.learningRateScale, own.rateChangedAfter) = (
                state.learningRateScale, state.rateChangedAfter
            )
        }
        let decision = try agreement.settle(own)
        (state.learningRateScale, state.rateChangedAfter) = (
            decision.learningRateScale, decision.rateChangedAfter
        )
        return !decision.stops
    }

    private func takeRateChange(_ state: inout LoopState) {
        guard let change = control.takeRateChange() else { return }
        guard let factor = change.factor(baseRate: schedule.baseRate) else {
            hooks.emit(.notice("The learning rate stays: \("\(change)") is no rate above 0."))
            return
        }
        state.learningRateScale = factor
        state.rateChangedAfter = state.step
        hooks.emit(.rateChanged(rateRecord(state, factor)))
    }

    private func rateRecord(_ state: LoopState, _ factor: Double) -> RateRecord {
        RateRecord(
            firstStep: state.step + 1, totalSteps: batches.steps, factor: factor,
            peak: schedule.baseRate * factor, rate: rate(state))
    }

    /// Throws when the base is lost. What was trained up to the last boundary is good: it is saved first.
    private func checkBase(_ state: LoopState) throws(KernelError) {
        var fault: KernelError?
        do throws(KernelError) {
            try hooks.checkBase()
        } catch {
            fault = error
        }
        do throws(KernelError) {
            try agreement.settle(fault: fault)
        } catch {
            if state.step > 0, savedStep != state.step { save(state) }
            throw error
        }
    }

    /// Mean loss of the held-out samples. Returns whether patience ran out.
    @discardableResult private func evaluate(
        _ state: inout LoopState
    ) throws(KernelError) -> Bool {
        let heldOut = EvaluationPass(
            objective: objective, rollouts: rollouts, examples: evaluation,
            batchSize: settings.evaluationBatchSize)
        let measured = try heldOut.measure(objectiveModel(state), control, now: hooks.now)
        guard try !agreement.isStopped(measured == nil), var record = measured else {
            return false
        }
        try checkBase(state)
        record.step = state.step
        record.epoch = batches.epochs(afterSteps: state.step)
        state.evaluatedStep = state.step
        hooks.emit(.evaluated(record))
        if record.loss < state.bestEvaluationLoss ?? .infinity {
            (state.bestEvaluationLoss, state.bestStep, state.evaluationsWithoutGain) = (
                record.loss, state.step, 0
            )
            return false
        }
        state.evaluationsWithoutGain += 1
        return settings.patience.map { state.evaluationsWithoutGain >= $0 } ?? false
    }

    /// Lets the plan's prompts be answered. Its time is none of the training's.
    private func sample(_ state: inout LoopState) throws(KernelError) {
        let (start, before) = (hooks.now(), pausedSeconds)
        let (step, epoch) = (state.step, batches.epochs(afterSteps: state.step))
        if agreement.isLeader { hooks.sample(step, epoch) { !waitWhilePaused(&state) } }
        pausedSeconds = before + hooks.now() - start
        try checkBase(state)
    }

    /// Returns false when the user stopped. A pause is at a step boundary, so it can save at once.
    private func waitWhilePaused(_ state: inout LoopState) -> Bool {
        guard control.requestedState == .pause else { return control.requestedState != .stop }
        let start = hooks.now()
        hooks.emit(.paused(step: state.step))
        while control.requestedState == .pause {
            takeRateChange(&state)
            if control.takeSaveRequest() { save(state) }
            hooks.onStepEnd(state.step)
            hooks.idleWait()
        }
        pausedSeconds += hooks.now() - start
        guard control.requestedState != .stop else { return false }
        hooks.emit(.resumed(step: state.step))
        return true
    }
}
