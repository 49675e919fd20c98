// Lion: a step of one size for every element, up or down, over a run's parameters, and its row.

import Microkernels

/// Evolved sign momentum with decoupled weight decay. Paper: arXiv 2302.06675; arithmetic of
/// bitsandbytes' Lion, which `lion_32bit` is in transformers.
///
///     θ ← θ · (1 − rate · decay) − rate · sign(β₁ m + (1 − β₁) g),   m ← β₂ m + (1 − β₂) g
public final class Lion: Optimizer {
    private let beta1: Double
    private let beta2: Double
    private let weightDecay: Double
    private let seed: UInt64
    private let state: ElementwiseState
    public var stepCount = 0
    public var stateItems: [TensorFile.Item] { state.items }

    /// `seed` decides how bf16 numbers are rounded. The paper has `beta2` 0.99; transformers hands on
    /// `adam_beta2`, 0.999 unless set.
    public init(
        _ parameters: ParameterStore, beta1: Double = 0.9, beta2: Double = 0.999,
        weightDecay: Double = 0, seed: UInt64 = 0
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.weightDecay = weightDecay
        self.seed = seed
        state = ElementwiseState(["exp_avg"], of: parameters)
    }

    public func step(_ parameters: ParameterStore, rate: Double, gradientScale: Double) {
        stepCount += 1
        forEachPiece(of: parameters, state, seed: seed) { [self] piece in
            mk_lion(
                piece.value, piece.gradient, piece.state[0], piece.count, Float(gradientScale),
                piece.rate(rate), Float(beta1), Float(beta2), piece.decay(weightDecay))
        }
    }
}

extension OptimizerKind {
    /// The sign of a mean of gradients: half of AdamW's state.
    public static let lion = OptimizerKind(
        "lion_32bit", title: "Lion", aliases: ["lion"],
        variants: ["lion_8bit", "paged_lion_32bit", "paged_lion_8bit"], deepSpeedTypes: ["lion"],
        reads: [.beta1, .beta2],
        stateBytes: { ElementwiseState.bytes(buffers: 1, $1) },
        make: { settings, parameters, seed in
            Lion(
                parameters, beta1: settings.beta1, beta2: settings.beta2,
                weightDecay: settings.weightDecay, seed: seed)
        })
}
