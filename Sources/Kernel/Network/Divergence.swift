// How far a model's distribution over the next token is from another model's: the loss that distillation and anchored
// fine-tuning add to that of the token. Legend: R labelled rows, C channels of the other model.

import Microkernels

/// Which divergence of a distribution p from another one q, and how much of it.
struct DivergenceTerm: Sendable {
    /// β: 0 is KL(q ‖ p), 1 is KL(p ‖ q), between them β KL(q ‖ m) + (1 − β) KL(p ‖ m) with m = β q + (1 − β) p
    /// (Agarwal et al. 2024, GKD, arXiv 2306.13649).
    var interpolation: Float = 0
    /// T: both are softmax(logits / T), and the divergence is multiplied with T², which keeps gradients as large
    /// (Hinton et al. 2015, arXiv 1503.02531).
    var temperature: Float = 1
    /// What it is multiplied with in the loss.
    var weight: Float
}

extension CrossEntropy {
    /// The other model's side of a batch: its rows after the final norm (R, C), and what makes logits of them.
    struct Other {
        let rows: Tensor
        let head: Projection
        let softCap: Float?
        let backend: MatmulBackend
        let term: DivergenceTerm
        /// What the gradient of the summed divergence is multiplied with.
        let gradientScale: Float
    }
}

/// The other model's logits over chunks of rows, which become the gradient of the divergence.
struct OtherHead {
    private let other: CrossEntropy.Other
    private let scratch: Tensor
    private let panels: WeightPanels?
    private let arena: Arena
    /// Ids that both heads have: one of them may be padded.
    private let shared: Int

    init(_ other: CrossEntropy.Other, chunkRows: Int, vocabulary: Int, arena: Arena) {
        (self.other, self.arena) = (other, arena)
        scratch = Tensor(chunkRows, other.head.outputs, in: arena)
        panels = other.head.panels(other.backend, withGradient: false, arena: arena)
        shared = min(vocabulary, other.head.outputs)
    }

    /// Computes the logits of rows of the batch.
    func compute(_ range: Range<Int>) {
        let logits = scratch.rows(0..<range.count)
        other.head.baseProduct(
            other.rows.rows(range), into: logits, other.backend, panels, arena: arena)
        guard let cap = other.softCap else { return }
        SoftCap.apply(logits, cap: cap)
    }

    /// T² times the divergence of a row's logits z, capped already, from row `r` of the chunk. With `hasGradient` that
    /// row becomes the gradient by z.
    func measure(_ z: UnsafePointer<Float>, _ r: Int, hasGradient: Bool) -> Double {
        let (row, term) = (scratch.row(r), other.term)
        let scale = other.gradientScale * term.weight * term.temperature
        return Double(term.temperature * term.temperature)
            * mk_divergence(
                z, row, hasGradient ? row : nil, shared, 1 / term.temperature,
                term.interpolation, scale)
    }

    /// Adds the gradient that row `r` of the chunk became.
    func add(_ r: Int, to gradient: UnsafeMutablePointer<Float>) {
        mk_axpy(gradient, 1, scratch.row(r), shared)
    }
}
