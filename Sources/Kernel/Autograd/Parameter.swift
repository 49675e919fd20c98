// A trainable matrix with its gradient, inside flat buffers for all parameters of a run,
// so that the optimizer, the norm and a checkpoint are each one pass over memory.

/// A named trainable (rows, columns) matrix; vectors are one row.
public final class Parameter {
    /// Where the value lies.
    enum Held {
        case floats(Tensor)
        /// With `pure_bf16`: matrices of the base that train.
        case halves(TrainedHalves)
    }

    public let name: String
    let held: Held
    public let gradient: Tensor
    /// The shape in files: one dimension for vectors.
    public let shape: [Int]
    /// Whether weight decay applies (not to norms and biases, as transformers' Trainer).
    public let decays: Bool

    init(_ spec: ParameterSpec, held: Held, gradient: Tensor) {
        (self.held, self.gradient) = (held, gradient)
        (name, shape, decays) = (spec.name, spec.shape, spec.decays)
    }

    var rows: Int { gradient.rows }
    var columns: Int { gradient.columns }
    var count: Int { gradient.count }

    /// The value as it lies in memory: of adapters, norms and biases always, of matrices in runs that
    /// hold them in fp32. Ask `decode` where it may be one held in bf16.
    public var value: Tensor {
        guard case .floats(let tensor) = held else {
            preconditionFailure("\(name) is held in bf16")
        }
        return tensor
    }

    /// The type that the value is held in.
    var dtype: DType {
        switch held {
        case .floats: .f32
        case .halves: .bf16
        }
    }

    /// Copies rows of the value into the top of `panel`.
    func decode(_ range: Range<Int>, into panel: Tensor) {
        switch held {
        case .floats(let tensor): panel.rows(0..<range.count).copy(from: tensor.rows(range))
        case .halves(let matrix): PackedMatmul.decode(matrix, range, into: panel)
        }
    }
}

/// What a parameter will be, before memory is laid out.
public struct ParameterSpec: Equatable, Sendable {
    public var name: String
    public var shape: [Int]
    public var decays: Bool
    /// What its value and the optimizer's numbers of it are held in; gradients are fp32 always.
    public var heldIn = Precision.float32
    /// What its value is before training.
    public var start = Start.base

    /// Where the values of a parameter come from.
    public enum Start: Equatable, Sendable {
        /// The base's weight of the same name.
        case base
        case zeros, ones
        /// U(−1/√K, 1/√K), K being the columns: PEFT's Kaiming initialization of A.
        case uniform
        /// The length of each row of the weight on which the adapter lies.
        case rowNorms
    }

    public init(name: String, shape: [Int], decays: Bool) {
        (self.name, self.shape, self.decays) = (name, shape, decays)
    }

    public var count: Int { shape.reduce(1, *) }
    var rows: Int { shape.count > 1 ? shape[0] : 1 }
    var columns: Int { shape.last ?? 1 }
}

/// All parameters of a run over one flat buffer of values and one flat gradient buffer.
public final class ParameterStore {
    public let parameters: [Parameter]
    /// Values of all parameters, each contiguous: those held in bf16, then floats, decaying ones first.
    public let numbers: HeldNumbers
    /// (1, total), in the same order.
    public let gradients: Tensor
    /// Elements at the front to which weight decay applies; all that are held in bf16 are among them.
    public let decayingCount: Int

    public init(_ specs: [ParameterSpec], in arena: Arena) {
        let halves = specs.filter { $0.heldIn == .bfloat16 }
        let floats = specs.filter { $0.heldIn == .float32 }
        precondition(halves.allSatisfy(\.decays), "vectors are held in fp32")
        func total(_ specs: [ParameterSpec]) -> Int { specs.reduce(0) { $0 + $1.count } }
        numbers = HeldNumbers(halves: total(halves), floats: total(floats), in: arena)
        gradients = Tensor(1, numbers.count, in: arena)
        gradients.fill(0)
        var offset = 0
        var byName: [String: Parameter] = [:]
        for spec in halves + floats.filter(\.decays) + floats.filter({ !$0.decays }) {
            let held: Parameter.Held =
                switch spec.heldIn {
                case .bfloat16:
                    .halves(
                        TrainedHalves(
                            numbers.halves.window(offset..<offset + spec.count), rows: spec.rows,
                            columns: spec.columns))
                case .float32:
                    .floats(
                        numbers.floats.window(
                            at: offset - numbers.halves.count, spec.rows, spec.columns))
                }
            byName[spec.name] = Parameter(
                spec, held: held,
                gradient: gradients.window(at: offset, spec.rows, spec.columns))
            offset += spec.count
        }
        decayingCount = total(specs.filter(\.decays))
        parameters = specs.compactMap { byName[$0.name] }
        precondition(
            parameters.count == specs.count && byName.count == specs.count,
            "duplicate parameter names")
    }

    public subscript(name: String) -> Parameter? { parameters.first { $0.name == name } }
    public var count: Int { numbers.count }
    /// (1, n): the values that are held in fp32; all of them unless the run is `pure_bf16`.
    public var values: Tensor { numbers.floats }
}
