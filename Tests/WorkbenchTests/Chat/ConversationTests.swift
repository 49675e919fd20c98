// Conversations as values: branches, what a model is told, thoughts, tools, names, and files that give
// back what was put into them and refuse what is broken.

import Testing

@testable import Kernel
@testable import Workbench

@Suite struct ConversationTests {
    private func answer(_ text: String) -> ChatAnswer {
        ChatAnswer(text: text, standing: .finished(ChatSamples.figures(3)))
    }

    @Test func branchesKeepWhatHangsOnThem() {
        var tree = ConversationTree()
        let a = tree.ask("a", system: "", tools: "")
        let b = tree.ask("b", system: "", tools: "")
        let c = tree.ask("c", system: "", tools: "")
        #expect(tree.path == [a, b, c])
        let other = tree.branch(beside: b, "b2", system: "", tools: "")
        #expect(tree.path == [a, other] && tree.alternatives(of: b) == [b, other])
        let d = tree.ask("d", system: "", tools: "")
        #expect(tree.turnOver(other, by: 1) == b && tree.path == [a, b, c])
        #expect(tree.turnOver(b, by: -1) == other && tree.path == [a, other, d])
        let root = tree.branch(beside: a, "a2", system: "", tools: "")
        #expect(tree.path == [root] && tree.turns.count == 6)
        tree.choose(a)
        #expect(tree.path == [a, other, d])
    }

    @Test func aModelIsToldWhatItsSideSaid() {
        var tree = ConversationTree()
        for (index, question) in ["a", "b", "c", "d"].enumerated() {
            let turn = tree.ask(question, system: index > 1 ? "be kind" : "", tools: "")
            if index == 0 {
                tree[turn].answers = Sided(answer("by a"))
                tree[turn].answers.b = answer("<think>x</think>by b")
            }
            // Nobody answered b; only the other side answered c.
            if index == 2 { tree[turn].answers.a = answer("also by a") }
        }
        #expect(
            tree.messages(upTo: 3, .b) == [
                ChatLine(speaker: .system, text: "be kind"), ChatLine(speaker: .user, text: "a"),
                ChatLine(speaker: .assistant, text: "by b"), ChatLine(speaker: .user, text: "c"),
                ChatLine(speaker: .assistant, text: "also by a"),
                ChatLine(speaker: .user, text: "d"),
            ])
        #expect(tree.messages(upTo: 0, .a) == [ChatLine(speaker: .user, text: "a")])
    }

    @Test(
        arguments: [
            ("plain", nil, false, "plain"), ("<think>a b</think> c", "a b", false, "c"),
            ("\n<think>\na", "a", true, ""), ("a\n</think>\n\nb", "a", false, "b"),
            ("say <think> aloud", nil, false, "say <think> aloud"),
            ("say <think>x</think>", nil, false, "say <think>x</think>"),
            ("<think></think>", "", false, ""),
        ] as [(String, String?, Bool, String)])
    func thoughtsAreTakenApart(_ text: String, _ thought: String?, _ open: Bool, _ said: String) {
        let parts = ThoughtText(text)
        #expect(parts.thought == thought && parts.isOpen == open && parts.answer == said)
    }

    @Test func toolsAreWrappedAndChecked() throws {
        #expect(try ToolList.parse(" \n").isEmpty)
        let tools = try ToolList.parse(
            #"[{"name": "a"}, {"type": "function", "function": {"name": "b"}}]"#)
        #expect(tools.map { $0["function"]?["name"]?.string } == ["a", "b"])
        for broken in [
            "{}", "[{}]", "[{\"name\": 3}]", "[1]", "[", "[{\"function\": {}}]",
            String(repeating: "[", count: 99),
        ] {
            #expect(ToolList.problem(broken) != nil, "\(broken)")
        }
    }

    @Test func namesStayInTheirFolder() {
        for bad in ["", ".x", "../x", "a/b", "a\u{0}b", String(repeating: "长", count: 41)] {
            #expect(ChatName.problem(bad) != nil, "\(bad)")
        }
        #expect(ChatName.problem("我的包裹 3") == nil)
        #expect(ChatName.suggested(for: "..a/b\n  c? ") == "a b c?")
        #expect(ChatName.suggested(for: "///") == "")
        for question in [String(repeating: "字", count: 200), "👩‍👩‍👧‍👦 x", ChatSamples.answer] {
            let name = ChatName.suggested(for: question)
            #expect(!name.isEmpty && ChatName.problem(name) == nil)
        }
    }

    // MARK: - Files

    private var document: ChatDocument {
        var state = ChatSamples.compared
        state.settings.sampling.minP = 0.05
        state.settings.sampling.seed = 7
        _ = state.tree.branch(beside: 0, "另一个问题", system: "说中文", tools: "")
        state.tree.choose(0)
        return ChatDocument(
            modelPath: "models/SmolLM2-135M", tree: state.tree, system: "说中文", tools: "[]",
            sampling: state.settings.sampling)
    }

    @Test func filesGiveBackEverything() throws {
        let text = document.json.text(.pretty)
        let back = try ChatDocument(JSONValue(parsing: text, source: "x"), source: "x")
        #expect(back == document)
        #expect(back.json.text(.pretty) == text)
        let messages = try #require(document.json["messages"]?.array)
        #expect(messages.map { $0["role"]?.string } == ["system", "user", "assistant"])
    }

    @Test func messagesOfOtherProgramsAreRead() throws {
        let file: JSONValue = [
            "messages": [
                ["role": "system", "content": "s"], ["role": "user", "content": "a"],
                ["role": "assistant", "content": "b"], ["role": "user", "content": "c"],
            ]
        ]
        let document = try ChatDocument(file, source: "x")
        #expect(document.system == "s" && document.tree.turns.map(\.question) == ["a", "c"])
        #expect(document.tree[0].answers.a?.text == "b" && document.tree[1].answers.a == nil)
    }

    @Test(arguments: [
        "[]", "{}", #"{"turns": [], "version": 2}"#, #"{"version": 1, "turns": [{}]}"#,
        #"{"version": 1, "turns": [{"parent": 0, "question": "a"}]}"#,
        #"{"version": 1, "turns": [{"parent": -1, "question": "a"}]}"#,
        #"{"version": 1, "turns": [{"question": "a"}], "chosen": [1]}"#,
        #"{"version": 1, "turns": [{"question": "a", "answer_a": {"ending": "never"}}]}"#,
        #"{"version": 1, "turns": [{"question": "a", "score_b": {"nll": 1}}]}"#,
        #"{"version": 1, "turns": [], "sampling": {"top_p": 3}}"#,
        #"{"messages": [{"role": "assistant", "content": "x"}]}"#,
        #"{"messages": [{"role": "user", "content": 3}]}"#,
        #"{"messages": [{"role": "tool", "content": "x"}]}"#,
    ])
    func brokenFilesAreRefused(_ text: String) throws {
        let value = try JSONValue(parsing: text, source: "x")
        #expect(throws: KernelError.self) { try ChatDocument(value, source: "x") }
    }
}
