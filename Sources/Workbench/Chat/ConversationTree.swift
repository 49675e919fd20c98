// A conversation with everything that was tried: turns hang on the turn before them, and turns that
// hang on the same one are alternatives. One way through them is chosen. It asks no model and draws nothing.

import Kernel

/// All turns of a conversation; none is ever lost.
struct ConversationTree: Equatable, Sendable {
    /// A question with its answers. Asking again and rewriting make another turn beside it.
    struct Turn: Equatable, Sendable {
        /// The turn before it, whose number is smaller; nil for a first question.
        let parent: Int?
        let question: String
        /// The system text that the model was given first.
        let system: String
        /// The functions that it might call, as JSON text.
        let tools: String
        var answers = Sided<ChatAnswer?>(nil)
        /// A reference answer; empty when none was given.
        var reference = ""
        var scores = Sided<ScoreStanding?>(nil)
        /// The turn behind it that is chosen.
        fileprivate(set) var next: Int?

        init(parent: Int?, question: String, system: String = "", tools: String = "") {
            (self.parent, self.question) = (parent, question)
            (self.system, self.tools) = (system, tools)
        }
    }

    private(set) var turns: [Turn] = []
    /// The chosen first question.
    private var first: Int?

    /// The chosen turns from the first question on.
    var path: [Int] {
        var path: [Int] = []
        var next = first
        while let turn = next {
            path.append(turn)
            next = turns[turn].next
        }
        return path
    }

    /// The last of the chosen turns.
    var last: Int? { path.last }
    var isEmpty: Bool { turns.isEmpty }

    subscript(turn: Int) -> Turn {
        get { turns[turn] }
        set { turns[turn] = newValue }
    }

    /// Adds a turn at the end of what is chosen.
    mutating func ask(_ question: String, system: String, tools: String) -> Int {
        add(Turn(parent: last, question: question, system: system, tools: tools))
    }

    /// Adds an alternative to a turn; what followed stays with the old one.
    mutating func branch(
        beside turn: Int, _ question: String, system: String, tools: String
    ) -> Int {
        add(
            Turn(parent: turns[turn].parent, question: question, system: system, tools: tools))
    }

    /// Adds a turn behind its parent and chooses it.
    mutating func add(_ turn: Turn) -> Int {
        precondition(
            turn.parent.map(turns.indices.contains) ?? true, "a turn behind one that is not there")
        turns.append(turn)
        choose(turns.count - 1)
        return turns.count - 1
    }

    /// Chooses a turn among its alternatives.
    mutating func choose(_ turn: Int) {
        if let parent = turns[turn].parent { turns[parent].next = turn } else { first = turn }
    }

    /// All turns that hang where this one does, oldest first.
    func alternatives(of turn: Int) -> [Int] {
        turns.indices.filter { turns[$0].parent == turns[turn].parent }
    }

    /// Chooses the next alternative, or with -1 the one before; around at the ends.
    mutating func turnOver(_ turn: Int, by step: Int) -> Int {
        let all = alternatives(of: turn)
        let index = all.firstIndex(of: turn) ?? 0
        let chosen = all[((index + step) % all.count + all.count) % all.count]
        choose(chosen)
        return chosen
    }

    /// A turn's answer by one side; where it has none, the other side's answer, which the conversation went on from.
    func answer(_ turn: Int, _ side: ChatSide) -> ChatAnswer? {
        turns[turn].answers[side] ?? turns[turn].answers[side.other]
    }

    /// The messages that a model gets to answer a turn: the system text, earlier turns that were answered, the
    /// question. Thoughts of earlier answers are left out, as the models' own templates do.
    func messages(upTo turn: Int, _ side: ChatSide) -> [ChatLine] {
        var earlier: [ChatLine] = []
        var above = turns[turn].parent
        while let place = above {
            let said = ThoughtText(answer(place, side)?.text ?? "").answer
            if !said.isEmpty {
                earlier += [
                    ChatLine(speaker: .assistant, text: said),
                    ChatLine(speaker: .user, text: turns[place].question),
                ]
            }
            above = turns[place].parent
        }
        let system = turns[turn].system
        let told = system.isEmpty ? [] : [ChatLine(speaker: .system, text: system)]
        return told + earlier.reversed()
            + [ChatLine(speaker: .user, text: turns[turn].question)]
    }
}
