// Defaults, derived numbers and validation of plans.

import Foundation
import Kernel
import Testing

@Suite("Training plan")
struct TrainingPlanTests {
    static var valid: TrainingPlan {
        var plan = TrainingPlan()
        plan.model.path = "models/tiny"
        plan.data.names = ["identity"]
        plan.output.folder = "saves/tiny"
        return plan
    }

    /// A plan whose model answers prompts itself.
    private static func drawn(_ plan: inout TrainingPlan) {
        plan.stage = .groupPolicy
        plan.rollout.rules = ["exact"]
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        var field: String
        var change: @Sendable (inout TrainingPlan) -> Void
        var testDescription: String { field }

        init(_ field: String, _ change: @escaping @Sendable (inout TrainingPlan) -> Void) {
            self.field = field
            self.change = change
        }
    }

    static let faults: [Fault] = [
        Fault("do_train") { $0.trains = false },
        Fault("seed") { $0.seed = -1 },
        Fault("data_seed") { $0.dataSeed = -1 },
        Fault("model_name_or_path") { $0.model.path = "" },
        Fault("adapter_name_or_path") {
            $0.tuning.method = .full
            $0.model.adapters = ["a"]
        },
        Fault("adapter_name_or_path") {
            $0.model.quantization = .nf4
            $0.model.adapters = ["a", "b"]
        },
        Fault("create_new_adapter") {
            $0.model.quantization = .int8
            $0.model.createsNewAdapter = true
        },
        Fault("quantization_bit") {
            $0.tuning.method = .freeze
            $0.model.quantization = .int4
        },
        Fault("lora_rank") { $0.tuning.lora.rank = 0 },
        Fault("lora_alpha") { $0.tuning.lora.alpha = .nan },
        Fault("pref_beta") {
            $0.stage = .directPreference
            $0.preference.beta = 0
        },
        Fault("dpo_label_smoothing") {
            $0.stage = .directPreference
            $0.preference.labelSmoothing = 0.5
        },
        Fault("dpo_label_smoothing") {
            $0.stage = .directPreference
            $0.preference.labelSmoothing = 0.1
            $0.preference.loss = .hinge
        },
        Fault("label_smoothing_factor") { $0.tokenLoss.labelSmoothing = 1 },
        Fault("label_smoothing_factor") {
            $0.stage = .directPreference
            $0.tokenLoss.labelSmoothing = 0.1
        },
        Fault("label_smoothing_factor") {
            $0.tokenLoss.labelSmoothing = 0.1
            $0.tokenLoss.weighsByProbability = true
        },
        Fault("use_dft_loss") {
            $0.stage = .pretraining
            $0.tokenLoss.weighsByProbability = true
        },
        Fault("use_eaft_loss") {
            $0.tokenLoss.weighsByProbability = true
            $0.tokenLoss.weighsByEntropy = true
        },
        Fault("eaft_alpha") { $0.tokenLoss.entropyPower = -1 },
        Fault("num_generations") {
            drawn(&$0)
            $0.rollout.answers = 1
        },
        Fault("max_new_tokens") {
            drawn(&$0)
            $0.rollout.newTokensMax = 0
        },
        Fault("temperature") {
            drawn(&$0)
            $0.rollout.temperature = 0
        },
        Fault("top_p") {
            drawn(&$0)
            $0.rollout.topP = 0
        },
        Fault("top_k") {
            drawn(&$0)
            $0.rollout.topK = -1
        },
        Fault("reward_timeout") {
            drawn(&$0)
            $0.rollout.timeout = .nan
        },
        Fault("reward_funcs") {
            drawn(&$0)
            $0.rollout.rules = []
        },
        Fault("reward_funcs") {
            drawn(&$0)
            $0.rollout.rules = ["regex ("]
        },
        Fault("reward_weights") {
            drawn(&$0)
            $0.rollout.weights = [1, 2]
        },
        Fault("grpo_beta") {
            drawn(&$0)
            $0.group.beta = -1
        },
        Fault("grpo_epsilon") {
            drawn(&$0)
            $0.group.epsilon = 1
        },
        Fault("grpo_epsilon_high") {
            drawn(&$0)
            $0.group.epsilonHigh = 0
        },
        Fault("grpo_iterations") {
            drawn(&$0)
            $0.group.updates = 0
        },
        Fault("train_on_prompt") {
            drawn(&$0)
            $0.encoding.trainsOnPrompt = true
        },
        Fault("packing") {
            drawn(&$0)
            $0.encoding.packing = true
        },
        Fault("asft_alpha") {
            $0.tokenLoss.isAnchored = true
            $0.tokenLoss.anchorWeight = -1
        },
        Fault("use_asft_loss") {
            ($0.tokenLoss.isAnchored, $0.tokenLoss.weighsByEntropy) = (true, true)
        },
        Fault("distill_weight") {
            $0.stage = .distillation
            $0.distillation.weight = 1.5
        },
        Fault("distill_beta") {
            $0.stage = .distillation
            $0.distillation.interpolation = -0.1
        },
        Fault("distill_temperature") {
            $0.stage = .distillation
            $0.distillation.temperature = 0
        },
        Fault("pref_bco_weight") {
            $0.stage = .directPreference
            $0.preference.classifierWeight = -1
        },
        Fault("simpo_gamma") {
            $0.stage = .directPreference
            $0.preference.targetMargin = -1
        },
        Fault("discopop_tau") {
            $0.stage = .directPreference
            $0.preference.modulation = 0
        },
        Fault("ld_alpha") {
            $0.stage = .directPreference
            $0.preference.excessWeight = 1.5
        },
        Fault("kto_chosen_weight") {
            $0.stage = .kto
            $0.preference.desirableWeight = -1
        },
        Fault("kto_rejected_weight") {
            $0.stage = .kto
            $0.preference.undesirableWeight = .infinity
        },
        Fault("pref_beta") {
            $0.stage = .kto
            $0.preference.beta = 0
        },
        Fault("pref_ftx") {
            $0.stage = .directPreference
            $0.preference.supervisedWeight = -1
        },
        Fault("packing") {
            $0.stage = .directPreference
            $0.encoding.packing = true
        },
        Fault("train_on_prompt") {
            $0.stage = .directPreference
            $0.encoding.trainsOnPrompt = true
        },
        Fault("lora_dropout") { $0.tuning.lora.dropout = 1 },
        Fault("neftune_noise_alpha") { $0.tuning.neftuneAlpha = -.infinity },
        Fault("freeze_trainable_layers") {
            $0.tuning.method = .freeze
            $0.tuning.freeze.layers = 0
        },
        Fault("dataset") { $0.data.names = [] },
        Fault("do_eval") { $0.evaluates = true },
        Fault("eval_strategy") { $0.evaluation.cadence = .epoch },
        Fault("val_size") { $0.data.validationSize = 1.5 },
        Fault("val_size") {
            $0.data.validationSize = 0.1
            $0.data.evaluationNames = ["other"]
        },
        Fault("max_samples") { $0.data.samplesMax = 0 },
        Fault("interleave_probs") { $0.data.probabilities = [1] },
        Fault("interleave_probs") {
            $0.data.mixing = .interleaveUnder
            $0.data.probabilities = [0.5, 0.5]
        },
        Fault("cutoff_len") { $0.encoding.cutoffLength = 1 },
        Fault("mask_history") {
            $0.encoding.masksHistory = true
            $0.encoding.trainsOnPrompt = true
        },
        Fault("train_on_prompt") {
            $0.stage = .pretraining
            $0.encoding.trainsOnPrompt = true
        },
        Fault("tool_format") { $0.encoding.toolFormat = "qwen" },
        Fault("resume_from_checkpoint") {
            $0.trains = false
            $0.checkpointing.resumesFrom = "saves/tiny/checkpoint-3"
        },
        Fault("per_device_train_batch_size") { $0.batching.microBatchSize = 0 },
        Fault("gradient_accumulation_steps") { $0.batching.accumulationSteps = -8 },
        Fault("per_device_eval_batch_size") { $0.evaluation.batchSize = 0 },
        Fault("max_steps") { $0.duration.stepsMax = 0 },
        Fault("num_train_epochs") { $0.duration.epochs = .nan },
        Fault("group_by_length") {
            $0.batching.groupsByLength = true
            $0.batching.shuffles = false
        },
        Fault("learning_rate") { $0.optimizer.learningRate = 0 },
        Fault("weight_decay") { $0.optimizer.weightDecay = -1 },
        Fault("max_grad_norm") { $0.optimizer.gradientNormMax = .infinity },
        Fault("adam_beta1") { $0.optimizer.beta1 = 1 },
        Fault("adam_beta2") { $0.optimizer.beta2 = -0.1 },
        Fault("adam_epsilon") { $0.optimizer.epsilon = 0 },
        Fault("optim_args") { $0.optimizer.momentum = 0.9 },
        Fault("warmup_steps") { $0.schedule.warmupSteps = -1 },
        Fault("warmup_ratio") { $0.schedule.warmupRatio = 1.1 },
        Fault("lr_scheduler_kwargs") { $0.schedule.kind = .cosineWithMinimum },
        Fault("lr_scheduler_kwargs") {
            $0.schedule.kind = .polynomial
            $0.schedule.arguments.endRate = 1
        },
        Fault("lr_scheduler_kwargs") { $0.schedule.arguments.timescale = 0 },
        Fault("output_dir") { $0.output.folder = "" },
        Fault("logging_steps") { $0.logging.interval = .init(0) },
        Fault("save_steps") { $0.checkpointing.interval = .init(2.5) },
        Fault("eval_steps") { $0.evaluation.interval = .init(-1) },
        Fault("save_total_limit") { $0.checkpointing.keptMax = 0 },
        Fault("early_stopping_steps") { $0.evaluation.patience = 3 },
        Fault("load_best_model_at_end") { $0.checkpointing.loadsBest = true },
    ]

    /// Settings that are legal and do something else than their name alone says.
    static let notes: [Fault] = [
        Fault("lora_rank") {
            $0.tuning.method = .full
            $0.tuning.lora.rank = 16
        },
        Fault("lora_target") {
            $0.tuning.method = .freeze
            $0.tuning.lora.targets = ["q_proj"]
        },
        Fault("freeze_trainable_layers") { $0.tuning.freeze.layers = 1 },
        Fault("fp16") { $0.computeType = .float16 },
        Fault("neat_packing") { $0.encoding.packing = true },
        Fault("packing") { ($0.encoding.packing, $0.encoding.rowsAreOpen) = (true, true) },
        Fault("enable_thinking") { $0.encoding.enablesThinking = false },
        Fault("enable_thinking") { $0.encoding.enablesThinking = nil },
        Fault("mix_strategy") {
            $0.data.mixing = .interleaveOnce
            $0.data.evaluationNames = ["a", "b"]
        },
        Fault("load_best_model_at_end") {
            $0.checkpointing.loadsBest = true
            $0.data.validationSize = 0.1
            $0.evaluation.cadence = .steps
            $0.evaluation.interval = .init(300)
        },
        Fault("load_best_model_at_end") {
            $0.checkpointing.loadsBest = true
            $0.checkpointing.cadence = .never
            $0.data.validationSize = 0.1
            $0.evaluation.cadence = .epoch
        },
    ]

    @Test("a plan with a model, a data set and a folder may run")
    func validPlanHasNoIssues() {
        #expect(Self.valid.issues() == [])
    }

    @Test("each fault is an error of its own field", arguments: faults)
    func faultIsReported(fault: Fault) {
        var plan = Self.valid
        fault.change(&plan)
        let errors = plan.issues().filter { $0.severity == .error }
        #expect(errors.contains { $0.field == fault.field }, "\(errors)")
    }

    @Test("all problems come at once")
    func allProblemsAtOnce() {
        var plan = TrainingPlan()
        plan.tuning.lora.rank = 0
        plan.optimizer.learningRate = -1
        let fields = plan.issues().map(\.field)
        for field in ["model_name_or_path", "dataset", "output_dir", "lora_rank", "learning_rate"] {
            #expect(fields.contains(field))
        }
    }

    @Test("what is done in another way is one note of its own field", arguments: notes)
    func isNoted(note: Fault) {
        var plan = Self.valid
        note.change(&plan)
        let issues = plan.issues()
        #expect(issues.map(\.field) == [note.field] && issues.map(\.severity) == [.note])
    }

    @Test("saving at every evaluation needs no note")
    func bestAmongTheSaved() {
        var plan = Self.valid
        plan.checkpointing.loadsBest = true
        plan.data.validationSize = 0.1
        for cadence in [TrainingPlan.Cadence.steps, .epoch] {
            (plan.evaluation.cadence, plan.checkpointing.cadence) = (cadence, cadence)
            plan.checkpointing.interval = .init(7)
            plan.evaluation.interval = .init(7)
            #expect(plan.issues() == [])
        }
    }

    @Test("huge intervals are refused without a trap")
    func hugeIntervals() {
        var plan = Self.valid
        plan.checkpointing.loadsBest = true
        plan.data.validationSize = 0.1
        plan.evaluation.cadence = .steps
        plan.evaluation.interval = .init(1e300)
        plan.checkpointing.interval = .init(1e18)
        #expect(plan.issues().containsErrors)
    }

    @Test("steps of a run: batches and updates round up, epochs may be parts")
    func totalSteps() {
        var plan = Self.valid
        plan.batching.microBatchSize = 2
        plan.batching.accumulationSteps = 4
        // 1001 examples: 501 batches, 126 updates an epoch.
        #expect(plan.microBatchesPerEpoch(examples: 1001) == 501)
        #expect(plan.stepsPerEpoch(examples: 1001) == 126)
        #expect(plan.totalSteps(examples: 1001) == 378)
        plan.batching.dropsLast = true  // 500 batches, 125 updates
        #expect(plan.totalSteps(examples: 1001) == 375)
        plan.duration.epochs = 0.5  // 62.5 updates
        #expect(plan.totalSteps(examples: 1001) == 63)
        #expect(plan.stepsPerEpoch(examples: 1) == 1)
        plan.duration.stepsMax = 7
        #expect(plan.totalSteps(examples: 1001) == 7)
    }

    @Test("intervals below 1 are parts of the run")
    func intervals() {
        #expect(TrainingPlan.StepInterval(0.1).steps(of: 375) == 38)
        #expect(TrainingPlan.StepInterval(0.001).steps(of: 5) == 1)
        #expect(TrainingPlan.StepInterval(20).steps(of: 5) == 20)
    }

    @Test("alpha is twice the rank unless given, and rank-stabilized scaling divides by the root")
    func loraScaling() {
        var lora = TrainingPlan.LoRASettings()
        lora.rank = 16
        #expect(lora.scaling == 2)
        lora.alpha = 8
        #expect(lora.scaling == 0.5)
        lora.isRankStabilized = true
        #expect(lora.scaling == 2)
    }

    @Test("freeze counts from the end, or from the front when negative")
    func trainableLayers() {
        var freeze = TrainingPlan.FreezeSettings()
        #expect(freeze.trainableLayers(of: 30) == 28..<30)
        freeze.layers = -3
        #expect(freeze.trainableLayers(of: 30) == 0..<3)
        freeze.layers = .min
        #expect(freeze.trainableLayers(of: 30) == 0..<30)
        freeze.layers = .max
        #expect(freeze.trainableLayers(of: 30) == 0..<30)
    }

    @Test("a plan survives JSON")
    func codable() throws {
        var plan = Self.valid
        plan.schedule.arguments.decayBend = .oneMinusSquareRoot
        plan.evaluation.interval = .init(0.1)
        let data = try JSONEncoder().encode(plan)
        #expect(try JSONDecoder().decode(TrainingPlan.self, from: data) == plan)
    }
}
