// The fields of model, method, LoRA and freeze: what is trained, and how the base lies in memory.

import Kernel
import Panels

extension ParamFields {
    static let model: [ParamField] = [
        ParamField(
            "model_name_or_path", "Model", .text(),
            "The model that is trained. The Model tab finds, checks and chooses it."
        ) { $0.model.path }
        .off { _ in tr("chosen in the Model tab (1)") },
        .choice(
            "finetuning_type", "Method", \.tuning.method,
            "lora trains small matrices beside the frozen model: little memory, an adapter of a "
                + "few megabytes. ia3 trains a factor for each output of a few layers, the smallest "
                + "adapter there is. freeze trains the last blocks. full trains everything and needs "
                + "16 bytes for each weight."),
        .names(
            "adapter_name_or_path", "Adapters", \.model.adapters, placeholder: "none",
            "Adapters to start from, with commas between. All but the last are merged into the "
                + "base; the last one is trained on."
        ).off(needsAdapter),
        quantization, template, computeType,
    ]

    static let lora: [ParamField] = [
        .count(
            "lora_rank", "Rank", 1...65_536, \.tuning.lora.rank,
            "How much an adapter can learn. 8 to 16 for a style or a persona, 32 to 64 for new "
                + "tasks. Memory and time grow with it."
        ).off(needsLoRA),
        ParamField(
            "lora_alpha", "Alpha", .real(0.001...1e6),
            "The adapter's output is scaled by alpha ÷ rank. Twice the rank is the usual choice "
                + "and the default; more is like a higher learning rate."
        ) { NumberText.setting($0.tuning.lora.effectiveAlpha) }
        .noted { plan in
            let scale = NumberText.setting((plan.tuning.lora.scaling * 1000).rounded() / 1000)
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
        .names(
            "additional_target", "More modules", \.tuning.lora.additionalTargets,
            placeholder: "none",
            "Modules that are trained whole and saved with the adapter, such as embed_tokens "
                + "and lm_head."
        ).off(needsAdapter),
        .toggle(
            "use_rslora", "rsLoRA", \.tuning.lora.isRankStabilized,
            "Scales by alpha ÷ √rank, which keeps high ranks (64 and more) learning."
        ).off(needsLoRA),
        ParamField(
            "loraplus_lr_ratio", "LoRA+ ratio", .real(0...1000),
            "LoRA+: the matrix B learns at so many times the rate of A. 16 is usual, with half of "
                + "the usual learning rate; 0 is off."
        ) { NumberText.setting($0.tuning.lora.plusRatio ?? 0) }
        .noted { $0.tuning.lora.plusRatio == nil ? tr("0: off") : "" }
        .off(needsLoRA),
        .toggle(
            "use_dora", "DoRA", \.tuning.lora.isWeightDecomposed,
            "Trains the length of each row of a weight beside its direction: closer to full "
                + "tuning at low ranks, and a little slower."
        ).off(needsLoRA),
        ParamField(
            "ia3_target", "IA3 targets", .text(placeholder: "k_proj,v_proj,down_proj"),
            "Which projections get factors: all, or names with commas between. down_proj has its "
                + "inputs scaled, the others their outputs."
        ) { $0.tuning.ia3Targets.joined(separator: ",") }
        .off { $0.tuning.method == .ia3 ? nil : tr("only with method ia3") },
        .toggle(
            "create_new_adapter", "New adapter", \.model.createsNewAdapter,
            "Merges all given adapters into the base and trains a fresh one."
        ).off {
            needsAdapter($0) ?? ($0.model.adapters.isEmpty ? tr("there are no adapters") : nil)
        },
    ]

    static let freeze: [ParamField] = [
        .count(
            "freeze_trainable_layers", "Last blocks", -1024...1024, \.tuning.freeze.layers,
            "How many of the last blocks train; the first ones when negative."
        ).off(needsFreeze),
        .names(
            "freeze_trainable_modules", "Block modules", \.tuning.freeze.modules,
            placeholder: "all",
            "Which modules of those blocks train: all, or names with commas between, such as "
                + "mlp,self_attn."
        ).off(needsFreeze),
        .names(
            "freeze_extra_modules", "Extra modules", \.tuning.freeze.extraModules,
            placeholder: "none",
            "Modules outside of the blocks that train too: embed_tokens, norm, lm_head."
        ).off(needsFreeze),
    ]

    static let computeType = ParamField.choice(
        "bf16", "Compute type", \.computeType, standard: .float32,
        "Data type of matrix products. auto takes bf16 on processors with AVX512_BF16, where it "
            + "halves their time and moves losses by less than 1 %; sums, trained weights and the "
            + "loss stay float32. pure_bf16 stores the base's trained weights and the optimizer "
            + "state as bf16 too: 10 bytes each instead of 16, with stochastic rounding. "
            + "Processors without it, and fp16, compute in float32."
    ) { type in
        switch type {
        case .float32, .automatic: type.rawValue
        case .bfloat16: "bf16"
        case .pureBFloat16: "pure_bf16"
        case .float16: "fp16"
        }
    }
    .noted {
        switch $0.computeType {
        case .float32: ""
        case .automatic: $0.precision == .bfloat16 ? tr("bf16 here") : tr("float32 here")
        case .bfloat16, .pureBFloat16:
            Precision.hasBFloat16 ? "" : tr("float32 on this processor")
        case .float16: tr("computed in float32")
        }
    }.also("fp16", "pure_bf16")

    private static let quantization = ParamField.choice(
        "quantization_bit", "Base weights", \.model.quantization, standard: .fromFile,
        "How the frozen model lies in memory. as stored: like the file; an adapter trains straight "
            + "on a GGUF's blocks. nf4 and int4 take a quarter of 16 bits and lose a little; int8 "
            + "half. float32: decoded once, largest."
    ) { $0.name }.also("quantization_type", "dequantize_base")

    private static let template = ParamField(
        "template", "Template", .text(placeholder: "the model's own"),
        "How turns become text. It must be the one that the model was trained with; the Model "
            + "tab detects it. Empty takes the one inside the model."
    ) { $0.encoding.template ?? "" }
}
