// A trainable matrix with its gradient, inside one flat buffer for all parameters of a run,
// so that the optimizer, the norm and a checkpoint are each one pass over memory.

/// A named trainable (rows, columns) matrix; vectors are one row.
public final class Parameter {
    public let name: String
    public let value: Tensor
    public let gradient: Tensor
    /// The shape in files: one dimension for vectors.
    public let shape: [Int]
    /// Whether weight decay applies (not to norms and biases, as transformers' Trainer).
    public let decays: Bool

    init(name: String, value: Tensor, gradient: Tensor, shape: [Int], decays: Bool) {
        (self.name, self.value, self.gradient) = (name, value, gradient)
        (self.shape, self.decays) = (shape, decays)
    }
}

/// What a parameter will be, before memory is laid out.
public struct ParameterSpec: Equatable, Sendable {
    public var name: String
    public var shape: [Int]
    public var decays: Bool

    public init(name: String, shape: [Int], decays: Bool) {
        (self.name, self.shape, self.decays) = (name, shape, decays)
    }

    var count: Int { shape.reduce(1, *) }
    var rows: Int { shape.count > 1 ? shape[0] : 1 }
    var columns: Int { shape.last ?? 1 }
}

/// All parameters of a run over one flat value buffer and one flat gradient buffer.
public final class ParameterStore {
    public let parameters: [Parameter]
    /// (1, total): values of all parameters, decaying ones first, each parameter contiguous.
    public let values: Tensor
    public let gradients: Tensor
    /// Elements at the front to which weight decay applies.
    public let decayingCount: Int

    public init(_ specs: [ParameterSpec], in arena: Arena) {
        let total = specs.reduce(0) { $0 + $1.count }
        values = Tensor(1, total, in: arena)
        gradients = Tensor(1, total, in: arena)
        values.fill(0)
        gradients.fill(0)
        var offset = 0
        var byName: [String: Parameter] = [:]
        for spec in specs.filter(\.decays) + specs.filter({ !$0.decays }) {
            byName[spec.name] = Parameter(
                name: spec.name, value: values.window(at: offset, spec.rows, spec.columns),
                gradient: gradients.window(at: offset, spec.rows, spec.columns),
                shape: spec.shape, decays: spec.decays)
            offset += spec.count
        }
        decayingCount = specs.reduce(0) { $0 + ($1.decays ? $1.count : 0) }
        parameters = specs.compactMap { byName[$0.name] }
        precondition(
            parameters.count == specs.count && byName.count == specs.count,
            "duplicate parameter names")
    }

    public subscript(name: String) -> Parameter? { parameters.first { $0.name == name } }
    public var count: Int { values.count }
}
