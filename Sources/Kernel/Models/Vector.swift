// A norm's gain or a layer's bias: frozen values or a trained parameter, seen the same way; fp32 always.

/// A (C) vector of the model, frozen or trained.
public final class Vector {
    let parameter: Parameter?
    let pointer: UnsafeMutablePointer<Float>
    public let count: Int
    private let frozen: Tensor?

    init(_ parameter: Parameter) {
        self.parameter = parameter
        pointer = parameter.value.pointer
        count = parameter.value.count
        frozen = nil
    }

    init(_ values: [Float], in arena: Arena) {
        let tensor = Tensor(values, rows: 1, columns: values.count, in: arena)
        parameter = nil
        pointer = tensor.pointer
        count = values.count
        frozen = tensor
    }
}
