// Answers chat requests on one serial queue; keeps the opened model between questions, so that a new
// turn costs only its new tokens.

import Foundation
import Kernel
import Synchronization

/// The engine room of the chat tab.
final class ChatService: @unchecked Sendable {
    // @unchecked: `engine` and `key` are touched on `queue` only; the rest is atomic or constant.
    private struct Key: Equatable {
        var modelPath: String
        var template: String?
        var source: ChatRequest.Source
        var step: Int?
    }

    private let queue = DispatchQueue(label: "chat")
    private let emit: @Sendable (ChatEvent) -> Void
    private let runs: RunController
    private let isCancelled = Atomic<Bool>(false)
    private var engine: Engine?
    private var key: Key?

    init(runs: RunController, emit: @escaping @Sendable (ChatEvent) -> Void) {
        (self.runs, self.emit) = (runs, emit)
    }

    func ask(_ request: ChatRequest) {
        isCancelled.store(false, ordering: .releasing)
        queue.async { [self] in
            do throws(KernelError) {
                try answer(request)
            } catch {
                // The model's file may have changed: the next question opens it anew.
                if error.kind == .inputOutput { (engine, key) = (nil, nil) }
                emit(.failed(error))
            }
        }
    }

    func cancel() { isCancelled.store(true, ordering: .releasing) }

    func reset() { queue.async { [self] in engine?.generator.reset() } }

    private func answer(_ request: ChatRequest) throws(KernelError) {
        Parallel.setImpatient(true)
        defer { Parallel.setImpatient(false) }
        let (engine, stamp) = try engine(for: request)
        let messages = request.messages.map { ChatMessage($0.speaker.role, $0.text) }
        let usesAdapter = request.source != .base
        emit(.answering(stamp: stamp, promptTokens: 0, reusedTokens: 0))
        let reply = try engine.reply(
            to: messages, request.sampling, usesAdapter: usesAdapter,
            isCancelled: { isCancelled.load(ordering: .acquiring) }, onText: { emit(.text($0)) })
        emit(
            .finished(
                reply.result, contextTokens: reply.result.promptTokens + reply.result.ids.count,
                contextLimit: engine.prepared.folder.config.maximumPositions))
    }

    /// The opened model for a request: kept when nothing changed, and shared between base and adapter.
    private func engine(for request: ChatRequest) throws(KernelError) -> (Engine, String) {
        switch request.source {
        case .currentRun:
            emit(.preparing("Waiting for the run's next step"))
            guard
                let snapshot = runs.newestWeights(isCancelled: {
                    isCancelled.load(ordering: .acquiring)
                })
            else {
                throw KernelError(
                    .unavailable, "there is no run to chat with", hint: "Choose base or an adapter."
                )
            }
            let wanted = Key(
                modelPath: request.modelPath, template: request.template, source: request.source,
                step: snapshot.step)
            if key != wanted || engine == nil {
                let prepared = try PreparedModel(
                    path: request.modelPath, template: request.template)
                engine = try Engine(prepared, model: snapshot.makeModel())
                key = wanted
            }
            return (try opened(), "run, step \(snapshot.step)")
        case .base:
            if let key, let engine, key.modelPath == request.modelPath,
                key.template == request.template, key.step == nil
            {
                return (engine, "base")
            }
            return (try open(request, adapters: []), "base")
        case .adapter(let path):
            return (
                try open(request, adapters: [path]),
                "adapter \((path as NSString).lastPathComponent)"
            )
        }
    }

    private func open(_ request: ChatRequest, adapters: [String]) throws(KernelError) -> Engine {
        let wanted = Key(
            modelPath: request.modelPath, template: request.template, source: request.source,
            step: nil)
        if key == wanted, let engine { return engine }
        emit(.preparing("Opening \((request.modelPath as NSString).lastPathComponent)"))
        engine = nil
        let fresh = try Engine(
            modelPath: request.modelPath, adapters: adapters, template: request.template)
        (engine, key) = (fresh, wanted)
        return fresh
    }

    private func opened() throws(KernelError) -> Engine {
        guard let engine else { throw KernelError(.internalFault, "the chat has no model") }
        return engine
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
