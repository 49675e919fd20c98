// Conversations for tests of the chat tab: a model with an adapter, answers in two languages, and an
// engine whose every word is given.

import Panels
import TestSupport

@testable import Kernel
@testable import Workbench

enum ChatSamples {
    static let rules = TabRules<ChatTab.State, ChatTab.Action>(
        update: { ChatTab.update(&$0, $1) }, keys: { ChatTab.keys($0) },
        view: { state, area, frame, theme in
            ChatTab.view(state, in: area, on: &frame, theme: theme)
        }, key: { .key($0) }, fitted: { .fitted($0) })

    static let base = AnswerStamp(
        model: "SmolLM2-135M", format: "q4_1", template: "chatml", sampling: SamplingSettings())
    static let tuned = AnswerStamp(
        model: "SmolLM2-135M", format: "q4_1",
        tuned: .init(name: "客服-03", kind: "LoRA r8", step: 700, fingerprint: "a3f1c2"),
        template: "chatml", sampling: SamplingSettings())

    static func figures(
        _ tokens: Int, _ ending: GenerationResult.Ending = .stopToken, prompt: Int = 412
    ) -> AnswerFigures {
        AnswerFigures(
            ending: ending, tokens: tokens, promptTokens: prompt, reusedTokens: 380,
            secondsToFirst: 0.092, tokensPerSecond: 40, contextLimit: 8192)
    }

    static var around: ChatTab.Surroundings {
        ChatTab.Surroundings(
            modelPath: "models/SmolLM2-135M", template: "chatml", knowsTools: true,
            adapterPath: "runs/客服-03/checkpoint-700", hasRun: false, dataFolder: "data")
    }

    /// A tab with a model and an adapter.
    static var ready: ChatTab.State {
        var state = ChatTab.State()
        _ = ChatTab.update(&state, .suggest(around))
        return state
    }

    static func asking(_ question: String, _ state: ChatTab.State) -> ChatTab.State {
        var state = state
        _ = ChatTab.update(&state, .key(.paste(question)))
        _ = ChatTab.update(&state, .sendPressed)
        return state
    }

    /// Tells events of the oldest request under way.
    static func told(_ events: [ChatEvent], _ state: ChatTab.State) -> ChatTab.State {
        var state = state
        for event in events {
            let id = state.pending.keys.min() ?? 0
            _ = ChatTab.update(&state, .arrived(id, event))
        }
        return state
    }

    static func answered(
        _ question: String, _ answer: String, by stamp: AnswerStamp = tuned,
        _ state: ChatTab.State
    ) -> ChatTab.State {
        told(
            [.answering(stamp), .text(answer), .finished(figures(answer.count))],
            asking(question, state))
    }

    static let answer =
        "非常抱歉给您带来不便。请您提供订单号，我会马上为您核实签收人信息。\n\n1. 检查快递单号是否正确；\n2. 联系快递公司；\n3. 查看是否由他人代签。"

    static var conversation: ChatTab.State {
        let first = answered("我的包裹显示已签收，但是我没有收到。", answer, ready)
        return told(
            [
                .answering(tuned),
                .text("Thank you. I have opened a trace with the carrier; you will"),
            ], asking("Order 88213, what now?", first))
    }

    /// Base and adapter side by side: both answered, both scored.
    static var compared: ChatTab.State {
        var state = ready
        state.settings[.a].source = .base
        _ = ChatTab.update(&state, .splitPressed)
        state = asking("我的包裹显示已签收，但是我没有收到。", state)
        state = told(
            [
                .answering(base), .text("You can check the tracking number or call the carrier."),
                .finished(figures(118)), .answering(tuned), .text(answer), .finished(figures(81)),
            ], state)
        _ = ChatTab.update(&state, .editorPressed(.reference))
        _ = ChatTab.update(&state, .key(.paste("请提供订单号。")))
        _ = ChatTab.update(&state, .editorAccepted)
        return told(
            [
                .answering(base),
                .scored(ReferenceScore(score: AnswerScore(tokens: 9, total: 17.2), stamp: base)),
                .answering(tuned),
                .scored(ReferenceScore(score: AnswerScore(tokens: 9, total: 10.1), stamp: tuned)),
            ], state)
    }

    static let failure = KernelError(
        .missingInput, "cannot open the adapter", at: "runs/客服-03/checkpoint-700",
        because: "adapter_config.json is missing", hint: "Choose a folder that a run has written.")

    static let trained = [700, 350].map {
        TrainedFolder(
            path: "runs/客服-03/checkpoint-\($0)", name: "客服-03@\($0)", model: "SmolLM2-135M")
    }

    static let files = [
        ChatFile(name: "包裹显示已签收", bytes: 8_214, ageSeconds: 641),
        ChatFile(name: "order 88213", bytes: 2_048, ageSeconds: 200_000),
    ]

    static var states: [(name: String, state: ChatTab.State)] {
        func changed(_ state: ChatTab.State, _ actions: ChatTab.Action...) -> ChatTab.State {
            var state = state
            for action in actions { _ = ChatTab.update(&state, action) }
            return state
        }
        let thinking = answered(
            "几点了？", "<think>\nThe person wants the time. I have no clock.\n</think>\n\n我看不到时钟。",
            ready)
        var again = told([.finished(figures(20))], conversation)
        again = changed(again, .regeneratePressed)
        again = told(
            [.answering(tuned), .text("Another try."), .finished(figures(3, .cancelled))], again)
        return [
            ("no-model", ChatTab.State()), ("ready", ready), ("streaming", conversation),
            (
                "typing",
                changed(
                    conversation,
                    .key(.paste("第一行\n第二行 and a long one " + String(repeating: "字", count: 60))))
            ),
            ("settings", changed(conversation, .settingsPressed)),
            (
                "system",
                changed(
                    conversation, .editorPressed(.system),
                    .key(.paste("你是一名客服。\nAnswer in one sentence.")))
            ),
            ("new", changed(conversation, .newPressed)),
            ("failed", told([.failed(failure)], asking("还在吗？", ready))),
            ("compared", changed(compared, .transcriptPressed(.b))),
            ("compared-settings", changed(compared, .settingsPressed)),
            ("again", changed(again, .transcriptPressed(nil))),
            ("thinking", changed(thinking, .transcriptPressed(nil))),
            ("thoughts", changed(thinking, .thoughtsPressed)),
            (
                "tools",
                changed(
                    ready, .editorPressed(.tools), .key(.paste("[{\"name\": \"clock\"},\n {}]")))
            ),
            ("list", changed(thinking, .filesTold(.listed(.success(files))))),
            ("answerers", changed(compared, .filesTold(.answerersFound(trained)))),
            ("save", changed(thinking, .savePressed)),
            ("record", changed(again, .recordPressed)),
        ]
    }
}
