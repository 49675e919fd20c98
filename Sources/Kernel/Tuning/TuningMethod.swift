// Which parameters a run trains: an adapter on some layers, some of the base's own weights, or both.
// Full and freeze tuning are sets of names; an adapter with additional targets is both.

/// What a run trains.
public struct TuningMethod: Sendable, Equatable {
    public var adapter: AdapterShape?
    /// Names of base weights that are trained themselves.
    public var trainableNames: Set<String>
    /// The type of those of them that are matrices while they train, and of the optimizer's state of them;
    /// adapters, norms and biases are small and stay fp32.
    public var trainableDType: Precision
    /// Whether a value head trains beside them.
    public var hasValueHead = false
    /// Faster rates for some parameters; nil for one rate.
    public var loraPlus: LoRAPlus?

    public init(
        adapter: AdapterShape? = nil, trainableNames: Set<String> = [],
        trainableDType: Precision = .float32
    ) {
        self.adapter = adapter
        self.trainableNames = trainableNames
        self.trainableDType = trainableDType
    }

    /// Nothing is trained: chat, scoring, export.
    public static let inference = TuningMethod()

    func parameters(of weights: ModelWeights) -> [ParameterSpec] {
        let own = adapter?.parameters(in: weights.layout) ?? []
        let whole = weights.allParameters.filter { trainableNames.contains($0.name) }.map { spec in
            var spec = spec
            if spec.shape.count > 1 { spec.dtype = trainableDType }
            return spec
        }
        let head =
            hasValueHead ? ValueHead.parameters(hiddenSize: weights.spec.hiddenSize) : []
        return (own + whole + head).map { loraPlus?.regrouped($0) ?? $0 }
    }
}
