// Everything one training run needs, as a value: what to train, on what, how long, where to.
// It knows no file format and touches no disk; Workbench's PlanFile reads and writes it.
// Names and defaults follow the keys of LLaMA-Factory, which each field's comment gives.

/// All settings of one run; check `issues()` before use.
public struct TrainingPlan: Sendable, Equatable, Codable {
    /// When an activity that repeats happens: never, every few steps, or at each epoch's end.
    public enum Cadence: String, Sendable, Codable, CaseIterable {
        case never = "no"
        case steps
        case epoch
    }

    /// The type of matrix products and of trained matrices (`bf16`, `pure_bf16`, `fp16`).
    public enum ComputeType: String, Sendable, Codable, CaseIterable {
        case float32, bfloat16
        /// MatmulBackend as with `bfloat16`; matrices of the base that train, and the optimizer's state of them,
        /// are bf16 too, with stochastic rounding.
        case pureBFloat16 = "pure_bf16"
        case float16
        /// bf16 where the processor multiplies it, float32 elsewhere.
        case automatic = "auto"
    }

    /// Whether activations are recomputed in the backward pass instead of being kept.
    public enum GradientCheckpointing: String, Sendable, Codable, CaseIterable {
        /// The run decides by the memory it has; the results are the same either way.
        case automatic
        case on
        case off
    }

    /// What the run optimizes (`stage`, sft).
    public var stage = TrainingStage.supervised
    /// Whether the run trains (`do_train`).
    public var trains = true
    /// Whether the run ends with an evaluation of its own (`do_eval`, off).
    public var evaluates = false
    /// The base model and the adapters it starts from.
    public var model = Model()
    /// Which weights train, and how.
    public var tuning = Tuning()
    /// The loss of a token in pre-training and supervised fine-tuning.
    public var tokenLoss = TokenLossSettings()
    /// How a teacher is followed.
    public var distillation = DistillationSettings()
    /// How the model's own answers are drawn and judged.
    public var rollout = RolloutSettings()
    /// How it learns from them.
    public var group = GroupSettings()
    /// What preference stages minimize.
    public var preference = PreferenceSettings()
    /// Where the examples come from.
    public var data = DataSources()
    /// How examples become token ids and labels.
    public var encoding = Encoding()
    /// How examples are put together into optimizer steps.
    public var batching = Batching()
    /// The update rule.
    public var optimizer = OptimizerSettings()
    /// The learning rate over the run.
    public var schedule = ScheduleSettings()
    /// How long the run lasts.
    public var duration = Duration()
    /// When held-out loss is measured.
    public var evaluation = Evaluation()
    /// When a line of metrics is recorded.
    public var logging = Logging()
    /// When the state is saved and which states are kept.
    public var checkpointing = Checkpointing()
    /// Where the run's files go.
    public var output = Output()
    /// The seed of initial adapters, dropout and noise (`seed`, 42).
    public var seed = 42
    /// The seed of the order of examples; nil takes `seed` (`data_seed`).
    public var dataSeed: Int?
    /// What products are computed in (`bf16`, `pure_bf16`, `fp16`, `bf16: auto`; float32).
    public var computeType: ComputeType = .float32
    /// Prompts whose answers show how the model changes; they decide nothing about the run.
    public var samples = Samples()
    /// Whether activations are recomputed (`gradient_checkpointing`, automatic).
    public var gradientCheckpointing: GradientCheckpointing = .automatic

    public init() {}
}

extension TrainingPlan {
    /// What products are computed in on this machine.
    public var precision: Precision {
        switch computeType {
        case .float32, .float16: .float32
        case .bfloat16, .pureBFloat16, .automatic:
            Precision.hasBFloat16 ? .bfloat16 : .float32
        }
    }

    /// The type of matrices of the base while they train, on every machine.
    public var trainedPrecision: Precision {
        trains && computeType == .pureBFloat16 ? .bfloat16 : .float32
    }

    /// The seed that orders the examples.
    public var shuffleSeed: Int { dataSeed ?? seed }

    /// Whether rows hold several texts or conversations: on for pre-training unless set.
    public var packs: Bool { encoding.packing ?? (stage.data == .pretraining) }

    /// Whether conversations of a row see those before them, as LLaMA-Factory's `packing` alone has it.
    public var opensRows: Bool {
        packs && stage.data == .supervised && encoding.packing == true && encoding.rowsAreOpen
    }

    /// Whether base weights are quantized by this program.
    public var quantizes: Bool { model.quantization.bits != nil }
}
