// A model ready to answer: weights, adapter, decoder and generator on one thread.

import Foundation
import Kernel

/// An opened model with what the commands and the chat do with it. Stays on the thread that made it.
final class Engine {
    let prepared: PreparedModel
    let model: TunedModel
    let generator: Generator
    let adapterPath: String?
    /// What is odd about the adapters over this base.
    let adapterNotes: [Sentence]

    /// Opens the model; the last adapter is applied beside the weights (so it can be switched off), those
    /// before it are folded in.
    init(
        modelPath: String, adapters: [String] = [], template: String? = nil,
        templateYields: Bool = false, needsTemplate: Bool = true,
        system: String? = nil, cacheType: KVCacheType? = nil, type: InferenceType = .auto,
        trustsContent: Bool = false
    ) throws(KernelError) {
        prepared = try PreparedModel(
            path: modelPath, adapters: needsTemplate ? adapters : [],
            template: template ?? (needsTemplate ? nil : "empty"), yields: templateYields,
            defaultSystem: system, trustsContent: trustsContent)
        Self.preload(prepared.folder)
        let weights = try ModelWeights(prepared.folder)
        adapterNotes = try AdapterFile.notes(
            of: adapters, over: prepared.folder, weights: weights)
        adapterPath = adapters.last
        model = try Engine.tuned(weights, adapters: adapters)
        generator = Generator(
            model.decoder, contextLimit: prepared.folder.config.maximumPositions,
            cacheType: cacheType ?? .automatic(for: weights),
            promptPrecision: try type.promptPrecision(of: weights),
            now: MonotonicClock.now)
    }

    /// Puts a model's bytes on huge pages where reading all of it before the first answer is soon paid back:
    /// a fraction of a second, and far from all of the memory that this process may take.
    static func preload(_ folder: ModelFolder) {
        let bytes = folder.totalBytes
        if bytes <= 1 << 30, bytes <= (FreeMemory.bytes() ?? 0) / 4 { folder.preload() }
    }

    /// An engine over a model that exists already.
    init(_ prepared: PreparedModel, model: TunedModel) throws(KernelError) {
        (self.prepared, self.model, adapterPath, adapterNotes) = (prepared, model, nil, [])
        generator = Generator(
            model.decoder, contextLimit: prepared.folder.config.maximumPositions,
            cacheType: .automatic(for: model.weights),
            promptPrecision: try InferenceType.auto.promptPrecision(of: model.weights),
            now: MonotonicClock.now)
    }

    /// Forgets the conversation that the cache holds.
    func resetCache() { generator.reset() }

    /// A decoder over a base with adapter folders, the last of which lies beside the weights while the others are
    /// folded in; it may be the trained weights of a full or freeze run as well. Without any it is plain.
    static func tuned(_ base: ModelWeights, adapters: [String]) throws(KernelError) -> TunedModel {
        guard let adapter = adapters.last else {
            return TunedModel(base, method: .inference, arena: Arena())
        }
        let weights = try base.merging(adapters: adapters.dropLast())
        let applied = try Checkpoint.applied(adapter, to: weights)
        // Whole trained weights are numbers of their own; what stays in the model's file needs no memory.
        let trained = weights.allParameters.filter {
            applied.method.trainableNames.contains($0.name)
        }
        .reduce(0) { $0 + $1.count }
        try AllowedMemory(.here).most?.check(
            trained * MemoryLayout<Float>.stride, what: "the checkpoint does not fit into memory",
            try: ["Export it, and open the export: its weights stay in their file."])
        return try applied.model(loading: adapter)
    }
}
