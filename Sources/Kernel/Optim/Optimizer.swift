// Optimizers over the flat parameter buffers: one pass over memory a step, shared by the threads.
// In what the numbers are held is the business of OptimizerPiece.swift.

import Microkernels

/// An optimizer's state and step. State buffers are as long as the parameters, and held like them.
public protocol Optimizer: AnyObject {
    /// Named state buffers, in a fixed order; a checkpoint keeps them all.
    var state: [(name: String, numbers: HeldNumbers)] { get }
    /// Steps taken; bias corrections depend on it, so a checkpoint keeps it too.
    var stepCount: Int { get set }
    /// Moves the parameters by their gradients times `gradientScale`.
    func step(_ parameters: ParameterStore, rate: Double, gradientScale: Double)
}

/// Adam with decoupled weight decay. Paper: arXiv 1711.05101; arithmetic of torch.optim.AdamW.
public final class AdamW: Optimizer {
    private let (beta1, beta2, epsilon, decay): (Double, Double, Double, Double)
    private let first: HeldNumbers
    private let second: HeldNumbers
    private let seed: UInt64
    public var stepCount = 0
    public var state: [(name: String, numbers: HeldNumbers)] {
        [("exp_avg", first), ("exp_avg_sq", second)]
    }

    /// For `count` numbers, `halves` of them held in bf16; `seed` decides how these are rounded.
    public init(
        _ count: Int, halves: Int = 0, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-8, weightDecay: Double = 0, seed: UInt64 = 0, arena: Arena
    ) {
        (self.beta1, self.beta2, self.epsilon, decay) = (beta1, beta2, epsilon, weightDecay)
        self.seed = seed
        first = HeldNumbers(halves: halves, floats: count - halves, in: arena)
        second = HeldNumbers(halves: halves, floats: count - halves, in: arena)
    }

    public func step(_ parameters: ParameterStore, rate: Double, gradientScale: Double) {
        stepCount += 1
        let correction1 = Float(1 - power(beta1, stepCount))
        let correction2 = Float(1 - power(beta2, stepCount))
        forEachPiece(of: parameters, [first, second], seed: seed) { [self] piece in
            mk_adamw(
                piece.value, piece.gradient, piece.first, piece.second, piece.count,
                Float(gradientScale), Float(rate), Float(beta1), Float(beta2), Float(epsilon),
                piece.decays ? Float(decay) : 0, correction1, correction2)
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

/// Stochastic gradient descent with momentum, as torch.optim.SGD (dampening 0, decay added to the gradient).
public final class SGD: Optimizer {
    private let (momentum, decay): (Double, Double)
    /// Nil without momentum.
    private let buffer: HeldNumbers?
    private let seed: UInt64
    public var stepCount = 0
    public var state: [(name: String, numbers: HeldNumbers)] {
        buffer.map { [("momentum_buffer", $0)] } ?? []
    }

    /// For `count` numbers, `halves` of them held in bf16; `seed` decides how these are rounded.
    public init(
        _ count: Int, halves: Int = 0, momentum: Double = 0, weightDecay: Double = 0,
        seed: UInt64 = 0, arena: Arena
    ) {
        (self.momentum, decay, self.seed) = (momentum, weightDecay, seed)
        buffer =
            momentum == 0
            ? nil : HeldNumbers(halves: halves, floats: count - halves, in: arena)
    }

    public func step(_ parameters: ParameterStore, rate: Double, gradientScale: Double) {
        stepCount += 1
        forEachPiece(of: parameters, buffer.map { [$0] } ?? [], seed: seed) { [self] piece in
            mk_sgd(
                piece.value, piece.gradient, piece.first, piece.count, Float(gradientScale),
                Float(rate), Float(momentum), piece.decays ? Float(decay) : 0,
                stepCount == 1 ? 1 : 0)
        }
    }
}
