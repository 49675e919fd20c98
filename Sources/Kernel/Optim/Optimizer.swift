// Optimizers over the flat parameter buffer: one pass over memory a step, shared by the threads.

import Microkernels

/// An optimizer's state and step. State buffers are as long as the parameters.
public protocol Optimizer: AnyObject {
    /// Named state buffers, in a fixed order; a checkpoint keeps them all.
    var state: [(name: String, tensor: Tensor)] { get }
    /// Steps taken; bias corrections depend on it, so a checkpoint keeps it too.
    var stepCount: Int { get set }
    /// Moves the parameters by their gradients times `gradientScale`.
    func step(_ parameters: ParameterStore, rate: Double, gradientScale: Double)
}

extension Optimizer {
    /// Runs `body` on chunks that never straddle the border between decaying and other parameters.
    func chunks(_ parameters: ParameterStore, _ body: (_ range: Range<Int>, _ decays: Bool) -> Void)
    {
        let border = parameters.decayingCount
        for (whole, decays) in [(0..<border, true), (border..<parameters.count, false)] {
            Parallel.ranges(whole.count, grain: 1 << 14) { part in
                body(
                    whole.lowerBound + part.lowerBound..<whole.lowerBound + part.upperBound, decays)
            }
        }
    }
}

/// Adam with decoupled weight decay. Paper: arXiv 1711.05101; arithmetic of torch.optim.AdamW.
public final class AdamW: Optimizer {
    private let (beta1, beta2, epsilon, decay): (Double, Double, Double, Double)
    private let first: Tensor
    private let second: Tensor
    public var stepCount = 0
    public var state: [(name: String, tensor: Tensor)] {
        [("exp_avg", first), ("exp_avg_sq", second)]
    }

    public init(
        _ count: Int, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
        weightDecay: Double = 0,
        arena: Arena
    ) {
        (self.beta1, self.beta2, self.epsilon, decay) = (beta1, beta2, epsilon, weightDecay)
        first = Tensor(1, count, in: arena)
        second = Tensor(1, count, in: arena)
        first.fill(0)
        second.fill(0)
    }

    public func step(_ parameters: ParameterStore, rate: Double, gradientScale: Double) {
        stepCount += 1
        let correction1 = Float(1 - power(beta1, stepCount))
        let correction2 = Float(1 - power(beta2, stepCount))
        chunks(parameters) { [self] range, decays in
            mk_adamw(
                parameters.values.pointer + range.lowerBound,
                parameters.gradients.pointer + range.lowerBound,
                first.pointer + range.lowerBound, second.pointer + range.lowerBound, range.count,
                Float(gradientScale), Float(rate), Float(beta1), Float(beta2), Float(epsilon),
                decays ? Float(decay) : 0, correction1, correction2)
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
    private let buffer: Tensor
    public var stepCount = 0
    public var state: [(name: String, tensor: Tensor)] {
        momentum == 0 ? [] : [("momentum_buffer", buffer)]
    }

    public init(_ count: Int, momentum: Double = 0, weightDecay: Double = 0, arena: Arena) {
        (self.momentum, decay) = (momentum, weightDecay)
        buffer = Tensor(1, momentum == 0 ? 0 : count, in: arena)
        buffer.fill(0)
    }

    public func step(_ parameters: ParameterStore, rate: Double, gradientScale: Double) {
        stepCount += 1
        chunks(parameters) { [self] range, decays in
            mk_sgd(
                parameters.values.pointer + range.lowerBound,
                parameters.gradients.pointer + range.lowerBound,
                momentum == 0 ? buffer.pointer : buffer.pointer + range.lowerBound, range.count,
                Float(gradientScale), Float(rate), Float(momentum), decays ? Float(decay) : 0,
                stepCount == 1 ? 1 : 0)
        }
    }
}
