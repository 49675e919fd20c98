// A decoder assembled over shared base weights, with the parameters that a tuning method trains.

/// A decoder and its trainable parameters, on one thread.
public final class TunedModel {
    public let weights: ModelWeights
    public let method: TuningMethod
    public let decoder: Decoder
    public let parameters: ParameterStore

    /// Trained base weights start at the base's values, rounded when they are bf16; adapters where their kind says,
    /// with random numbers by a stream of `seed`.
    public init(_ weights: ModelWeights, method: TuningMethod, seed: UInt64 = 0, arena: Arena) {
        self.weights = weights
        self.method = method
        let specs = method.parameters(of: weights)
        let store = ParameterStore(specs, in: arena)
        parameters = store
        var byName: [String: Parameter] = [:]
        for (parameter, spec) in zip(store.parameters, specs) {
            byName[parameter.name] = parameter
            Self.initialize(parameter, spec.start, from: weights, seed: seed, arena)
        }
        decoder = Self.assemble(weights, method, byName, arena)
        if let weight = byName[ValueHead.weightName], let bias = byName[ValueHead.biasName] {
            decoder.valueHead = ValueHead(weight: weight, bias: bias)
        }
    }

    /// The parameters that lie in the model: all but those of a value head.
    var bodyParameters: [Parameter] {
        parameters.parameters.filter {
            $0 !== decoder.valueHead?.weight && $0 !== decoder.valueHead?.bias
        }
    }

    private static func initialize(
        _ parameter: Parameter, _ start: ParameterSpec.Start, from weights: ModelWeights,
        seed: UInt64, _ arena: Arena
    ) {
        switch start {
        case .base: copyBase(into: parameter, from: weights)
        case .zeros: parameter.value.fill(0)
        case .ones: parameter.value.fill(1)
        case .uniform:
            let value = parameter.value
            let key = parameter.name.utf8.reduce(ForwardContext.mix(seed)) {
                ForwardContext.mix($0 ^ UInt64($1))
            }
            value.fill(0)
            Dropout.addNoise(to: value, scale: 1 / Float(value.columns).squareRoot(), key: key)
        case .rowNorms:
            let path = parameter.name.split(separator: ".").dropLast().joined(separator: ".")
            guard let matrix = weights.matrices[path + ".weight"] else {
                preconditionFailure("no weight for \(parameter.name)")
            }
            let squares = PackedMatmul.rowSquares(of: .packed(matrix), arena: arena)
            for (r, square) in squares.enumerated() {
                parameter.value.pointer[r] = Float(square.squareRoot())
            }
        }
    }

    private static func copyBase(into parameter: Parameter, from weights: ModelWeights) {
        if let matrix = weights.matrices[parameter.name] {
            switch parameter.stored {
            case .float32(let value): PackedMatmul.decode(matrix, 0..<matrix.rows, into: value)
            case .bfloat16(let value): value.copy(from: matrix)
            }
            matrix.releasePages()
        } else if let vector = weights.vectors[parameter.name] {
            for (i, x) in vector.enumerated() { parameter.value.pointer[i] = x }
        } else {
            preconditionFailure("no weight named \(parameter.name)")
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
            if let shape = method.adapter {
                let own = shape.parameters(on: slot).compactMap { trained[$0.name] }
                if !own.isEmpty {
                    projection.adapter = shape.kind.make(
                        shape, slot, own, (projection.base, arena))
                }
            }
            return projection
        }
        var norms = spec.layers.map { _ in [BlockNorm: Norm]() }
        var linears = spec.layers.map { _ in [LinearModule: Projection]() }
        for slot in weights.layout.slots {
            guard let layer = slot.layer else { continue }
            switch slot.role {
            case .linear(let module): linears[layer][module] = linear(slot)
            case .norm(let norm):
                norms[layer][norm] = spec.layers[layer].norms[norm].map {
                    Norm($0, weight: required(slot.weightName))
                }
            case .embedding, .finalNorm, .head: break
            }
        }
        let blocks = zip(norms, linears).map { DecoderBlock(norms: $0, linears: $1) }
        let embedding: EmbeddingTable
        switch base(weights.embeddingName) {
        case .packed(let matrix): embedding = .packed(matrix)
        case .trained(let parameter): embedding = .trained(parameter)
        }
        let headName = spec.head.isTied ? weights.embeddingName : weights.headName
        return Decoder(
            spec: spec, embedding: embedding, blocks: blocks,
            finalNorm: Norm(
                spec.finalNorm, weight: required(spec.names.weight(.finalNorm))),
            head: Projection(base: base(headName)), arena: arena)
    }
}
