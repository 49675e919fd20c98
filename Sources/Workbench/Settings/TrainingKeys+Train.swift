// The honoured keys of the training itself: batches, length, update rule, learning rate, precision.
// Several share one property of the plan, so these rows carry rules of their own.

import Kernel

extension TrainingKeys {
    static let train: [Row] = batches + optimizer + schedule + precision

    private static let batches: [Row] = [
        .field(
            "per_device_train_batch_size", \.batching.microBatchSize, "Examples in a micro-batch."),
        .field(
            "gradient_accumulation_steps", \.batching.accumulationSteps,
            "Micro-batches in one optimizer step."),
        .field("num_train_epochs", \.duration.epochs, "Passes over the data; may be a part."),
        .custom(
            "max_steps", kind: Int.kind, "Optimizer steps; wins over epochs when above 0.",
            text: { ($0.duration.stepsMax ?? -1).settingText }
        ) { node, plan throws(SettingMismatch) in
            let steps = try Int(setting: node)
            plan.duration.stepsMax = steps > 0 ? steps : nil
            return []
        },
        .field(
            "group_by_length", \.batching.groupsByLength, "Put examples of similar length together."
        ),
        .custom(
            "train_sampling_strategy", kind: "one of random, sequential, group_by_length",
            choices: ["random", "sequential", "group_by_length"],
            "The newer spelling of group_by_length and disable_shuffling.",
            text: { plan in
                plan.batching.groupsByLength
                    ? "group_by_length" : plan.batching.shuffles ? "random" : "sequential"
            }
        ) { node, plan throws(SettingMismatch) in
            switch try String(setting: node) {
            case "random": break
            case "sequential": plan.batching.shuffles = false
            case "group_by_length": plan.batching.groupsByLength = true
            default:
                throw SettingMismatch(
                    expected: "one of random, sequential, group_by_length", found: node)
            }
            return []
        }.alias,
        .field(
            "dataloader_drop_last", \.batching.dropsLast,
            "Leave out an incomplete last batch of each pass."),
    ]

    private static let optimizers =
        "one of " + OptimizerKind.allCases.map(\.rawValue).joined(separator: ", ")

    private static let optimizer: [Row] = [
        .field("learning_rate", \.optimizer.learningRate, "The peak learning rate."),
        .custom(
            "optim", kind: optimizers, choices: OptimizerKind.allCases.map(\.rawValue),
            "The update rule.", text: { $0.optimizer.kind.rawValue }
        ) { node, plan throws(SettingMismatch) in
            let name = try String(setting: node)
            guard let (kind, isVariant) = OptimizerKind.named(name) else {
                throw SettingMismatch(expected: optimizers, found: node)
            }
            plan.optimizer.kind = kind
            guard isVariant else { return [] }
            return [.note("optim", "\(name) runs as \(kind.title) with its state in float32.")]
        },
        .custom(
            "optim_args", kind: "momentum=… or null", "SGD's momentum, as momentum=0.9.",
            text: { plan in
                plan.optimizer.momentum == 0
                    ? "null" : "momentum=\(plan.optimizer.momentum.settingText)".settingText
            }
        ) { node, plan throws(SettingMismatch) in
            if node.content == .null {
                plan.optimizer.momentum = 0
                return []
            }
            let parts = try String(setting: node).split(
                separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == "momentum",
                let value = SettingNumber.parse(String(parts[1]))
            else { throw SettingMismatch(expected: "momentum=… or null", found: node) }
            plan.optimizer.momentum = value
            return []
        }.nullable,
        .field(
            "weight_decay", \.optimizer.weightDecay, "Decay of weights; biases and norms excepted."),
        .field("adam_beta1", \.optimizer.beta1, "Decay of the first moment (AdamW, Lion)."),
        .field(
            "adam_beta2", \.optimizer.beta2,
            "Decay of the second moment (AdamW), or of the mean that Lion keeps."),
        .field("adam_epsilon", \.optimizer.epsilon, "AdamW's guard against division by zero."),
        .field(
            "max_grad_norm", \.optimizer.gradientNormMax,
            "Gradients are clipped to this norm; 0 is off."),
    ]

    private static let schedule: [Row] = [
        .field("lr_scheduler_type", \.schedule.kind, "The curve of the learning rate."),
        .custom(
            "lr_scheduler_kwargs", kind: "a mapping", "Constants of the curve: {min_lr_rate: 0.1}.",
            text: { ScheduleKeys.text(of: $0.schedule.arguments) }
        ) { node, plan throws(SettingMismatch) in
            try ScheduleKeys.read(node, into: &plan.schedule.arguments)
        },
        .custom(
            "warmup_steps", kind: Int.kind,
            "Steps from zero to the full rate; below 1 a part of the run.",
            text: { $0.schedule.warmupSteps.settingText }
        ) { node, plan throws(SettingMismatch) in
            let value = try Double(setting: node)
            if value > 0, value < 1 {
                plan.schedule.warmupRatio = value
            } else {
                plan.schedule.warmupSteps = try Int(setting: node)
            }
            return []
        },
        .field("warmup_ratio", \.schedule.warmupRatio, "The same as a part of the run."),
    ]

    private static let precision: [Row] = [
        .field("seed", \.seed, "Seed of adapters, dropout and noise."),
        .field("data_seed", \.dataSeed, "Seed of the examples' order; null takes seed."),
        .custom(
            "bf16", kind: "true, false or auto", choices: Bool.choices + ["auto"],
            "Multiply in bfloat16 where the processor can (auto asks it without a note); sums and "
                + "weights stay float32.",
            text: { plan in
                plan.computeType == .automatic
                    ? "auto" : (plan.computeType == .bfloat16).settingText
            }
        ) { node, plan throws(SettingMismatch) in
            if (try? String(setting: node)) == "auto" {
                if plan.computeType == .pureBFloat16 { return [] }
                return choose("bf16", .automatic, in: &plan)
            }
            guard try Bool(setting: node) else { return drop(.bfloat16, in: &plan) }
            // It goes further in the same direction, whichever key comes first.
            if plan.computeType == .pureBFloat16 { return [] }
            return choose("bf16", .bfloat16, in: &plan)
        },
        .custom(
            "fp16", kind: Bool.kind, choices: Bool.choices,
            "Computed in float32 on processors; sums and weights are float32.",
            text: { ($0.computeType == .float16).settingText }
        ) { node, plan throws(SettingMismatch) in
            guard try Bool(setting: node) else { return drop(.float16, in: &plan) }
            return choose("fp16", .float16, in: &plan)
        },
        .custom(
            "pure_bf16", kind: Bool.kind, choices: Bool.choices,
            "Like bf16, and matrices of the base that train are held in bf16 with the optimizer's "
                + "numbers: 10 bytes each instead of 16.",
            text: { ($0.computeType == .pureBFloat16).settingText }
        ) { node, plan throws(SettingMismatch) in
            guard try Bool(setting: node) else { return drop(.pureBFloat16, in: &plan) }
            if [.bfloat16, .automatic].contains(plan.computeType) { plan.computeType = .float32 }
            return choose("pure_bf16", .pureBFloat16, in: &plan)
        },
        .custom(
            "gradient_checkpointing", kind: "true, false or null",
            choices: ["null", "true", "false"],
            "Recompute activations to save memory; null does when the run would not fit otherwise.",
            text: { plan in
                switch plan.gradientCheckpointing {
                case .automatic: "null"
                case .on: "true"
                case .off: "false"
                }
            }
        ) { node, plan throws(SettingMismatch) in
            let choice = try Bool?(setting: node)
            plan.gradientCheckpointing = choice.map { $0 ? .on : .off } ?? .automatic
            return []
        }.nullable,
        .custom(
            "disable_gradient_checkpointing", kind: Bool.kind, choices: Bool.choices,
            "The same as gradient_checkpointing: false.",
            text: { ($0.gradientCheckpointing == .off).settingText }
        ) { node, plan throws(SettingMismatch) in
            if try Bool(setting: node) { plan.gradientCheckpointing = .off }
            return []
        }.alias,
        .custom(
            "resume_from_checkpoint", kind: "a folder, true, false or null",
            "The saved state to go on from; null takes the newest in output_dir if there is one, true "
                + "demands one, false refuses a folder that has one.",
            text: { $0.checkpointing.resumesFrom.settingText }
        ) { node, plan throws(SettingMismatch) in
            let path = try String?(setting: node)
            let word = path.map { ["0", "1"].contains($0) ? nil : try? Bool(setting: node) } ?? nil
            plan.checkpointing.resumesFrom = word.map { $0 ? "true" : "false" } ?? path
            if path == "" { plan.checkpointing.resumesFrom = nil }
            return []
        }.nullable,
    ]

    private static func choose(
        _ name: String, _ type: TrainingPlan.ComputeType, in plan: inout TrainingPlan
    ) -> [PlanIssue] {
        if plan.computeType != .float32, plan.computeType != type {
            return [.error(name, "contradicts \(plan.computeType.rawValue); choose one.")]
        }
        plan.computeType = type
        return []
    }

    private static func drop(
        _ type: TrainingPlan.ComputeType, in plan: inout TrainingPlan
    ) -> [PlanIssue] {
        if plan.computeType == type { plan.computeType = .float32 }
        return []
    }
}

/// The constants inside `lr_scheduler_kwargs`.
enum ScheduleKeys {
    static let table = SettingTable<ScheduleSettings.Arguments>(
        [
            .init(
                title: "schedule",
                rows: [
                    .field("num_cycles", \.cycles, "Cosine waves."),
                    .field("power", \.power, "Exponent of the polynomial."),
                    .field("lr_end", \.endRate, "Final rate of the polynomial."),
                    .field("min_lr", \.minimumRate, "Final rate of the cosine."),
                    .field("min_lr_rate", \.minimumRatio, "The same as a part of the peak."),
                    .field("warmup_lr_rate", \.warmupRatio, "First rate as a part of the peak."),
                    .field("timescale", \.timescale, "Unit of time of inverse_sqrt."),
                    .field("num_stable_steps", \.stableSteps, "Steps at the peak."),
                    .field("num_decay_steps", \.decaySteps, "Steps of the decay."),
                    .field("warmup_type", \.warmupBend, "Bend of the warm-up."),
                    .field("decay_type", \.decayBend, "Bend of the decay."),
                    .field("min_lr_ratio", \.floorRatio, "Lowest part of the peak."),
                ])
        ], blank: .init())

    /// The constants as a flow mapping on one line.
    static func text(of arguments: ScheduleSettings.Arguments) -> String {
        let pairs = table.names.compactMap { name -> String? in
            guard let text = table.text(of: name, in: arguments), text != "null" else { return nil }
            return "\(name): \(text)"
        }
        return "{" + pairs.joined(separator: ", ") + "}"
    }

    /// Reads a mapping, or JSON text as the command line has it.
    static func read(
        _ node: SettingNode, into arguments: inout ScheduleSettings.Arguments
    ) throws(SettingMismatch) -> [PlanIssue] {
        var node = node
        if case .scalar(let text) = node.content {
            let parsed = try? SettingDocument(text: text, name: "lr_scheduler_kwargs")
            guard let parsed else { throw SettingMismatch(expected: "a mapping", found: node) }
            node.content = .mapping(parsed.entries)
        }
        guard case .mapping(let entries) = node.content else {
            throw SettingMismatch(expected: "a mapping", found: node)
        }
        arguments = .init()
        let unplaced = entries.map {
            SettingEntry(key: $0.key, node: SettingNode(content: $0.node.content))
        }
        return table.read(unplaced, into: &arguments).map {
            PlanIssue(
                field: "lr_scheduler_kwargs", message: "\($0.field): \($0.message)",
                severity: $0.severity)
        }
    }
}
