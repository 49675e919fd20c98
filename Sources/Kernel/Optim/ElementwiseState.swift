// The state of optimizers that treat every element alike: named buffers with a number for each element.

/// Named buffers as long as the parameters, every number in the type of its parameter.
struct ElementwiseState {
    let buffers: [(name: String, numbers: ParameterBuffer)]

    /// Zeros for each of the parameters' elements.
    init(_ names: [String], of parameters: ParameterStore) {
        buffers = names.map { ($0, ParameterBuffer(like: parameters.numbers)) }
    }

    /// What checkpoints keep: each buffer flat, its bf16 part as a tensor of its own.
    var items: [TensorFile.Item] {
        buffers.flatMap { TensorFile.Item.pieces(of: $0.numbers, name: $0.name) }
    }

    /// Bytes of so many buffers for these parameters.
    static func bytes(buffers: Int, _ specs: [ParameterSpec]) -> Int {
        buffers * specs.reduce(0) { $0 + $1.byteCount }
    }
}
