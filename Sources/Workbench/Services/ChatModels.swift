// The models that chat has open: one base in memory, and over it up to two engines, each with its own
// cache. It knows whose weights an engine computes with. Lives on the chat's queue.

import Foundation
import Kernel

/// Opens models for chat and keeps what the next question needs.
final class ChatModels {
    private struct Base: Equatable {
        var path: String
        var template: String?
        /// The adapter whose template is taken.
        var adapter: String?
    }
    private struct Opened {
        var base: Base
        var source: ChatRequest.Source
        /// The step of a run that trains.
        var step: Int?
        let engine: Engine
        let tuned: AnswerStamp.Tuned?
    }

    private let runs: RunController
    private var prepared: (base: Base, model: PreparedModel)?
    private var weights: (path: String, weights: ModelWeights)?
    /// The latest first.
    private var opened: [Opened] = []
    /// What was reported of models and adapters already.
    private var told: Set<String> = []

    init(runs: RunController) { self.runs = runs }

    /// Forgets all models, as after a fault of their files.
    func close() { (prepared, weights, opened) = (nil, nil, []) }

    /// Forgets what the caches hold.
    func reset() { for model in opened { model.engine.resetCache() } }

    /// The engine for a request and what it has over its base; nil when cancelled.
    func engine(
        for request: ChatRequest, isCancelled: () -> Bool, onStage: (Sentence) -> Void,
        onNote: (Sentence) -> Void
    ) throws(KernelError) -> (engine: Engine, tuned: AnswerStamp.Tuned?)? {
        if request.source == .currentRun { return try ofRun(isCancelled, onStage) }
        var path: String?
        if case .adapter(let folder) = request.source { path = folder }
        let base = Base(path: request.modelPath, template: request.template, adapter: path)
        if let index = opened.firstIndex(where: { $0.base == base && $0.source == request.source })
        {
            opened.insert(opened.remove(at: index), at: 0)
            return (opened[0].engine, opened[0].tuned)
        }
        onStage("Opening \((base.path as NSString).lastPathComponent)")
        // Room for the new one is made first; a base in memory is not read twice.
        keep(1)
        if weights?.path != base.path { (weights, opened) = (nil, []) }
        let prepared = try prepare(base)
        let shared: ModelWeights
        if let weights {
            shared = weights.weights
        } else {
            Engine.preload(prepared.folder)
            shared = try ModelWeights(prepared.folder)
        }
        weights = (base.path, shared)
        let notes = try AdapterFile.notes(
            of: path.map { [$0] } ?? [], over: prepared.folder, weights: shared)
        // The stamp names the template, and the Model tab gives the reason.
        let files = prepared.notes.filter { !prepared.templateNotes.contains($0) }
        for note in files + notes where told.insert("\(base.path)\n\(note)").inserted {
            onNote(note)
        }
        let engine = try Engine(
            prepared, model: try Engine.tuned(shared, adapters: path.map { [$0] } ?? []))
        let name = path.map(Self.name)
        let tuned = engine.tuned(named: name?.name ?? "", step: name?.step)
        opened.insert(
            Opened(base: base, source: request.source, engine: engine, tuned: tuned), at: 0)
        return (engine, tuned)
    }

    /// The run's newest numbers over the weights that it trains on, with its own model and template.
    private func ofRun(
        _ isCancelled: () -> Bool, _ onStage: (Sentence) -> Void
    ) throws(KernelError) -> (engine: Engine, tuned: AnswerStamp.Tuned?)? {
        onStage("Waiting for the run's next step")
        guard let (snapshot, plan) = runs.newestWeights(isCancelled: isCancelled) else {
            if isCancelled() { return nil }
            throw KernelError(
                .unavailable, "there is no run to chat with", hint: "Choose base or an adapter.")
        }
        let base = Base(path: plan.model.path, template: plan.encoding.template)
        let index = opened.firstIndex { $0.source == .currentRun }
        var old = index.map { opened.remove(at: $0) }
        if let found = old, found.base != base || found.engine.model.weights !== snapshot.weights {
            old = nil
        }
        let name = (plan.output.folder as NSString).lastPathComponent
        let engine: Engine
        if let old {
            engine = old.engine
            if old.step != snapshot.step {
                snapshot.fill(engine.model)
                engine.resetCache()
            }
        } else {
            keep(1)
            engine = try Engine(try prepare(base), model: snapshot.makeModel())
        }
        let tuned = engine.tuned(named: name, step: snapshot.step)
        opened.insert(
            Opened(
                base: base, source: .currentRun, step: snapshot.step, engine: engine, tuned: tuned),
            at: 0)
        return (engine, tuned)
    }

    private func keep(_ count: Int) { opened.removeLast(max(0, opened.count - count)) }

    private func prepare(_ base: Base) throws(KernelError) -> PreparedModel {
        if let prepared, prepared.base == base { return prepared.model }
        let model = try PreparedModel(
            path: base.path, adapters: base.adapter.map { [$0] } ?? [], template: base.template,
            yields: true)
        prepared = (base, model)
        return model
    }

    /// A folder as users know it: a checkpoint by its run and its step.
    private static func name(_ folder: String) -> (name: String, step: Int?) {
        let path = folder as NSString
        let last = path.lastPathComponent
        guard last.hasPrefix("checkpoint-"), let step = Int(last.dropFirst(11)) else {
            return (last, nil)
        }
        let run = (path.deletingLastPathComponent as NSString).lastPathComponent
        return run.isEmpty ? (last, nil) : (run, step)
    }
}

extension Engine {
    /// What the numbers in memory are, besides the base; nil when none of them were trained.
    func tuned(named name: String, step: Int?) -> AnswerStamp.Tuned? {
        guard let fingerprint = model.fingerprint else { return nil }
        let kind = model.method.adapter.map { "LoRA r\($0.rank)" } ?? "trained weights"
        return AnswerStamp.Tuned(name: name, kind: kind, step: step, fingerprint: fingerprint)
    }

    /// The stamp of answers with these weights.
    func stamp(_ tuned: AnswerStamp.Tuned?, _ request: ChatRequest) -> AnswerStamp {
        let file = (prepared.folder.path as NSString).lastPathComponent
        return AnswerStamp(
            model: file.hasSuffix(".gguf") ? String(file.dropLast(5)) : file,
            format: model.weights.formatName, tuned: tuned,
            template: request.tools.isEmpty
                ? prepared.templateName : prepared.templateName + " + tools",
            sampling: request.sampling)
    }
}
