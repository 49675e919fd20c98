// The settings of stages that learn from answers of the model itself.

/// How answers are drawn and judged.
public struct RolloutSettings: Sendable, Equatable, Codable {
    /// Answers to each prompt (`num_generations`, 8).
    public var answers = 8
    /// Most tokens of an answer (`max_completion_length`, 256).
    public var newTokensMax = 256
    /// How tokens are drawn (`temperature`, `top_p`, `top_k`): from the whole distribution unless told otherwise.
    public var temperature = 1.0
    public var topP = 1.0
    public var topK = 0
    /// What an answer is worth: rules as `RewardRule` reads them (`reward_funcs`).
    public var rules: [String] = []
    /// How much each counts; all alike when empty (`reward_weights`).
    public var weights: [Double] = []
    /// Seconds that a rule's program may take for a step (`reward_timeout`, 60).
    public var timeout = 60.0

    public init() {}

    var sampling: SamplingSettings {
        var sampling = SamplingSettings()
        (sampling.temperature, sampling.topP, sampling.topK) = (temperature, topP, topK)
        sampling.maxNewTokens = newTokensMax
        return sampling
    }
}

/// Settings of group relative policy optimization.
public struct GroupSettings: Sendable, Equatable, Codable {
    /// What the losses of a step's tokens are divided by (`loss_type`).
    public enum Averaging: String, Sendable, CaseIterable, Codable {
        /// Each answer's own tokens, then the answers (GRPO).
        case grpo
        /// All tokens of the step (DAPO, arXiv 2503.14476).
        case dapo
        /// The answers times the most tokens that one may have (Dr. GRPO, arXiv 2503.20783).
        case drGRPO = "dr_grpo"
    }
    /// What rewards are divided by after their group's mean is taken off (`scale_rewards`).
    public enum Scaling: String, Sendable, CaseIterable, Codable {
        /// Their group's standard deviation.
        case group
        /// That of all rewards of the step.
        case batch
        /// Nothing (Dr. GRPO).
        case none
    }
    /// What is compared with the model that drew the answers (`importance_sampling_level`).
    public enum Level: String, Sendable, CaseIterable, Codable {
        /// Each token's probability.
        case token
        /// The mean of an answer's (GSPO, arXiv 2507.18071).
        case sequence
    }

    /// How much the KL divergence from the model before training counts (`beta`, 0).
    public var beta = 0.0
    /// How far below and above 1 a ratio of probabilities counts (`epsilon`, 0.2; `epsilon_high`, as `epsilon`).
    public var epsilon = 0.2
    public var epsilonHigh: Double?
    /// Optimizer updates on the same answers (`num_iterations`, 1).
    public var updates = 1
    public var averaging = Averaging.grpo
    public var scaling = Scaling.group
    public var level = Level.token
    /// Whether answers that were cut teach nothing (`mask_truncated_completions`, false).
    public var masksTruncated = false

    public init() {}
}
