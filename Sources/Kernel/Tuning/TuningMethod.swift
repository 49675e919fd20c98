// Which parameters a run trains: a low-rank adapter on some layers, some of the base's own weights, or both.
// Full and freeze tuning are sets of names; LoRA with additional targets is an adapter and a set of names.

/// One linear layer of a decoder.
struct LinearPlace: Sendable, Hashable {
    var slot: LinearSlot
    var layer: Int

    var path: String { slot.path(layer: layer) }

    /// All of them in a decoder, layer by layer.
    static func all(in spec: DecoderSpec) -> [LinearPlace] {
        (0..<spec.layerCount).flatMap { layer in
            LinearSlot.allCases.map { LinearPlace(slot: $0, layer: layer) }
        }
    }
}

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
    /// The layers that have it, in every block but for the exceptions.
    public var slots: Set<LinearSlot>
    /// Places with another rank or scale than the rest, or without an adapter (nil).
    var exceptions: [LinearPlace: LoRAFactor?] = [:]

    public init(rank: Int, scale: Float, dropout: Float = 0, slots: Set<LinearSlot>) {
        (self.rank, self.scale, self.dropout, self.slots) = (rank, scale, dropout, slots)
    }

    /// Rank and scale at a place; nil where there is no adapter.
    func factor(_ slot: LinearSlot, layer: Int) -> (rank: Int, scale: Float)? {
        if let exception = exceptions[LinearPlace(slot: slot, layer: layer)] {
            return exception.map { ($0.rank, $0.scale) }
        }
        return slots.contains(slot) ? (rank, scale) : nil
    }

    /// The highest rank of any place.
    var highestRank: Int {
        exceptions.values.reduce(rank) { max($0, $1?.rank ?? 0) }
    }

    /// Parameter names as in PEFT files, without PEFT's outer prefix.
    static func names(_ slot: LinearSlot, layer: Int) -> (a: String, b: String) {
        (slot.path(layer: layer) + ".lora_A.weight", slot.path(layer: layer) + ".lora_B.weight")
    }

    func parameters(in spec: DecoderSpec) -> [ParameterSpec] {
        LinearPlace.all(in: spec).flatMap { place -> [ParameterSpec] in
            guard let (rank, _) = factor(place.slot, layer: place.layer) else { return [] }
            let names = Self.names(place.slot, layer: place.layer)
            let (outputs, inputs) = place.slot.shape(in: spec)
            return [
                ParameterSpec(name: names.a, shape: [rank, inputs], decays: true),
                ParameterSpec(name: names.b, shape: [outputs, rank], decays: true),
            ]
        }
    }
}

/// What a run trains.
public struct TuningMethod: Sendable, Equatable {
    public var lora: LoRAShape?
    /// Names of base weights that are trained themselves.
    public var trainedNames: Set<String>
    /// What those of them that are matrices are held in while they train, with the optimizer's numbers;
    /// adapters, norms and biases are small and stay fp32.
    public var matricesIn: Precision

    public init(
        lora: LoRAShape? = nil, trainedNames: Set<String> = [], matricesIn: Precision = .float32
    ) {
        (self.lora, self.trainedNames, self.matricesIn) = (lora, trainedNames, matricesIn)
    }

    /// Nothing is trained: chat, scoring, export.
    public static let inference = TuningMethod()

    func parameters(of weights: ModelWeights) -> [ParameterSpec] {
        (lora?.parameters(in: weights.spec) ?? [])
            + weights.allParameters.filter { trainedNames.contains($0.name) }.map { spec in
                var spec = spec
                if spec.shape.count > 1 { spec.heldIn = matricesIn }
                return spec
            }
    }
}
