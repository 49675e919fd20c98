// The trained numbers of one step, copied: what chat answers with while the run continues.

/// The newest weights of a run over its shared base.
public struct TrainedSnapshot: Sendable {
    public let weights: ModelWeights
    public let method: TuningMethod
    public let step: Int
    private let float32: [Float]
    private let bfloat16: [UInt16]

    /// Copies the parameters; call only at a step boundary, on the run's own thread.
    public init(_ model: TunedModel, step: Int) {
        (weights, method, self.step) = (model.weights, model.method, step)
        float32 = model.parameters.values.values
        bfloat16 = model.parameters.numbers.bfloat16.bits
    }

    /// A model of its own with these numbers, for the calling thread.
    public func makeModel() -> TunedModel {
        let model = TunedModel(weights, method: method, arena: Arena())
        fill(model)
        return model
    }

    /// Puts the numbers into a model that an earlier snapshot of the same run made.
    public func fill(_ model: TunedModel) {
        let numbers = model.parameters.numbers
        precondition(
            numbers.float32.count == float32.count && numbers.bfloat16.count == bfloat16.count,
            "a snapshot of another run")
        for (i, value) in float32.enumerated() { numbers.float32.pointer[i] = value }
        numbers.bfloat16.set(bits: bfloat16)
    }
}
