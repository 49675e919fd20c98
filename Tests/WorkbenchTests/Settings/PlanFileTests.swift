// Plan files: what is honoured, noted, refused; what is damaged; and that writing loses nothing.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite("Plan file")
struct PlanFileTests {
    static let minimal = """
        model_name_or_path: models/tiny
        dataset: identity
        output_dir: saves/tiny
        do_train: true
        """

    /// Reads the minimal plan with more lines behind it, which start at line 5.
    private func read(_ more: String) throws -> PlanReading<TrainingPlan> {
        try PlanFile.read(yaml: Self.minimal + "\n" + more)
    }

    private func errors(_ more: String) throws -> [PlanIssue] {
        try read(more).issues.filter { $0.severity == .error }
    }

    @Test("the shape of LLaMA-Factory's LoRA example reads without an error")
    func example() throws {
        let reading = try PlanFile.read(
            yaml: """
                ### model
                model_name_or_path: Qwen/Qwen3-4B-Instruct-2507
                trust_remote_code: true

                ### method
                stage: sft
                do_train: true
                finetuning_type: lora
                lora_rank: 8
                lora_target: all

                ### dataset
                dataset: identity,alpaca_en_demo
                template: qwen3_nothink
                cutoff_len: 2048
                max_samples: 1000
                preprocessing_num_workers: 16
                dataloader_num_workers: 4

                ### output
                output_dir: saves/qwen3-4b/lora/sft
                logging_steps: 10
                save_steps: 500
                plot_loss: true
                overwrite_output_dir: true
                save_only_model: false
                report_to: none  # choices: [none, wandb, tensorboard]

                ### train
                per_device_train_batch_size: 1
                gradient_accumulation_steps: 8
                learning_rate: 1.0e-4
                num_train_epochs: 3.0
                lr_scheduler_type: cosine
                warmup_ratio: 0.1
                bf16: true
                ddp_timeout: 180000000
                resume_from_checkpoint: null
                """)
        #expect(!reading.issues.containsErrors, "\(reading.issues)")
        #expect(!reading.issues.contains { $0.severity == .warning })
        // A processor without bf16 has one more.
        let notes = Set(reading.issues.map(\.field)).subtracting(["bf16"])
        #expect(
            notes == [
                "trust_remote_code", "preprocessing_num_workers", "dataloader_num_workers",
                "plot_loss", "ddp_timeout",
            ])
        var plan = TrainingPlan()
        plan.model.path = "Qwen/Qwen3-4B-Instruct-2507"
        plan.data.names = ["identity", "alpaca_en_demo"]
        plan.data.samplesMax = 1000
        plan.encoding.template = "qwen3_nothink"
        plan.output.folder = "saves/qwen3-4b/lora/sft"
        plan.output.overwrites = true
        plan.logging.interval = .init(10)
        plan.batching.microBatchSize = 1
        plan.batching.accumulationSteps = 8
        plan.optimizer.learningRate = 1e-4
        plan.schedule.kind = .cosine
        plan.schedule.warmupRatio = 0.1
        plan.computeType = .bfloat16
        #expect(reading.plan == plan)
    }

    @Test(
        "numbers are numbers however YAML 1.1 would take them",
        arguments: [
            ("1e-4", 1e-4), ("1.0e-4", 1e-4), ("\"2e-5\"", 2e-5), (".001", 0.001), ("1E-3", 1e-3),
            ("5e-05", 5e-5), ("+1e-4", 1e-4), ("0.000_1", 1e-4),
        ])
    func numbers(text: String, value: Double) throws {
        let reading = try read("learning_rate: \(text)")
        #expect(reading.plan.optimizer.learningRate == value)
        #expect(reading.issues == [])
    }

    @Test(
        "a value of the wrong kind names key, line, expected and found",
        arguments: [
            ("lora_rank: eight", "lora_rank", "a whole number", "\"eight\""),
            ("lora_rank: 8.5", "lora_rank", "a whole number", "\"8.5\""),
            ("lora_rank: [8]", "lora_rank", "a whole number", "a list of 1"),
            ("lora_rank: 99999999999999999999", "lora_rank", "a whole number", "99999"),
            ("learning_rate: .inf", "learning_rate", "a number", "\".inf\""),
            ("learning_rate: 0x1p-3", "learning_rate", "a number", "\"0x1p-3\""),
            ("learning_rate: nan", "learning_rate", "a number", "\"nan\""),
            ("use_rslora: maybe", "use_rslora", "true or false", "\"maybe\""),
            ("stage: dop", "stage", "one of pt, sft, rm, dpo, kto", "\"dop\""),
            ("dataset_dir: {a: 1}", "dataset_dir", "text", "a mapping of 1 keys"),
            ("quantization_bit: 3", "quantization_bit", "8, 4 or null", "\"3\""),
            (
                "optim: adagrad", "optim", "one of adamw_torch, sgd, lion_32bit, adafactor",
                "\"adagrad\""
            ),
            ("optim_args: betas=1", "optim_args", "momentum=", "betas=1"),
            ("lr_scheduler_kwargs: 3", "lr_scheduler_kwargs", "a mapping", "\"3\""),
            (
                "lr_scheduler_type: reduce_lr_on_plateau", "lr_scheduler_type", "one of linear",
                "reduce"
            ),
        ])
    func wrongKind(line: String, key: String, expected: String, found: String) throws {
        let found = try errors(line).filter {
            $0.field == key && $0.message.description.contains(found)
        }
        let issue = try #require(found.first)
        #expect(found.count == 1)
        #expect(issue.message.description.hasPrefix("line 5: expected "), "\(issue)")
        #expect(issue.message.description.contains(expected), "\(issue)")
    }

    @Test(
        "an unknown key names its nearest neighbour and its line",
        arguments: [
            ("lora_rnak: 8", "lora_rank"), ("learning-rate: 1", "learning_rate"),
            ("num_epochs: 1", "num_train_epochs"), ("per_device_batch_size: 1", "batch_size"),
            ("Output_Dir: x", "output_dir"),
        ])
    func unknownKey(line: String, near: String) throws {
        let issue = try #require(try errors(line).first)
        #expect(issue.message.description.hasPrefix("line 5: unknown key; did you mean "))
        #expect(issue.message.description.contains(near), "\(issue)")
    }

    @Test("a key like no other is unknown, without a guess")
    func strangeKey() throws {
        let issues = try errors("qqqqqqqq: 8")
        #expect(issues.map(\.description) == ["error: qqqqqqqq: line 5: unknown key."])
    }

    @Test(
        "what is not built yet is refused when used, and accepted when switched off",
        arguments: [
            ("pissa_init", "true", "no"),
            ("use_llama_pro", "true", "false"), ("streaming", "true", "false"),
            ("use_galore", "true", "null"), ("optim_target_modules", "all", "null"),
            ("predict_with_generate", "true", "false"),
            ("resize_vocab", "true", "false"), ("rope_scaling", "yarn", "null"),
            ("quantization_method", "hqq", "bnb"), ("metric_for_best_model", "accuracy", "loss"),
            ("compute_accuracy", "true", "false"), ("tokenized_path", "cache", "null"),
        ])
    func refused(key: String, used: String, unused: String) throws {
        #expect(try errors("\(key): \(used)").map(\.field) == [key])
        #expect(try read("\(key): \(unused)").issues == [])
    }

    @Test(
        "stages that are missing are refused by name", arguments: TrainingStage.missing)
    func stages(stage: String) throws {
        let errors = try read("stage: \(stage)").issues.filter { $0.severity == .error }
        #expect(errors.map(\.field) == ["stage"])
        #expect(
            errors.first?.message.description.contains("stage \(stage) is not yet in this version")
                == true)
    }

    @Test("keys of export and chat files are noted, not refused")
    func foreignKeys() throws {
        let issues = try read("export_dir: out\ntemperature: 0.5").issues
        #expect(issues.map(\.severity) == [.note, .note])
    }

    @Test("keys that share a property")
    func sharedProperties() throws {
        #expect(try read("quantization_bit: 4").plan.model.quantization == .nf4)
        #expect(
            try read("quantization_type: int4\nquantization_bit: 4").plan.model.quantization
                == .int4)
        #expect(try read("quantization_bit: 8").plan.model.quantization == .int8)
        #expect(try read("dequantize_base: true").plan.model.quantization == .dequantized)
        #expect(
            try errors("dequantize_base: true\nquantization_bit: 8").map(\.field)
                == ["dequantize_base"])
        #expect(try read("warmup_steps: 0.25").plan.schedule.warmupRatio == 0.25)
        #expect(try read("warmup_steps: 25").plan.schedule.warmupSteps == 25)
        #expect(try read("max_steps: -1").plan.duration.stepsMax == nil)
        #expect(try read("max_steps: 30").plan.duration.stepsMax == 30)
        #expect(try read("bf16: true\nfp16: true").issues.containsErrors)
        #expect(try read("fp16: true\npure_bf16: true").issues.containsErrors)
        for other in ["bf16: true", "bf16: auto", "bf16: false", "fp16: false"] {
            for text in ["pure_bf16: true\n\(other)", "\(other)\npure_bf16: true"] {
                let pure = try read("finetuning_type: full\n\(text)")
                #expect(pure.plan.computeType == .pureBFloat16, "\(text)")
                // A processor without bf16 computes in float32, and says so.
                #expect(pure.issues.map(\.severity) == (Precision.hasBFloat16 ? [] : [.note]))
            }
        }
        #expect(try read("bf16: true\npure_bf16: false").plan.computeType == .bfloat16)
        // Adapters stay float32, which is said; matrices that train beside them do not.
        #expect(try read("pure_bf16: true").issues.last?.field == "pure_bf16")
        let beside = try read("pure_bf16: true\nadditional_target: lm_head")
        #expect(!beside.issues.contains { $0.message.description.contains("adapters") })
        let neat = try read("neat_packing: true").plan
        #expect(neat.encoding.packing == true && !neat.opensRows)
        #expect(PlanFile.yaml(for: neat).contains("neat_packing: true"))
        #expect(try read("packing: true").plan.opensRows)
        #expect(try read("packing: true\nneat_packing: true").plan == neat)
        #expect(try !read("stage: pt\npacking: true").plan.opensRows)
        #expect(try read("neat_packing: false").plan.encoding.packing == nil)
        #expect(try errors("stage: pt\nneat_packing: true").map(\.field) == ["neat_packing"])
        #expect(try read("disable_gradient_checkpointing: true").plan.gradientCheckpointing == .off)
        #expect(try read("gradient_checkpointing: true").plan.gradientCheckpointing == .on)
        #expect(try read("train_sampling_strategy: sequential").plan.batching.shuffles == false)
        #expect(try read("disable_shuffling: true").plan.batching.shuffles == false)
        #expect(try read("enable_thinking: null").plan.encoding.enablesThinking == nil)
        #expect(try read("enable_thinking: false").plan.encoding.enablesThinking == false)
        for (word, meant) in [("True", "true"), ("no", "false"), ("a/b", "a/b"), ("1", "1")] {
            let plan = try read("resume_from_checkpoint: \(word)").plan
            #expect(plan.checkpointing.resumesFrom == meant, "\(word)")
        }
        for word in ["None", "none", "null", "\"\""] {
            let plan = try read("quantization_bit: \(word == "\"\"" ? "null" : word)").plan
            #expect(!plan.quantizes, "\(word)")
        }
        for word in ["1", "True", "yes", "y", "t", "ON"] {
            #expect(try read("bf16: \(word)").plan.computeType == .bfloat16, "\(word)")
        }
        for word in ["0", "no", "f"] {
            #expect(try read("bf16: \(word)").plan.computeType == .float32, "\(word)")
        }
        #expect(
            try read("lora_target: q_proj, v_proj").plan.tuning.lora.targets == [
                "q_proj", "v_proj",
            ])
        #expect(try read("lora_target: [q_proj]").plan.tuning.lora.targets == ["q_proj"])
        #expect(try read("lora_target: all").plan.tuning.lora.targets == [])
        #expect(try read("lora_rank: null").plan.tuning.lora.rank == 8)
        #expect(try read("eval_strategy: no\nval_size: 0.1").plan.evaluation.cadence == .never)
        #expect(try read("optim: paged_adamw_8bit").plan.optimizer.kind == .adamW)
        for name in ["lion_32bit", "lion", "lion_8bit", "paged_lion_32bit", "paged_lion_8bit"] {
            let reading = try read("optim: \(name)")
            #expect(reading.plan.optimizer.kind == .lion)
            let isVariant = name != "lion" && name != "lion_32bit"
            let note = "line 5: \(name) runs as Lion with its state in float32."
            #expect(reading.issues.map(\.message.description) == (isVariant ? [note] : []))
        }
    }

    @Test("a file that evaluates and does not say do_train only evaluates")
    func evaluatesOnly() throws {
        let text = "model_name_or_path: m\noutput_dir: o\neval_dataset: d\ndo_eval: true"
        let reading = try PlanFile.read(yaml: text)
        #expect(reading.plan.evaluates && !reading.plan.trains)
        #expect(reading.issues == [])
    }

    @Test("constants of the schedule, as a mapping and as JSON text")
    func scheduleArguments() throws {
        for value in [
            "{min_lr_rate: 1e-1, num_cycles: 0.5}", "'{\"min_lr_rate\": 0.1, \"num_cycles\": 0.5}'",
        ] {
            let reading = try read(
                "lr_scheduler_type: cosine_with_min_lr\nlr_scheduler_kwargs: \(value)")
            #expect(reading.issues == [])
            #expect(reading.plan.schedule.arguments.minimumRatio == 0.1)
            #expect(reading.plan.schedule.arguments.cycles == 0.5)
        }
        let issue = try #require(try errors("lr_scheduler_kwargs: {min_rl: 1}").first)
        #expect(issue.field == "lr_scheduler_kwargs")
        #expect(issue.message == "line 5: min_rl: unknown key; did you mean min_lr?")
    }

    @Test("assignments win over the file, and the last one over the others")
    func assignments() throws {
        var document = try SettingDocument(text: Self.minimal, name: "plan")
        try document.assign(["lora_rank=4", "dataset=[\"a b\", c]", "lora_rank=32", "template="])
        var plan = TrainingPlan()
        #expect(TrainingKeys.table.read(document.entries, into: &plan) == [])
        #expect(plan.tuning.lora.rank == 32)
        #expect(plan.data.names == ["a b", "c"])
        #expect(plan.encoding.template == nil)
        #expect(throws: KernelError.self) { try document.assign(["lora_rank"]) }
        #expect(throws: KernelError.self) { try document.assign(["=3"]) }
    }

    @Test("a reading with errors throws them all at once")
    func checked() throws {
        let reading = try read("lora_rank: x\nlora_rnak: 1")
        let error = #expect(throws: KernelError.self) { try reading.checked(at: "plan.yaml") }
        #expect(error?.kind == .configuration)
        #expect(error?.why?.description.contains("lora_rank: line 5") == true)
        #expect(error?.why?.description.contains("lora_rnak: line 6") == true)
        #expect(try read("").checked(at: "plan.yaml").model.path == "models/tiny")
    }
}
