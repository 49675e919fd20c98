// What an adapter is to a linear layer: how it changes the output while it trains, and the weight when it is merged.
// Conformers have a file each and a row in AdapterKind; a layer does not know which it has.
// Legend: T rows, K inputs, N outputs, R rank.

/// A trained change of one linear layer whose own weight stays frozen.
protocol LinearAdapter: AnyObject {
    /// What trains, in the order of the kind's parameters.
    var parameters: [Parameter] { get }

    /// Records the layer with its change: x (T, K) to (T, N). `key` seeds dropout; nil outside of training.
    func apply(
        _ x: Value, to layer: Projection, _ context: ForwardContext, dropoutKey key: UInt64?
    ) -> Value

    /// The rows that the base weight multiplies in a small batch, which is not recorded.
    func input(_ x: Tensor, in arena: Arena) -> Tensor
    /// y (T, N) = input · Wᵀ becomes the layer's output, bias included.
    func finish(_ y: Tensor, input x: Tensor, of layer: Projection, _ context: ForwardContext)

    /// Rows of the base's weight become rows of the merged one.
    func merge(_ rows: Range<Int>, into panel: Tensor)
    /// The layer's bias becomes that of the merged one.
    func mergeBias(_ bias: UnsafeMutablePointer<Float>, count: Int)
    /// The same change in memory of its own, for a base that it is folded into.
    func frozenChange(of base: any PackedWeight) -> WeightChange
}

extension LinearAdapter {
    func input(_ x: Tensor, in arena: Arena) -> Tensor { x }
    func mergeBias(_ bias: UnsafeMutablePointer<Float>, count: Int) {}
}

/// W' = diag(rows) · (W + s · B A) · diag(columns), each part where it is there. Shapes: W (N, K); A (R, K); B (N, R).
struct WeightChange: Sendable {
    /// A low-rank term.
    struct LowRank: Sendable {
        var a: [Float]
        var b: [Float]
        var rank: Int
        var scale: Float
    }
    var lowRank: LowRank?
    /// (N): factors of rows.
    var rows: [Float]?
    /// (K): factors of columns.
    var columns: [Float]?
}
