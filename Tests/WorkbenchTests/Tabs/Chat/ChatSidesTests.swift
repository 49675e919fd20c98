// Two sides, alternatives, rewriting, scores, thoughts and tools of the chat tab, as a person uses them.

import Panels
import TestSupport
import Testing

@testable import Kernel
@testable import Workbench

@Suite struct ChatSidesTests: ChatPlay {
    @Test func oneQuestionGoesToBothSides() {
        var robot = robot(ChatSamples.ready)
        robot.press(.alt("v"))
        // The adapter was chosen: its base stands against it.
        #expect(robot.shows("A 客服-03/checkpoint-700 ─") && robot.shows("B base ─"))
        robot.type("hi")
        robot.press(.enter)
        let asked = requests(robot)
        #expect(asked.map(\.source) == [.adapter(path: "runs/客服-03/checkpoint-700"), .base])
        #expect(asked.map(\.id) == [1, 2] && asked[0].messages == asked[1].messages)
        #expect(asked[0].sampling == asked[1].sampling)
        tell(
            &robot, .answering(ChatSamples.tuned), .text("from A"),
            .finished(ChatSamples.figures(4)))
        #expect(robot.app.state.isOpen && robot.app.refusal == nil)
        tell(
            &robot, .answering(ChatSamples.base), .text("from B"),
            .finished(ChatSamples.figures(6)))
        #expect(!robot.app.state.isOpen)
        #expect(robot.shows("A 40.0 tok/s · B 40.0 tok/s"))
        // Each side goes on with what it said itself.
        robot.type("more")
        robot.press(.enter)
        #expect(requests(robot)[2].messages[1].text == "from A")
        #expect(requests(robot)[3].messages[1].text == "from B")
        robot.press(.escape)
        #expect(robot.effects.last == .chat(.cancelChat))
        tell(&robot, .stopped, .stopped)
        #expect(!robot.app.state.isOpen && robot.shows("(stopped)"))
    }

    /// A row of the screen never holds pieces of both sides' lines without the frame between them.
    @Test func panesStandBesideEachOtherWhereThereIsRoom() {
        for width in [76, 80, 99, 120, 200] {
            let robot = robot(ChatSamples.compared, size: Size(width, 30))
            let places = ChatTab.Places(robot.app.state, in: Rect(0, 1, width, 27))
            #expect(places.panes.map(\.side) == [.a, .b])
            #expect(places.panes.allSatisfy { $0.area.width >= 38 })
            #expect(robot.shows("A base") && robot.shows("B 客服-03"))
        }
        var narrow = robot(ChatSamples.compared, size: Size(75, 24))
        #expect(narrow.shows("A base (of two)") && !narrow.shows("B 客服"))
        narrow.press(.character("l"))
        #expect(narrow.shows("B 客服-03/checkpoint-700 (of two)"))
        #expect(narrow.shows("SmolLM2-135M + 客服-03@700"))
        narrow.press(.left)
        #expect(narrow.shows("A base (of two)"))
        narrow.press(.tab)
        #expect(narrow.app.state.focus == .b)
        narrow.press(.tab)
        #expect(narrow.app.state.part == .prompt)
        narrow.press(.tab)
        #expect(narrow.app.state.part == .transcript && narrow.app.state.focus == .a)
        narrow.press(.backtab)
        #expect(narrow.app.state.part == .prompt)
    }

    @Test func aSecondSideIsAskedWhatTheFirstWasAsked() {
        var robot = robot(ChatSamples.answered("q", "from A", ChatSamples.ready))
        robot.press(.alt("v"), .control("g"))
        // Only who has not answered is asked, with the same seed.
        #expect(requests(robot).map(\.source) == [.base])
        #expect(requests(robot).map(\.sampling.seed) == [0])
        tell(
            &robot, .answering(ChatSamples.base), .text("from B"),
            .finished(ChatSamples.figures(6)))
        robot.press(.control("g"))
        #expect(requests(robot).dropFirst().map(\.sampling.seed) == [1, 1])
        #expect(robot.shows("you ‹2/2›"))
    }

    @Test func whoAnswersIsChosenFromAList() {
        var robot = robot(ChatSamples.compared)
        robot.press(.alt("a"))
        #expect(robot.effects == [.chat(.findAnswerers)])
        robot.send(.message(.filesTold(.answerersFound(ChatSamples.trained))))
        #expect(robot.shows("Who answers as A") && robot.shows("客服-03@700"))
        #expect(!robot.shows("the run that trains now"))
        robot.press(.down, .down, .enter)
        #expect(robot.app.state.settings[.a].source == .adapter)
        #expect(robot.app.state.settings[.a].adapterPath == "runs/客服-03/checkpoint-350")
        #expect(robot.shows("A 客服-03/checkpoint-350"))
        robot.press(.character("l"), .character("A"))
        robot.send(.message(.filesTold(.answerersFound(ChatSamples.trained))))
        // The one that answers now is selected.
        robot.press(.enter)
        #expect(robot.app.state.settings[.b].adapterPath == "runs/客服-03/checkpoint-700")
        robot.press(.character("i"))
        robot.type("hi")
        robot.press(.enter)
        #expect(
            requests(robot).map(\.source) == [
                .adapter(path: "runs/客服-03/checkpoint-350"),
                .adapter(path: "runs/客服-03/checkpoint-700"),
            ])
    }

    @Test func alternativesAreKeptWithWhatFollowed() {
        var robot = robot(ChatSamples.answered("first", "one", ChatSamples.ready))
        robot.type("then")
        robot.press(.enter)
        tell(
            &robot, .answering(ChatSamples.tuned), .text("after"), .finished(ChatSamples.figures(1))
        )
        robot.press(.escape, .character("]"))
        #expect(robot.app.refusal?.hasPrefix("this question was asked once") == true)
        robot.press(.character("K"))
        #expect(robot.shows("▸ you"))
        robot.press(.character("r"))
        tell(&robot, .answering(ChatSamples.tuned), .text("two"), .finished(ChatSamples.figures(1)))
        #expect(robot.shows("you ‹2/2›") && robot.shows("two") && !robot.shows("after"))
        robot.press(.character("["))
        #expect(robot.shows("‹1/2›") && robot.shows("one") && robot.shows("after"))
        #expect(!robot.shows("two"))
        robot.press(.character("]"))
        #expect(robot.shows("two") && !robot.shows("after"))
    }

    @Test func rewritingMakesABranch() {
        var robot = robot(ChatSamples.answered("wrong", "one", ChatSamples.ready))
        robot.press(.alt("e"))
        #expect(robot.shows("The question rewritten") && robot.app.state.prompt.text == "wrong")
        robot.press(.escape)
        #expect(robot.app.state.rewrites == nil && robot.app.state.prompt.isEmpty)
        robot.press(.alt("e"), .control("w"))
        robot.type("right")
        robot.press(.enter)
        #expect(requests(robot)[0].messages == [ChatLine(speaker: .user, text: "right")])
        #expect(robot.shows("you ‹2/2›") && !robot.shows("wrong"))
    }

    @Test func aReferenceIsScoredOnBothSides() {
        var robot = robot(ChatSamples.compared, size: Size(120, 40))
        #expect(robot.shows("1.9111 nats a token, perplexity 6.76"))
        #expect(robot.shows("1.1222 nats a token, perplexity 3.07"))
        #expect(robot.shows("9 tokens by SmolLM2-135M (base)"))
        robot.press(.alt("x"))
        #expect(robot.app.state.editor.text == "请提供订单号。")
        robot.type("!")
        robot.press(.enter)
        let purposes = requests(robot).map(\.purpose)
        #expect(purposes == [.score(reference: "请提供订单号。!"), .score(reference: "请提供订单号。!")])
        #expect(requests(robot)[0].messages.last?.speaker == .user)
        #expect(robot.shows("scoring…") && !robot.shows("perplexity"))
        tell(&robot, .failed(ChatSamples.failure), .stopped)
        #expect(robot.shows("cannot open the adapter") && robot.shows("(not scored on this side)"))
        #expect(!robot.app.state.isOpen)
    }

    @Test func thoughtsAreFoldedAndNotSentAgain() {
        let text = "<think>\nlong thought\n</think>\n\nshort answer"
        var robot = robot(ChatSamples.answered("q", text, ChatSamples.ready))
        #expect(robot.shows("▸ thought, 12 characters") && !robot.shows("long thought"))
        robot.press(.alt("z"))
        #expect(robot.shows("▾ thought") && robot.shows("long thought"))
        robot.press(.alt("z"))
        #expect(!robot.shows("long thought"))
        robot.type("and?")
        robot.press(.enter)
        #expect(requests(robot)[0].messages[1].text == "short answer")
        tell(&robot, .answering(ChatSamples.tuned), .text("<think>hm"))
        #expect(robot.shows("▸ thinking… 2 characters"))
    }

    @Test func toolsAreCheckedWhileTheyAreTyped() {
        var state = ChatSamples.ready
        state.around.knowsTools = false
        var plain = robot(state)
        plain.press(.alt("t"))
        #expect(plain.app.refusal == "the model's own template knows no tools")
        var robot = robot(ChatSamples.ready)
        robot.press(.alt("t"))
        robot.type("[{\"name\":")
        robot.press(.enter)
        #expect(robot.app.refusal != nil && robot.app.state.part == .editor(.tools))
        robot.type(" \"clock\"}]")
        robot.press(.enter)
        robot.type("time?")
        robot.press(.enter)
        #expect(requests(robot)[0].tools == "[{\"name\": \"clock\"}]")
        #expect(robot.shows("you · with tools"))
    }

    @Test func numbersAreCheckedWhileTheyAreTyped() {
        var robot = robot(ChatSamples.ready, size: Size(120, 40))
        robot.press(.control("t"), .down, .down, .down, .enter, .control("u"))
        robot.type("1e")
        #expect(robot.shows("no number"))
        robot.type("3")
        #expect(robot.shows("must lie in 0 … 100") && !robot.shows("no number"))
        robot.press(.escape)
        #expect(robot.app.state.settings.sampling.temperature == 0.95)
    }

    /// What an input method sends comes as UTF-8, torn anywhere between two reads.
    @Test func chineseArrivesHoweverItIsTorn() {
        let bytes = Array("你好，\u{1B}[200~第一行\n第二行🙂\u{1B}[201~世界".utf8)
        for size in 1...5 {
            var robot = robot(ChatSamples.ready)
            var decoder = KeyDecoder()
            for start in stride(from: 0, to: bytes.count, by: size) {
                for key in decoder.take(bytes[start..<min(bytes.count, start + size)]) {
                    robot.press(key)
                }
            }
            for key in decoder.flush() { robot.press(key) }
            robot.press(.enter)
            #expect(
                requests(robot).map(\.messages) == [
                    [ChatLine(speaker: .user, text: "你好，第一行\n第二行🙂世界")]
                ], "reads of \(size)")
        }
    }
}
