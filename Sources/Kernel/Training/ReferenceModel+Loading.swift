// A reference of its own as a decoder: its weights are read, its adapters laid over them.

extension ReferenceModel {
    /// The model with its adapters, over buffers of `arena`. `progress` hears the fraction that is read, and stops
    /// by returning false.
    func load(
        in arena: Arena, backend: MatmulBackend, progress: (Double) -> Bool
    ) throws(KernelError) -> ObjectiveModel.Reference {
        var weights = try ModelWeights(folder, quantization: quantization, progress: progress)
        let model: TunedModel
        if let last = adapters.last {
            weights = try weights.merging(adapters: adapters.dropLast())
            let applied = try Checkpoint.applied(last, to: weights)
            model = TunedModel(applied.weights, method: applied.method, arena: arena)
            try Checkpoint.loadWeights(last, into: model)
        } else {
            model = TunedModel(weights, method: .inference, arena: arena)
        }
        model.decoder.backend = backend
        return ObjectiveModel.Reference(decoder: model.decoder, usesAdapter: true)
    }
}
