// Where the weights of a block are while it does not compute: here by default. Weights that are spread over ranks or lie
// in files come and go through this.

/// Which pass runs through a block.
public enum PassDirection: Sendable, Equatable { case forward, backward }

/// Brings the weights of a block before it computes and lets go of them after. Called on the run's thread. It cannot
/// fail there: a fault is kept until the step's ranks agree on it.
public protocol LayerResidency: AnyObject {
    /// The weights of a block must be there when this returns.
    func enter(_ layer: Int, _ direction: PassDirection)
    /// The block has computed; in the backward pass its gradients are complete.
    func leave(_ layer: Int, _ direction: PassDirection)
}
