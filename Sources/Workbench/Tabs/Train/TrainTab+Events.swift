// How the train tab takes what a run reports: phases, curves and lines of the log.

import Foundation
import Kernel
import Panels

extension TrainTab {
    /// Begins with an empty sheet for a run; what the user chose for the plot stays.
    static func start(_ plan: TrainingPlan?, _ state: inout State) {
        var fresh = State()
        fresh.phase = .preparing("Starting", fraction: nil)
        fresh.plan = plan
        fresh.plot = state.plot
        fresh.plot.reset()
        (fresh.others, fresh.showsOthers) = (state.others, state.showsOthers)
        fresh.otherLines = state.otherLines
        (fresh.pane, fresh.isPlotAlone) = (state.pane, state.isPlotAlone)
        fresh.curves.setAxis(state.curves.axis)
        fresh.curves.prepare(state.pane.shown(of: fresh.metrics))
        fresh.log.visibleRows = state.log.visibleRows
        fresh.curves.moveStrength(by: state.curves.strengthIndex - fresh.curves.strengthIndex)
        (fresh.queue, fresh.samples) = (state.queue, state.samples.cleared())
        if !state.phase.isActive, state.summary != nil {
            fresh.ended = [state]
            (fresh.ended[0].ended, fresh.ended[0].refusal) = ([], nil)
        }
        state = fresh
    }

    /// A run that cannot begin leaves the one that ended before it as it was, with a note on what was wrong.
    private static func refuse(_ error: KernelError, _ state: inout State) {
        guard state.summary == nil, state.attachment == nil, var ended = state.ended.first else {
            state.phase = .failed(error)
            return
        }
        ended.refusal = Refusal(
            name: name(of: state), plan: state.plan,
            isSameFolder: PathText.isSame(folder(of: state), folder(of: ended)), error: error)
        (ended.queue, ended.log.visibleRows) = (state.queue, state.log.visibleRows)
        (ended.others, ended.otherLines) = (state.others, state.otherLines)
        let title = tr("{1} could not begin", name(of: state))
        ended.log.add(
            .fail, at: ended.curves.last?.elapsedSeconds ?? 0,
            ([title] + ErrorText.lines(of: error)).joined(separator: "\n"))
        state = ended
    }

    /// What kept the last run from ending well: its name, its plan and the fault; nil when it did.
    static func lastFailure(
        _ state: State
    ) -> (name: String, plan: TrainingPlan?, error: KernelError)? {
        if let refusal = state.refusal { return (refusal.name, refusal.plan, refusal.error) }
        guard case .failed(let error) = state.phase else { return nil }
        return (name(of: state), state.plan, error)
    }

    static func take(_ event: TrainingEvent, _ state: inout State) -> [Effect] {
        switch event {
        case .preparing(let stage, let fraction):
            guard state.phase != .stopping else { return [] }
            state.phase = .preparing(stage, fraction: fraction)
        case .prepared(let summary):
            prepared(summary, &state)
            // What was measured before the interruption lies in the run's folder.
            if summary.firstStep > 0, state.attachment == nil {
                return [.train(.readHistory(folder: summary.folder))]
            }
        case .stepFinished(let record): stepped(record, &state)
        case .evaluated(let record): evaluated(record, &state)
        case .sampled(let record): sampled(record, &state)
        case .checkpointSaved(let path, let step):
            state.awaitsCheckpoint = false
            state.savedStep = step
            state.curves.markCheckpoint(step)
            log(.ckpt, tr("step {1}  saved {2}", step, path), &state)
        case .checkpointFailed(let error):
            state.awaitsCheckpoint = false
            log(.fail, ErrorText.lines(of: error).joined(separator: "\n"), &state)
        case .rateChanged(let change): rateChanged(change, &state)
        case .paused(let step):
            log(.info, tr("paused after step {1}", step), &state)
            if state.phase != .stopping { state.phase = .paused }
        case .resumed(let step):
            log(.info, tr("goes on after step {1}", step), &state)
            if state.phase != .stopping { state.phase = .running }
        case .notice(let text): log(.note, tr(text), &state)
        case .finished(let result): finished(result, &state)
        case .failed(let error):
            close(&state)
            log(.fail, ErrorText.lines(of: error).joined(separator: "\n"), &state)
            refuse(error, &state)
        }
        return []
    }

    /// Puts the earlier parts of a resumed run in front of what was measured since.
    static func takeHistory(
        _ folder: String, _ result: Result<RunCurve, KernelError>, _ state: inout State
    ) {
        guard let summary = state.summary, summary.folder == folder, summary.firstStep > 0 else {
            return
        }
        switch result {
        case .success(let curve):
            // Places on every axis count from the run's first start: cursor and marker stay.
            state.curves.resume(after: summary.firstStep, curve)
            preparePlots(&state)
            state.samples.resume(after: summary.firstStep, curve.samples)
        case .failure(let error):
            log(
                .note,
                tr(
                    "the earlier part of the curve is not shown: {1}",
                    tr(error.sentence)), &state)
        }
    }

    private static func prepared(_ summary: RunSummary, _ state: inout State) {
        if !state.phase.isActive {
            // Events of a run that was not started here: whatever is shown belongs to another run.
            start(nil, &state)
        }
        state.summary = summary
        state.ended = []
        if state.phase != .stopping { state.phase = .running }
        if summary.firstStep > 0 { state.savedStep = summary.firstStep }
        let share = NumberText.percent(summary.trainableParameters, of: summary.parameters)
        let held =
            summary.evaluationExamples > 0
            ? tr(", {1} held out", NumberText.count(summary.evaluationExamples)) : ""
        log(
            .info,
            summary.totalSteps == 0
                ? tr("evaluates on {1} examples", NumberText.count(summary.evaluationExamples))
                : tr(
                    "{1}: {2} examples{3}, {4} steps, {5} of {6} weights train ({7})",
                    summary.firstStep > 0
                        ? tr("goes on from step {1}", summary.firstStep) : tr("begins"),
                    NumberText.count(summary.examples), held, NumberText.count(summary.totalSteps),
                    NumberText.short(summary.trainableParameters),
                    NumberText.short(summary.parameters), share), &state)
    }

    private static func stepped(_ record: StepRecord, _ state: inout State) {
        // The log of a run that is joined may contain what its process reports as well.
        if state.attachment != nil, let last = state.curves.last, record.step <= last.step {
            return
        }
        let wasFinite = state.curves.last?.loss.isFinite ?? true
        let usual = state.curves.usualLoss
        state.curves.take(record)
        preparePlots(&state)
        if state.curves.jumps.last == record.step {
            log(
                .warn,
                tr(
                    "step {1}  the loss jumps to {2}, {3} was usual; r lowers the learning rate",
                    record.step, NumberText.loss(record.loss), NumberText.loss(usual ?? .nan)),
                &state)
        }
        if case .preparing = state.phase { state.phase = .running }
        if !record.loss.isFinite, wasFinite {
            log(
                .warn,
                tr(
                    "step {1}  the loss is not a number; a lower learning rate may help",
                    record.step), &state)
        }
    }

    /// Builds the series of metrics that are shown and were not there before.
    static func preparePlots(_ state: inout State) {
        state.curves.prepare(state.pane.shown(of: state.metrics))
    }

    private static func rateChanged(_ change: RateRecord, _ state: inout State) {
        state.rateFactor = change.factor
        state.curves.markRate(change.firstStep)
        let factor =
            change.factor == 1
            ? tr("the plan's") : tr("{1} × the plan's", NumberText.number(change.factor))
        log(
            .rate,
            tr(
                "step {1}  lr {2}, peak {3}, {4}", change.firstStep, NumberText.number(change.rate),
                NumberText.number(change.peak), factor), &state)
    }

    private static func evaluated(_ record: EvaluationRecord, _ state: inout State) {
        let before = state.curves.best
        state.awaitsEvaluation = false
        if state.attachment != nil, state.curves.knows(record) { return }
        state.curves.take(record)
        var text = tr(
            "step {1}  loss {2}  ppl {3}", record.step, NumberText.loss(record.loss),
            NumberText.number(exp(record.loss)))
        if let before, record.loss < before.loss {
            text += "  " + tr("best, -{1}", NumberText.loss(before.loss - record.loss))
        } else if let before {
            text += "  " + tr("best is step {1}", before.step)
        }
        log(.eval, text + "  (\(NumberText.latency(record.seconds)))", &state)
    }

    private static func finished(_ result: RunResult, _ state: inout State) {
        close(&state)
        state.phase = .finished(result)
        let ending =
            switch result.ending {
            case .completed: tr("done")
            case .stopped: tr("stopped")
            case .earlyStopped: tr("stopped early: held-out loss no longer falls")
            case .evaluated: tr("evaluated")
            }
        let steps = tr("after {1} steps", NumberText.count(result.steps))
        let loss = result.meanLoss.map { tr("mean loss {1}", NumberText.loss($0)) }
        let what = result.ending == .evaluated ? ending : "\(ending) \(steps)"
        let parts = [what, loss, NumberText.duration(result.elapsedSeconds)].compactMap(\.self)
        log(.info, parts.joined(separator: ", ") + "\n" + result.folder, &state)
    }

    /// Nothing can be asked of a run that has ended.
    static func close(_ state: inout State) {
        (state.question, state.rateInput) = (nil, nil)
        state.awaitsCheckpoint = false
        state.awaitsEvaluation = false
    }

    static func log(_ kind: RunLog.Kind, _ text: String, _ state: inout State) {
        state.log.add(kind, at: state.curves.last?.elapsedSeconds ?? 0, text)
    }
}
