// The weights of a tuned model as one plain model: the base changed by its adapter, or the trained values themselves.
// Rows come panel by panel in fp32, so a large model never exists in fp32 as a whole.
// It does not know files. Legend: N rows (outputs), K columns (inputs).

/// Rows of every weight of a base with its adapter merged in.
///
/// Merge into the base as its file has it: a base packed for training (NF4, int4) would carry its
/// rounding into the result.
public struct MergedRows {
    /// All weights in the model's order, under their Hugging Face names; a tied head is not listed.
    public let weights: [ParameterSpec]
    private let model: TunedModel
    private let trained: [String: Parameter]
    /// By the names of weights and biases.
    private let adapters: [String: any LinearAdapter]

    /// Floats of one panel.
    static let panelFloatsMax = 1 << 20

    /// The merged weights of `model`, on the model's thread.
    public init(_ model: TunedModel) {
        self.model = model
        weights = model.weights.allParameters
        let parameters = model.parameters.parameters
        trained = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0) })
        var adapters: [String: any LinearAdapter] = [:]
        for slot in model.weights.layout.linears {
            let adapter = model.decoder.projection(slot)?.adapter
            adapters[slot.weightName] = adapter
            adapters[slot.biasName] = adapter
        }
        self.adapters = adapters
    }

    /// The number of elements of all weights.
    public var elementCount: Int { weights.reduce(0) { $0 + $1.count } }

    /// The smallest type that holds a weight as a run has it: bf16 for matrices that were trained in it.
    func ownType(of weight: ParameterSpec) -> DType { trained[weight.name]?.dtype ?? .f32 }

    /// Fills `panel` (range.count, K) with rows `range` of the weight; a vector is one row.
    public func decode(_ range: Range<Int>, of weight: ParameterSpec, into panel: Tensor) {
        precondition(
            range.upperBound <= weight.rows && panel.rows == range.count
                && panel.columns == weight.columns && panel.isContiguous,
            "rows \(range) of \(weight.name) \(weight.shape) into (\(panel.rows), \(panel.columns))"
        )
        if let parameter = trained[weight.name] {
            parameter.decode(range, into: panel)
        } else if let matrix = model.weights.matrices[weight.name] {
            PackedMatmul.decode(matrix, range, into: panel)
        } else if let vector = model.weights.vectors[weight.name] {
            vector.withUnsafeBufferPointer { values in
                if let start = values.baseAddress {
                    panel.pointer.update(from: start, count: values.count)
                }
            }
        } else {
            preconditionFailure("no weight named \(weight.name)")
        }
        guard let adapter = adapters[weight.name] else { return }
        if weight.shape.count > 1 {
            adapter.merge(range, into: panel)
        } else {
            adapter.mergeBias(panel.pointer, count: panel.columns)
        }
    }

    /// Calls `body` with all rows of a weight, some at a time, in order; the tensor is reused.
    ///
    /// - Parameter unit: panels start at multiples of this many rows.
    public func forEachPanel(
        of weight: ParameterSpec, unit: Int = 1,
        _ body: (_ rows: Range<Int>, _ panel: Tensor) throws(KernelError) -> Void
    ) throws(KernelError) {
        let wanted = max(1, Self.panelFloatsMax / max(1, weight.columns))
        let height = min(weight.rows, (wanted + unit - 1) / unit * unit)
        let scratch = Tensor(height, weight.columns, in: model.decoder.arena)
        for start in stride(from: 0, to: weight.rows, by: max(1, height)) {
            let range = start..<min(weight.rows, start + height)
            let panel = scratch.rows(0..<range.count)
            decode(range, of: weight, into: panel)
            guard Elementwise.sumOfSquares(panel).isFinite else {
                let row = (0..<range.count).first {
                    !Elementwise.sumOfSquares(panel.rows($0..<$0 + 1)).isFinite
                }
                throw KernelError(
                    .badData, "cannot export the model", at: "tensor \(weight.name)",
                    because: "row \(range.lowerBound + (row ?? 0)) holds NaN or infinity",
                    hint:
                        "The weights are damaged, or a training diverged: fetch the model again, or "
                        + "export an earlier checkpoint.")
            }
            try body(range, panel)
        }
    }
}
