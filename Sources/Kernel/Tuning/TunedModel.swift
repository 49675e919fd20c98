// A decoder assembled over shared base weights, with the parameters that a tuning method trains.

/// A decoder and its trainable parameters, on one thread.
public final class TunedModel {
    public let weights: ModelWeights
    public let method: TuningMethod
    public let decoder: Decoder
    public let parameters: ParameterStore

    /// Trained base weights start at the base's values, rounded where their type is bf16; adapters at zero update with A drawn from
    /// U(−1/√K, 1/√K) (PEFT's Kaiming initialization) by a stream of `seed`.
    public init(_ weights: ModelWeights, method: TuningMethod, seed: UInt64 = 0, arena: Arena) {
        self.weights = weights
        self.method = method
        let store = ParameterStore(method.parameters(of: weights), in: arena)
        parameters = store
        var byName: [String: Parameter] = [:]
        for parameter in store.parameters {
            byName[parameter.name] = parameter
            Self.initialize(parameter, from: weights, seed: seed)
        }
        decoder = Self.assemble(weights, method, byName, arena)
    }

    private static func initialize(_ parameter: Parameter, from weights: ModelWeights, seed: UInt64)
    {
        if let matrix = weights.matrices[parameter.name] {
            switch parameter.stored {
            case .float32(let value): PackedMatmul.decode(matrix, 0..<matrix.rows, into: value)
            case .bfloat16(let value): value.copy(from: matrix)
            }
            matrix.letGoOfPages()
            return
        }
        let value = parameter.value
        if let vector = weights.vectors[parameter.name] {
            for (i, x) in vector.enumerated() { value.pointer[i] = x }
        } else if parameter.name.hasSuffix(".lora_A.weight") {
            let key = parameter.name.utf8.reduce(ForwardContext.mix(seed)) {
                ForwardContext.mix($0 ^ UInt64($1))
            }
            value.fill(0)
            Dropout.addNoise(to: value, scale: 1 / Float(value.columns).squareRoot(), key: key)
        }
    }

    private static func assemble(
        _ weights: ModelWeights, _ method: TuningMethod, _ trained: [String: Parameter],
        _ arena: Arena
    ) -> Decoder {
        let spec = weights.spec
        func base(_ name: String) -> BaseWeight {
            if let parameter = trained[name] { return .trained(parameter) }
            guard let matrix = weights.matrices[name] else {
                preconditionFailure("no weight named \(name)")
            }
            return .packed(matrix)
        }
        func vector(_ name: String) -> Vector? {
            if let parameter = trained[name] { return Vector(parameter) }
            return weights.vectors[name].map { Vector($0, in: arena) }
        }
        func required(_ name: String) -> Vector {
            guard let vector = vector(name) else { preconditionFailure("no weight named \(name)") }
            return vector
        }
        func linear(_ slot: WeightSlot) -> Projection {
            let projection = Projection(base: base(slot.weightName), bias: vector(slot.biasName))
            let names = slot.adapterNames
            if let lora = method.lora, let a = trained[names.a], let b = trained[names.b],
                let factor = lora.factor(of: slot)
            {
                projection.adapter = LowRankAdapter(
                    a: a, b: b, scale: factor.scale, dropout: lora.dropout)
            }
            return projection
        }
        let slots = weights.layout.slots
        let blocks = spec.layers.indices.map { layer in
            var block = DecoderBlock.Parts()
            for slot in slots where slot.layer == layer {
                switch slot.role {
                case .linear: block.linears.append(linear(slot))
                case .norm(let norm): block.norms[norm] = required(slot.weightName)
                case .embedding, .finalNorm, .head: break
                }
            }
            return DecoderBlock(block)
        }
        let embedding: EmbeddingTable
        switch base(weights.embeddingName) {
        case .packed(let matrix): embedding = .packed(matrix)
        case .trained(let parameter): embedding = .trained(parameter)
        }
        let headName = spec.head.isTied ? weights.embeddingName : weights.headName
        return Decoder(
            spec: spec, embedding: embedding, blocks: blocks,
            finalNorm: required(spec.names.weight(.finalNorm)),
            head: Projection(base: base(headName)), arena: arena)
    }
}
