// The parts of a plan that say what is trained: base model, quantization, tuning method.

extension TrainingPlan {
    /// The base model and what is laid over it before training.
    public struct Model: Sendable, Equatable, Codable {
        /// A model folder or a GGUF file (`model_name_or_path`).
        public var path = ""
        /// Adapters in order: all but the last are merged, the last one is trained on
        /// (`adapter_name_or_path`, comma-separated).
        public var adapters: [String] = []
        /// Whether all adapters are merged and a fresh one is trained (`create_new_adapter`, off).
        public var createsNewAdapter = false
        /// How the frozen weights are held (`quantization_bit`, `quantization_type`).
        public var quantization = Quantizer.fromFile

        public init() {}
    }

    /// Which weights train.
    public struct Tuning: Sendable, Equatable, Codable {
        /// The family of methods (`finetuning_type`).
        public enum Method: String, Sendable, Codable, CaseIterable {
            case lora, freeze, full, ia3

            /// Whether an adapter is trained beside a frozen base.
            public var trainsAdapter: Bool { self == .lora || self == .ia3 }
        }

        /// Which method (`finetuning_type`, lora).
        public var method: Method = .lora
        /// Settings of the LoRA method.
        public var lora = LoRASettings()
        /// Settings of the freeze method.
        public var freeze = FreezeSettings()
        /// Names of projections that IA3 scales; empty is `k_proj`, `v_proj` and `down_proj`
        /// (`ia3_target`).
        public var ia3Targets: [String] = []
        /// NEFTune's noise on embeddings; nil is off (`neftune_noise_alpha`).
        public var neftuneAlpha: Double?

        public init() {}
    }

    /// Low-rank adapters: which projections get one, and how large.
    public struct LoRASettings: Sendable, Equatable, Codable {
        /// Columns of A's output (`lora_rank`, 8).
        public var rank = 8
        /// Numerator of the scaling; nil is twice the rank (`lora_alpha`).
        public var alpha: Double?
        /// Chance that an input element of the adapter is dropped (`lora_dropout`, 0).
        public var dropout = 0.0
        /// Names of projections, matched as suffixes; empty is every linear layer but the head
        /// (`lora_target`, all).
        public var targets: [String] = []
        /// Modules trained whole and saved with the adapter (`additional_target`).
        public var additionalTargets: [String] = []
        /// Whether the scaling is α/√r instead of α/r (`use_rslora`, off).
        public var isRankStabilized = false
        /// Whether magnitudes train beside directions (`use_dora`, off).
        public var isWeightDecomposed = false
        /// LoRA+: how many times A's rate B's is; nil is the same (`loraplus_lr_ratio`).
        public var plusRatio: Double?

        public init() {}

        /// The numerator in force: `alpha`, or twice the rank.
        public var effectiveAlpha: Double { alpha ?? Double(2 * rank) }

        /// What B·A·x is multiplied with.
        public var scaling: Double {
            effectiveAlpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank))
        }
    }

    /// Training of whole blocks while the others stay frozen.
    public struct FreezeSettings: Sendable, Equatable, Codable {
        /// The last n blocks, or the first |n| when negative (`freeze_trainable_layers`, 2).
        public var layers = 2
        /// Module names directly under a block; empty is all of the block
        /// (`freeze_trainable_modules`, all).
        public var modules: [String] = []
        /// Modules outside the blocks: `embed_tokens`, `norm`, `lm_head` (`freeze_extra_modules`).
        public var extraModules: [String] = []

        public init() {}

        /// The trainable blocks of a model with `count` of them, in ascending order.
        public func trainableLayers(of count: Int) -> Range<Int> {
            precondition(count >= 0, "a model of \(count) layers")
            if layers >= 0 { return max(0, count - min(layers, count))..<count }
            return 0..<min(count, Int(clamping: layers.magnitude))
        }
    }
}
