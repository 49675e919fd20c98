// What a user can ask of the run: pause, stop, save, evaluate, another learning rate; and the
// questions that come before some of it.

import Kernel
import Panels

extension TrainTab {
    static func steer(_ action: Action, _ state: inout State) -> [Effect] {
        guard state.phase.isActive, state.phase != .stopping else { return [] }
        switch action {
        case .pausePressed:
            guard state.phase == .running else { return [] }
            state.phase = .pausing
            return [.train(.controlRun(.pause))]
        case .resumePressed:
            guard state.phase == .paused || state.phase == .pausing else { return [] }
            state.phase = .running
            return [.train(.controlRun(.resume))]
        case .savePressed:
            guard !state.awaitsCheckpoint else { return [] }
            state.awaitsCheckpoint = true
            return [.train(.controlRun(.saveNow))]
        case .evaluatePressed:
            guard state.phase != .paused, !state.awaitsEvaluation else { return [] }
            state.awaitsEvaluation = true
            return [.train(.controlRun(.evaluateNow))]
        case .ratePressed: state.rateInput = rateInput(state)
        case .stopPressed: state.question = stopQuestion(state)
        default: break
        }
        return []
    }

    /// The question before a stop; what Enter means is harmless.
    private static func stopQuestion(_ state: State) -> Question {
        var lines: [DisplayText] = []
        if let last = state.curves.last {
            lines.append(tr("Step {1} of {2}.", last.step, last.totalSteps))
        } else {
            lines.append(tr("The run has not finished a step yet."))
        }
        if let saved = state.savedStep {
            lines.append(tr("The last checkpoint is of step {1}.", saved))
        } else {
            lines.append(tr("There is no checkpoint yet."))
        }
        lines.append(tr("A stop ends after this step and saves what was learned."))
        if let process = state.attachment?.process {
            lines.append(tr("It trains in process {1}, which ends with it.", process))
        }
        var buttons = [Dialog.Button(key: "k", title: tr("keep training"))]
        if let next = state.queue.entries.first, state.attachment == nil {
            lines.append(tr("{1} in the queue, {2} is the next.", state.queue.count, next.name))
            buttons += [
                Dialog.Button(
                    key: "s", title: tr("stop after this step; the queue goes on"),
                    isDestructive: true),
                Dialog.Button(
                    key: "w", title: tr("stop after this step; the queue waits"),
                    isDestructive: true),
            ]
        } else {
            buttons.append(
                Dialog.Button(key: "s", title: tr("stop after this step"), isDestructive: true))
        }
        return Question(
            kind: .stop,
            dialog: Dialog(
                title: tr("Stop training {1}?", name(of: state)), lines: lines, buttons: buttons))
    }

    // MARK: - Learning rate

    private static func rateInput(_ state: State) -> InputDialog {
        var lines: [DisplayText] = []
        if let last = state.curves.last {
            lines.append(tr("Step {1} had {2}.", last.step, NumberText.number(last[.learningRate])))
        }
        if let peak = state.plan?.optimizer.learningRate {
            let now = NumberText.number(peak * state.rateFactor)
            lines.append(
                state.rateFactor == 1
                    ? tr("The peak of the schedule is {1}.", now)
                    : tr(
                        "The peak of the schedule is {1}, {2} in the plan.", now,
                        NumberText.number(peak)))
        }
        lines += [
            tr("A number is the new peak; x0.5 halves what the plan says, x1 goes back to it."),
            tr("It counts from the next step on and is written into the run's log."), "",
        ]
        return InputDialog(
            title: tr("Learning rate from the next step on"), lines: lines,
            placeholder: tr("1e-4 or x0.5"))
    }

    static func typeRate(_ key: Key, _ state: inout State) -> [Effect] {
        guard var input = state.rateInput else { return [] }
        switch input.handle(key) {
        case .open: state.rateInput = input
        case .cancelled: state.rateInput = nil
        case .accepted(let text):
            let base = state.plan?.optimizer.learningRate ?? 1
            guard let change = RateChange(text), change.factor(baseRate: base) != nil else {
                input.problem = tr("A rate above 0, such as 1e-4, or a factor, such as x0.5.")
                state.rateInput = input
                return []
            }
            state.rateInput = nil
            guard state.phase.isActive, state.phase != .stopping else { return [] }
            return [.train(.controlRun(.changeRate(change)))]
        }
        return []
    }

    // MARK: - Writing

    /// Which file the curves go to.
    static func writeQuestion(_ state: State) -> Question {
        return Question(
            kind: .write,
            dialog: Dialog(
                title: tr("Write the curves"),
                lines: [tr("Into {1}:", folder(of: state)), ""],
                buttons: [
                    Dialog.Button(
                        key: "c", title: tr("curves.csv, every step with all its numbers")),
                    Dialog.Button(key: "t", title: tr("plot.txt, the plot as it looks now")),
                    Dialog.Button(key: "n", title: tr("nothing")),
                ]))
    }

    static func write(_ button: Int, _ state: State) -> [Effect] {
        let folder = folder(of: state)
        switch button {
        case 0: return [.train(.writeCurves(state.curves, path: "\(folder)/curves.csv"))]
        case 1: return [.writeText(plotText(state), path: "\(folder)/plot.txt")]
        default: return []
        }
    }
}
