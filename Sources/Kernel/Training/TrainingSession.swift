// The middle of a run: everything is loaded; wires loop, log and checkpoints together and writes the results.

import Foundation

/// Trains a loaded model in its folder.
struct TrainingSession {
    let plan: TrainingPlan
    let base: PreparedModel
    let data: LoadedDataset
    let model: TunedModel
    /// A model of its own to compare with, if the plan names one.
    let reference: OwnReference?
    let tuning: TuningChoice
    let folder: RunFolder
    let control: RunControl
    let environment: TrainingRun.Environment
    let events: RunEvents
    let arena: Arena
    let batches: BatchPlan
    let memory: MemoryNeed

    typealias OwnReference = (model: ReferenceModel, loaded: ObjectiveModel.Reference)

    func train(resumingFrom checkpoint: String?) throws(KernelError) -> RunResult {
        let optimizer = plan.optimizer.kind.make(plan.optimizer, model.parameters, seed)
        let identity = try RunIdentity(
            plan, data: data, base: base, reference: reference?.model, steps: batches.steps,
            settings: environment.settings)
        var start = LoopState()
        if let checkpoint {
            start = try Checkpoint.load(
                checkpoint, into: model, optimizer: optimizer, identity: identity,
                totalSteps: batches.steps,
                updatesPerStep: plan.stage.draws ? plan.group.updates : 1)
            // Killed between a save and the removal of older ones: there is one too many.
            prune(after: start)
        }
        try AtomicFile.write(
            Array(environment.planText.utf8), to: "\(folder.path)/\(RunFolder.planName)")
        let cadence = LogCadence(
            every: loggingInterval, firstStepToo: plan.logging.recordsFirstStep,
            unlogged: start.unlogged)
        let log = try MetricsLog(
            folder: folder.path, cadence: cadence, resumedAt: start, from: checkpoint)
        let samples = try SampleLog(folder: folder.path, resumedAt: start.step)
        events.add(log, at: .log)
        events.add(samples, at: .samples)
        events.addReporters(
            ReportSetup(
                folder: folder.path, plan: plan, planText: environment.planText,
                host: environment.host, firstStep: start.step, cadence: cadence))
        let save = saver(optimizer, identity, log, samples)
        let sampler = PromptSampler(
            plan, base: base, decoder: model.decoder, log: samples, now: environment.now)
        let disk = DiskNeed(
            plan, trained: model.parameters.numbers, model: base.folder.parameterCount,
            optimizer: optimizer, steps: batches.steps, stepsPerEpoch: batches.stepsPerEpoch)
        for note in log.notes + samples.notes + sampler.notes + disk.notes(in: folder.path) {
            events.notice(note)
        }
        events.emit(.prepared(summary(from: start)))
        let loop = TrainingLoop(
            model: model, objective: plan.stage.objective(plan), reference: reference?.loaded,
            optimizer: optimizer,
            schedule: LearningRateSchedule(
                plan.schedule, baseRate: plan.optimizer.learningRate, totalSteps: batches.steps),
            batches: batches, examples: data.training.examples,
            evaluation: data.evaluation?.examples ?? [],
            settings: loopSettings, control: control,
            hooks: hooks(sampler, save), rollouts: try rollouts(state: start))
        let (state, ending) = try loop.run(from: start, checkpoint: checkpoint)
        return try finish(state, ending, log, save, optimizer, identity)
    }

    /// Where the model answers prompts itself: what draws and judges the answers, which go to a log.
    private func rollouts(state: LoopState) throws(KernelError) -> Rollouts? {
        guard plan.stage.draws else { return nil }
        let log = try RolloutLog(folder: folder.path, resumedAt: state.step)
        events.add(log, at: .samples)
        var rollouts = try Rollouts(
            plan, base: base, decoder: model.decoder, program: environment.rewardProgram)
        rollouts.onAnswer = { record in
            do throws(KernelError) { try log.append(record) } catch { events.notice("\(error)") }
        }
        return rollouts
    }

    private func hooks(
        _ sampler: PromptSampler, _ save: @escaping (LoopState) throws(KernelError) -> String
    ) -> TrainingLoop.Hooks {
        TrainingLoop.Hooks(
            now: environment.now, emit: events.emit, idleWait: environment.idleWait, save: save,
            memory: environment.usedBytes,
            onStepEnd: { environment.onSnapshot?(model, $0) },
            sample: { step, epoch, isStopped in
                // Samples are watched, not needed: the run continues without them.
                do throws(KernelError) {
                    try sampler.answer(
                        step: step, epoch: epoch, isStopped: isStopped, emit: events.emit)
                } catch {
                    events.notice("\(error)")
                }
            },
            checkBase: { () throws(KernelError) in
                try base.folder.checkUnchanged()
                try reference?.model.folder.checkUnchanged()
            })
    }

    // MARK: - Settings of the loop

    private var seed: UInt64 { UInt64(bitPattern: Int64(plan.seed)) }

    private func interval(_ cadence: TrainingPlan.Cadence, _ steps: Int) -> Int? {
        switch cadence {
        case .never: nil
        case .steps: steps
        case .epoch: batches.stepsPerEpoch
        }
    }

    private var loggingInterval: Int {
        interval(plan.logging.cadence, plan.logging.interval.steps(of: batches.steps))
            ?? batches.steps
    }

    private var loopSettings: LoopSettings {
        var settings = LoopSettings()
        settings.seed = seed
        settings.gradientNormMax = plan.optimizer.gradientNormMax
        settings.evaluationBatchSize = plan.evaluation.batchSize
        settings.evaluationInterval = interval(
            plan.evaluation.cadence, plan.evaluationInterval(totalSteps: batches.steps))
        settings.saveInterval = interval(
            plan.checkpointing.cadence, plan.checkpointing.interval.steps(of: batches.steps))
        settings.evaluatesAtStart = plan.evaluation.runsAtStart
        settings.evaluatesAtEnd = plan.evaluates
        settings.patience = plan.evaluation.patience
        settings.savesBest = plan.checkpointing.loadsBest
        settings.noiseAlpha = plan.tuning.neftuneAlpha.map { Float($0) }
        settings.recomputes = memory.recomputes
        return settings
    }

    private func summary(from start: LoopState) -> RunSummary {
        var summary = RunSummary(
            plan, base: base, folder: folder.path,
            evaluationExamples: data.evaluation?.examples.count ?? 0)
        summary.trainableParameters = model.parameters.count
        summary.examples = data.training.examples.count
        summary.totalSteps = batches.steps
        summary.firstStep = start.step
        summary.memoryBytes = memory.estimate.total
        summary.bestEvaluationLoss = start.bestEvaluationLoss
        summary.bestStep = start.bestStep
        return summary
    }

    // MARK: - Saving

    private func writeWeights(to path: String) throws(KernelError) {
        try ValueHeadFile.save(model, to: path)
        if model.method.adapter != nil {
            try AdapterFile.save(
                model, baseModel: base.folder.path,
                sample: BaseSample(ModelWeights(base.folder)), to: path)
        } else {
            let notes = try SafetensorsExport.writeModel(
                model, base: base.folder, template: BuiltinTemplates.named(base.templateName),
                into: path)
            for note in notes { events.notice(note) }
        }
    }

    private func saver(
        _ optimizer: any Optimizer, _ identity: RunIdentity, _ log: MetricsLog,
        _ samples: SampleLog
    ) -> (LoopState) throws(KernelError) -> String {
        { (state) throws(KernelError) in
            var state = state
            state.unlogged = log.unlogged
            // What was said up to this step must not be lost when the checkpoint is not.
            try log.synchronize()
            try samples.synchronize()
            let path = try Checkpoint.save(
                model, optimizer: optimizer, state: state, identity: identity, in: folder.path,
                modelOnly: plan.checkpointing.savesOnlyModel
            ) { (new) throws(KernelError) in
                try writeWeights(to: new)
                try log.writeState(
                    state, plan: plan, epoch: batches.epochs(afterSteps: state.step), to: new)
            }
            prune(after: state)
            return path
        }
    }

    private func prune(after state: LoopState) {
        guard let limit = plan.checkpointing.keptMax else { return }
        let best = state.bestStep.map { "\(folder.path)/\(Checkpoint.name(step: $0))" }
        let notes = Checkpoint.prune(
            in: folder.path, keeping: limit, upTo: state.step, protected: best)
        for note in notes { events.notice(note) }
    }

    /// Whether the step's checkpoint is there and whole; a damaged one may lie at its place.
    private func isSaved(_ step: Int) -> Bool {
        do throws(KernelError) {
            try Checkpoint.verify("\(folder.path)/\(Checkpoint.name(step: step))")
            return true
        } catch {
            return false
        }
    }

    /// The run ends with the best checkpoint's weights, or says why it cannot; others are not put in their place.
    private func loadBest(_ path: String) throws(KernelError) {
        do throws(KernelError) {
            try Checkpoint.verify(path)
            try Checkpoint.loadWeights(path, into: model)
        } catch {
            throw KernelError(
                error.kind, "cannot load the best checkpoint", at: error.place ?? path,
                because: error.why ?? error.what,
                hint:
                    "All steps are trained and the other checkpoints are whole. Bring the file back and "
                    + "give the same command, or use another checkpoint as the result.")
        }
    }

    private func finish(
        _ state: LoopState, _ ending: RunResult.Ending, _ log: MetricsLog,
        _ save: (LoopState) throws(KernelError) -> String, _ optimizer: any Optimizer,
        _ identity: RunIdentity
    ) throws(KernelError) -> RunResult {
        // Nothing was trained: no results, so that the same command begins anew.
        guard ending != .stopped || state.step > 0 else {
            return RunResult(
                ending: ending, steps: 0, meanLoss: nil, elapsedSeconds: state.elapsedSeconds,
                tokensSeen: 0, folder: folder.path)
        }
        // A stopped run keeps its place, whatever the save settings say: no step is lost, and no
        // change of the learning rate that came after the step's checkpoint.
        if ending == .stopped, state.rateChangedAfter == state.step || !isSaved(state.step) {
            events.emit(.checkpointSaved(path: try save(state), step: state.step))
        }
        var resultStep = state.step
        if plan.checkpointing.loadsBest, let best = state.bestStep, best != state.step {
            resultStep = best
            try loadBest("\(folder.path)/\(Checkpoint.name(step: best))")
            events.emit(
                .notice("The final weights are those of step \(best), the best by evaluation loss.")
            )
        }
        let marks = [AdapterFile.configName, "config.json", FolderManifest.resultName]
        try StagedFiles.write(into: folder.path, last: marks) { (staging) throws(KernelError) in
            try writeWeights(to: staging)
            let manifest = try FolderManifest(ofWeightsIn: staging)
            try AtomicFile.write(
                Array(manifest.text.utf8), to: "\(staging)/\(FolderManifest.resultName)")
        }
        let epoch = batches.epochs(afterSteps: state.step)
        try log.writeState(state, plan: plan, epoch: epoch, to: folder.path)
        let notes = try log.writeResults(
            state, epoch: epoch, examples: batches.examplesPerEpoch, of: resultStep,
            hasPerplexity: plan.stage.objective(plan).hasPerplexity)
        for note in notes { events.notice(note) }
        return RunResult(
            ending: ending, steps: state.step,
            meanLoss: state.step > 0 ? state.lossSum / Double(state.step) : nil,
            elapsedSeconds: state.elapsedSeconds, tokensSeen: state.tokensSeen, folder: folder.path)
    }
}
