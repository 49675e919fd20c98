// How a catalogue is written: pairs of lines, the English text and its translation, blank lines
// anywhere between pairs. It is read once; a test compares it with the texts of the program.

/// A catalogue of one language.
enum Catalogue {
    /// The pairs of a text in order. A last line without its partner is a pair with itself.
    static func pairs(_ text: String) -> [(english: String, translation: String)] {
        let lines = text.split(separator: "\n").map(String.init)
        return stride(from: 0, to: lines.count, by: 2).map {
            (lines[$0], lines[min($0 + 1, lines.count - 1)])
        }
    }
}

/// The Chinese catalogue.
enum Chinese {
    /// All catalogues.
    static let all = [
        shell, tabs, chat, params, form, dataset, model, train, runs, logs, evaluate, queue,
        samples, exports, plots, sessions, starting, findings, notes,
    ].joined(separator: "\n")
    /// Texts by their English.
    static let entries = Dictionary(
        Catalogue.pairs(all).map { ($0.english, $0.translation) },
        uniquingKeysWith: { first, _ in first })
}
