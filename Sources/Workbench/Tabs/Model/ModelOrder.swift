// What the list of models is sorted by, and which models pass what is typed. Pure functions of the list.

import Panels

/// A column of the list of models.
enum ModelOrder: String, CaseIterable, Equatable, Sendable {
    /// As they were found: by place.
    case place
    case name, family, parameters, type, size, context, fit

    /// The name behind the title of the list.
    var word: String {
        switch self {
        case .place: tr("by place")
        case .name: tr("by name")
        case .family: tr("by family")
        case .parameters: tr("by parameters")
        case .type: tr("by type")
        case .size: tr("by size")
        case .context: tr("by context")
        case .fit: tr("by fit")
        }
    }

    /// The models in this order; what is unknown comes last, equal ones stay as they were found.
    func sorted(
        _ models: [ModelSummary], fits: [String: ModelFit], reversed: Bool
    ) -> [ModelSummary] {
        guard self != .place else { return reversed ? models.reversed() : models }
        let keyed = models.enumerated().map { (key: key($1, fits), index: $0, model: $1) }
        return keyed.sorted { a, b in
            switch (a.key, b.key) {
            case (let x?, let y?) where x != y: return reversed ? y < x : x < y
            case (nil, _?): return false
            case (_?, nil): return true
            default: return a.index < b.index
            }
        }.map(\.model)
    }

    /// What a model is sorted by; nil when it is not known.
    private func key(_ model: ModelSummary, _ fits: [String: ModelFit]) -> Key? {
        switch self {
        case .place: nil
        case .name: .text(model.name.lowercased())
        case .family: model.family.isEmpty ? nil : .text(model.family)
        case .parameters: model.parameters.map(Key.number)
        case .type: model.format.isEmpty ? nil : .text(model.format)
        case .size: model.bytes > 0 ? .number(model.bytes) : nil
        case .context: model.contextLength.map(Key.number)
        case .fit: fits[model.path].flatMap { $0 == .unknown ? nil : .number($0.rank) }
        }
    }

    private enum Key: Comparable {
        case number(Int)
        case text(String)
    }
}

extension ModelTab {
    /// The models that pass the search, in the chosen order; while something is searched for, the best
    /// matches first.
    static func shown(_ state: State) -> [ModelSummary] {
        let known = state.models.map { model in
            if case .done(let summary) = state.inspections[model.path] {
                var summary = summary
                summary.name = model.name
                return summary
            }
            return model
        }
        let sorted = state.order.sorted(known, fits: state.fits, reversed: state.isReversed)
        let text = state.search.text
        guard !text.allSatisfy(\.isWhitespace) else { return sorted }
        let scored = sorted.enumerated().compactMap { index, model in
            let texts = [model.name, model.family, model.format, model.path]
            // The path counts only when nothing else fits: every model's has the same words.
            let best = texts.prefix(3).compactMap { FuzzyMatch.score(text, in: $0) }.max()
            return (best ?? FuzzyMatch.score(text, in: model.path).map { $0 - 1000 }).map {
                (score: $0, index: index, model: model)
            }
        }
        return scored.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.map(\.model)
    }
}
