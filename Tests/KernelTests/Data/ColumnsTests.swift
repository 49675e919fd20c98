// From fields to examples in each style, and the faults of records that do not fit.

import Testing

@testable import Kernel

@Suite struct ColumnsTests {
    private func style(
        _ formatting: RecordStyle.Formatting, ranking: Bool = false,
        _ change: (inout RecordStyle) -> Void = { _ in }
    ) -> RecordStyle {
        var style = RecordStyle(formatting: formatting, isRanking: ranking)
        if formatting == .openai {
            style.tags = .openAI
            style.columns = ColumnNames()
            style.columns.messages = "messages"
        }
        change(&style)
        return style
    }

    private func convert(
        _ json: String, _ style: RecordStyle, _ objective: DataObjective = .supervised
    ) throws -> Example {
        let fields = try #require(JSONValue(parsing: json, source: "test").object)
        return try Columns(style: style, objective: objective).example(from: fields)
    }

    private func fault(
        _ json: String, _ style: RecordStyle, _ objective: DataObjective = .supervised
    ) -> RecordFault? {
        do {
            _ = try convert(json, style, objective)
            return nil
        } catch {
            return error as? RecordFault
        }
    }

    private func user(_ text: String) -> ChatMessage { ChatMessage(.user, text) }
    private func model(_ text: String) -> ChatMessage {
        ChatMessage(.assistant, text)
    }

    // MARK: - Alpaca

    @Test func alpacaJoinsInstructionAndInput() throws {
        let example = try convert(
            #"{"instruction":"Add","input":"1 2","output":"3"}"#, style(.alpaca))
        #expect(example == .chat(ChatExample(messages: [user("Add\n1 2"), model("3")])))
    }

    @Test(arguments: [
        #"{"instruction":"Add","input":"","output":"3"}"#,
        #"{"instruction":"Add","input":null,"output":"3"}"#,
        #"{"instruction":"Add","output":"3","system":"ignored, for the style does not name it"}"#,
        #"{"instruction":"","input":"Add","output":"3"}"#,
        #"{"instruction":null,"input":"Add","output":"3"}"#,
    ])
    func emptyPartsLeaveNoLineBreak(json: String) throws {
        #expect(
            try convert(json, style(.alpaca))
                == .chat(ChatExample(messages: [user("Add"), model("3")])))
    }

    @Test func alpacaHistoryAndSystemComeFirst() throws {
        let style = style(.alpaca) {
            $0.columns.history = "history"
            $0.columns.system = "system"
            $0.columns.tools = "tools"
        }
        let json = #"""
            {"instruction":"c","output":"d","system":"S","tools":"[]",
             "history":[["a","b"],["e","f"]]}
            """#
        let messages = [user("a"), model("b"), user("e"), model("f"), user("c"), model("d")]
        #expect(
            try convert(json, style)
                == .chat(ChatExample(system: "S", tools: "[]", messages: messages)))
    }

    @Test(arguments: [
        (#"{"output":"3"}"#, RecordFault.Kind.missingField, "instruction"),
        (#"{"instruction":"a"}"#, .missingField, "output"),
        (#"{"instruction":"a","output":null}"#, .nothingToTrain, "output"),
        (#"{"instruction":"a","output":7}"#, .wrongType, "output"),
        (#"{"instruction":["a"],"output":"b"}"#, .wrongType, "instruction"),
        (#"{"instruction":"a","input":{},"output":"b"}"#, .wrongType, "input"),
        (#"{"instruction":"a","output":"b","history":"x"}"#, .wrongType, "history"),
        (#"{"instruction":"a","output":"b","history":[["x"]]}"#, .wrongType, "history"),
        (#"{"instruction":"a","output":"b","history":[["x",1]]}"#, .wrongType, "history"),
    ])
    func alpacaFaults(json: String, kind: RecordFault.Kind, field: String) {
        let found = fault(json, style(.alpaca) { $0.columns.history = "history" })
        #expect(found?.kind == kind)
        #expect(found?.field == field)
    }

    @Test func missingColumnsListThePresentOnes() {
        let found = fault(#"{"prompt":"a","answer\u0007":"b"}"#, style(.alpaca))
        #expect(found?.detail == "the column is absent; present: prompt, answer\\u{7}")
    }

    @Test func textsForPretraining() throws {
        let text = style(.alpaca) {
            $0.columns = ColumnNames()
            $0.columns.prompt = "text"
        }
        #expect(try convert(#"{"text":"a b"}"#, text, .pretraining) == .text("a b"))
        #expect(fault(#"{"text":""}"#, text, .pretraining)?.kind == .nothingToTrain)
        #expect(fault(#"{"text":null}"#, text, .pretraining)?.kind == .nothingToTrain)
        #expect(fault(#"{"text":"a"}"#, text)?.kind == .nothingToTrain)
    }

    @Test func alpacaPairs() throws {
        let ranking = style(.alpaca, ranking: true) {
            $0.columns.chosen = "chosen"
            $0.columns.rejected = "rejected"
        }
        let example = try convert(
            #"{"instruction":"a","chosen":"b","rejected":"c"}"#, ranking, .preference)
        #expect(
            example
                == .pair(
                    PairExample(prompt: [user("a")], chosen: model("b"), rejected: model("c"))))
    }

    // MARK: - Conversations

    @Test func sharegptConversation() throws {
        let json = #"""
            {"conversations":[{"from":"system","value":"S"},{"from":"human","value":"a"},
             {"from":"function_call","value":"{}"},{"from":"observation","value":"r"},
             {"from":"gpt","value":"b"}],"system":"column"}
            """#
        let messages = [
            user("a"), ChatMessage(.function, "{}"),
            ChatMessage(.observation, "r"), model("b"),
        ]
        let style = style(.sharegpt) { $0.columns.system = "system" }
        #expect(
            try convert(json, style) == .chat(ChatExample(system: "S", messages: messages)))
    }

    @Test func systemColumnServesWithoutASystemMessage() throws {
        let json = #"""
            {"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b"}],
             "system":"column"}
            """#
        let style = style(.sharegpt) { $0.columns.system = "system" }
        #expect(
            try convert(json, style)
                == .chat(ChatExample(system: "column", messages: [user("a"), model("b")])))
    }

    @Test(arguments: [
        ("[]", RecordFault.Kind.messageCount),
        (#"[{"from":"system","value":"S"}]"#, .messageCount),
        (#"[{"from":"human","value":"a"}]"#, .messageCount),
        (#"[{"from":"gpt","value":"a"},{"from":"human","value":"b"}]"#, .roleOrder),
        (#"[{"from":"human","value":"a"},{"from":"human","value":"b"}]"#, .roleOrder),
        (#"[{"from":"human","value":"a"},{"from":"system","value":"b"}]"#, .roleOrder),
        (#"[{"from":"user","value":"a"},{"from":"gpt","value":"b"}]"#, .roleOrder),
        (#"[{"value":"a"},{"from":"gpt","value":"b"}]"#, .missingField),
        (#"[{"from":"human"},{"from":"gpt","value":"b"}]"#, .missingField),
        (#"[{"from":"human","value":1},{"from":"gpt","value":"b"}]"#, .wrongType),
        (#"["a","b"]"#, .wrongType), (#""a""#, .wrongType), ("null", .wrongType),
    ])
    func brokenConversations(list: String, kind: RecordFault.Kind) {
        let found = fault(#"{"conversations":\#(list)}"#, style(.sharegpt))
        #expect(found?.kind == kind)
        #expect(found?.field?.hasPrefix("conversations") == true)
    }

    @Test func faultsNameTheMessage() {
        let json = #"{"conversations":[{"from":"human","value":"a"},{"from":"bot","value":"b"}]}"#
        let found = fault(json, style(.sharegpt))
        #expect(found?.field == "conversations[1].from")
        #expect(found?.detail.description.contains("\"bot\"") == true)
        #expect(found?.detail.description.contains("human, gpt, observation") == true)
    }

    @Test func tagsLeftOutAreUnknown() {
        let style = style(.sharegpt) { $0.tags.system = nil }
        let json = #"""
            {"conversations":[{"from":"system","value":"S"},{"from":"human","value":"a"},
             {"from":"gpt","value":"b"}]}
            """#
        #expect(fault(json, style)?.kind == .roleOrder)
    }

    @Test func sharegptPairs() throws {
        let ranking = style(.sharegpt, ranking: true) {
            $0.columns.chosen = "chosen"
            $0.columns.rejected = "rejected"
        }
        let json = #"""
            {"conversations":[{"from":"human","value":"a"}],"chosen":{"from":"gpt","value":"b"},
             "rejected":{"from":"gpt","value":"c"}}
            """#
        #expect(
            try convert(json, ranking, .preference)
                == .pair(
                    PairExample(prompt: [user("a")], chosen: model("b"), rejected: model("c"))))
        let wrong = json.replacing(#"{"from":"gpt","value":"c"}"#, with: #""c""#)
        #expect(fault(wrong, ranking, .preference)?.field == "rejected")
        let even = json.replacing(
            #""a"}]"#, with: #""a"},{"from":"gpt","value":"b"}]"#)
        #expect(fault(even, ranking, .preference)?.kind == .messageCount)
    }

    // MARK: - Files without an entry

    /// TRL's forms: messages as prompt and answers, answers that repeat their conversation, marked completions.
    @Test(arguments: [
        (
            #"{"prompt":[{"role":"user","content":"a"}],"chosen":[{"role":"assistant","content":"b"}],"#
                + #""rejected":[{"role":"assistant","content":"c"}]}"#, DataObjective.preference
        ),
        (
            #"{"chosen":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"#
                + #""rejected":[{"role":"user","content":"a"},{"role":"assistant","content":"c"}]}"#,
            .preference
        ),
        (
            #"{"prompt":"a","messages":[{"role":"user","content":"a"}],"#
                + #""chosen":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"#
                + #""rejected":[{"role":"user","content":"a"},{"role":"assistant","content":"c"}]}"#,
            .preference
        ),
        (#"{"prompt":"a","chosen":"b","rejected":"c"}"#, .preference),
        (
            #"{"prompt":[{"role":"user","content":"a"}],"#
                + #""completion":[{"role":"assistant","content":"b"}],"label":true}"#, .feedback
        ),
        (#"{"prompt":"a","completion":"b","label":true}"#, .feedback),
        (
            #"{"prompt":[{"role":"user","content":"a"}],"#
                + #""completion":[{"role":"assistant","content":"b"}]}"#, .supervised
        ),
    ])
    func formsOfTRLAreGuessed(json: String, objective: DataObjective) throws {
        let fields = try #require(try JSONValue(parsing: json, source: "test").object)
        let style = try #require(RecordStyle.guessed(from: fields))
        let wanted: Example =
            switch objective {
            case .preference:
                .pair(PairExample(prompt: [user("a")], chosen: model("b"), rejected: model("c")))
            case .feedback:
                .judged(JudgedExample(prompt: [user("a")], answer: model("b"), isGood: true))
            case .supervised, .pretraining:
                .chat(ChatExample(messages: [user("a"), model("b")]))
            }
        #expect(try convert(json, style, objective) == wanted)
    }

    /// Answers to two conversations are no pair.
    @Test func answersToOtherConversationsAreRefused() throws {
        let json =
            #"{"chosen":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"#
            + #""rejected":[{"role":"user","content":"x"},{"role":"assistant","content":"c"}]}"#
        let fields = try #require(try JSONValue(parsing: json, source: "test").object)
        let style = try #require(RecordStyle.guessed(from: fields))
        let found = fault(json, style, .preference)
        #expect(found?.kind == .messageCount && found?.field == "rejected")
    }

    // MARK: - Chat interfaces

    @Test func toolCallsAndResults() throws {
        let json = #"""
            {"messages":[{"role":"system","content":"S"},
             {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
             {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function",
               "function":{"name":"f","arguments":"{\"x\":1}"}}]},
             {"role":"tool","content":"1"},{"role":"tool","content":"2"},
             {"role":"assistant","content":"c","tool_calls":[]}],
             "tools":[{"name":"f"}]}
            """#
        let style = style(.openai) { $0.columns.tools = "tools" }
        let messages = [
            user("ab"),
            ChatMessage(.function, #"[{"name":"f","arguments":"{\"x\":1}"}]"#),
            ChatMessage(.observation, "1\n</tool_response>\n<tool_response>\n2"),
            model("c"),
        ]
        #expect(
            try convert(json, style)
                == .chat(
                    ChatExample(system: "S", tools: #"[{"name":"f"}]"#, messages: messages)))
    }

    @Test func imagesAreRefused() {
        let json = #"""
            {"messages":[{"role":"user","content":[{"type":"image_url","image_url":"x"}]},
             {"role":"assistant","content":"b"}]}
            """#
        let found = fault(json, style(.openai))
        #expect(found?.kind == .wrongType)
        #expect(found?.field == "messages[0].content")
    }

    // MARK: - Guessing

    @Test(arguments: [
        (#"{"instruction":"a","input":"","output":"b"}"#, RecordStyle.Formatting.alpaca),
        (#"{"prompt":"a","completion":"b"}"#, .alpaca),
        (
            #"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}"#,
            .openai
        ),
        (
            #"{"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b"}]}"#,
            .sharegpt
        ),
        (#"{"messages":[{"from":"human","value":"a"},{"from":"gpt","value":"b"}]}"#, .sharegpt),
    ])
    func guessedStylesConvert(json: String, formatting: RecordStyle.Formatting) throws {
        let fields = try #require(JSONValue(parsing: json, source: "test").object)
        let style = try #require(RecordStyle.guessed(from: fields))
        #expect(style.formatting == formatting)
        #expect(
            try convert(json, style) == .chat(ChatExample(messages: [user("a"), model("b")])))
    }

    @Test func guessedTextsAndPairs() throws {
        let text = try #require(RecordStyle.guessed(from: ["text": "a", "id": 1]))
        #expect(try convert(#"{"text":"a"}"#, text, .pretraining) == .text("a"))
        let fields: JSONObject = ["prompt": "a", "chosen": "b", "rejected": "c"]
        let pair = try #require(RecordStyle.guessed(from: fields))
        #expect(pair.isRanking && pair.columns.response == nil)
        #expect(RecordStyle.guessed(from: ["id": 1, "label": "x"]) == nil)
        #expect(RecordStyle.guessed(from: ["prompt": "only"]) == nil)
    }
}
