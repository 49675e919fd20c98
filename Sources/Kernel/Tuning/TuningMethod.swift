// Which parameters a run trains: an adapter on some layers, some of the base's own weights, or both.
// Full and freeze tuning are sets of names; an adapter with additional targets is both.

/// What a run trains.
public struct TuningMethod: Sendable, Equatable {
    public var adapter: AdapterShape?
    /// Names of base weights that are trained themselves.
    public var trainedNames: Set<String>
    /// What those of them that are matrices are held in while they train, with the optimizer's numbers;
    /// adapters, norms and biases are small and stay fp32.
    public var matricesIn: Precision

    public init(
        adapter: AdapterShape? = nil, trainedNames: Set<String> = [],
        matricesIn: Precision = .float32
    ) {
        self.adapter = adapter
        self.trainedNames = trainedNames
        self.matricesIn = matricesIn
    }

    /// Nothing is trained: chat, scoring, export.
    public static let inference = TuningMethod()

    func parameters(of weights: ModelWeights) -> [ParameterSpec] {
        (adapter?.parameters(in: weights.layout) ?? [])
            + weights.allParameters.filter { trainedNames.contains($0.name) }.map { spec in
                var spec = spec
                if spec.shape.count > 1 { spec.heldIn = matricesIn }
                return spec
            }
    }
}
