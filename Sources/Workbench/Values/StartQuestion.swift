// What is looked up on the disk before a run starts or is queued: whether model and data are there, what the
// run's folder holds, and whether the disk has room. Values only; Services/ looks.

import Kernel

/// A start that is being checked.
struct StartQuestion: Equatable, Sendable {
    /// What the answer is for.
    enum Purpose: Equatable, Sendable {
        /// To report whether a start would begin.
        case readiness
        case start
        case queue
        /// To resume a run of the list by its own plan.
        case resume
    }

    /// What the user decided about a folder that is not empty.
    enum Consent: Equatable, Sendable {
        case none
        /// The run that is there may be replaced.
        case over
        /// The run that is there is resumed.
        case goingOn
    }

    var purpose: Purpose
    var plan: TrainingPlan
    var consent = Consent.none
    /// Folders of this session's runs that are under way or wait.
    var taken: [String] = []
    /// The steps of the run, as far as they were counted.
    var steps: Int?
}

/// The result of the check.
struct StartFacts: Equatable, Sendable {
    /// What a folder holds.
    enum Content: Equatable, Sendable {
        /// Nothing that a run could harm.
        case nothing
        /// A run: its name and how it goes.
        case run(name: String, state: RunState)
        /// Files of something else.
        case files([String])
    }

    /// What the plan's folder holds.
    var content = Content.nothing
    /// The next empty folder.
    var freeFolder = ""
    /// What the plan names and does not exist.
    var faults: [PlanIssue] = []
    /// Bytes that checkpoints and result need beyond what is free; nil when there is room.
    var missingBytes: Int?
    /// The same need in full, for words.
    var neededBytes = 0
}

extension TrainingPlan {
    /// A plan with only what names places on the disk, or a template: equal while a look at them stays true.
    var places: TrainingPlan {
        var places = TrainingPlan()
        places.model = model
        places.encoding.template = encoding.template
        places.data.folder = data.folder
        places.data.names = data.names
        places.data.evaluationNames = data.evaluationNames
        places.output.folder = output.folder
        return places
    }

    /// The plan without what says where it writes: equal for the same training.
    var withoutFolder: TrainingPlan {
        var plan = self
        plan.output.folder = ""
        plan.output.overwrites = false
        plan.checkpointing.resumesFrom = nil
        return plan
    }
}
