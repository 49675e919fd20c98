// The engine room of the chat on a tiny model with adapters: who answers, what the stamps say, what two
// sides share, scores, tools, and stopping.

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Kernel
@testable import Workbench

@Suite final class ChatServiceTests {
    /// What came back so far.
    private final class Heard: Sendable {
        let events = Mutex<[(id: Int, event: ChatEvent)]>([])
    }

    private let root: String
    private let heard = Heard()
    private var model: String { root + "/model" }

    init() throws {
        root = NSTemporaryDirectory() + "chat-service-\(UUID().uuidString)"
        try TinyModels.make(in: root + "/model")
        let weights = try ModelWeights(ModelFolder(path: model))
        for (index, step) in [0, 7].enumerated() {
            let shape = AdapterShape(
                rank: 4, alpha: 8, modules: Set(LinearModule.allCases))
            let tuned = TunedModel(
                weights, method: TuningMethod(adapter: shape), arena: Arena(reserving: 1 << 28))
            for parameter in tuned.parameters.parameters where parameter.name.contains("lora_B") {
                // The first adapter changes nothing: it is fresh.
                let values = patternFill(parameter.value.count, salt: 3, scale: Float(index) * 0.5)
                for (i, value) in values.enumerated() { parameter.value.pointer[i] = value }
            }
            let folder = "\(root)/run/checkpoint-\(step)"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try AdapterFile.save(
                tuned, baseModel: "tiny", to: folder)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func service() -> ChatService {
        ChatService(runs: RunController { _ in }) { [heard] id, event in
            heard.events.withLock { $0.append((id, event)) }
        }
    }

    private func request(
        _ id: Int, _ source: ChatRequest.Source, _ purpose: ChatRequest.Purpose = .answer,
        tools: String = ""
    ) -> ChatRequest {
        var sampling = SamplingSettings()
        (sampling.isGreedy, sampling.maxNewTokens) = (true, 12)
        return ChatRequest(
            id: id, modelPath: model, template: "chatml", source: source,
            messages: [ChatLine(speaker: .user, text: "hello")], tools: tools, sampling: sampling,
            purpose: purpose)
    }

    private func adapter(_ step: Int) -> ChatRequest.Source {
        .adapter(path: "\(root)/run/checkpoint-\(step)")
    }

    /// The events of a request, waited for up to its last.
    private func events(_ id: Int) async throws -> [ChatEvent] {
        for _ in 0..<6000 {
            let found = heard.events.withLock { $0.filter { $0.id == id }.map(\.event) }
            switch found.last {
            case .finished, .failed, .stopped, .scored: return found
            default: try await Task.sleep(for: .milliseconds(10))
            }
        }
        Issue.record("request \(id) has no end")
        return []
    }

    private func text(_ events: [ChatEvent]) -> String {
        events.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    private func stamp(_ events: [ChatEvent]) -> AnswerStamp? {
        events.lazy.compactMap { if case .answering(let stamp) = $0 { stamp } else { nil } }.first
    }

    @Test func stampsTellWhoseNumbersAnswered() async throws {
        let service = service()
        let sources = [.base, adapter(7), .base, adapter(0), adapter(7)]
        for (index, source) in sources.enumerated() { service.ask(request(index, source)) }
        var all: [[ChatEvent]] = []
        for index in sources.indices { all.append(try await events(index)) }
        let stamps = all.map(stamp)
        #expect(stamps[0]?.tuned == nil && stamps[0]?.title == "model (base)")
        #expect(stamps[1]?.title == "model + run@7" && stamps[1]?.tuned?.kind == "LoRA r4")
        #expect(stamps[3]?.tuned?.step == 0)
        #expect(stamps[1]?.tuned?.fingerprint != stamps[3]?.tuned?.fingerprint)
        #expect(stamps[1] == stamps[4] && stamps[0]?.template == "chatml")
        // The base beside an adapter is the base alone; a fresh adapter says what the base says.
        #expect(text(all[0]) == text(all[2]) && text(all[0]) == text(all[3]))
        #expect(text(all[1]) == text(all[4]) && text(all[1]) != text(all[0]))
        guard case .finished(let first) = all[0].last, case .finished(let again) = all[2].last
        else {
            Issue.record("no end")
            return
        }
        // Each side keeps its own cache: the same prompt is not read twice.
        #expect(first.reusedTokens == 0 && again.reusedTokens == again.promptTokens - 1)
        #expect(first.contextLimit == 512 && first.tokens == 12)
    }

    /// What the model's files say and nobody here does is told with the first answer, and never again.
    @Test func notesOfTheModelsFilesAreToldOnce() async throws {
        let path = model + "/config.json"
        var members = try #require(try JSONValue(contentsOf: path).object)
        members["mystery_scale"] = .number(3.5)
        try AtomicFile.write(Array(JSONValue.object(members).text().utf8), to: path)
        let service = service()
        for id in 1...3 { service.ask(request(id, id == 2 ? adapter(7) : .base)) }
        func notes(_ id: Int) async throws -> [String] {
            try await events(id).compactMap {
                if case .noted(let text) = $0 { text.description } else { nil }
            }
        }
        #expect(
            try await notes(1) == ["config.json: not known here and not used: mystery_scale"])
        #expect(!(try await notes(2)).contains { $0.contains("mystery_scale") })
        #expect(try await notes(3).isEmpty)
    }

    @Test func referencesAreScored() async throws {
        let service = service()
        service.ask(request(1, .base, .score(reference: "well")))
        service.ask(request(2, adapter(7), .score(reference: "well")))
        service.ask(request(3, adapter(0), .score(reference: "well")))
        var scores: [ReferenceScore] = []
        for id in 1...3 {
            guard case .scored(let score)? = try await events(id).last else {
                Issue.record("no score")
                return
            }
            scores.append(score)
        }
        // w e l l, the end of the turn and a line feed: what a training would learn.
        #expect(scores.map(\.score.tokens) == [6, 6, 6])
        #expect(scores[0].score == scores[2].score && scores[0].score != scores[1].score)
        let prepared = try PreparedModel(path: model, template: "chatml")
        let turns = try prepared.chat.encodeTurns([
            ChatMessage(.user, "hello"), ChatMessage(.assistant, "well"),
        ])
        var batch = PackedBatch()
        let ids = (turns[0].prompt + turns[0].response).map { Int32($0) }
        let masked = [Int32](repeating: -100, count: turns[0].prompt.count)
        batch.append(ids: ids, labels: masked + turns[0].response.map { Int32($0) })
        let base = TunedModel(
            try ModelWeights(prepared.folder), method: .inference,
            arena: Arena(reserving: 1 << 28))
        #expect(abs(base.decoder.evaluationLoss(batch) - scores[0].score.total) < 1e-3)
    }

    @Test func whatWasCancelledStopsAndWhatComesAfterDoesNot() async throws {
        let service = service()
        var long = request(1, .base)
        long.sampling.maxNewTokens = 400
        service.ask(long)
        service.ask(request(2, adapter(7)))
        service.cancel()
        service.ask(request(3, .base))
        switch try await events(1).last {
        case .stopped: break
        case .finished(let figures): #expect(figures.ending == .cancelled)
        default: Issue.record("the first was not stopped")
        }
        #expect(try await events(2) == [.stopped])
        guard case .finished(let figures) = try await events(3).last else {
            Issue.record("no end")
            return
        }
        #expect(figures.ending != .cancelled)
    }

    @Test func toolsNeedATemplateThatReadsThem() async throws {
        let service = service()
        let tools = #"[{"name": "clock"}]"#
        service.ask(request(1, .base, tools: tools))
        guard case .failed(let error) = try await events(1).last else {
            Issue.record("tools were taken")
            return
        }
        #expect(error.what == "the model's template knows no tools")
        let path = model + "/tokenizer_config.json"
        var file = try #require(try JSONValue(contentsOf: path).object)
        file["chat_template"] = .string(
            "{% for t in tools or [] %}<t>{{ t.function.name }}</t>{% endfor %}"
                + "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n"
                + "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")
        try AtomicFile.write(Array(JSONValue.object(file).text().utf8), to: path)
        let engine = try Engine(modelPath: model, template: "chatml")
        let messages = [ChatMessage(.user, "hello")]
        let plain = try engine.promptIDs(messages)
        let told = try engine.promptIDs(messages, tools: try ToolList.parse(tools))
        #expect(
            engine.prepared.tokenizer.decode(told.map { Int($0) }, skipSpecial: false)
                == "<t>clock</t>"
                + engine.prepared.tokenizer.decode(plain.map { Int($0) }, skipSpecial: false))
        let score = try engine.score(
            "well", to: messages, tools: try ToolList.parse(tools), isCancelled: { false })
        #expect(score?.tokens == 6)
        let answering = self.service()
        answering.ask(request(2, .base, tools: tools))
        #expect(stamp(try await events(2))?.template == "chatml + tools")
    }

    @Test func aFullContextIsRefusedWithAWayOut() async throws {
        let service = service()
        var long = request(1, .base)
        long.messages = [ChatLine(speaker: .user, text: String(repeating: "a", count: 600))]
        service.ask(long)
        guard case .failed(let error) = try await events(1).last else {
            Issue.record("600 tokens went into 512")
            return
        }
        #expect(error.hint == "Start a new conversation, or ask something shorter.")
        // Room for the prompt, none for the whole answer.
        var close = request(2, .base)
        close.messages = [ChatLine(speaker: .user, text: String(repeating: "a", count: 470))]
        close.sampling.maxNewTokens = 400
        service.ask(close)
        guard case .finished(let figures) = try await events(2).last else {
            Issue.record("no end")
            return
        }
        #expect(figures.contextTokens <= 512)
        #expect(figures.ending == .contextFull || figures.ending == .stopToken)
    }
}
