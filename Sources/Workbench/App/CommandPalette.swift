// Everything that can be done now, found by typing a few letters of it. The rows are those of the key
// tables; a key or a name in full wins, then what was done lately. What starts, overwrites or deletes is never
// the first row for a letter or two. Chinese rows are found by their English too.

import Panels

/// The palette that lies over the tab.
struct CommandPalette: Equatable, Sendable {
    /// What is typed.
    var field = TextField.State()
    /// The selection among the rows that fit.
    var list = ListState()

    /// A command that fits.
    struct Row {
        let entry: Palette.Entry
        let action: AppAction
    }

    /// The rows that fit what was typed, best first.
    func rows(_ state: AppState) -> [Row] {
        let sections = GlobalKeys.commands(state)
        let english = Language.english.speaking { GlobalKeys.commands(state) }
        var ranked: [(score: Int, row: Row)] = []
        for (section, other) in zip(sections, english) {
            for (command, twin) in zip(section.commands, other.commands) {
                guard let action = command.action, action != .palettePressed,
                    let score = score(command, section.title, twin, other.title)
                else { continue }
                let recent = state.recentActions.firstIndex(of: action).map { 40 - 4 * $0 } ?? 0
                let isOff = command.hint.disabledReason != nil
                let row = Row(
                    entry: Palette.Entry(
                        title: DisplayText(command.hint.help), group: DisplayText(section.title),
                        key: DisplayText(command.hint.keys.first ?? ""),
                        reason: command.hint.disabledReason.map { DisplayText($0) }),
                    action: action)
                ranked.append((score + max(0, recent) - (isOff ? 12 : 0), row))
            }
        }
        // Equal scores keep the order of the tables.
        let rows = ranked.enumerated().sorted {
            ($0.element.score, -$0.offset) > ($1.element.score, -$1.offset)
        }.map(\.element.row)
        return harmless(rows)
    }

    /// Up to this many letters are too vague for what cannot be undone.
    private static let lettersFew = 2

    /// For a letter or two, with a harmless row in front: a user who is used to `:q` types on without
    /// looking. Harmful rows stay away even where nothing else fits, unless the letters are their exact key.
    private func harmless(_ rows: [Row]) -> [Row] {
        let typed = field.text.filter { !$0.isWhitespace }
        guard typed.count <= Self.lettersFew, rows.first?.action.isWeighty == true else {
            return rows
        }
        guard let index = rows.firstIndex(where: { !$0.action.isWeighty }) else {
            return rows.filter { $0.entry.key.string == typed }
        }
        var rows = rows
        rows.insert(rows.remove(at: index), at: 0)
        return rows
    }

    /// The better of the scores in the reader's language and in English; nil when nothing fits.
    private func score(
        _ command: GlobalKeys.Command, _ title: String, _ twin: GlobalKeys.Command, _ other: String
    ) -> Int? {
        let texts = [
            command.hint.help, twin.hint.help, "\(title) \(command.hint.help)",
            "\(other) \(twin.hint.help)",
        ]
        let typed = String(field.text.prefix(FuzzyMatch.lettersMax))
        // A key as it is written wins, then a name in full, then a key in the other case.
        if command.hint.keys.contains(typed) { return 1000 }
        let names = [command.hint.help, twin.hint.help].map { $0.lowercased() }
        if names.contains(typed.lowercased()) { return 900 }
        if command.hint.keys.contains(where: { $0.lowercased() == typed.lowercased() }) {
            return 100
        }
        return texts.compactMap { FuzzyMatch.score(typed, in: $0) }.max()
    }

    /// Draws the field and the rows.
    func render(_ state: AppState, in area: Rect, on frame: inout Frame, theme: Theme) {
        Palette(
            title: tr("Commands"), placeholder: tr("a few letters of what to do"),
            entries: rows(state).map(\.entry)
        ).render(field, list, in: area, on: &frame, theme: theme)
    }
}
