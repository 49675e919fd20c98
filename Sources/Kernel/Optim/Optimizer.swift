// What every optimizer is to a run: a step over all parameters, and a state that checkpoints keep.
// One file an optimizer, which also has its row (OptimizerKind.swift).

/// An optimizer of one run's parameters. Elementwise ones keep an `ElementwiseState` and step by
/// `forEachPiece`; those that see shapes walk `ParameterStore.parameters`.
public protocol Optimizer: AnyObject {
    /// What a checkpoint keeps, by name, type and shape, in a fixed order.
    var stateItems: [TensorFile.Item] { get }
    /// Steps taken; bias corrections and the draws of rounding depend on it, so a checkpoint keeps it too.
    var stepCount: Int { get set }
    /// Moves the parameters by their gradients times `gradientScale`; `rate` is the run's learning rate,
    /// which each group scales.
    func step(_ parameters: ParameterStore, rate: Double, gradientScale: Double)
}
