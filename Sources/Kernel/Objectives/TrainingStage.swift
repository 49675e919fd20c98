// The stages of training as rows. Settings keys, the form, checks, the reading of data, evaluation and metrics walk
// the table; what a step of a stage minimizes is each objective's own file.

/// One stage: its name, the data it reads, what it measures, how its objective is made.
public struct TrainingStage: Sendable, RawRepresentable, CaseIterable, Codable, Hashable {
    /// Its name in plans and settings files, as in LLaMA-Factory (`stage`).
    public let rawValue: String
    /// What it trains on, in a word or two for help.
    public let help: String
    /// What records are read for.
    public let data: DataObjective
    /// What it measures beside what every run does.
    public let metrics: [Metric]
    /// Whether a value head trains with it.
    public let hasValueHead: Bool
    /// Whether the model answers prompts itself and learns from what that is worth.
    public let draws: Bool
    /// The objective of a plan.
    public let objective: @Sendable (TrainingPlan) -> any Objective

    init(
        _ name: String, help: String, data: DataObjective, metrics: [Metric] = [],
        hasValueHead: Bool = false, draws: Bool = false,
        objective: @escaping @Sendable (TrainingPlan) -> any Objective
    ) {
        rawValue = name
        (self.help, self.data, self.metrics) = (help, data, metrics)
        (self.hasValueHead, self.draws) = (hasValueHead, draws)
        self.objective = objective
    }

    /// All of them, in the order of lists.
    public static let allCases: [TrainingStage] = [
        .pretraining, .supervised, .rewardModel, .directPreference, .kto, .distillation,
        .groupPolicy,
    ]

    /// Stages of LLaMA-Factory that this version does not have.
    public static let missing = ["ppo"]

    /// The stage of a name; nil for others.
    public init?(rawValue: String) {
        guard let stage = Self.allCases.first(where: { $0.rawValue == rawValue }) else {
            return nil
        }
        self = stage
    }

    /// The names of all of them, for messages: "pt and sft".
    public static var names: String { allCases.map(\.rawValue).formattedList("and") }

    public static func == (a: TrainingStage, b: TrainingStage) -> Bool { a.rawValue == b.rawValue }
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension [String] {
    /// The words with commas, and one word before the last: "a, b and c".
    func formattedList(_ word: String) -> String {
        guard count > 1, let last else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " \(word) \(last)"
    }
}
