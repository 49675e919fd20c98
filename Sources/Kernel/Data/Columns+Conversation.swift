// Conversations as lists of messages: the sharegpt form and that of chat programming interfaces.
// Positions decide: asked turns are odd, answered turns even, and whatever breaks that is refused.

extension Columns {
    /// The example of a record that holds a list of messages.
    func conversationExample(_ fields: RecordFields) throws(RecordFault) -> Example {
        if objective == .pretraining {
            throw RecordFault(
                .nothingToTrain, field: style.columns.messages,
                "pre-training reads a text column, not conversations")
        }
        let repeating = style.isRanking ? style.columns.chosen : nil
        guard let column = style.columns.messages ?? repeating else {
            throw RecordFault(.missingField, "the dataset names no messages column")
        }
        var messages = try list(column, of: fields)
        // Both answers repeat the conversation that they answer.
        if style.columns.messages == nil { messages.removeLast(min(1, messages.count)) }
        let start = messages
        if style.isGuessed, let answers = style.columns.response {
            messages += try list(answers, of: fields)
        }
        if style.formatting == .openai { messages = Self.joiningToolResults(messages) }
        var system = try optionalText(style.columns.system, of: fields)
        if let first = messages.first, first.role == .system {
            system = first.content.isEmpty ? nil : first.content
            messages.removeFirst()
        }
        try checkOrder(messages, column: column)
        let tools = try toolText(fields)
        if style.isRanking {
            return .pair(
                PairExample(
                    system: system, tools: tools, prompt: messages,
                    chosen: try rankedAnswer(style.columns.chosen, of: fields, to: start),
                    rejected: try rankedAnswer(style.columns.rejected, of: fields, to: start)))
        }
        return try judged(ChatExample(system: system, tools: tools, messages: messages), fields)
    }

    /// Asked turns stand at odd positions, answers at even ones, and the count fits the purpose.
    private func checkOrder(_ messages: [ChatMessage], column: String) throws(RecordFault) {
        for (index, message) in messages.enumerated() {
            let isAsked = message.role == .user || message.role == .observation
            let isAnswered = message.role == .assistant || message.role == .function
            guard index % 2 == 0 ? isAsked : isAnswered else {
                let expected = index % 2 == 0 ? "a user or tool message" : "an answer"
                throw RecordFault(
                    .roleOrder, field: column,
                    "message \(index + 1) after the system text should be \(expected), "
                        + "found \(message.role.rawValue)")
            }
        }
        let isWhole = messages.count % 2 == (style.isRanking ? 1 : 0)
        guard isWhole && !messages.isEmpty else {
            let expected = style.isRanking ? "end with a user message" : "end with an answer"
            throw RecordFault(
                .messageCount, field: column,
                "the conversation must \(expected); it has \(messages.count) messages")
        }
    }

    /// The messages in a column that holds a list of them.
    private func list(_ column: String, of fields: RecordFields) throws(RecordFault)
        -> [ChatMessage]
    {
        guard let value = try fields.value(column) else {
            throw RecordFault(.missingField, field: column, Self.absent(column, in: fields))
        }
        guard let elements = value.array else {
            throw RecordFault(
                .wrongType, field: column, "expected a list of messages, found \(value.kindName)")
        }
        var messages: [ChatMessage] = []
        for (index, element) in elements.enumerated() {
            messages.append(
                try message(element, field: "\(column)[\(index)]", below: column, fields))
        }
        return messages
    }

    /// An answer as a message; as a list of one; or as a list that repeats the conversation before it.
    private func rankedAnswer(
        _ column: String?, of fields: RecordFields, to start: [ChatMessage]
    ) throws(RecordFault) -> ChatMessage {
        guard let column, let value = try fields.value(column) else {
            let name = column ?? "chosen, rejected"
            throw RecordFault(.missingField, field: name, Self.absent(name, in: fields))
        }
        let answer: ChatMessage
        if value.array != nil {
            let messages = try list(column, of: fields)
            guard let last = messages.last,
                messages.count == 1 || Array(messages.dropLast()) == start
            else {
                throw RecordFault(
                    .messageCount, field: column,
                    "expected one answer, or the conversation and then the answer; found "
                        + "\(messages.count) messages that begin otherwise")
            }
            answer = last
        } else {
            answer = try message(value, field: column, below: column, fields)
        }
        guard answer.role == .assistant || answer.role == .function else {
            throw RecordFault(
                .roleOrder, field: column, "expected an answer, found \(answer.role.rawValue)")
        }
        return answer
    }

    // MARK: - One message

    private func message(
        _ value: JSONValue, field: String, below column: String, _ fields: RecordFields
    ) throws(RecordFault) -> ChatMessage {
        guard let roleTag = style.tags.role, let contentTag = style.tags.content else {
            throw RecordFault(
                .missingField, field: field, "the dataset names no role_tag or no content_tag")
        }
        guard let parts = value.object else {
            throw RecordFault(
                .wrongType, field: field, "expected a message object, found \(value.kindName)")
        }
        guard let word = parts[roleTag]?.string else {
            throw RecordFault(
                .missingField, field: "\(field).\(roleTag)",
                "the message has no role; present: "
                    + "\(parts.keys.prefix(20).map(\.escapedForDisplay).joined(separator: ", "))")
        }
        guard let role = role(named: word) else {
            throw RecordFault(
                .roleOrder, field: "\(field).\(roleTag)",
                "unknown role \"\(word.escapedForDisplay)\"; known: "
                    + "\(roleWords.map(\.0).joined(separator: ", "))")
        }
        let marks = try TurnMarks(parts, role: role, field: field)
        var read = TurnMarks.names.union([roleTag, contentTag])
        if style.formatting == .openai { read.insert("tool_calls") }
        fields.note(unreadIn: parts, below: column, read: read)
        if style.formatting == .openai, role == .assistant,
            let calls = parts["tool_calls"]?.array, !calls.isEmpty
        {
            return ChatMessage(
                .function, try Self.callText(calls, field: "\(field).tool_calls"),
                isTrained: marks.isTrained)
        }
        return ChatMessage(
            role, try content(parts[contentTag], field: "\(field).\(contentTag)"),
            isTrained: marks.isTrained)
    }

    /// A string, or a list of text parts, which are joined.
    private func content(_ value: JSONValue?, field: String) throws(RecordFault) -> String {
        guard let value else { throw RecordFault(.missingField, field: field, "it is absent") }
        if let text = value.string { return text }
        guard style.formatting == .openai, let parts = value.array else {
            throw RecordFault(
                .wrongType, field: field, "expected a string, found \(value.kindName)")
        }
        var text = ""
        for part in parts {
            // LLaMA-Factory's newer data call the text of a part its value.
            guard part["type"]?.string == "text",
                let piece = part["text"]?.string ?? part["value"]?.string
            else {
                let kind = part["type"]?.string.map { " but \($0.escapedForDisplay)" } ?? ""
                throw RecordFault(.wrongType, field: field, "a content part is not text\(kind)")
            }
            text += piece
        }
        return text
    }

    private var roleWords: [(String, ChatMessage.Role)] {
        let tags = style.tags
        let words: [(String?, ChatMessage.Role)] = [
            (tags.user, .user), (tags.assistant, .assistant), (tags.observation, .observation),
            (tags.function, .function), (tags.system, .system),
        ]
        return words.compactMap { word, role in word.map { ($0, role) } }
    }

    private func role(named word: String) -> ChatMessage.Role? {
        roleWords.first { $0.0 == word }?.1
    }

    // MARK: - Tool calls

    /// The called functions as a JSON list, the form that tool templates take apart again.
    private static func callText(
        _ calls: [JSONValue], field: String
    ) throws(RecordFault) -> String {
        var functions: [JSONValue] = []
        for call in calls {
            guard let function = call["function"], function.object != nil else {
                throw RecordFault(.missingField, field: field, "a call has no function object")
            }
            functions.append(function)
        }
        return JSONValue.array(functions).text()
    }

    /// Results of parallel calls are one observation; the separator is that of the tool templates.
    private static func joiningToolResults(_ messages: [ChatMessage]) -> [ChatMessage] {
        var joined: [ChatMessage] = []
        for message in messages {
            if message.role == .observation, let last = joined.last, last.role == .observation {
                joined[joined.count - 1].content +=
                    "\n</tool_response>\n<tool_response>\n" + message.content
                joined[joined.count - 1].isTrained = last.isTrained && message.isTrained
            } else {
                joined.append(message)
            }
        }
        return joined
    }
}
