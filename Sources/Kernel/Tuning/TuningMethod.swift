// Which parameters a run trains: a low-rank adapter on some layers, some of the base's own weights, or both.
// Full and freeze tuning are sets of names; LoRA with additional targets is an adapter and a set of names.

/// The shape of a LoRA adapter.
public struct LoRAShape: Sendable, Equatable {
    public var rank: Int
    /// What B A is multiplied by: alpha / rank, or alpha / √rank.
    public var scale: Float
    public var dropout: Float
    public var slots: Set<LinearSlot>

    public init(rank: Int, scale: Float, dropout: Float = 0, slots: Set<LinearSlot>) {
        (self.rank, self.scale, self.dropout, self.slots) = (rank, scale, dropout, slots)
    }

    /// Parameter names as in PEFT files, without PEFT's outer prefix.
    static func names(_ slot: LinearSlot, layer: Int) -> (a: String, b: String) {
        (slot.path(layer: layer) + ".lora_A.weight", slot.path(layer: layer) + ".lora_B.weight")
    }

    func parameters(in spec: DecoderSpec) -> [ParameterSpec] {
        (0..<spec.layerCount).flatMap { layer in
            LinearSlot.allCases.filter(slots.contains).flatMap { slot in
                let names = Self.names(slot, layer: layer)
                let (outputs, inputs) = slot.shape(in: spec)
                return [
                    ParameterSpec(name: names.a, shape: [rank, inputs], decays: true),
                    ParameterSpec(name: names.b, shape: [outputs, rank], decays: true),
                ]
            }
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
