// The parts of a plan that say how weights move and what is recorded: optimizer, measuring,
// logging, saving.

extension TrainingPlan {
    /// A number of steps, or a part of all of them.
    public struct StepInterval: Sendable, Equatable, Codable {
        /// Whole steps from 1 on; below 1 a part of the run.
        public var value: Double

        public init(_ value: Double) { self.value = value }

        /// Steps between two events of a run with `totalSteps`, at least one.
        public func steps(of totalSteps: Int) -> Int {
            let steps = value < 1 ? (value * Double(totalSteps)).rounded(.up) : value
            return max(1, Int(exactly: steps.rounded()) ?? .max)
        }
    }

    /// When held-out loss is measured.
    public struct Evaluation: Sendable, Equatable, Codable {
        /// How often (`eval_strategy`, no).
        public var cadence: Cadence = .never
        /// Every so many steps; nil takes the logging interval (`eval_steps`).
        public var interval: StepInterval?
        /// Examples in one batch (`per_device_eval_batch_size`, 8).
        public var batchSize = 8
        /// Whether it is measured once before the first step (`eval_on_start`, off).
        public var runsAtStart = false
        /// Evaluations without improvement that end the run; nil is off (`early_stopping_steps`).
        public var patience: Int?

        public init() {}
    }

    /// Prompts that are answered with the weights of the moment while the run trains.
    public struct Samples: Sendable, Equatable, Codable {
        /// Answered at each evaluation and at the end (`sample_prompts`, none; own key).
        public var prompts: [String] = []
        /// Most tokens of an answer (`sample_max_new_tokens`, 64; own key).
        public var newTokensMax = 64

        /// Most prompts of a run.
        public static let promptsMax = 64

        public init() {}
    }

    /// When a line of metrics is recorded.
    public struct Logging: Sendable, Equatable, Codable {
        /// How often (`logging_strategy`, steps).
        public var cadence: Cadence = .steps
        /// Every so many steps (`logging_steps`, 500).
        public var interval = StepInterval(500)
        /// Whether the first step is recorded too (`logging_first_step`, off).
        public var recordsFirstStep = false
        /// Other programs' files that get the same, as names of `Reporter.all` (`report_to`, none).
        public var reports: [String] = []
        /// Where they lie (`logging_dir`); nil for `runs` in the run's folder.
        public var reportFolder: String?

        public init() {}
    }

    /// When the state is saved and which states are kept.
    public struct Checkpointing: Sendable, Equatable, Codable {
        /// How often (`save_strategy`, steps).
        public var cadence: Cadence = .steps
        /// Every so many steps (`save_steps`, 500).
        public var interval = StepInterval(500)
        /// Newest states kept; nil keeps all (`save_total_limit`).
        public var keptMax: Int?
        /// Whether optimizer and random state are left out: smaller, not resumable
        /// (`save_only_model`, off).
        public var savesOnlyModel = false
        /// Whether the state with the lowest evaluation loss becomes the result
        /// (`load_best_model_at_end`, off).
        public var loadsBest = false
        /// The state to resume from; nil takes the newest in the output folder
        /// (`resume_from_checkpoint`).
        public var resumesFrom: String?

        public init() {}
    }

    /// Where the run's files go.
    public struct Output: Sendable, Equatable, Codable {
        /// The run's folder (`output_dir`).
        public var folder = ""
        /// Whether the run starts over in a folder that already holds one
        /// (`overwrite_output_dir`, off).
        public var overwrites = false
        /// The name shown in lists; nil takes the folder's (`run_name`).
        public var runName: String?

        public init() {}
    }

    /// Steps between two evaluations of a run with `totalSteps`.
    public func evaluationInterval(totalSteps: Int) -> Int {
        (evaluation.interval ?? logging.interval).steps(of: totalSteps)
    }
}
