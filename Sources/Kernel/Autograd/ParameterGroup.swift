// Parameters that an optimizer steps alike. It does not know why they do: a tuning method says so.

/// What parameters share in a step, as a group of torch.optim does. Another optimizer for some of them, as
/// Muon beside AdamW, would be a field here.
public struct ParameterGroup: Hashable, Sendable {
    /// What the run's learning rate is multiplied by.
    public var learningRateScale: Double
    /// Whether weight decay applies (not to norms and biases, as transformers' Trainer).
    public var appliesWeightDecay: Bool

    public init(learningRateScale: Double = 1, appliesWeightDecay: Bool = true) {
        self.learningRateScale = learningRateScale
        self.appliesWeightDecay = appliesWeightDecay
    }

    /// Matrices: the run's own rate, with decay.
    public static let matrices = ParameterGroup()
    /// Norms and biases: the run's own rate, without decay.
    public static let vectors = ParameterGroup(appliesWeightDecay: false)

    /// The order of groups in memory: those that decay in front, lower rates first.
    static func precedes(_ a: ParameterGroup, _ b: ParameterGroup) -> Bool {
        guard a.appliesWeightDecay == b.appliesWeightDecay else { return a.appliesWeightDecay }
        return a.learningRateScale < b.learningRateScale
    }
}
