// Which parameters a run trains: a low-rank adapter on some layers, some of the base's own weights, or both.
// Full and freeze tuning are sets of names; LoRA with additional targets is an adapter and a set of names.

/// The rank of an adapter at one place, and what it is scaled by.
struct LoRAFactor: Sendable, Equatable {
    var rank: Int
    /// The numerator of the scale, as settings have it.
    var alpha: Double
    var scale: Float

    init(rank: Int, alpha: Double, isRankStabilized: Bool) {
        (self.rank, self.alpha) = (rank, alpha)
        scale = Float(alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank)))
    }
}

/// The shape of a LoRA adapter.
public struct LoRAShape: Sendable, Equatable {
    public var rank: Int
    /// What B A is multiplied by: alpha / rank, or alpha / √rank.
    public var scale: Float
    public var dropout: Float
    /// The linear modules that have it, in every block but for the exceptions.
    public var modules: Set<LinearModule>
    /// Modules with another rank or scale than the rest, or without an adapter (nil), by their paths.
    var exceptions: [String: LoRAFactor?] = [:]

    public init(rank: Int, scale: Float, dropout: Float = 0, modules: Set<LinearModule>) {
        (self.rank, self.scale, self.dropout, self.modules) = (rank, scale, dropout, modules)
    }

    /// Rank and scale on a module; nil where there is no adapter.
    func factor(of slot: WeightSlot) -> (rank: Int, scale: Float)? {
        if let exception = exceptions[slot.path] { return exception.map { ($0.rank, $0.scale) } }
        return slot.linear.map(modules.contains) == true ? (rank, scale) : nil
    }

    /// The highest rank of any place.
    var highestRank: Int {
        exceptions.values.reduce(rank) { max($0, $1?.rank ?? 0) }
    }

    /// A and B of every module that has an adapter.
    func parameters(in layout: WeightLayout) -> [ParameterSpec] {
        layout.linears.flatMap { slot -> [ParameterSpec] in
            guard let (rank, _) = factor(of: slot) else { return [] }
            let names = slot.adapterNames
            return [
                ParameterSpec(name: names.a, shape: [rank, slot.shape[1]]),
                ParameterSpec(name: names.b, shape: [slot.shape[0], rank]),
            ]
        }
    }
}

/// What a run trains.
public struct TuningMethod: Sendable, Equatable {
    public var lora: LoRAShape?
    /// Names of base weights that are trained themselves.
    public var trainedNames: Set<String>
    /// The type of those of them that are matrices while they train, and of the optimizer's state of them;
    /// adapters, norms and biases are small and stay fp32.
    public var trainableDType: Precision
    /// Faster rates for some parameters; nil for one rate.
    public var loraPlus: LoRAPlus?

    public init(
        lora: LoRAShape? = nil, trainedNames: Set<String> = [], trainableDType: Precision = .float32
    ) {
        (self.lora, self.trainedNames, self.trainableDType) = (lora, trainedNames, trainableDType)
    }

    /// Nothing is trained: chat, scoring, export.
    public static let inference = TuningMethod()

    func parameters(of weights: ModelWeights) -> [ParameterSpec] {
        let adapter = lora?.parameters(in: weights.layout) ?? []
        let whole = weights.allParameters.filter { trainedNames.contains($0.name) }.map { spec in
            var spec = spec
            if spec.shape.count > 1 { spec.dtype = trainableDType }
            return spec
        }
        return (adapter + whole).map { loraPlus?.regrouped($0) ?? $0 }
    }
}
