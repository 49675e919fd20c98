// Turns the fields of one record into an Example, by the style of its dataset: shared parts and
// the alpaca form. Conversations are in Columns+Conversation. Throws a RecordFault with the field.

/// Conversion of records in one style, for one purpose.
public struct Columns: Sendable, Equatable {
    /// How the fields are named.
    public let style: RecordStyle
    /// What the records are read for.
    public let objective: DataObjective

    /// A conversion of records in this style.
    public init(style: RecordStyle, objective: DataObjective) {
        self.style = style
        self.objective = objective
    }

    /// The example that the fields of a record stand for.
    public func example(from fields: JSONObject) throws(RecordFault) -> Example {
        try example(from: RecordFields(fields))
    }

    /// The same, remembering in `fields` what was read.
    func example(from fields: RecordFields) throws(RecordFault) -> Example {
        if style.isGuessed { try refuseMarks(in: fields) }
        return switch style.formatting {
        case .alpaca: try alpacaExample(fields)
        case .sharegpt, .openai: try conversationExample(fields)
        }
    }

    /// Columns without which no record of the dataset can be used.
    var requiredColumns: [String] {
        var required = style.namedColumns
        let columns = style.columns
        switch style.formatting {
        case .alpaca:
            required += [columns.prompt].compactMap(\.self)
            if objective == .supervised { required += [columns.response].compactMap(\.self) }
        case .sharegpt, .openai: required += [columns.messages].compactMap(\.self)
        }
        if style.isRanking { required += [columns.chosen, columns.rejected].compactMap(\.self) }
        var seen: Set<String> = []
        return required.filter { seen.insert($0).inserted }
    }

    // MARK: - Alpaca

    private func alpacaExample(_ fields: RecordFields) throws(RecordFault) -> Example {
        guard let promptColumn = style.columns.prompt else {
            throw RecordFault(.missingField, "the dataset names no prompt column")
        }
        let prompt = try text(promptColumn, of: fields)
        if objective == .pretraining {
            guard let prompt, !prompt.isEmpty else {
                throw RecordFault(
                    .nothingToTrain, field: promptColumn,
                    "the text is empty" + Self.emptiness(promptColumn, of: fields))
            }
            return .text(prompt)
        }
        let query = try optionalText(style.columns.query, of: fields)
        let question = [prompt, query].compactMap(\.self).filter { !$0.isEmpty }
            .joined(separator: "\n")
        let messages =
            try history(fields) + [ChatMessage(.user, question)]
        let system = try optionalText(style.columns.system, of: fields)
        let tools = try toolText(fields)
        if style.isRanking {
            return .pair(
                PairExample(
                    system: system, tools: tools, prompt: messages,
                    chosen: try answer(style.columns.chosen, of: fields),
                    rejected: try answer(style.columns.rejected, of: fields)))
        }
        let response = try answer(style.columns.response, of: fields)
        return try judged(
            ChatExample(system: system, tools: tools, messages: messages + [response]), fields)
    }

    /// Earlier turns: a list of [prompt, response] lists.
    private func history(_ fields: RecordFields) throws(RecordFault) -> [ChatMessage] {
        guard let name = style.columns.history, let value = try fields.value(name), !value.isNull
        else {
            return []
        }
        guard let pairs = value.array else {
            throw RecordFault(
                .wrongType, field: name, "expected a list of pairs, found \(value.kindName)")
        }
        var messages: [ChatMessage] = []
        for (index, pair) in pairs.enumerated() {
            guard let turn = pair.array, turn.count == 2, let asked = turn[0].string,
                let answered = turn[1].string
            else {
                throw RecordFault(
                    .wrongType, field: name, "turn \(index + 1) is not a pair of two strings")
            }
            messages.append(ChatMessage(.user, asked))
            messages.append(ChatMessage(.assistant, answered))
        }
        return messages
    }

    private func answer(
        _ column: String?, of fields: RecordFields
    ) throws(RecordFault) -> ChatMessage {
        guard let column else {
            throw RecordFault(
                .nothingToTrain, "the dataset names no answer column, so it holds only prompts")
        }
        guard let content = try text(column, of: fields) else {
            throw RecordFault(
                .nothingToTrain, field: column,
                "there is no answer" + Self.emptiness(column, of: fields))
        }
        return ChatMessage(.assistant, content)
    }

    // MARK: - Shared parts

    /// A conversation, with the mark of its last answer where such are read.
    func judged(_ chat: ChatExample, _ fields: RecordFields) throws(RecordFault) -> Example {
        guard objective == .feedback, let column = style.columns.ktoTag else { return .chat(chat) }
        guard let value = try fields.value(column) else {
            throw RecordFault(.missingField, field: column, Self.absent(column, in: fields))
        }
        // Tables of text spell it as a word.
        let words = [
            "true": true, "True": true, "TRUE": true, "false": false, "False": false,
            "FALSE": false,
        ]
        let mark = value.bool ?? (fields.isText ? value.string.flatMap { words[$0] } : nil)
        guard let mark, let example = JudgedExample(chat, isGood: mark) else {
            throw RecordFault(
                .wrongType, field: column,
                "expected true for a good answer or false for a bad one, found "
                    + "\(value.text().prefix(60))")
        }
        return .judged(example)
    }

    /// The string in a column that must exist; null gives nil.
    private func text(
        _ column: String, of fields: RecordFields
    ) throws(RecordFault) -> String? {
        guard let value = try fields.value(column) else {
            throw RecordFault(.missingField, field: column, Self.absent(column, in: fields))
        }
        if value.isNull { return nil }
        guard let text = value.string else {
            throw RecordFault(
                .wrongType, field: column, "expected a string, found \(value.kindName)")
        }
        return text
    }

    /// The string in a column that may be absent, null or empty, each of which gives nil.
    func optionalText(
        _ column: String?, of fields: RecordFields
    ) throws(RecordFault) -> String? {
        guard let column, try fields.value(column) != nil else { return nil }
        let value = try text(column, of: fields)
        return value == "" ? nil : value
    }

    /// The tool descriptions: JSON text, or a list or object which is written out.
    func toolText(_ fields: RecordFields) throws(RecordFault) -> String? {
        guard let column = style.columns.tools, let value = try fields.value(column) else {
            return nil
        }
        switch value {
        case .array(let list): return list.isEmpty ? nil : value.text()
        case .object: return value.text()
        default: return try optionalText(column, of: fields)
        }
    }

    /// Why a field that holds a word is one without a value.
    private static func emptiness(_ column: String, of fields: RecordFields) -> Sentence {
        fields.emptyWord(of: column).map { ": \($0) stands for no value in a CSV file" } ?? ""
    }

    /// Says that a column is absent and lists the present ones.
    static func absent(_ column: String, in fields: RecordFields) -> Sentence {
        let present = fields.names.prefix(20).map(\.escapedForDisplay).joined(separator: ", ")
        return "the column is absent; present: \(present.isEmpty ? "none" : present)"
    }
}
