// The settings of the update rule, as a plan holds them. Which of them a rule reads is the row's to say.

/// The update rule and its constants.
public struct OptimizerSettings: Sendable, Equatable, Codable {
    /// Which rule (`optim`, adamw_torch).
    public var kind = OptimizerKind.adamW
    /// The peak rate (`learning_rate`, 5e-5).
    public var learningRate = 5e-5
    /// Decoupled decay of matrices; biases and norms are left alone (`weight_decay`, 0).
    public var weightDecay = 0.0
    /// AdamW's decay of the first moment (`adam_beta1`, 0.9).
    public var beta1 = 0.9
    /// AdamW's decay of the second moment (`adam_beta2`, 0.999).
    public var beta2 = 0.999
    /// AdamW's guard against division by zero (`adam_epsilon`, 1e-8).
    public var epsilon = 1e-8
    /// SGD's momentum (`optim_args: momentum=…`, 0).
    public var momentum = 0.0
    /// The global L2 norm gradients are clipped to; 0 is off (`max_grad_norm`, 1).
    public var gradientNormMax = 1.0

    public init() {}
}
