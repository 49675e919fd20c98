// A path that is being typed: Tab asks what it could become, the answer completes it as far as it is
// unambiguous and names what could follow. It looks at no folder itself.

import Panels

/// The question that Tab asks.
struct PathQuestion: Equatable, Sendable {
    /// Which prompt asks: the answer goes back there.
    enum Asker: Equatable, Sendable { case model, dataset, params }

    var asker: Asker
    /// The text so far.
    var text: String
    /// Endings of files that fit; folders always do.
    var endings: [String] = []
}

/// What a path could become.
struct PathAnswer: Equatable, Sendable {
    var question: PathQuestion
    /// The text, longer where there was only one way.
    var completed: String
    /// Names that could stand at its end, folders with a slash; some, when there are many.
    var names: [String]
    /// How many names there are.
    var count: Int
}

/// A path that is being typed.
struct PathPrompt: Equatable, Sendable {
    var field: TextField.State
    /// What the last Tab found.
    private(set) var answer: PathAnswer?

    init(_ text: String = "") { field = TextField.State(text: text) }

    var text: String { field.text }

    /// Replaces the text.
    mutating func setText(_ text: String) { self = PathPrompt(text) }

    /// Does what an editing key means; true when the key was one.
    mutating func handle(_ key: Key) -> Bool {
        let before = field.text
        let isUsed = field.handle(key)
        if field.text != before { answer = nil }
        return isUsed
    }

    /// Takes what Tab found, unless something else is typed by now.
    mutating func take(_ answer: PathAnswer) {
        guard answer.question.text == field.text else { return }
        field.setText(answer.completed)
        self.answer = answer
    }

    /// What could follow, in a line.
    var remark: String {
        guard let answer else { return "" }
        if answer.count == 0 { return tr("nothing there begins so") }
        if answer.count == 1 { return "" }
        let names = answer.names.joined(separator: "  ")
        let more = answer.count - answer.names.count
        return more > 0 ? names + "  " + tr("… and {1} more", more) : names
    }
}
