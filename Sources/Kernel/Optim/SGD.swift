// Stochastic gradient descent: the arithmetic of torch.optim.SGD over a run's parameters, and its row.

import Microkernels

/// Stochastic gradient descent with momentum, as torch.optim.SGD (dampening 0, decay added to the gradient).
public final class SGD: Optimizer {
    private let momentum: Double
    private let weightDecay: Double
    private let seed: UInt64
    /// Without momentum it keeps nothing.
    private let state: ElementwiseState
    public var stepCount = 0
    public var stateItems: [TensorFile.Item] { state.items }

    /// `seed` decides how bf16 numbers are rounded.
    public init(
        _ parameters: ParameterStore, momentum: Double = 0, weightDecay: Double = 0,
        seed: UInt64 = 0
    ) {
        self.momentum = momentum
        self.weightDecay = weightDecay
        self.seed = seed
        state = ElementwiseState(momentum == 0 ? [] : ["momentum_buffer"], of: parameters)
    }

    public func step(_ parameters: ParameterStore, rate: Double, gradientScale: Double) {
        stepCount += 1
        forEachPiece(of: parameters, state, seed: seed) { [self] piece in
            // Without momentum the loop does not touch the buffer.
            mk_sgd(
                piece.value, piece.gradient, piece.state.first ?? piece.value, piece.count,
                Float(gradientScale), piece.rate(rate), Float(momentum), piece.decay(weightDecay),
                stepCount == 1 ? 1 : 0)
        }
    }
}

extension OptimizerKind {
    /// The gradient itself, or its running sum with momentum.
    public static let sgd = OptimizerKind(
        "sgd", title: "SGD", deepSpeedTypes: ["sgd"], reads: [.momentum],
        stateBytes: { ElementwiseState.bytes(buffers: $0.momentum == 0 ? 0 : 1, $1) },
        make: { settings, parameters, seed in
            SGD(
                parameters, momentum: settings.momentum, weightDecay: settings.weightDecay,
                seed: seed)
        })
}
