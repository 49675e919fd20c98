// A norm's weight or a layer's bias: frozen values or a trained parameter, seen the same way; fp32 always.

/// A (C) vector of the model, frozen or trained.
public final class Vector {
    let parameter: Parameter?
    /// (1, C).
    let values: Tensor

    var pointer: UnsafeMutablePointer<Float> { values.pointer }
    public var count: Int { values.count }

    init(_ parameter: Parameter) {
        (self.parameter, values) = (parameter, parameter.value)
    }

    init(_ values: [Float], in arena: Arena) {
        parameter = nil
        self.values = Tensor(values, rows: 1, columns: values.count, in: arena)
    }
}
