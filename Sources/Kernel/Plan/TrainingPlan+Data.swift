// The parts of a plan that say what is learned from: data sets, encoding, batches, length.

extension TrainingPlan {
    /// Where examples come from and how several sets are mixed.
    public struct DataSources: Sendable, Equatable, Codable {
        /// How several data sets become one (`mix_strategy`).
        public typealias Mixing = DatasetMixing

        /// Names in the folder's catalog, or paths of files (`dataset`, comma-separated).
        public var names: [String] = []
        /// The same for evaluation (`eval_dataset`).
        public var evaluationNames: [String] = []
        /// The folder with `dataset_info.json` (`dataset_dir`, data).
        public var folder = "data"
        /// At most so many examples of each set (`max_samples`).
        public var samplesMax: Int?
        /// Held-out part: a fraction below 1, or a count (`val_size`, 0).
        public var validationSize = 0.0
        /// How training sets are mixed; evaluation sets are joined (`mix_strategy`, concat).
        public var mixing: Mixing = .concatenate
        /// The chance of each set when interleaving (`interleave_probs`).
        public var probabilities: [Double] = []

        public init() {}
    }

    /// How an example becomes token ids and labels.
    public struct Encoding: Sendable, Equatable, Codable {
        /// The chat template; nil takes the model's own (`template`).
        public var template: String?
        /// Replaces the template's system message (`default_system`).
        public var defaultSystem: String?
        /// How tool calls are written; nil takes the template's (`tool_format`).
        public var toolFormat: String?
        /// Whether reasoning templates think; nil leaves it to the template (`enable_thinking`, on).
        public var enablesThinking: Bool? = true
        /// Tokens kept of one example (`cutoff_len`, 2048).
        public var cutoffLength = 2048
        /// Whether the prompt counts in the loss (`train_on_prompt`, off).
        public var trainsOnPrompt = false
        /// Whether only the last turn counts in the loss (`mask_history`, off).
        public var masksHistory = false
        /// Whether rows hold several texts or conversations; nil is on for pre-training only
        /// (`packing`, `neat_packing`).
        public var packing: Bool?
        /// Whether conversations that share a row see each other (`packing` without `neat_packing`).
        public var rowsAreOpen = false
        /// Whether special tokens written in records stay plain text instead of becoming their ids
        /// (`split_special_tokens`, off).
        public var splitsSpecialTokens = false

        public init() {}
    }

    /// How examples are put together into optimizer steps.
    public struct Batching: Sendable, Equatable, Codable {
        /// Examples in one micro-batch (`per_device_train_batch_size`, 8).
        public var microBatchSize = 8
        /// Micro-batches in one step (`gradient_accumulation_steps`, 1).
        public var accumulationSteps = 1
        /// Whether an incomplete last micro-batch is left out (`dataloader_drop_last`, off).
        public var dropsLast = false
        /// Whether examples of similar length share a batch (`group_by_length`, off).
        public var groupsByLength = false
        /// Whether each epoch has an order of its own (`disable_shuffling` turns it off).
        public var shuffles = true

        public init() {}
    }

    /// How long a run lasts.
    public struct Duration: Sendable, Equatable, Codable {
        /// Passes over the data, may be a fraction (`num_train_epochs`, 3).
        public var epochs = 3.0
        /// Optimizer steps; wins over `epochs` when given (`max_steps`).
        public var stepsMax: Int?

        public init() {}
    }

    /// Micro-batches in one pass over `examples` rows.
    public func microBatchesPerEpoch(examples: Int) -> Int {
        precondition(examples >= 0 && batching.microBatchSize > 0, "\(examples) examples")
        let whole = examples / batching.microBatchSize
        return examples % batching.microBatchSize == 0 || batching.dropsLast ? whole : whole + 1
    }

    /// Optimizer steps in one pass over `examples` rows, at least one.
    public func stepsPerEpoch(examples: Int) -> Int {
        precondition(batching.accumulationSteps > 0, "\(batching.accumulationSteps) accumulations")
        let batches = microBatchesPerEpoch(examples: examples)
        let whole = batches / batching.accumulationSteps
        return max(1, batches % batching.accumulationSteps == 0 ? whole : whole + 1)
    }

    /// Optimizer steps of the whole run over `examples` rows.
    public func totalSteps(examples: Int) -> Int {
        if let steps = duration.stepsMax { return steps }
        let steps = (duration.epochs * Double(stepsPerEpoch(examples: examples))).rounded(.up)
        return Int(exactly: steps) ?? .max
    }
}
