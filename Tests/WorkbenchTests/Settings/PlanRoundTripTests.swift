// parse(write(plan)) is plan, for every key by itself and for thousands of plans by chance.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite("Plan round trip")
struct PlanRoundTripTests {
    /// A value other than the default for each honoured key.
    static let samples: [String: String] = [
        "model_name_or_path": "\"a: b # c\"", "adapter_name_or_path": "[\"x,y\", z]",
        "quantization_bit": "8", "quantization_type": "nf4", "dequantize_base": "true",
        "stage": "pt", "do_train": "false", "finetuning_type": "freeze", "lora_rank": "64",
        "lora_alpha": "12.5", "lora_dropout": "0.05", "lora_target": "q_proj,v_proj",
        "additional_target": "embed_tokens", "use_rslora": "true", "loraplus_lr_ratio": "16",
        "create_new_adapter": "true",
        "freeze_trainable_layers": "-3", "freeze_trainable_modules": "mlp,self_attn",
        "use_dora": "true", "ia3_target": "q_proj",
        "freeze_extra_modules": "norm", "neftune_noise_alpha": "5", "dataset": "a,b",
        "eval_dataset": "c", "dataset_dir": "other data", "template": "\"no\"", "cutoff_len": "64",
        "max_samples": "7", "train_on_prompt": "true", "mask_history": "true",
        "split_special_tokens": "true",
        "mix_strategy": "interleave_over", "interleave_probs": "0.25,0.75", "packing": "false",
        "neat_packing": "true", "pure_bf16": "true",
        "default_system": "\"One\\nTwo\\t\\\"three\\\" \\u0007 ü 😀\"", "tool_format": "llama3",
        "enable_thinking": "null", "disable_shuffling": "true", "output_dir": "\"007\"",
        "overwrite_output_dir": "true", "run_name": "\" padded \"", "logging_strategy": "epoch",
        "logging_steps": "0.05", "logging_first_step": "true", "save_strategy": "\"no\"",
        "report_to": "tensorboard", "logging_dir": "boards/a",
        "save_steps": "20", "save_total_limit": "2", "save_only_model": "true",
        "load_best_model_at_end": "true", "per_device_train_batch_size": "3",
        "gradient_accumulation_steps": "5", "num_train_epochs": "0.1", "max_steps": "9",
        "group_by_length": "true", "train_sampling_strategy": "sequential",
        "dataloader_drop_last": "true", "learning_rate": "3e-05", "optim": "sgd",
        "optim_args": "momentum=0.9", "weight_decay": "0.01", "adam_beta1": "0.8",
        "adam_beta2": "0.95", "adam_epsilon": "1e-06", "max_grad_norm": "0",
        "lr_scheduler_type": "warmup_stable_decay",
        "lr_scheduler_kwargs": "{min_lr_ratio: 1e-05, decay_type: 1-sqrt, num_stable_steps: 3}",
        "warmup_steps": "11", "warmup_ratio": "0.03", "seed": "7", "data_seed": "8", "bf16": "true",
        "fp16": "true", "gradient_checkpointing": "true", "disable_gradient_checkpointing": "true",
        "resume_from_checkpoint": "saves/x/checkpoint-10", "do_eval": "true", "val_size": "0.1",
        "eval_strategy": "steps", "evaluation_strategy": "epoch", "eval_steps": "33",
        "eval_on_start": "true", "per_device_eval_batch_size": "1", "early_stopping_steps": "4",
        "sample_prompts": "[\"Who are you, and why?\", 你是谁？, \"two\\nlines\"]",
        "sample_max_new_tokens": "12", "pref_loss": "hinge", "pref_beta": "0.3",
        "dpo_label_smoothing": "0.1", "pref_ftx": "0.5",
        "pref_bco_weight": "0.5", "simpo_gamma": "1.5",
        "discopop_tau": "0.2", "ld_alpha": "0.25", "kto_chosen_weight": "1.5",
        "kto_rejected_weight": "0.75", "ref_model": "models/other",
        "ref_model_adapters": "a,b", "ref_model_quantization_bit": "8",
        "label_smoothing_factor": "0.1",
        "use_dft_loss": "true", "use_eaft_loss": "true", "eaft_alpha": "2.0",
        "reward_funcs": "[\"tags a,b\", \"regex ^a, b$\", number]", "reward_weights": "1.0,0.5,2.0",
        "reward_timeout": "5.0", "num_generations": "4", "max_new_tokens": "99",
        "temperature": "0.5", "top_p": "0.9", "top_k": "7", "grpo_loss": "dapo",
        "grpo_scale_rewards": "batch", "grpo_level": "sequence", "grpo_beta": "0.04",
        "grpo_iterations": "3", "grpo_epsilon": "0.1", "grpo_epsilon_high": "0.28",
        "grpo_mask_truncated": "true",
        "use_asft_loss": "true", "asft_alpha": "0.3", "distill_weight": "0.5",
        "distill_beta": "0.25", "distill_temperature": "2.0",
    ]

    private func reread(_ plan: TrainingPlan) throws -> (plan: TrainingPlan, issues: [PlanIssue]) {
        let text = PlanFile.yaml(for: plan)
        let document = try SettingDocument(text: text, name: text)
        var read = TrainingPlan()
        let issues = TrainingKeys.table.read(document.entries, into: &read)
        return (read, issues)
    }

    @Test("every honoured key changes the plan and survives by itself")
    func singleKeys() throws {
        let rows = TrainingKeys.table.sections.flatMap(\.rows)
        for row in rows {
            guard case .honoured = row.meaning else { continue }
            let sample = try #require(Self.samples[row.name], "no sample of \(row.name)")
            var document = try SettingDocument(text: "\(row.name): \(sample)", name: row.name)
            if row.name == "quantization_type" { try document.assign(["quantization_bit=4"]) }
            var plan = TrainingPlan()
            #expect(TrainingKeys.table.read(document.entries, into: &plan) == [], "\(row.name)")
            #expect(plan != TrainingPlan(), "\(row.name): \(sample) changes nothing")
            let again = try reread(plan)
            #expect(again.issues == [], "\(row.name)")
            #expect(again.plan == plan, "\(row.name)")
            #expect(!row.help.isEmpty && !row.kind.isEmpty, "\(row.name) explains nothing")
        }
    }

    @Test("two thousand plans of chance values survive")
    func chancePlans() throws {
        var random = SplitMix(state: 20_260_101)
        for _ in 0..<2000 {
            let plan = Self.chancePlan(&random)
            let again = try reread(plan)
            #expect(again.issues == [], "\(PlanFile.yaml(for: plan))")
            try #require(again.plan == plan, "\(PlanFile.yaml(for: plan))")
        }
    }

    private static func chancePlan(_ random: inout SplitMix) -> TrainingPlan {
        var plan = TrainingPlan()
        plan.model.path = random.text()
        plan.model.adapters = random.texts()
        plan.model.quantization = random.pick(Quantizer.allCases)
        plan.stage = random.pick(TrainingStage.allCases)
        plan.trains = Bool.random(using: &random)
        plan.tuning.method = random.pick(TrainingPlan.Tuning.Method.allCases)
        plan.tuning.lora.rank = .random(in: -9...9999, using: &random)
        plan.tuning.lora.alpha = random.pick([nil, random.number()])
        plan.tuning.lora.dropout = random.number()
        plan.tuning.lora.targets = random.texts()
        plan.tuning.lora.plusRatio = random.pick([nil, 1 + random.number().magnitude])
        plan.tuning.freeze.modules = random.texts()
        plan.preference.loss = random.pick(PairLoss.allCases)
        plan.preference.beta = random.number()
        plan.data.names = random.texts()
        plan.data.probabilities = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            random.number()
        }
        plan.encoding.template = random.pick([nil, random.text()])
        plan.encoding.defaultSystem = random.pick([nil, random.text()])
        plan.encoding.enablesThinking = random.pick([nil, true, false])
        plan.encoding.packing = random.pick([nil, true, false])
        if plan.encoding.packing == true, plan.stage.data == .supervised {
            plan.encoding.rowsAreOpen = random.pick([false, true])
        }
        plan.optimizer.learningRate = random.number()
        plan.optimizer.momentum = random.number()
        plan.schedule.kind = random.pick(ScheduleSettings.Kind.allCases)
        plan.schedule.arguments.minimumRate = random.pick([nil, random.number()])
        plan.schedule.arguments.decayBend = random.pick([nil] + ScheduleSettings.Bend.allCases)
        plan.schedule.warmupRatio = random.number()
        plan.evaluation.interval = random.pick([nil, .init(random.number())])
        plan.evaluation.cadence = random.pick(TrainingPlan.Cadence.allCases)
        plan.samples.prompts = random.texts()
        plan.samples.newTokensMax = .random(in: 1...9, using: &random)
        plan.output.folder = random.text()
        plan.output.runName = random.pick([nil, random.text()])
        plan.computeType = random.pick(TrainingPlan.ComputeType.allCases)
        plan.gradientCheckpointing = random.pick(TrainingPlan.GradientCheckpointing.allCases)
        plan.seed = .random(in: 0...Int.max, using: &random)
        return plan
    }

    @Test("a fresh plan is written with its required keys alone")
    func freshPlan() throws {
        var plan = TrainingPlan()
        plan.model.path = "models/tiny"
        plan.data.names = ["identity"]
        plan.output.folder = "saves/tiny"
        #expect(
            PlanFile.yaml(for: plan) == """
                ### model
                model_name_or_path: models/tiny

                ### method
                stage: sft
                do_train: true
                finetuning_type: lora

                ### dataset
                dataset: identity

                ### output
                output_dir: saves/tiny

                """)
    }

    @Test(
        "presets may run once they have a model, data and a folder",
        arguments: Preset.all.map(\.name))
    func presets(name: String) throws {
        var plan = TrainingPlan()
        plan.model.path = "m"
        plan.data.names = ["d"]
        plan.output.folder = "o"
        let preset = try #require(Preset.named(name))
        let applied = preset.applied(to: plan)
        #expect(applied.issues() == [])
        #expect(applied != plan)
        #expect(applied.model.path == "m" && applied.data.names == ["d"])
        #expect(try reread(applied).plan == applied)
    }

    @Test("a form sets keys from text, and empties them to their defaults")
    func formFields() {
        var plan = TrainingPlan()
        let table = TrainingKeys.table
        #expect(table.set("lora_rank", to: "32", in: &plan) == [])
        #expect(table.set("lora_target", to: "q_proj", in: &plan) == [])
        #expect(table.set("quantization_bit", to: "4", in: &plan) == [])
        #expect(plan.tuning.lora.rank == 32 && plan.model.quantization == .nf4)
        #expect(table.text(of: "lora_rank", in: plan) == "32")
        #expect(table.set("lora_rank", to: "many", in: &plan).map(\.field) == ["lora_rank"])
        #expect(plan.tuning.lora.rank == 32)
        for name in table.names { #expect(table.set(name, to: "", in: &plan) == [], "\(name)") }
        #expect(plan == TrainingPlan())
    }
}

/// A small generator, so that every run of the tests sees the same plans.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func pick<T>(_ items: [T]) -> T {
        items[Int.random(in: items.indices, using: &self)]
    }

    mutating func number() -> Double {
        pick([0, 1, 3, 0.5, 1e-4, 5e-5, 2.5e-7, 1e-10, 123_456_789, 1e12, 1e300, 0.1, 1.0 / 3])
    }

    /// Awkward text; without a byte-order mark, which YAML readers drop at the start of a text.
    mutating func text() -> String {
        let pieces = [
            "a", "B7", " ", "  ", ":", ": ", " #", "#", "-", "- ", "'", "\"", "\\", "\n", "\t",
            "null",
            "~", "true", "no", "1e-4", "0", "[", "]", "{", "}", ",", "*x", "&y", "!t", "|", ">",
            "%",
            "@", "`", "?", "ü", "日本", "😀", "\u{7F}", "\u{1B}[31m", "\u{2028}", "...",
            "---", "=", "<<", "/", ".", "_", "\u{200B}", "é",
        ]
        return (0..<Int.random(in: 0...6, using: &self)).map { _ in pick(pieces) }.joined()
    }

    mutating func texts() -> [String] {
        // The single name `all` is the word for none.
        let texts = (0..<Int.random(in: 0...3, using: &self)).map { _ in text() }
        return texts
    }
}
