// A conversation on the command line with a tiny model: seeds, stop texts, and a context that is full.

import Foundation
import TestSupport
import Testing

@testable import Kernel
@testable import Workbench

@Suite final class ChatConversationTests {
    private let root: String

    init() throws {
        root = NSTemporaryDirectory() + "conversation-\(UUID().uuidString)"
        try TinyModels.make(in: root)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func conversation(
        seed: UInt64? = nil, stop: [String] = [], tokens: Int = 20
    ) throws -> ChatConversation {
        var settings = SamplingSettings()
        (settings.temperature, settings.topK, settings.topP) = (2, 0, 1)
        settings.maxNewTokens = tokens
        let engine = try Engine(modelPath: root, template: "chatml")
        return ChatConversation(engine, settings, seed: seed, stopTexts: stop)
    }

    private func answer(
        _ conversation: inout ChatConversation, _ line: String
    ) throws -> (reply: Engine.Reply, seed: UInt64) {
        let turn = try conversation.take(line, isCancelled: { false }, onText: { _ in })
        guard case .answered(let reply, let seed) = turn else {
            throw KernelError(.internalFault, "not answered: \("\(turn)")")
        }
        return (reply, seed)
    }

    @Test func everyAnswerDrawsAnewUnlessASeedIsGiven() throws {
        var free = try conversation()
        var bound = try conversation(seed: 5)
        var (texts, seeds, same): (Set<[Int32]>, Set<UInt64>, Set<[Int32]>) = ([], [], [])
        for _ in 0..<3 {
            let (reply, seed) = try answer(&free, "hi")
            texts.insert(reply.result.ids)
            seeds.insert(seed)
            same.insert(try answer(&bound, "hi").reply.result.ids)
            for line in ["/clear", "  "] {
                guard case .nothing = try free.take(line, isCancelled: { false }, onText: { _ in }),
                    case .nothing = try bound.take(line, isCancelled: { false }, onText: { _ in })
                else { Issue.record("\(line) asked something"); return }
            }
            #expect(free.messages.isEmpty)
        }
        #expect(texts.count == 3 && seeds.count == 3 && same.count == 1)
        guard case .left = try free.take("/exit", isCancelled: { false }, onText: { _ in }) else {
            Issue.record("it went on")
            return
        }
    }

    @Test func aStopTextIsToldAsOneAndItsTokensDoNotCount() throws {
        // The first seed whose answer is long enough to hold a text that is not its beginning.
        var found: (seed: UInt64, reply: Engine.Reply)?
        for seed in 0..<50 where found == nil {
            var whole = try conversation(seed: UInt64(seed), tokens: 60)
            let reply = try answer(&whole, "hi").reply
            if reply.text.count > 12, reply.result.ids.count > 12 { found = (UInt64(seed), reply) }
        }
        let (seed, full) = try #require(found)
        let text = full.text
        let from = text.index(text.startIndex, offsetBy: 3)
        let stop = String(text[from..<text.index(from, offsetBy: 2)])
        let start = try #require(text.range(of: stop)).lowerBound
        var cut = try conversation(seed: seed, stop: [stop], tokens: 60)
        let reply = try answer(&cut, "hi").reply
        #expect(reply.text == String(text[..<start]))
        #expect(reply.result.ending == .stopText && reply.result.ending.rawValue == "stop")
        #expect(reply.json(seed: 3)["ending"] == "stop")
        #expect(full.result.ids.starts(with: reply.result.ids))
        #expect(reply.result.ids.count < full.result.ids.count)
        // Ctrl-C is something else.
        var stopped = try conversation(seed: 3)
        let turn = try stopped.take("hi", isCancelled: { true }, onText: { _ in })
        guard case .answered(let nothing, _) = turn else { Issue.record("no answer"); return }
        #expect(nothing.result.ending == .cancelled)
    }

    @Test func aFullContextRefusesTheQuestionAndKeepsTheConversation() throws {
        var talk = try conversation(seed: 1, tokens: 100)
        var refusal: KernelError?
        for number in 0..<40 {
            let said = talk.messages
            let turn = try talk.take(
                "question number \(number)", isCancelled: { false }, onText: { _ in })
            if case .refused(let error) = turn {
                refusal = error
                #expect(talk.messages == said)
                break
            }
        }
        #expect(refusal?.hint?.description.contains("/clear") == true)
        #expect(talk.messages.count > 2)
        _ = try talk.take("/clear", isCancelled: { false }, onText: { _ in })
        #expect(try !answer(&talk, "hi").reply.result.ids.isEmpty)
    }
}
