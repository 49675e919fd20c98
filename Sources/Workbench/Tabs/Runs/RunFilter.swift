// Which runs a list shows: words that must occur somewhere, and conditions such as state:done or
// lr>1e-4, all of which must hold.

import Kernel

/// A filter over runs, from what a user types.
struct RunFilter: Equatable, Sendable {
    private enum Term: Equatable, Sendable {
        /// Occurs in name, model, method, state, note or a tag.
        case word(String)
        case state(String)
        case tag(String)
        /// A setting or a measurement compared with a number.
        case number(String, Character, Double)
    }

    private let terms: [Term]
    /// What is beyond these is not looked at: lists of runs may be long.
    private static let lettersMax = 1024
    private static let termsMax = 32

    /// Takes words with blanks between.
    init(_ text: String) {
        let words = text.prefix(Self.lettersMax).lowercased().split(separator: " ")
        terms = words.prefix(Self.termsMax).map { word in
            if word.hasPrefix("state:") { return .state(String(word.dropFirst(6))) }
            if word.hasPrefix("tag:") { return .tag(String(word.dropFirst(4))) }
            if let sign = word.firstIndex(where: { "<>=".contains($0) }),
                let value = Double(word[word.index(after: sign)...])
            {
                return .number(String(word[..<sign]), word[sign], value)
            }
            return .word(String(word))
        }
    }

    /// Whether every term holds for a run.
    func matches(_ entry: RunEntry) -> Bool {
        terms.allSatisfy { term in
            switch term {
            case .word(let word):
                Self.texts(entry).contains { $0.lowercased().contains(word) }
            case .state(let state):
                Self.words(entry.record.state).contains { $0.hasPrefix(state) }
            case .tag(let tag): entry.notes.tags.contains { $0.lowercased().hasPrefix(tag) }
            case .number(let name, let sign, let limit):
                Self.value(name, entry).map { value in
                    switch sign {
                    case "<": value < limit
                    case ">": value > limit
                    default: value == limit
                    }
                } ?? false
            }
        }
    }

    /// A state by its English name, as the files have it, and as the list shows it.
    private static func words(_ state: RunState) -> [String] { [state.rawValue, state.word] }

    private static func texts(_ entry: RunEntry) -> [String] {
        let record = entry.record
        return [
            record.name, record.model ?? "", record.method ?? "", record.fault?.description ?? "",
            entry.notes.note,
        ] + words(record.state) + entry.notes.tags
    }

    /// A measurement, or a setting by its key; `lr` is short for learning_rate.
    private static func value(_ name: String, _ entry: RunEntry) -> Double? {
        switch name {
        case "loss": entry.record.loss
        case "eval": entry.record.bestEvaluationLoss
        case "step", "steps": entry.record.step.map(Double.init)
        case "speed", "tok/s": entry.tokensPerSecond
        case "lr": entry.plan?.optimizer.learningRate
        default:
            entry.plan.flatMap { plan in
                TrainingKeys.table.text(of: name, in: plan).flatMap { Double($0) }
            } ?? entry.record.values[Metrics.named(name)?.key ?? MetricKey(rawValue: name)]
        }
    }
}
