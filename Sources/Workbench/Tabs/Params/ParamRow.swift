// The rows of the parameter form as they stand: sections that fold, fields, and what cannot be set here;
// or, during a search, the rows that fit, best first. It changes nothing.

import Kernel
import Panels

/// A row of the parameter form.
enum ParamRow: Sendable {
    /// A section, or the part of one that cannot be set here.
    case heading(ParamFields.Section, ofMissing: Bool, isOpen: Bool)
    case field(ParamField)
    case missing(MissingControl)

    /// The name of the row: the key, or what folds.
    var id: String {
        switch self {
        case .heading(let section, let ofMissing, _): Self.fold(section, ofMissing: ofMissing)
        case .field(let field): field.key
        case .missing(let control): control.key
        }
    }

    /// What is kept of a heading that folds.
    static func fold(_ section: ParamFields.Section, ofMissing: Bool) -> String {
        (ofMissing ? "missing:" : "section:") + section.title
    }

    /// What is folded when the form is shown first: rare sections, and all that is missing.
    static let foldedAtFirst = Set(
        ParamFields.sections.flatMap { section in
            (section.isFolded ? [fold(section, ofMissing: false)] : [])
                + (section.fields.isEmpty || section.missing.isEmpty
                    ? [] : [fold(section, ofMissing: true)])
        })

    /// The folds that hide a key.
    static func folds(over key: String) -> [String] {
        for section in ParamFields.sections {
            let isField = section.fields.contains { $0.owns(key) }
            if isField { return [fold(section, ofMissing: false)] }
            if section.missing.contains(where: { $0.key == key }) {
                return [fold(section, ofMissing: false), fold(section, ofMissing: true)]
            }
        }
        return []
    }

    /// The rows from top to bottom.
    static func all(folded: Set<String>) -> [ParamRow] {
        ParamFields.sections.flatMap { section -> [ParamRow] in
            let isOpen = !folded.contains(fold(section, ofMissing: false))
            let head = ParamRow.heading(section, ofMissing: false, isOpen: isOpen)
            guard isOpen else { return [head] }
            let missing = section.missing.map { ParamRow.missing($0) }
            if section.fields.isEmpty { return [head] + missing }
            let fields = section.fields.map { ParamRow.field($0) }
            guard !missing.isEmpty else { return [head] + fields }
            let isMissingOpen = !folded.contains(fold(section, ofMissing: true))
            return [head] + fields
                + [.heading(section, ofMissing: true, isOpen: isMissingOpen)]
                + (isMissingOpen ? missing : [])
        }
    }

    /// More letters than these are not searched for.
    private static let lettersMax = 256

    /// The rows whose name, key or help fits what is searched for, best first.
    static func found(_ text: String) -> [ParamRow] {
        // Fewer letters than this limit find any help text.
        let text = String(text.prefix(lettersMax))
        let rows = ParamFields.sections.flatMap { section in
            section.fields.map { ParamRow.field($0) } + section.missing.map { ParamRow.missing($0) }
        }
        let scored = rows.enumerated().compactMap { index, row in
            row.score(text).map { (index: index, score: $0, row: row) }
        }
        return scored.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.map(\.row)
    }

    /// How well a text fits the row; nil when it does not.
    private func score(_ text: String) -> Int? {
        let (names, help): ([String], String) =
            switch self {
            case .heading: ([], "")
            case .field(let field): ([field.key, field.label, field.shownLabel], tr(field.help))
            case .missing(let control):
                ([control.key, control.label, tr(control.label)], tr(control.reason.english))
            }
        let best = names.compactMap { FuzzyMatch.score(text, in: $0) }.max()
        if let best { return best }
        return help.lowercased().contains(text.lowercased()) ? -1000 : nil
    }
}
