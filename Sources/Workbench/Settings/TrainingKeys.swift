// The keys of a training plan that are honoured, in the order a written file has them.
// Names and meanings are LLaMA-Factory's; where one is this program's own, its help states that.

import Kernel

/// The table of all keys a training plan may hold.
enum TrainingKeys {
    typealias Row = SettingRow<TrainingPlan>

    /// Every key: honoured, ignored and refused.
    static let table = SettingTable<TrainingPlan>(
        [
            .init(title: "model", rows: model + UnsupportedTrainingKeys.model),
            .init(
                title: "method",
                rows: method + preference + answers + UnsupportedTrainingKeys.method),
            .init(title: "dataset", rows: dataset + UnsupportedTrainingKeys.dataset),
            .init(title: "output", rows: output + UnsupportedTrainingKeys.output),
            .init(title: "train", rows: train + UnsupportedTrainingKeys.train),
            .init(title: "eval", rows: evaluation + UnsupportedTrainingKeys.evaluation),
        ],
        foreign: UnsupportedTrainingKeys.foreign, blank: TrainingPlan())

    private static let bitChoices = Set(Quantizer.allCases.compactMap(\.bits)).sorted(by: >)
        .map(String.init)
    private static let bitKind = bitChoices.joined(separator: ", ") + " or null"
    private static let fourBitKind = Quantizer.withBits(4).map(\.name).joined(separator: " or ")

    /// The bits that a setting names; 0 for null, as weights are stored.
    private static func bits(_ node: SettingNode) throws(SettingMismatch) -> Int {
        let bits = try Int?(setting: node) ?? 0
        guard bits == 0 || !Quantizer.withBits(bits).isEmpty else {
            throw SettingMismatch(expected: bitKind, found: node)
        }
        return bits
    }

    static let model: [Row] = [
        .field("model_name_or_path", \.model.path, "A model folder or a GGUF file.").required,
        .field(
            "adapter_name_or_path", \.model.adapters,
            "Adapters to start from; all but the last are merged into the base."),
        .custom(
            "quantization_bit", kind: bitKind, choices: ["null"] + bitChoices,
            "Bits of the frozen base weights (QLoRA). null keeps them as the file has them: the "
                + "blocks of a GGUF stay, and an adapter trains straight on them.",
            text: { $0.model.quantization.bits.settingText }
        ) { node, plan throws(SettingMismatch) in
            let bits = try bits(node)
            // quantization_type may have chosen among them already.
            if bits != plan.model.quantization.bits {
                plan.model.quantization = Quantizer.withBits(bits).first ?? .fromFile
            }
            return []
        }.nullable,
        .custom(
            "quantization_type", kind: fourBitKind, choices: Quantizer.withBits(4).map(\.name),
            "Kind of 4-bit weights: nf4, or this program's int4 (scale and zero by group).",
            text: { plan in
                let fourBit = Quantizer.withBits(4)
                let chosen = fourBit.first { $0 == plan.model.quantization }
                return (chosen ?? fourBit.first)?.name ?? ""
            }
        ) { node, plan throws(SettingMismatch) in
            let word = try String(setting: node)
            guard let kind = Quantizer.withBits(4).first(where: { $0.name == word }) else {
                throw SettingMismatch(expected: fourBitKind, found: node)
            }
            if plan.model.quantization.bits == 4 {
                plan.model.quantization = kind
            } else if kind != Quantizer.withBits(4).first {
                return [.note("quantization_type", "no effect without quantization_bit: 4.")]
            }
            return []
        },
        .custom(
            "dequantize_base", kind: Bool.kind, choices: Bool.choices,
            "Hold the base weights as float32, four bytes each, whatever the file has (own key).",
            text: { ($0.model.quantization == .dequantized).settingText }
        ) { node, plan throws(SettingMismatch) in
            let isOn = try Bool(setting: node)
            if isOn, plan.quantizes {
                return [.error("dequantize_base", "contradicts quantization_bit; choose one.")]
            }
            if !plan.quantizes { plan.model.quantization = isOn ? .dequantized : .fromFile }
            return []
        },
    ]

    static let method: [Row] = [
        .custom(
            "stage", kind: TrainingStage.kind, choices: TrainingStage.choices,
            "What is optimized: "
                + TrainingStage.allCases.map { "\($0.rawValue) (\($0.help))" }
                .joined(separator: ", ") + ".",
            text: { $0.stage.settingText }
        ) { node, plan throws(SettingMismatch) in
            if case .scalar(let name) = node.content, TrainingStage.missing.contains(name) {
                let message: Sentence =
                    "stage \(name) is not yet in this version; it runs \(TrainingStage.names)."
                return [.error("stage", message)]
            }
            plan.stage = try TrainingStage(setting: node)
            return []
        }.required,
        .field("do_train", \.trains, "Train.").required,
        .field("finetuning_type", \.tuning.method, "Which weights train.").required,
        .field("lora_rank", \.tuning.lora.rank, "The rank of LoRA matrices."),
        .field(
            "lora_alpha", \.tuning.lora.alpha, "LoRA's scaling numerator; null is twice the rank."),
        .field("lora_dropout", \.tuning.lora.dropout, "Chance that an adapter's input is dropped."),
        .names(
            "lora_target", \.tuning.lora.targets,
            "Projections that get an adapter; all is every linear layer but the head."),
        .field(
            "additional_target", \.tuning.lora.additionalTargets,
            "Modules trained whole and saved with the adapter."),
        .field(
            "use_rslora", \.tuning.lora.isRankStabilized,
            "Scale by alpha/√rank instead of alpha/rank."),
        .custom(
            "loraplus_lr_ratio", kind: Double?.kind,
            "LoRA+: the learning rate of B is so many times that of A; null or 0 is off.",
            text: { $0.tuning.lora.plusRatio.settingText }
        ) { node, plan throws(SettingMismatch) in
            let ratio = try Double?(setting: node)
            plan.tuning.lora.plusRatio = ratio == 0 ? nil : ratio
            return []
        }.nullable,
        .field(
            "use_dora", \.tuning.lora.isWeightDecomposed,
            "Train the length of each weight row beside its direction (DoRA)."),
        .names(
            "ia3_target", \.tuning.ia3Targets,
            "Projections that IA3 scales; all is every linear layer but the head."),
        .field(
            "create_new_adapter", \.model.createsNewAdapter,
            "Merge all given adapters and train a fresh one."),
        .field(
            "freeze_trainable_layers", \.tuning.freeze.layers,
            "Blocks that train: the last n, or the first n when negative."),
        .names(
            "freeze_trainable_modules", \.tuning.freeze.modules,
            "Modules of those blocks that train."),
        .field(
            "freeze_extra_modules", \.tuning.freeze.extraModules,
            "Modules outside the blocks that train: embed_tokens, norm, lm_head."),
        .field(
            "neftune_noise_alpha", \.tuning.neftuneAlpha,
            "Magnitude of noise on embeddings while training (5 to 15)."),
        .field(
            "label_smoothing_factor", \.tokenLoss.labelSmoothing,
            "How much of the target is spread over the vocabulary (pt, sft)."),
        .field(
            "use_dft_loss", \.tokenLoss.weighsByProbability,
            "Weigh each token by its own probability (sft)."),
        .field(
            "use_eaft_loss", \.tokenLoss.weighsByEntropy,
            "Weigh each token by the entropy of its prediction (sft)."),
        .field("eaft_alpha", \.tokenLoss.entropyPower, "The power of that entropy (sft)."),
        .field(
            "use_asft_loss", \.tokenLoss.isAnchored,
            "Weigh each token by its own probability and stay near the model before training (sft)."
        ),
        .field(
            "asft_alpha", \.tokenLoss.anchorWeight,
            "How much staying near counts: the weight of the KL divergence (sft)."),
        .field(
            "distill_weight", \.distillation.weight,
            "How much the teacher counts beside the data's own tokens, 0 to 1 (distill)."),
        .field(
            "distill_beta", \.distillation.interpolation,
            "The divergence: 0 KL(teacher to student), 1 KL(student to teacher), between both (distill)."
        ),
        .field(
            "distill_temperature", \.distillation.temperature,
            "What logits are divided by before they are compared (distill)."),
    ]

    static let preference: [Row] = [
        .custom(
            "pref_loss", kind: PairLoss.kind, choices: PairLoss.choices,
            "The loss of a pair of answers (dpo).", text: { $0.preference.loss.settingText }
        ) { node, plan throws(SettingMismatch) in
            if case .scalar(let name) = node.content, PairLoss.missing.contains(name) {
                return [.error("pref_loss", "\(name) is no loss of TRL any more; name another.")]
            }
            plan.preference.loss = try PairLoss(setting: node)
            return []
        },
        .field(
            "pref_beta", \.preference.beta,
            "How closely the model stays to what it was before (dpo, kto)."),
        .field(
            "dpo_label_smoothing", \.preference.labelSmoothing,
            "The chance that a pair is the wrong way round (dpo); below 0.5."),
        .field(
            "pref_ftx", \.preference.supervisedWeight,
            "How much of the own loss of good answers is added (dpo, kto)."),
        .field(
            "pref_bco_weight", \.preference.classifierWeight,
            "How much BCO's loss counts beside pref_loss (dpo); 0 is off."),
        .field(
            "simpo_gamma", \.preference.targetMargin, "The margin that SimPO wants (dpo, simpo)."),
        .field(
            "discopop_tau", \.preference.modulation,
            "How sharply DiscoPOP changes between its two losses (dpo, discopop)."),
        .field(
            "ld_alpha", \.preference.excessWeight,
            "Weight of an answer's tokens beyond the shorter answer's length (dpo); null is off."),
        .field(
            "kto_chosen_weight", \.preference.desirableWeight,
            "The weight of answers marked good (kto)."),
        .field(
            "kto_rejected_weight", \.preference.undesirableWeight,
            "The weight of answers marked bad (kto)."),
        .field(
            "ref_model", \.preference.referencePath,
            "A model of its own to compare with (dpo, kto, ASFT), or the teacher (distill); null takes the "
                + "model before training."),
        .field(
            "ref_model_adapters", \.preference.referenceAdapters,
            "Adapters over ref_model, in order."),
        .custom(
            "ref_model_quantization_bit", kind: bitKind, choices: ["null"] + bitChoices,
            "Bits of the weights of ref_model; null keeps them as the file has them.",
            text: { $0.preference.referenceQuantization.bits.settingText }
        ) { node, plan throws(SettingMismatch) in
            plan.preference.referenceQuantization =
                Quantizer.withBits(try bits(node)).first ?? .fromFile
            return []
        }.nullable,
    ]

    static let dataset: [Row] = [
        .field("dataset", \.data.names, "Data sets by name or file, with commas between.").required,
        .field("eval_dataset", \.data.evaluationNames, "Data sets for evaluation."),
        .field("dataset_dir", \.data.folder, "The folder with dataset_info.json."),
        .field("template", \.encoding.template, "The chat template; null takes the model's own."),
        .field("cutoff_len", \.encoding.cutoffLength, "Most tokens of one example."),
        .field("max_samples", \.data.samplesMax, "Most examples of each data set."),
        .field("train_on_prompt", \.encoding.trainsOnPrompt, "Learn the prompt too (sft)."),
        .field("mask_history", \.encoding.masksHistory, "Learn the last turn only (sft)."),
        .field(
            "split_special_tokens", \.encoding.splitsSpecialTokens,
            "Keep special tokens that records spell as plain text; else they become their ids."),
        .field("mix_strategy", \.data.mixing, "How several training sets become one."),
        .field(
            "interleave_probs", \.data.probabilities,
            "The chance of each training set, when interleaved; they take turns without."),
        .custom(
            "packing", kind: "true, false or null", choices: Bool.choices,
            "Join texts (pt) or put whole chats (sft) into rows of cutoff_len; null is on for pt. "
                + "Chats of a row see each other; neat_packing keeps them apart.",
            // Neat rows are reported by their own key.
            text: { plan in
                let isNeat =
                    plan.stage.data == .supervised && plan.encoding.packing == true
                    && !plan.opensRows
                return (isNeat ? nil : plan.encoding.packing).settingText
            }
        ) { node, plan throws(SettingMismatch) in
            plan.encoding.packing = try Bool?(setting: node)
            let opens = plan.encoding.packing == true && plan.stage.data == .supervised
            plan.encoding.rowsAreOpen = opens
            return []
        }.nullable,
        .custom(
            "neat_packing", kind: Bool.kind, choices: Bool.choices,
            "Put whole chats into rows of cutoff_len (sft); chats of a row never see each other.",
            text: { ($0.stage.data == .supervised && $0.packs && !$0.opensRows).settingText }
        ) { node, plan throws(SettingMismatch) in
            guard try Bool(setting: node) else { return [] }
            guard plan.stage.data == .supervised else {
                return [.error("neat_packing", "goes with stage sft only; use packing.")]
            }
            plan.encoding.packing = true
            plan.encoding.rowsAreOpen = false
            return []
        },
        .field(
            "default_system", \.encoding.defaultSystem, "Replaces the template's system message."),
        .field(
            "tool_format", \.encoding.toolFormat,
            "How tool calls are written; must be null in this version."),
        .field(
            "enable_thinking", \.encoding.enablesThinking,
            "Let reasoning templates think; this version has none."),
        .inverted("disable_shuffling", \.batching.shuffles, "Keep the order of the examples."),
    ]

    static let output: [Row] = [
        .field("output_dir", \.output.folder, "The folder of the run's files.").required,
        .field("overwrite_output_dir", \.output.overwrites, "Start over in a folder with a run."),
        .field("run_name", \.output.runName, "The run's name in lists; null takes the folder's."),
        .field("logging_strategy", \.logging.cadence, "When a line of metrics is recorded."),
        .field("logging_steps", \.logging.interval, "Steps between two lines of metrics."),
        .field("logging_first_step", \.logging.recordsFirstStep, "Record the first step too."),
        .custom(
            "report_to", kind: "names with commas between, all or none", choices: [],
            "Programs that get the metrics too: \(ReportNames.known.joined(separator: ", ")).",
            text: { $0.logging.reports.isEmpty ? "none" : $0.logging.reports.settingText }
        ) { node, plan throws(SettingMismatch) in try ReportNames.read(node, into: &plan) }
        .nullable,
        .field(
            "logging_dir", \.logging.reportFolder,
            "The folder of their files; null takes runs in output_dir."),
        .field("save_strategy", \.checkpointing.cadence, "When the state is saved."),
        .field("save_steps", \.checkpointing.interval, "Steps between two saved states."),
        .field("save_total_limit", \.checkpointing.keptMax, "Saved states kept; null keeps all."),
        .field(
            "save_only_model", \.checkpointing.savesOnlyModel,
            "Leave out optimizer and random state: smaller, not resumable."),
        .field(
            "load_best_model_at_end", \.checkpointing.loadsBest,
            "Take the state with the lowest evaluation loss as the result; each new best is saved."),
    ]

    static let evaluation: [Row] = [
        .field(
            "do_eval", \.evaluates,
            "Evaluate at the end; with do_train: false the run does nothing else."),
        .field("val_size", \.data.validationSize, "Held-out examples: a part below 1, or a count."),
        .field("eval_strategy", \.evaluation.cadence, "When held-out loss is measured."),
        .field("evaluation_strategy", \.evaluation.cadence, "The old name of eval_strategy.").alias,
        .field("eval_steps", \.evaluation.interval, "Steps between two evaluations."),
        .field("eval_on_start", \.evaluation.runsAtStart, "Evaluate before the first step."),
        .field(
            "per_device_eval_batch_size", \.evaluation.batchSize, "Examples in an evaluation batch."
        ),
        .field(
            "early_stopping_steps", \.evaluation.patience,
            "Evaluations without improvement that end the run."),
        .custom(
            "sample_prompts", kind: "a list of texts, or one text a line",
            "Prompts that are answered at each evaluation and at the end, to watch the model change "
                + "(own key).",
            text: { "[" + $0.samples.prompts.map(\.settingText).joined(separator: ", ") + "]" }
        ) { node, plan throws(SettingMismatch) in
            plan.samples.prompts = try SamplePrompts.read(node)
            return []
        },
        .field(
            "sample_max_new_tokens", \.samples.newTokensMax,
            "Most tokens of such an answer (own key)."),
    ]
}

extension SettingRow {
    /// The row as one to which null is a value of its own.
    var nullable: SettingRow {
        var row = self
        row.acceptsNull = true
        return row
    }
}

extension PlanIssue {
    /// An error about a field.
    static func error(_ field: String, _ message: Sentence) -> PlanIssue {
        PlanIssue(field: field, message: message)
    }

    /// Something worth knowing about a field.
    static func note(_ field: String, _ message: Sentence) -> PlanIssue {
        PlanIssue(field: field, message: message, severity: .note)
    }
}

extension TrainingKeys {
    /// The names of all keys of training files, without their neighbours' names.
    static let plainNames: [String] = {
        let honoured = [model, method, preference, dataset, output, train, evaluation]
        let apart = [
            UnsupportedTrainingKeys.model, UnsupportedTrainingKeys.method,
            UnsupportedTrainingKeys.dataset,
            UnsupportedTrainingKeys.output, UnsupportedTrainingKeys.train,
            UnsupportedTrainingKeys.evaluation,
        ]
        return (honoured + apart).flatMap { $0 }.map(\.name)
    }()
}
