// The fields of the parameter form, section by section: which settings there are, their bounds and
// what they mean. Keys and defaults are those of plan files.

import Kernel
import Panels

/// The form's sections.
enum ParamFields {
    /// Fields under one heading.
    struct Section: Sendable {
        let title: String
        let fields: [ParamField]
    }

    /// All sections from top to bottom.
    static let sections = [
        Section(title: "Basics", fields: basics), Section(title: "Batches", fields: batches),
        Section(title: "Optimizer", fields: optimizer),
        Section(title: "Evaluation and saving", fields: recording),
        Section(title: "Output", fields: output),
    ]
    /// All fields in order.
    static let all = sections.flatMap(\.fields)

    /// The field of a key.
    static func named(_ key: String) -> ParamField? { all.first { $0.key == key } }

    private static let needsLoRA: @Sendable (TrainingPlan) -> String? = {
        $0.tuning.method == .lora ? nil : tr("only with method lora")
    }
    private static let needsFreeze: @Sendable (TrainingPlan) -> String? = {
        $0.tuning.method == .freeze ? nil : tr("only with method freeze")
    }
    private static let needsChats: @Sendable (TrainingPlan) -> String? = {
        $0.stage == .supervised ? nil : tr("only with stage sft: plain text has no turns")
    }

    // MARK: - Basics

    private static let basics: [ParamField] = [
        .choice(
            "stage", "Stage", \.stage, among: [.supervised, .pretraining],
            "sft learns the answers of chats and instructions. pt goes on with plain text."),
        .choice(
            "finetuning_type", "Method", \.tuning.method,
            "lora trains small matrices beside the frozen model: little memory, an adapter of a "
                + "few megabytes. freeze trains the last blocks. full trains everything and needs "
                + "16 bytes for each weight."),
        .count(
            "lora_rank", "Rank", 1...65_536, \.tuning.lora.rank,
            "How much an adapter can learn. 8 to 16 for a style or a persona, 32 to 64 for new "
                + "tasks. Memory and time grow with it."
        ).off(needsLoRA),
        ParamField(
            "lora_alpha", "Alpha", .real(0.001...1e6),
            "The adapter's output is scaled by alpha ÷ rank. Twice the rank is the usual choice "
                + "and the default; more is like a higher learning rate."
        ) { Figures.setting($0.tuning.lora.effectiveAlpha) }
        .noted { plan in
            let scale = Figures.setting((plan.tuning.lora.scaling * 1000).rounded() / 1000)
            return plan.tuning.lora.alpha == nil
                ? tr("2 × rank, scale {1}", scale) : tr("scale {1}", scale)
        }.off(needsLoRA),
        .number(
            "lora_dropout", "Dropout", 0...0.99, \.tuning.lora.dropout,
            "The chance that an input of an adapter is dropped in training. 0.05 helps against "
                + "learning by heart when data is scarce."
        ).off(needsLoRA),
        ParamField(
            "lora_target", "Targets", .text(placeholder: "all"),
            "Which projections get an adapter: all, or names with commas between, such as "
                + "q_proj,v_proj. All learns most for its size."
        ) { $0.tuning.lora.targets.isEmpty ? "all" : $0.tuning.lora.targets.joined(separator: ",") }
        .off(needsLoRA),
        .toggle(
            "use_rslora", "rsLoRA", \.tuning.lora.isRankStabilized,
            "Scales by alpha ÷ √rank, which keeps high ranks (64 and more) learning."
        ).off(needsLoRA),
        .count(
            "freeze_trainable_layers", "Last blocks", -1024...1024, \.tuning.freeze.layers,
            "How many of the last blocks train; the first ones when negative."
        ).off(needsFreeze),
        quantization, computeType, template,
    ]

    private static let computeType = ParamField.choice(
        "bf16", "Compute type", \.computeType, standard: .float32,
        "In what products are computed. auto takes bf16 on processors with AVX512_BF16, where it "
            + "halves their time and moves losses by less than 1 %; sums, trained weights and the "
            + "loss stay float32. Processors without it, and fp16, compute in float32."
    ) { type in
        switch type {
        case .float32, .automatic: type.rawValue
        case .bfloat16: "bf16"
        case .float16: "fp16"
        }
    }
    .noted {
        switch $0.computeType {
        case .float32: ""
        case .automatic: $0.precision == .bfloat16 ? tr("bf16 here") : tr("float32 here")
        case .bfloat16: Precision.hasBFloat16 ? "" : tr("float32 on this processor")
        case .float16: tr("computed in float32")
        }
    }.also("fp16", "pure_bf16")

    private static let quantization = ParamField.choice(
        "quantization_bit", "Base weights", \.model.quantization, standard: .fromFile,
        "How the frozen model lies in memory. as stored: like the file; an adapter trains straight "
            + "on a GGUF's blocks. nf4 and int4 take a quarter of 16 bits and lose a little; int8 "
            + "half. float32: decoded once, largest."
    ) { kind in
        switch kind {
        case .fromFile: "as stored"
        case .none: "float32"
        case .int8, .int4, .nf4: kind.rawValue
        }
    }.also("quantization_type", "dequantize_base")

    private static let template = ParamField(
        "template", "Template", .text(placeholder: "the model's own"),
        "How turns become text. It must be the one that the model was trained with; the Model "
            + "tab detects it. Empty takes the one inside the model."
    ) { $0.encoding.template ?? "" }

    // MARK: - Recording

    private static let recording: [ParamField] = [
        .number(
            "val_size", "Held out", 0...1e9, \.data.validationSize,
            "Examples that are not trained on but measured: below 1 a part, else a number of "
                + "them. 0.05 to 0.1 shows when learning by heart begins."
        ),
        .choice(
            "eval_strategy", "Evaluate", \.evaluation.cadence,
            "When the loss on held-out examples is measured: no, every few steps, or after each "
                + "epoch. It needs held-out examples."
        ).also("do_eval", "eval_dataset"),
        ParamField(
            "eval_steps", "  every", .text(placeholder: "as the log"),
            "Steps between two evaluations; below 1 a part of the run. Empty follows the log."
        ) { ($0.evaluation.interval?.value).map(Figures.setting) ?? "" }
        .off { $0.evaluation.cadence == .steps ? nil : tr("only with evaluate: steps") },
        .choice(
            "save_strategy", "Save", \.checkpointing.cadence,
            "When the state is saved, so that the run can go on from there."),
        ParamField(
            "save_steps", "  every", .text(),
            "Steps between two saved states; below 1 a part of the run."
        ) { Figures.setting($0.checkpointing.interval.value) }
        .off { $0.checkpointing.cadence == .steps ? nil : tr("only with save: steps") },
        ParamField(
            "save_total_limit", "  keep", .integer(0...1_000_000),
            "The newest states that are kept; older ones are deleted. 0 keeps all."
        ) { String($0.checkpointing.keptMax ?? 0) }
        .noted { $0.checkpointing.keptMax == nil ? tr("0: all") : "" }
        .written { typed, plan in
            let text = typed == "0" ? "" : typed
            return TrainingKeys.table.set("save_total_limit", to: text, in: &plan)
        },
        .toggle(
            "load_best_model_at_end", "Best at end", \.checkpointing.loadsBest,
            "The result is the saved state with the lowest held-out loss instead of the last."),
        ParamField(
            "logging_steps", "Log every", .text(),
            "Steps between two lines of metrics and two points of the plot's log."
        ) { Figures.setting($0.logging.interval.value) },
    ]

    // MARK: - Output

    private static let output: [ParamField] = [
        ParamField(
            "output_dir", "Run folder", .text(placeholder: "a folder for the run's files"),
            "Adapter, metrics and saved states go here. A run in it goes on where it stopped."
        ) { $0.output.folder },
        .toggle(
            "overwrite_output_dir", "Start over", \.output.overwrites,
            "Begins anew in a folder that holds a run, instead of going on."),
        .count(
            "seed", "Seed", 0...Int(Int32.max), \.seed,
            "The same seed gives the same run, to the last bit, on the same machine."),
        checkpointing, neftune,
        .toggle(
            "train_on_prompt", "Train on prompt", \.encoding.trainsOnPrompt,
            "Learns questions and system messages too, not only answers."
        ).off(needsChats),
        .toggle(
            "mask_history", "Mask history", \.encoding.masksHistory,
            "Learns only the last answer of each conversation."
        ).off(needsChats),
    ]

    private static let checkpointing = ParamField(
        "gradient_checkpointing", "Recompute",
        .choice(TrainingPlan.GradientCheckpointing.allCases.map(\.rawValue)),
        "Computes activations a second time instead of keeping them: far less memory, about a "
            + "third more time, the same result. automatic decides by the memory there is."
    ) { $0.gradientCheckpointing.rawValue }
    .written { typed, plan in
        let choice = TrainingPlan.GradientCheckpointing(rawValue: typed)
        guard let choice = typed.isEmpty ? .automatic : choice else {
            return [
                PlanIssue(
                    field: "gradient_checkpointing", message: tr("expected automatic, on or off."))
            ]
        }
        plan.gradientCheckpointing = choice
        return []
    }

    private static let neftune = ParamField(
        "neftune_noise_alpha", "NEFTune noise", .real(0...1000),
        "Noise on the embeddings in training, 5 to 15, which can make answers livelier. 0 is off."
    ) { Figures.setting($0.tuning.neftuneAlpha ?? 0) }
    .written { typed, plan in
        let text = Double(typed) == 0 ? "" : typed
        return TrainingKeys.table.set("neftune_noise_alpha", to: text, in: &plan)
    }
}
