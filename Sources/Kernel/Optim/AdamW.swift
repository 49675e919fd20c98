// AdamW: the arithmetic of torch.optim.AdamW over a run's parameters, and its row.

import Microkernels

/// Adam with decoupled weight decay. Paper: arXiv 1711.05101; arithmetic of torch.optim.AdamW.
public final class AdamW: Optimizer {
    private let beta1: Double
    private let beta2: Double
    private let epsilon: Double
    private let weightDecay: Double
    private let seed: UInt64
    private let state: ElementwiseState
    public var stepCount = 0
    public var stateItems: [TensorFile.Item] { state.items }

    /// `seed` decides how bf16 numbers are rounded.
    public init(
        _ parameters: ParameterStore, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-8, weightDecay: Double = 0, seed: UInt64 = 0
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.seed = seed
        state = ElementwiseState(["exp_avg", "exp_avg_sq"], of: parameters)
    }

    public func step(_ parameters: ParameterStore, rate: Double, gradientScale: Double) {
        stepCount += 1
        let correction1 = Float(1 - power(beta1, stepCount))
        let correction2 = Float(1 - power(beta2, stepCount))
        forEachPiece(of: parameters, state, seed: seed) { [self] piece in
            mk_adamw(
                piece.value, piece.gradient, piece.state[0], piece.state[1], piece.count,
                Float(gradientScale), piece.rate(rate), Float(beta1), Float(beta2), Float(epsilon),
                piece.decay(weightDecay), correction1, correction2)
        }
    }

    /// base^exponent by squaring, so that no libm decides the bits.
    private func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, factor, left) = (1.0, base, exponent)
        while left > 0 {
            if left & 1 == 1 { result *= factor }
            factor *= factor
            left >>= 1
        }
        return result
    }
}

extension OptimizerKind {
    /// The mean of gradients and of their squares.
    public static let adamW = OptimizerKind(
        "adamw_torch", title: "AdamW", aliases: ["adamw_torch_fused", "adamw_hf", "adamw"],
        variants: [
            "adamw_8bit", "adamw_bnb_8bit", "paged_adamw_8bit", "paged_adamw_32bit", "paged_adamw",
        ], deepSpeedTypes: ["adam", "adamw"], reads: [.beta1, .beta2, .epsilon],
        stateBytes: { ElementwiseState.bytes(buffers: 2, $1) },
        make: { settings, parameters, seed in
            AdamW(
                parameters, beta1: settings.beta1, beta2: settings.beta2,
                epsilon: settings.epsilon, weightDecay: settings.weightDecay, seed: seed)
        })
}
