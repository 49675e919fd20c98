// Answers chat requests on one serial queue. Every event carries its request's number; cancelling
// reaches all requests made so far and none that comes after.

import Foundation
import Kernel
import Synchronization

/// The engine behind the chat tab.
final class ChatService: @unchecked Sendable {
    // @unchecked: `models` is touched on `queue` only; the rest is atomic or constant.
    private let queue = DispatchQueue(label: "chat")
    private let emit: @Sendable (Int, ChatEvent) -> Void
    private let models: ChatModels
    private let asked = Atomic<Int>(0)
    private let cancelled = Atomic<Int>(0)

    /// `emit` is called on the chat's queue with the number of the request.
    init(runs: RunController, emit: @escaping @Sendable (Int, ChatEvent) -> Void) {
        self.emit = emit
        models = ChatModels(runs: runs)
    }

    func ask(_ request: ChatRequest) {
        let place = asked.wrappingAdd(1, ordering: .relaxed).newValue
        queue.async { [self] in
            do throws(KernelError) {
                try perform(request) { place <= cancelled.load(ordering: .acquiring) }
            } catch {
                // The model's file may have changed: the next question opens it anew.
                if error.kind == .inputOutput { models.close() }
                emit(request.id, .failed(error))
            }
        }
    }

    /// Stops what is under way and what waits behind it.
    func cancel() { cancelled.store(asked.load(ordering: .relaxed), ordering: .releasing) }

    func reset() { queue.async { [self] in models.reset() } }

    private func perform(
        _ request: ChatRequest, _ isCancelled: () -> Bool
    ) throws(KernelError) {
        guard !isCancelled() else { return emit(request.id, .stopped) }
        Parallel.setComputesAloneWhenBusy(true)
        defer { Parallel.setComputesAloneWhenBusy(false) }
        let found = try models.engine(
            for: request, isCancelled: isCancelled,
            onStage: { emit(request.id, .preparing($0)) }, onNote: { emit(request.id, .noted($0)) })
        guard let (engine, tuned) = found else { return emit(request.id, .stopped) }
        let stamp = engine.stamp(tuned, request)
        emit(request.id, .answering(stamp))
        let messages = request.messages.map { ChatMessage($0.speaker.role, $0.text) }
        let tools = try ToolList.parse(request.tools)
        switch request.purpose {
        case .answer:
            let reply = try engine.reply(
                to: messages, tools: tools, request.sampling, isCancelled: isCancelled,
                onText: { emit(request.id, .text($0)) })
            let limit = engine.prepared.folder.config.maximumPositions
            emit(request.id, .finished(AnswerFigures(reply.result, contextLimit: limit)))
        case .score(let reference):
            let score = try engine.score(
                reference, to: messages, tools: tools, isCancelled: isCancelled)
            guard let score else { return emit(request.id, .stopped) }
            emit(request.id, .scored(ReferenceScore(score: score, stamp: stamp)))
        }
    }
}

extension ChatLine.Speaker {
    var role: ChatMessage.Role {
        switch self {
        case .system: .system
        case .user: .user
        case .assistant: .assistant
        }
    }
}
