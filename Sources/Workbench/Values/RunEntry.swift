// A run as the list of runs knows it: the facts in its folder, its settings, and the notes of its user.
// Values only; Services/ fills them.

import Kernel

/// The user's notes on a run; kept in its folder.
struct RunNotes: Equatable, Sendable, Codable {
    var note = ""
    var tags: [String] = []
}

/// One run of the list.
struct RunEntry: Equatable, Sendable {
    var record: RunRecord
    /// The run's plan; nil when its folder keeps none that can be read.
    var plan: TrainingPlan?
    var notes = RunNotes()

    var folder: String { record.folder }
    /// Tokens a second of the newest line of the log.
    var tokensPerSecond: Double? { record.values[.tokensPerSecond] }

    /// Names of all settings with their values, as plan files write them.
    func settings() -> [(key: String, value: String)] {
        guard let plan else { return [] }
        return TrainingKeys.settingsOfRuns.map {
            ($0, TrainingKeys.table.text(of: $0, in: plan) ?? "null")
        }
    }
}

/// All runs at one moment.
struct RunListing: Equatable, Sendable {
    var runs: [RunEntry]
    /// Seconds since 1970 when it was read: ages count from here.
    var nowSeconds: Double
    /// Whether there may be more than were looked at.
    var isCut = false
}

extension TrainingKeys {
    /// The keys in which two runs can differ: honoured ones, each by one name, and no places.
    static let settingsOfRuns: [String] = table.sections.flatMap(\.rows).filter { row in
        guard case .honoured = row.meaning, !row.isAlias else { return false }
        return !["output_dir", "run_name", "overwrite_output_dir", "resume_from_checkpoint"]
            .contains(row.name)
    }.map(\.name)
}
