// Confirmations and leaving: what the questions contain, and what each answer does. Enter never means the
// destructive answer.

import Kernel
import Panels

extension AppUpdate {
    // MARK: - Confirmations

    /// What the user should know about the plan of a run that can start.
    static func doubts(_ state: AppState, _ issues: [PlanIssue]) -> [String] {
        var doubts = issues.filter { $0.severity == .warning }.map {
            "\($0.field): \(tr($0.message))"
        }
        if case .done(let summary)? = state.model.inspections[state.plan.model.path] {
            doubts += summary.failures.map {
                tr("Model, {1}: {2}", tr($0.title), tr($0.detail))
            }
        }
        return doubts
    }

    private static let linesMax = 8

    private static func shown(_ lines: [String]) -> [DisplayText] {
        let more = lines.count - linesMax
        return lines.prefix(linesMax).map { DisplayText($0) }
            + (more > 0 ? [tr("… and {1} more", more)] : [])
    }

    static func cannotStart(
        _ issues: [PlanIssue], fixing key: String, title: DisplayText? = nil
    ) -> AppState.Question {
        let errors = issues.filter { $0.severity == .error }
        let lines = errors.map { "\($0.field): \(tr($0.message))" }
        return AppState.Question(
            dialog: Dialog(
                title: title ?? tr("The run cannot start yet"), lines: shown(lines) + [""],
                buttons: [
                    Dialog.Button(key: "f", title: tr("go to the first")),
                    Dialog.Button(key: "n", title: tr("close")),
                ]), answers: [.fix(key: key), .nothing])
    }

    /// Asks whether to go on despite the remarks; Enter does not.
    static func question(
        _ title: DisplayText, _ doubts: [String], yes: DisplayText,
        _ answer: AppState.Question.Answer
    ) -> AppState.Question {
        AppState.Question(
            dialog: Dialog(
                title: title, lines: shown(doubts) + [""],
                buttons: [
                    Dialog.Button(key: "n", title: tr("later")),
                    Dialog.Button(key: "y", title: yes),
                ]), answers: [.nothing, answer])
    }

    // MARK: - Leaving

    static func quit(_ state: inout AppState) -> [Effect] {
        guard state.run.isActive else { return quitUnlessQueued(&state) }
        guard state.run.trainsHere else { return quitForeign(&state) }
        let lost = max(0, state.run.step - state.run.savedStep)
        let waiting = state.run.waiting
        state.question = AppState.Question(
            dialog: Dialog(
                title: tr("A run is training"),
                lines: [
                    DisplayText(state.run.words ?? ""),
                    lost == 1
                        ? tr("1 step is not saved yet.") : tr("{1} steps are not saved yet.", lost),
                ]
                    + (waiting > 0
                        ? [
                            tr(
                                "{1} in the queue: leaving lets them run, quitting drops them.",
                                waiting)
                        ]
                        : []) + [""],
                buttons: [
                    Dialog.Button(key: "k", title: tr("keep training and leave; come back later")),
                    Dialog.Button(key: "s", title: tr("stop after this step, save, then quit")),
                    Dialog.Button(key: "c", title: tr("cancel: stay here")),
                ]), answers: [.detach, .stopThenQuit, .nothing])
        return []
    }

    static func quitUnlessQueued(_ state: inout AppState) -> [Effect] {
        guard state.run.waiting > 0 else { return quitUnlessExporting(&state) }
        state.question = AppState.Question(
            dialog: Dialog(
                title: tr("Runs wait in the queue"),
                lines: [
                    tr(
                        "{1} in the queue. Quitting forgets them; their plans are nowhere else.",
                        state.run.waiting),
                    "",
                ],
                buttons: [
                    Dialog.Button(key: "k", title: tr("leave, and come back to them later")),
                    Dialog.Button(key: "x", title: tr("forget them and quit"), isDestructive: true),
                    Dialog.Button(key: "c", title: tr("cancel: stay here")),
                ]), answers: [.detach, .forgetQueue, .nothing])
        return []
    }

    private static func quitUnlessExporting(_ state: inout AppState) -> [Effect] {
        guard state.export.phase.isActive else { return quitUnlessEvaluating(&state) }
        state.question = AppState.Question(
            dialog: Dialog(
                title: tr("An export is being written"),
                lines: [tr("Quitting leaves it incomplete."), ""],
                buttons: [
                    Dialog.Button(key: "k", title: tr("keep writing and leave")),
                    Dialog.Button(
                        key: "x", title: tr("cancel the export and quit"), isDestructive: true),
                    Dialog.Button(key: "c", title: tr("cancel: stay here")),
                ]), answers: [.detach, .quitNow, .nothing])
        return []
    }

    private static func quitUnlessEvaluating(_ state: inout AppState) -> [Effect] {
        guard EvaluateTab.isActive(state.evaluate) else {
            state.isFinished = true
            return [.quit]
        }
        state.question = AppState.Question(
            dialog: Dialog(
                title: tr("An evaluation is under way"),
                lines: [tr("Answers that were generated stay in their file."), ""],
                buttons: [
                    Dialog.Button(key: "k", title: tr("keep evaluating and leave")),
                    Dialog.Button(
                        key: "x", title: tr("stop the evaluation and quit"), isDestructive: true),
                    Dialog.Button(key: "c", title: tr("cancel: stay here")),
                ]), answers: [.detach, .quitNow, .nothing])
        return []
    }

    /// Leaves the work running; the note in the shell tells how to come back.
    static func detach(_ state: inout AppState) -> [Effect] {
        if state.run.isForeign, state.run.isActive, !state.isBusy {
            // This process is no longer needed: it ends when its screen has been given back.
            return [.train(.leaveRun), .detach(note: farewell(state))]
        }
        guard state.isBusy else {
            say(tr("nothing is under way that could go on; q quits"), .warning, &state)
            return []
        }
        guard state.run.trainsHere else {
            let note =
                state.export.phase.isActive
                ? tr("The export goes on. Back to it: workbench attach")
                : EvaluateTab.isActive(state.evaluate)
                    ? tr("The evaluation goes on. Back to it: workbench attach")
                    : tr("The queue waits. Back to it: workbench attach")
            return [.detach(note: note)]
        }
        let folder = state.train.summary?.folder ?? state.train.plan?.output.folder ?? ""
        let queue =
            state.run.waiting > 0 ? "\n" + tr("{1} in the queue behind it", state.run.waiting) : ""
        return [
            .detach(
                note: tr("{1} goes on training in {2}", state.run.name, folder) + queue + "\n"
                    + tr("Back to it: workbench attach. All runs: workbench runs"))
        ]
    }

    /// Control-C: quits on the second press, and never at once while a run is active.
    static func interrupt(_ state: inout AppState) -> [Effect] {
        if state.run.isActive { return quit(&state) }
        guard state.quitTicks == 0 else { return quit(&state) }
        state.quitTicks = 2
        say(tr("press ^C again to quit"), .badge, &state)
        return []
    }

    // MARK: - Answers

    static func answer(_ key: Key, _ state: inout AppState) -> [Effect] {
        guard var question = state.question else { return [] }
        let outcome = question.dialog.handle(key)
        state.question = question
        switch outcome {
        case .open: return []
        case .cancelled:
            state.question = nil
            return []
        case .chosen(let index):
            state.question = nil
            guard question.answers.indices.contains(index) else { return [] }
            return perform(question.answers[index], &state)
        }
    }

    private static func perform(
        _ answer: AppState.Question.Answer, _ state: inout AppState
    ) -> [Effect] {
        switch answer {
        case .nothing: return []
        case .startRun(let plan): return begin(plan, &state)
        case .queueRun(let plan): return queue(plan, &state)
        case .take(let folder, let purpose):
            take(folder, &state)
            return look(purpose, &state)
        case .insist(let consent, let purpose): return look(purpose, with: consent, &state)
        case .forgetQueue:
            _ = act(.train(.queue(.forgotten)), &state)
            return quit(&state)
        case .fix(let key): return fix(key, &state)
        case .quitNow:
            state.isFinished = true
            return state.export.phase.isActive ? [.export(.cancelExport), .quit] : [.quit]
        case .detach: return detach(&state)
        case .stopThenQuit:
            guard state.run.trainsHere else { return perform(.quitNow, &state) }
            state.quitsAfterRun = true
            say(tr("stopping after this step"), .badge, &state)
            return [.train(.controlRun(.stop))]
        }
    }

    /// Opens the place where a key of the plan is set.
    private static func fix(_ key: String, _ state: inout AppState) -> [Effect] {
        switch key {
        case "model_name_or_path", "adapter_name_or_path": return open(.model, &state)
        case "dataset", "dataset_dir": return open(.dataset, &state)
        default:
            let effects = open(.params, &state)
            return effects + act(.params(.fieldAsked(key: key)), &state)
        }
    }
}
