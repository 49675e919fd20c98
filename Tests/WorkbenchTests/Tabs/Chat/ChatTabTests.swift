// The chat tab: a person who asks, stops, asks again and starts over, and an engine that answers in
// pieces, in Chinese, with control codes, or not at all.

import Panels
import TestSupport
import Testing

@testable import Kernel
@testable import Workbench

@Suite struct ChatTabTests: ChatPlay {
    @Test func aQuestionIsAskedAnsweredAndGoneOnWith() {
        var robot = robot(ChatSamples.ready)
        #expect(robot.shows("Ask SmolLM2-135M + 客服-03/checkpoint-700 something."))
        robot.press(.enter)
        #expect(robot.app.refusal == "type a message first")
        robot.type("你好")
        robot.press(.control("j"))
        robot.type("second line")
        #expect(robot.shows("2 lines"))
        robot.press(.enter)
        #expect(requests(robot).count == 1)
        let request = requests(robot)[0]
        #expect(request.modelPath == "models/SmolLM2-135M" && request.template == "chatml")
        #expect(request.source == .adapter(path: "runs/客服-03/checkpoint-700"))
        #expect(request.messages == [ChatLine(speaker: .user, text: "你好\nsecond line")])
        #expect(robot.app.state.prompt.isEmpty && robot.shows("second line"))

        tell(&robot, .preparing("Reading SmolLM2-135M…"))
        #expect(robot.shows("Reading SmolLM2-135M…"))
        robot.type("next")
        robot.press(.enter)
        #expect(robot.app.refusal == "an answer is under way; Esc stops it")
        tell(&robot, .noted("config.json: not known here and not used: mystery_scale"))
        tell(&robot, .answering(ChatSamples.tuned))
        #expect(robot.shows("SmolLM2-135M + 客服-03@700") && robot.shows("reading the question…"))
        #expect(robot.shows("note: config.json: not known here and not used: mystery_scale"))
        tell(&robot, .text("您好"), .text("！有什么"), .text("可以帮您？"))
        #expect(robot.shows("您好！有什么可以帮您？"))
        tell(&robot, .finished(ChatSamples.figures(41)))
        #expect(robot.shows("41 tokens · 40.0 tok/s · first token 92 ms"))
        #expect(robot.shows("context 453/8192"))

        robot.press(.enter)
        #expect(
            requests(robot)[1].messages == [
                ChatLine(speaker: .user, text: "你好\nsecond line"),
                ChatLine(speaker: .assistant, text: "您好！有什么可以帮您？"),
                ChatLine(speaker: .user, text: "next"),
            ])
    }

    @Test func anAnswerIsStoppedAndKept() {
        var robot = robot(ChatSamples.conversation)
        robot.type("typed meanwhile")
        robot.press(.escape, .escape)
        #expect(robot.effects == [.chat(.cancelChat)] && robot.shows("stopping…"))
        tell(
            &robot, .text(" hear"),
            .finished(ChatSamples.figures(14, .cancelled)))
        #expect(robot.shows("carrier; you will hear") && robot.shows("(cut: stopped)"))
        #expect(robot.app.state.prompt.text == "typed meanwhile")
        robot.press(.escape)
        #expect(robot.app.state.part == .transcript && !robot.effects.contains(.quit))
        robot.press(.control("c"))
        robot.press(.character("i"), .control("c"))
        #expect(robot.app.state.prompt.isEmpty)
        robot.press(.up)
        #expect(robot.app.state.prompt.text == "typed meanwhile")
        robot.press(.up)
        #expect(robot.app.state.prompt.text == "Order 88213, what now?")
        robot.press(.down, .down)
        #expect(robot.app.state.prompt.isEmpty)
    }

    @Test func askingAgainDrawsWithAnotherSeed() {
        var robot = robot(ChatSamples.conversation)
        robot.press(.control("g"))
        #expect(robot.app.refusal == "an answer is under way; Esc stops it")
        tell(&robot, .finished(ChatSamples.figures(9)))
        robot.press(.control("g"))
        #expect(requests(robot).map(\.sampling.seed) == [1])
        #expect(requests(robot)[0].messages.map(\.speaker) == [.user, .assistant, .user])
        #expect(!robot.shows("I have opened a trace"))
        tell(&robot, .failed(ChatSamples.failure))
        robot.press(.escape, .character("r"))
        // The failed attempt said nothing: the same seed is tried again.
        #expect(requests(robot).map(\.sampling.seed) == [1, 1])
    }

    @Test func aFailureStandsInPlaceAndItsQuestionIsLeftOut() {
        var robot = robot(ChatSamples.asking("还在吗？", ChatSamples.ready))
        tell(&robot, .failed(ChatSamples.failure))
        #expect(robot.shows("✗ cannot open the adapter") && robot.shows("^G asks again."))
        #expect(robot.shows("why: adapter_config.json is missing"))
        robot.type("hello")
        robot.press(.enter)
        #expect(requests(robot)[0].messages == [ChatLine(speaker: .user, text: "hello")])
    }

    @Test func aNewConversationForgetsAfterAQuestion() {
        var robot = robot(ChatSamples.conversation)
        robot.press(.control("n"))
        #expect(robot.shows("2 questions and their answers will be forgotten."))
        robot.press(.enter)
        #expect(robot.app.state.tree.turns.count == 2)
        robot.press(.control("n"), .character("y"))
        #expect(robot.effects == [.chat(.cancelChat), .chat(.resetChat)])
        #expect(robot.app.state.tree.isEmpty)
        // What the forgotten answer still says belongs to nobody, and does not keep from asking.
        robot.send(.message(.arrived(2, .text("late words"))))
        #expect(!robot.shows("late words"))
        robot.type("fresh")
        robot.press(.enter)
        robot.send(.message(.arrived(2, .finished(ChatSamples.figures(3, .cancelled)))))
        #expect(requests(robot).map(\.messages) == [[ChatLine(speaker: .user, text: "fresh")]])
        #expect(requests(robot).map(\.id) == [3] && robot.app.state.isOpen)
    }

    @Test func sourcesTurnAmongThoseThatCanAnswer() {
        var state = ChatSamples.ready
        var robot = robot(state)
        robot.press(.control("o"))
        #expect(
            robot.app.state.settings[.a].source == .base && robot.shows("Message to SmolLM2-135M ─")
        )
        robot.press(.control("o"))
        #expect(robot.app.state.settings[.a].source == .adapter)
        _ = ChatTab.update(
            &state, .suggest(.init(modelPath: "m", hasRun: true)))
        // Another base: the suggested adapter does not belong to it.
        #expect(state.settings[.a].source == .base && state.settings[.a].adapterPath.isEmpty)
        _ = ChatTab.update(&state, .sourcePressed)
        #expect(
            state.settings[.a].source == .currentRun
                && state.settings.requestSource(.a) == .currentRun)
        _ = ChatTab.update(
            &state, .suggest(.init(modelPath: "m", hasRun: false)))
        #expect(state.settings[.a].source == .base)
    }

    @Test func aTypedAdapterSurvivesTheSameSuggestion() {
        var state = ChatSamples.ready
        state.settings.take(id: "adapter.a", value: "other/adapter")
        _ = ChatTab.update(&state, .suggest(ChatSamples.around))
        #expect(state.settings[.a].adapterPath == "other/adapter")
    }

    @Test func settingsChangeWhatIsAskedFor() {
        var robot = robot(ChatSamples.ready, size: Size(120, 40))
        robot.press(.control("t"))
        #expect(robot.shows("How words are drawn") && !ChatTab.isTyping(robot.app.state))
        robot.press(.down, .down, .down, .enter)
        #expect(ChatTab.isTyping(robot.app.state))
        robot.press(.control("u"))
        robot.type("0.3")
        robot.press(.enter, .down, .enter, .control("u"))
        robot.type("0")
        robot.press(.enter)
        #expect(robot.shows("must lie above 0 and at most 1"))
        robot.press(.escape)
        robot.type("hi")
        robot.press(.enter)
        #expect(robot.app.refusal == "top_p must lie above 0 and at most 1")
        robot.press(.control("t"), .up, .up, .character(" "))
        #expect(robot.shows("greedy takes the likeliest token") || robot.shows("[x] on"))
        robot.press(.down, .down, .enter)
        #expect(!ChatTab.isTyping(robot.app.state))
        robot.press(.up, .up, .character(" "), .down, .down, .enter, .control("u"))
        robot.type("0.5")
        robot.press(.enter, .escape, .enter)
        let sampling = requests(robot).first?.sampling
        #expect(
            sampling?.temperature == 0.3 && sampling?.topP == 0.5 && sampling?.isGreedy == false)
    }

    @Test func theSystemPromptGoesFirst() {
        var robot = robot(ChatSamples.ready)
        robot.press(.alt("s"))
        robot.type("你是一名客服。")
        robot.press(.escape)
        #expect(robot.app.state.system.isEmpty)
        robot.press(.alt("s"))
        robot.type("你是一名客服。")
        robot.press(.modified(.alt, .enter))
        robot.type("Be brief.")
        robot.press(.enter)
        #expect(robot.shows("你是一名客服。") && robot.app.state.part == .prompt)
        robot.type("hi")
        robot.press(.enter)
        #expect(
            requests(robot)[0].messages == [
                ChatLine(speaker: .system, text: "你是一名客服。\nBe brief."),
                ChatLine(speaker: .user, text: "hi"),
            ])
    }

    @Test func whatStreamsInPiecesEqualsWhatIsWrittenAtOnce() {
        let text = "<think>a\n好</think>第一行\r\n\nA line with e\u{301} and \u{1B}[31mcolour\nlast 行"
        for size in 1...7 {
            let scalars = Array(text.unicodeScalars)
            var events = [ChatEvent.answering(ChatSamples.base)]
            for start in stride(from: 0, to: scalars.count, by: size) {
                var piece = String.UnicodeScalarView()
                piece.append(contentsOf: scalars[start..<min(scalars.count, start + size)])
                events.append(.text(String(piece)))
            }
            let streamed = ChatSamples.told(events, ChatSamples.asking("q", ChatSamples.ready))
            var whole = streamed
            ChatTab.show(&whole)
            #expect(streamed.panes == whole.panes, "pieces of \(size)")
            #expect(!streamed.panes.a.looks.contains { $0.text.string.contains("\u{1B}") })
        }
    }

    @Test func aLongAnswerIsFollowedUntilOneScrolls() {
        var robot = robot(ChatSamples.conversation)
        for line in 0..<60 { tell(&robot, .text("\nline \(line).")) }
        #expect(robot.shows("line 59."))
        robot.press(.pageUp)
        #expect(!robot.shows("line 59."))
        let place = robot.screen
        tell(&robot, .text("\nline 60."))
        #expect(robot.screen == place)
        robot.press(.tab)
        #expect(robot.app.state.part == .transcript && robot.screen != place)
        tell(&robot, .finished(ChatSamples.figures(99)))
        robot.press(.character("G"))
        #expect(robot.shows("line 60."))
        robot.press(.character("g"))
        #expect(robot.shows("我的包裹显示已签收"))
    }

    @Test func pastedLinesAreNotSent() {
        var robot = robot(ChatSamples.ready)
        robot.press(.paste("one\ntwo\n"))
        #expect(robot.effects.isEmpty && robot.app.state.prompt.text == "one\ntwo\n")
    }

    @Test func withoutAModelNothingIsAsked() {
        var robot = robot(ChatTab.State())
        robot.type("hello")
        robot.press(.enter)
        #expect(robot.app.refusal == "choose a model first (Alt-1)" && robot.effects.isEmpty)
    }

    @Test func keysDoNotClash() {
        for (name, state) in ChatSamples.states {
            for part in [ChatTab.Part.prompt, .transcript, .settings, .editor(.tools)] {
                var state = state
                state.part = part
                let map = KeyMap(ChatTab.keys(state))
                #expect(map.duplicates.isEmpty && map.indistinguishable.isEmpty, "\(name)")
            }
        }
    }

    @Test(arguments: ChatSamples.states.indices, TabPicture.snapshotSizes)
    func snapshot(index: Int, size: Size) {
        for language in Language.allCases {
            let fault = language.speaking {
                // Made in the language: lines are written when they arrive.
                let (name, state) = ChatSamples.states[index]
                return Picture.fault(robot(state, size: size).frame, "Chat-\(name)", language)
            }
            #expect(fault == nil)
        }
    }

    @Test(arguments: ChatSamples.states.indices)
    func everySizeKeepsItsPromises(index: Int) {
        let (name, state) = ChatSamples.states[index]
        #expect(TabPicture.fault(of: state, ChatSamples.rules) == nil, "\(name)")
    }
}
