// A conversation as a file: the chosen way through it in the messages format that other programs
// read, and behind it all turns with their stamps. It touches no disk.

import Kernel

/// Everything of a conversation that is worth keeping.
struct ChatDocument: Equatable, Sendable {
    var modelPath = ""
    var tree = ConversationTree()
    var system = ""
    var tools = ""
    var sampling = SamplingSettings()

    private static let format = "workbench-chat"
    private static let turnsMax = 100_000

    // MARK: - Writing

    var json: JSONValue {
        let chosen = tree.path
        return [
            "format": .string(Self.format), "version": 1, "model": .string(modelPath),
            "system": .string(system), "tools": .string(tools), "sampling": sampling.json,
            "messages": .array(messages),
            "turns": .array(tree.turns.map(Self.json)),
            "chosen": .array(chosen.map { .integer($0) }),
        ]
    }

    /// The chosen turns with their answers, by side A where both answered.
    private var messages: [JSONValue] {
        var lines = system.isEmpty ? [] : [ChatLine(speaker: .system, text: system)]
        for turn in tree.path {
            guard let answer = tree.answer(turn, .a), !answer.text.isEmpty else { continue }
            lines.append(ChatLine(speaker: .user, text: tree[turn].question))
            lines.append(ChatLine(speaker: .assistant, text: answer.text))
        }
        return lines.map {
            ["role": .string($0.speaker.rawValue), "content": .string($0.text)]
        }
    }

    private static func json(_ turn: ConversationTree.Turn) -> JSONValue {
        var object: JSONObject = [
            "parent": turn.parent.map { .integer($0) } ?? .null, "question": .string(turn.question),
        ]
        for (key, text) in [
            ("system", turn.system), ("tools", turn.tools), ("reference", turn.reference),
        ] where !text.isEmpty {
            object[key] = .string(text)
        }
        for side in ChatSide.allCases {
            if let answer = turn.answers[side], !answer.isVoid {
                object["answer_" + side.key] = answer.json
            }
            if case .done(let score)? = turn.scores[side] {
                object["score_" + side.key] = score.json
            }
        }
        return .object(object)
    }

    // MARK: - Reading

    init() {}

    init(
        modelPath: String, tree: ConversationTree, system: String, tools: String,
        sampling: SamplingSettings
    ) {
        (self.modelPath, self.tree, self.system) = (modelPath, tree, system)
        (self.tools, self.sampling) = (tools, sampling)
    }

    /// Reads a file of ours, or any object with `messages`.
    init(_ value: JSONValue, source: String) throws(KernelError) {
        let reader = ChatReader(source: source)
        let file = try reader.object(value, "")
        modelPath = try reader.text(file, "model")
        system = try reader.text(file, "system")
        tools = try reader.text(file, "tools")
        if let settings = file["sampling"] {
            sampling = try reader.sampling(settings, "sampling")
        }
        guard let turns = file["turns"] else {
            try readMessages(file, reader)
            return
        }
        guard file["version"]?.integer == 1 else {
            throw reader.fault("expected version 1", "version")
        }
        let list = try reader.list(turns, "turns")
        guard list.count <= Self.turnsMax else {
            throw reader.fault("more than \(Self.turnsMax) turns", "turns")
        }
        for (index, element) in list.enumerated() {
            _ = tree.add(try reader.turn(element, index))
        }
        let chosen = try reader.list(file["chosen"] ?? .array([]), "chosen")
        for turn in chosen {
            guard let number = turn.integer, tree.turns.indices.contains(number) else {
                throw reader.fault("expected the number of a turn", "chosen")
            }
            tree.choose(number)
        }
    }

    /// A conversation that another program wrote: one turn behind the other.
    private mutating func readMessages(
        _ file: JSONObject, _ reader: ChatReader
    ) throws(KernelError) {
        guard let messages = file["messages"] else {
            throw reader.fault("there are neither turns nor messages", "")
        }
        var open: Int?
        for (index, element) in try reader.list(messages, "messages").enumerated() {
            let place = "messages[\(index)]"
            let message = try reader.object(element, place)
            guard let content = message["content"]?.string else {
                throw reader.fault("expected a text", place + ".content")
            }
            switch message["role"]?.string {
            case "system" where index == 0: system = content
            case "user": open = tree.ask(content, system: system, tools: tools)
            case "assistant":
                guard let turn = open else { throw reader.fault("an answer to nothing", place) }
                var answer = ChatAnswer(text: content)
                answer.standing = .stopped
                tree[turn].answers.a = answer
                open = nil
            default:
                throw reader.fault("expected the role system, user or assistant", place + ".role")
            }
        }
    }
}
