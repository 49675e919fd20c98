// The model that a command works on.

import ArgumentParser
import Kernel

struct ModelOptions: ParsableArguments {
    @Option(
        name: [.customLong("model"), .customShort("m")],
        help: "A Hugging Face folder or a GGUF file.")
    var model: String

    @Option(
        help: "An adapter or checkpoint folder to lay over the model; may be given more than once.")
    var adapter: [String] = []

    func engine(
        template: String? = nil, needsTemplate: Bool = false, system: String? = nil,
        cacheType: KVCacheType? = nil, type: InferenceType = .auto, trustsContent: Bool = false,
        isQuiet: Bool
    ) throws -> Engine {
        let engine = try Engine(
            modelPath: HomePath.expanded(model), adapters: adapter.map(HomePath.expanded),
            template: template, needsTemplate: needsTemplate,
            system: system, cacheType: cacheType, type: type, trustsContent: trustsContent)
        if !isQuiet { for note in engine.adapterNotes { Output.note(note) } }
        return engine
    }
}
