// Starting and queueing: what is looked up first, what is asked, and what begins then. An existing run is
// never overwritten without a question, whatever the plan says.

import Kernel
import Panels

extension AppUpdate {
    // MARK: - Asking the disk

    /// Starts the run, or asks first when there is something to know.
    static func start(_ state: inout AppState) -> [Effect] {
        guard !state.run.trainsHere else {
            say(tr("a run is training already"), .warning, &state)
            return []
        }
        return check(.start, &state)
    }

    /// Adds the plan to the queue, or asks first when there is something to know.
    static func enqueue(_ state: inout AppState) -> [Effect] { check(.queue, &state) }

    private static func check(
        _ purpose: StartQuestion.Purpose, _ state: inout AppState
    ) -> [Effect] {
        // What is being typed is meant; it counts as if Enter had been pressed.
        if state.params.form.isEditing {
            _ = act(.params(.key(.enter)), &state)
        }
        let issues = state.issues
        if let first = issues.first(where: { $0.severity == .error }) {
            state.question = cannotStart(issues, fixing: first.field, title: refusal(purpose))
            return []
        }
        return look(purpose, &state)
    }

    private static func refusal(_ purpose: StartQuestion.Purpose) -> DisplayText? {
        purpose == .queue ? tr("The run cannot be queued yet") : nil
    }

    /// Has the disk checked for a start; pressed twice, it is checked once.
    static func look(
        _ purpose: StartQuestion.Purpose, with consent: StartQuestion.Consent = .none,
        _ state: inout AppState
    ) -> [Effect] {
        let question = question(purpose, consent, state)
        guard state.looking != question else { return [] }
        state.looking = question
        return [.lookAtStart(question)]
    }

    private static func question(
        _ purpose: StartQuestion.Purpose, _ consent: StartQuestion.Consent, _ state: AppState
    ) -> StartQuestion {
        var taken = state.train.queue.entries.map(\.plan.output.folder)
        if state.run.isActive { taken.append(TrainTab.folder(of: state.train)) }
        return StartQuestion(
            purpose: purpose, plan: state.plan, consent: consent,
            taken: taken.filter { !$0.isEmpty }, steps: state.knownEstimate?.steps)
    }

    /// Has the disk checked when the plan names other places, so that the last line knows whether a start
    /// would begin.
    static func lookAround(_ state: inout AppState) -> [Effect] {
        let places = state.plan.places
        guard state.hasStarted, !state.isFinished, places != state.places,
            !places.model.path.isEmpty
        else { return [] }
        (state.places, state.facts) = (places, nil)
        return [.lookAtStart(question(.readiness, .none, state))]
    }

    // MARK: - Answers

    /// Takes the result of the check.
    static func seen(
        _ question: StartQuestion, _ facts: StartFacts, _ state: inout AppState
    ) -> [Effect] {
        if question.purpose == .readiness {
            guard question.plan.places == state.places else { return [] }
            state.facts = facts
            // The next run gets a folder of its own as soon as the last one has left its own.
            if facts.content != .nothing, isOwnChoice(state), !state.run.isActive {
                moveFolder(to: facts.freeFolder, &state)
            }
            return []
        }
        guard question == state.looking else { return [] }
        state.looking = nil
        if question.purpose == .resume { return goOn(question, facts, &state) }
        // What was changed meanwhile is not what was asked for.
        guard question.plan == state.plan else { return [] }
        if question.purpose == .start, state.run.trainsHere { return [] }
        if let first = facts.faults.first {
            (state.places, state.facts) = (state.plan.places, facts)
            state.question = cannotStart(
                facts.faults, fixing: first.field, title: refusal(question.purpose))
            return []
        }
        let folder = state.plan.output.folder
        let owner = owner(of: folder, state)
        if owner != nil || (facts.content != .nothing && question.consent == .none) {
            // Two runs of a session for one folder are asked about: the second press may be a slip.
            guard owner == nil, isOwnChoice(state) else {
                state.question = taken(facts, by: owner, question.purpose, state)
                return []
            }
            moveFolder(to: facts.freeFolder, &state)
            if question.purpose == .start {
                let name = PathText.lastPart(of: facts.freeFolder)
                say(tr("{1} holds a run; this one is {2}", folder, name), .badge, &state)
            }
        }
        return proceed(question, facts, &state)
    }

    /// Everything is known: begins, or asks about the remarks.
    private static func proceed(
        _ question: StartQuestion, _ facts: StartFacts, _ state: inout AppState
    ) -> [Effect] {
        var plan = state.plan
        if plan.trains {
            // Only an answer allows a run to be replaced; a file that allows it may be about another folder.
            plan.output.overwrites = question.consent == .over
            let resumes = plan.checkpointing.resumesFrom
            if question.consent == .over || (question.consent == .goingOn && resumes == "false") {
                plan.checkpointing.resumesFrom = nil
            }
        }
        var doubts = doubts(state, state.issues)
        if let doubt = diskDoubt(facts) { doubts.append(doubt) }
        let isStart = question.purpose == .start
        if isStart { doubts += doubtsNow(state) }
        guard doubts.isEmpty else {
            state.question =
                isStart
                ? self.question(
                    tr("Start the run?"), doubts, yes: tr("start all the same"),
                    .startRun(plan))
                : self.question(
                    tr("Add the run to the queue?"), doubts, yes: tr("add it all the same"),
                    .queueRun(plan))
            return []
        }
        return isStart ? begin(plan, &state) : queue(plan, &state)
    }

    /// What prevents a start at this moment.
    private static func doubtsNow(_ state: AppState) -> [String] {
        var doubts: [String] = []
        if case .tooLarge(let missing)? = state.params.estimate.value?.verdict {
            doubts.append(
                tr("Memory: the run needs {1} more than is free.", NumberText.bytes(missing)))
        }
        if state.run.isActive {
            doubts.append(
                tr(
                    "{1} trains in another process: both would share the cores, and Train shows the new one.",
                    state.run.name))
        }
        if EvaluateTab.isActive(state.evaluate) {
            doubts.append(evaluationDoubt)
        }
        return doubts
    }

    /// The remark about a disk without room.
    static func diskDoubt(_ facts: StartFacts) -> String? {
        facts.missingBytes.map { missing in
            tr(
                "Disk: checkpoints and result need {1}, which is {2} more than is free.",
                NumberText.bytes(facts.neededBytes), NumberText.bytes(missing))
        }
    }

    /// The remark about an evaluation that is under way.
    static var evaluationDoubt: String {
        tr("An evaluation is under way; both would share the cores.")
    }

    /// Starts the run of a plan and shows it.
    static func begin(_ plan: TrainingPlan, _ state: inout AppState) -> [Effect] {
        let effects = act(.train(.started(plan)), &state)
        return effects + [.train(.startRun(plan))] + open(.train, &state)
    }

    // MARK: - Folders

    /// Whether the plan's folder was chosen by the program, not by the user.
    private static func isOwnChoice(_ state: AppState) -> Bool {
        state.chosenFolder.map { PathText.isSame($0, state.plan.output.folder) } ?? false
    }

    /// Gives the next run another folder; the user's edits of the plan can still be undone.
    private static func moveFolder(to folder: String, _ state: inout AppState) {
        ParamsTab.moveFolder(from: state.plan.output.folder, to: folder, &state.params)
        take(folder, &state)
    }

    /// Gives the plan an empty folder: it has no checkpoint of its own to resume from.
    static func take(_ folder: String, _ state: inout AppState) {
        state.plan.output.folder = folder
        state.chosenFolder = folder
        if state.plan.checkpointing.resumesFrom == "true" {
            state.plan.checkpointing.resumesFrom = nil
        }
    }

    /// The run of this session that writes into a folder; nil when there is none.
    private static func owner(of folder: String, _ state: AppState) -> String? {
        if let entry = state.train.queue.entries.first(where: {
            PathText.isSame($0.plan.output.folder, folder)
        }) {
            return entry.name
        }
        guard state.run.isActive else { return nil }
        let folders = [state.train.plan?.output.folder, state.train.summary?.folder]
        let isOwn = folders.contains { $0.map { PathText.isSame($0, folder) } ?? false }
        return isOwn ? state.run.name : nil
    }

    /// Asks what to do with a folder that is not empty, or that a run of this session uses.
    private static func taken(
        _ facts: StartFacts, by owner: String?, _ purpose: StartQuestion.Purpose,
        _ state: AppState
    ) -> AppState.Question {
        let folder = state.plan.output.folder
        let free = facts.freeFolder
        var lines: [DisplayText] = []
        var buttons = [
            Dialog.Button(
                key: "y",
                title: purpose == .queue
                    ? tr("queue it into {1}", free) : tr("start it in {1}", free))
        ]
        var answers: [AppState.Question.Answer] = [.take(folder: free, purpose)]
        func offer(
            _ key: Character, _ title: DisplayText, _ consent: StartQuestion.Consent
        ) {
            buttons.append(
                Dialog.Button(key: key, title: title, isDestructive: consent == .over))
            answers.append(.insist(consent, purpose))
        }
        if let owner {
            lines = [
                tr("{1} writes into {2}.", owner, folder),
                tr("Each run of the queue needs an output_dir of its own."),
            ]
        } else {
            switch facts.content {
            case .run(let name, let run):
                lines = [tr("{1} holds a run: {2}, {3}.", folder, name, run.word)]
                if !run.isLive {
                    offer("o", tr("start over there: the run {1} is deleted", name), .over)
                    offer("g", tr("go on with {1}", name), .goingOn)
                }
            case .files(let names):
                let list = names.joined(separator: ", ")
                lines = [tr("{1} holds other files: {2}.", folder, list)]
                offer("o", tr("use it; files that a run writes are replaced"), .over)
            case .nothing: break
            }
        }
        buttons.append(Dialog.Button(key: "n", title: tr("later")))
        answers.append(.nothing)
        return AppState.Question(
            dialog: Dialog(
                title: tr("The folder is taken"), lines: lines + [""], buttons: buttons),
            answers: answers)
    }
}
