// The fields that are always in sight: what is learned, how fast and how long; and those of the update
// rule and the schedule.

import Kernel
import Panels

extension ParamFields {
    static let training: [ParamField] = [
        .choice(
            "stage", "Stage", \.stage, among: TrainingStage.allCases,
            "sft learns the answers of chats and instructions. pt goes on with plain text. rm learns to "
                + "score answers from pairs. dpo learns which of two answers is better, kto from answers marked good or bad."
        ),
        ParamField(
            "dataset_dir", "Data folder", .text(),
            "The folder with dataset_info.json, where names of data sets are looked up."
        ) { $0.data.folder }
        .off { _ in tr("chosen in the Dataset tab (2)") },
        ParamField(
            "dataset", "Data sets", .text(),
            "What is learned. The Dataset tab marks sets, shows their records and mixes them."
        ) { $0.data.names.joined(separator: ",") }
        .off { _ in tr("chosen in the Dataset tab (2)") },
        .number(
            "learning_rate", "Learning rate", 1e-9...100, \.optimizer.learningRate,
            "The highest rate of the run. LoRA: 1e-4 to 5e-4; full and freeze: 5e-6 to 5e-5. Too "
                + "high and the loss jumps, too low and nothing is learned."
        ),
        .number(
            "num_train_epochs", "Epochs", 0.001...1_000_000, \.duration.epochs,
            "Passes over the data, parts allowed. 1 to 3 for much data, up to 10 for a persona of "
                + "a few dozen examples."
        ).off { $0.duration.stepsMax == nil ? nil : tr("max steps decides") },
        ParamField(
            "max_steps", "Max steps", .integer(0...1_000_000_000),
            "Ends the run after so many optimizer steps, whatever the epochs say. 0 is off."
        ) { String($0.duration.stepsMax ?? 0) }
        .noted { $0.duration.stepsMax == nil ? tr("0: by epochs") : "" },
        .number(
            "max_grad_norm", "Gradient clip", 0...1e6, \.optimizer.gradientNormMax,
            "Gradients longer than this are shortened to it. 1 is usual; 0 is off."),
        .countOrNone(
            "max_samples", "Max samples", 0...1_000_000_000, \.data.samplesMax,
            zero: phrase("0: all"),
            "At most so many examples of each data set, for a quick try. 0 takes all."),
        .count(
            "cutoff_len", "Cutoff length", 2...1_048_576, \.encoding.cutoffLength,
            "Most tokens of one example; longer ones are cut. Memory grows with it: no more than "
                + "the data needs, which the Dataset tab shows."
        ),
        .count(
            "per_device_train_batch_size", "Micro-batch", 1...65_536, \.batching.microBatchSize,
            "Examples that are computed together. Memory grows with it; on a CPU 1 to 4 is as "
                + "fast as more."
        ).noted { tr("× {1} = {2} a step", $0.batching.accumulationSteps, product($0)) },
        .count(
            "gradient_accumulation_steps", "Accumulation", 1...65_536,
            \.batching.accumulationSteps,
            "Micro-batches that make one step. Micro-batch × accumulation is what the optimizer "
                + "sees; 8 to 32 is usual."
        ),
        .number(
            "val_size", "Held out", 0...1e9, \.data.validationSize,
            "Examples that are not trained on but measured: below 1 a part, else a number of "
                + "them. 0.05 to 0.1 shows when learning by heart begins."
        ),
        .choice(
            "lr_scheduler_type", "Schedule", \.schedule.kind,
            "How the rate goes over the run. cosine falls slowly, then fast, then slowly; linear "
                + "evenly; constant stays."
        ),
        .count(
            "seed", "Seed", 0...Int(Int32.max), \.seed,
            "The same seed gives the same run, to the last bit, on the same machine."),
    ]

    private static func product(_ plan: TrainingPlan) -> String {
        let (value, overflow) = plan.batching.microBatchSize.multipliedReportingOverflow(
            by: plan.batching.accumulationSteps)
        return overflow ? "?" : String(value)
    }

    // MARK: - Optimizer

    static let optimizer: [ParamField] = [
        .number(
            "warmup_ratio", "Warm-up ratio", 0...1, \.schedule.warmupRatio,
            "The part of the run in which the rate rises from zero. 0.03 to 0.1 is usual."
        ).off { $0.schedule.warmupSteps > 0 ? tr("warm-up steps decide") : nil },
        .count(
            "warmup_steps", "Warm-up steps", 0...1_000_000_000, \.schedule.warmupSteps,
            "The same in steps; wins over the ratio when above 0."),
        .choice(
            "optim", "Optimizer", \.optimizer.kind,
            "adamw_torch adapts to each weight and is right nearly always. lion_32bit keeps half of "
                + "its state; give it a third to a tenth of AdamW's rate. sgd needs a third of the "
                + "memory and more patience. adafactor keeps hardly any state and adapts as well."
        ),
        .number(
            "optim_args", "Momentum", 0...0.9999, \.optimizer.momentum,
            "How much of the last step goes on into the next one; 0.9 is usual with sgd."
        ).written { typed, plan in
            let isOff = typed.isEmpty || Double(typed) == 0
            return TrainingKeys.table.set(
                "optim_args", to: isOff ? "" : "momentum=\(typed)", in: &plan)
        }.off(unlessRead(.momentum)),
        .number(
            "weight_decay", "Weight decay", 0...10, \.optimizer.weightDecay,
            "Pulls weights towards zero in each step: 0 to 0.1. Biases and norms are left alone."),
        .number(
            "adam_beta1", "Adam β1", 0...0.999999, \.optimizer.beta1,
            "How slowly the mean of gradients is forgotten. 0.9 is nearly always right."
        ).off(unlessRead(.beta1)),
        .number(
            "adam_beta2", "Adam β2", 0...0.999999, \.optimizer.beta2,
            "How slowly AdamW forgets the mean of squared gradients: 0.95 to 0.999. For Lion it is "
                + "that of the mean itself: 0.99."
        ).off(unlessRead(.beta2)),
        .number(
            "adam_epsilon", "Adam ε", 1e-12...0.1, \.optimizer.epsilon,
            "Guards AdamW against division by zero; larger values damp steps of small gradients."
        ).off(unlessRead(.epsilon)),
        ParamField(
            "lr_scheduler_kwargs", "Curve constants", .text(placeholder: "{}"),
            "Constants of the schedule as a mapping, such as {min_lr_rate: 0.1} or {power: 2}."
        ) { plan in
            let text = ScheduleKeys.text(of: plan.schedule.arguments)
            return text == "{}" ? "" : text
        },
        neftune,
        .number(
            "label_smoothing_factor", "Label smoothing", 0...0.999, \.tokenLoss.labelSmoothing,
            "Spreads so much of the target over the vocabulary, which keeps answers less certain. 0 "
                + "is off."
        ).off(needsTokens),
        .toggle(
            "use_dft_loss", "DFT loss", \.tokenLoss.weighsByProbability,
            "Weighs each token by its own probability: what the model finds impossible moves it little."
        ).off(needsAnswers),
        .toggle(
            "use_eaft_loss", "EAFT loss", \.tokenLoss.weighsByEntropy,
            "Weighs each token by how undecided the model is about it."
        ).off(needsAnswers),
        .number(
            "eaft_alpha", "EAFT alpha", 0...100, \.tokenLoss.entropyPower,
            "How strongly that counts: the power of the entropy."
        ).off { $0.tokenLoss.weighsByEntropy ? nil : tr("only with EAFT loss") },
        .toggle(
            "use_asft_loss", "ASFT loss", \.tokenLoss.isAnchored,
            "DFT loss that also keeps the model near what it was before training."
        ).off(needsAnswers),
        .number(
            "asft_alpha", "ASFT alpha", 0...1000, \.tokenLoss.anchorWeight,
            "How much that counts: the weight of the KL divergence."
        ).off { $0.tokenLoss.isAnchored ? nil : tr("only with ASFT loss") },
        .number(
            "distill_weight", "Teacher weight", 0...1, \.distillation.weight,
            "How much the teacher (reference model) counts; the rest is the loss of the data's tokens."
        ).off(needsTeacher),
        .number(
            "distill_beta", "Divergence", 0...1, \.distillation.interpolation,
            "0: the student covers all that the teacher finds likely; 1: it keeps to what it finds likely "
                + "itself; between: both."
        ).off(needsTeacher),
        .number(
            "distill_temperature", "KD temperature", 1e-3...1000, \.distillation.temperature,
            "What logits are divided by before they are compared; more than 1 shows unlikely tokens too."
        ).off(needsTeacher),
    ]

    /// Off with optimizers that do not read a constant.
    private static func unlessRead(
        _ setting: OptimizerSetting
    ) -> @Sendable (TrainingPlan) -> String? {
        { plan in
            guard !plan.optimizer.kind.reads.contains(setting) else { return nil }
            let readers = OptimizerKind.reading(setting).joined(separator: ", ")
            return tr("only with optimizer {1}", readers)
        }
    }

    static let preference: [ParamField] = [
        .choice(
            "pref_loss", "Loss type", \.preference.loss, among: PairLoss.allCases,
            "How the preference for one of two answers becomes a loss. sigmoid is that of DPO."
        ).off(needsPairs),
        .number(
            "pref_beta", "Beta", 1e-6...1000, \.preference.beta,
            "How closely the model stays to what it was before. 0.1 is usual; less lets it go "
                + "further."
        ).off(needsPreferences),
        .number(
            "dpo_label_smoothing", "Label smoothing", 0...0.499, \.preference.labelSmoothing,
            "The chance that a pair is the wrong way round; 0 trusts them all."
        ).off(needsPairs),
        .number(
            "pref_ftx", "Ftx gamma", 0...1000, \.preference.supervisedWeight,
            "Adds so much of the own loss of good answers, which keeps them likely. 0 is off."
        ).off(needsPreferences),
        .number(
            "pref_bco_weight", "BCO weight", 0...1000, \.preference.classifierWeight,
            "How much BCO's loss, which judges each answer alone, counts beside this one. 0 is off."
        ).off(needsPairs),
        .number(
            "simpo_gamma", "SimPO gamma", 0...1000, \.preference.targetMargin,
            "The margin between both answers' rewards that SimPO wants."
        ).off(needs(.simpo)),
        .number(
            "discopop_tau", "DiscoPOP tau", 1e-6...1000, \.preference.modulation,
            "How sharply DiscoPOP changes between its two losses."
        ).off(needs(.discopop)),
        excessWeight.off(needsPairs),
        .number(
            "kto_chosen_weight", "Weight of good", 0...1000, \.preference.desirableWeight,
            "The weight of answers that are marked good; raise it where they are few."
        ).off(needsMarks),
        .number(
            "kto_rejected_weight", "Weight of bad", 0...1000, \.preference.undesirableWeight,
            "The weight of answers that are marked bad; raise it where they are few."
        ).off(needsMarks),
        ParamField(
            "ref_model", "Reference model", .text(placeholder: "the model before training"),
            "A model of its own to compare with, or the teacher of stage distill: a folder or a GGUF file "
                + "with the same tokenizer. It takes memory beside the model that trains; empty takes none."
        ) { $0.preference.referencePath ?? "" }.off(needsReference),
        .names(
            "ref_model_adapters", "  adapters", \.preference.referenceAdapters,
            placeholder: "none", "Adapters over the reference, in order, with commas between."
        ).off(needsOwnReference),
        referenceBits.off(needsOwnReference),
    ]

    private static let referenceBits = ParamField(
        "ref_model_quantization_bit", "  bits", .choice(["as stored", "8", "4"]),
        "Bits of the reference's weights in memory."
    ) { $0.preference.referenceQuantization.bits.map(String.init) ?? "as stored" }
    .written { typed, plan in
        TrainingKeys.table.set(
            "ref_model_quantization_bit", to: Int(typed) == nil ? "" : typed, in: &plan)
    }

    private static let excessWeight = ParamField(
        "ld_alpha", "LD alpha", .real(0...1),
        "How much tokens of an answer count that is longer than the other; 1 counts all alike."
    ) { NumberText.setting($0.preference.excessWeight ?? 1) }
    .written { typed, plan in
        let text = Double(typed) == 1 ? "" : typed
        return TrainingKeys.table.set("ld_alpha", to: text, in: &plan)
    }

    private static let neftune = ParamField(
        "neftune_noise_alpha", "NEFTune noise", .real(0...1000),
        "Noise on the embeddings in training, 5 to 15, which can make answers livelier. 0 is off."
    ) { NumberText.setting($0.tuning.neftuneAlpha ?? 0) }
    .written { typed, plan in
        let text = Double(typed) == 0 ? "" : typed
        return TrainingKeys.table.set("neftune_noise_alpha", to: text, in: &plan)
    }
}
