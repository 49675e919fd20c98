// The file that `deepspeed` names. One process trains here, so its sharding has no effect; its scheduler,
// optimizer, clipping, batch and number type would have one, and are compared with the plan.

import Foundation
import Kernel

/// What a DeepSpeed configuration asks for beyond sharding.
enum DeepSpeedFile {
    private static let field = "deepspeed"

    /// Findings about the value of `deepspeed`, a path or the configuration itself, beside a plan.
    static func issues(_ node: SettingNode, plan: TrainingPlan) -> [PlanIssue] {
        switch node.content {
        case .null, .list: return []
        case .mapping(let entries): return compare(entries, with: plan)
        case .scalar(let path):
            guard !path.isEmpty, !["false", "true"].contains(path.lowercased()) else { return [] }
            do throws(KernelError) {
                return compare(
                    try SettingDocument(path: HomePath.expanded(path)).entries, with: plan)
            } catch {
                return [
                    .note(
                        field,
                        "could not be looked into (\(error.what)): a scheduler, an optimizer or a "
                            + "clipping in it is not taken over.")
                ]
            }
        }
    }

    /// Parts that only decide where and how fast: nothing of them reaches a result here.
    private static let harmless: Set<String> = [
        "zero_optimization", "zero_allow_untested_optimizer", "zero_force_ds_cpu_optimizer",
        "train_batch_size", "steps_per_print", "wall_clock_breakdown", "dump_state",
        "activation_checkpointing", "communication_data_type", "prescale_gradients",
        "gradient_predivide_factor", "sparse_gradients", "memory_breakdown", "tensorboard", "wandb",
        "csv_monitor", "comms_config", "monitor_config", "comet", "flops_profiler", "comms_logger",
        "aio", "autotuning", "elasticity",
        "checkpoint", "data_types", "tensor_parallel", "pipeline", "nebula",
        "seq_parallel_communication_data_type",
        "disable_allgather", "use_data_before_expert_parallel", "timers",
        "load_universal_checkpoint",
    ]

    private static func compare(
        _ entries: [SettingEntry], with plan: TrainingPlan
    ) -> [PlanIssue] {
        var issues: [PlanIssue] = []
        for entry in entries where !harmless.contains(entry.key) {
            switch entry.key {
            case "scheduler": issues += scheduler(entry.node, plan)
            case "optimizer": issues += optimizer(entry.node, plan)
            case "gradient_clipping":
                number(
                    entry.node, "gradient_clipping", plan.optimizer.gradientNormMax,
                    "max_grad_norm", &issues)
            case "train_micro_batch_size_per_gpu":
                number(
                    entry.node, entry.key, Double(plan.batching.microBatchSize),
                    "per_device_train_batch_size", &issues)
            case "gradient_accumulation_steps":
                number(
                    entry.node, entry.key, Double(plan.batching.accumulationSteps), entry.key,
                    &issues)
            case "bf16", "bfloat16", "fp16", "amp": issues += type(entry, plan)
            default: issues += other(entry)
            }
        }
        return issues
    }

    // MARK: - Sections

    private static let schedulers: [String: ScheduleSettings.Kind] = [
        "WarmupLR": .constantWithWarmup, "WarmupDecayLR": .linear, "WarmupCosineLR": .cosine,
    ]

    private static func scheduler(_ node: SettingNode, _ plan: TrainingPlan) -> [PlanIssue] {
        let section = members(node)
        let name = text(section["type"]) ?? "?"
        guard let kind = schedulers[name] else {
            return [
                .error(
                    field,
                    "its scheduler \(name) is not here; take the section "
                        + "out and set lr_scheduler_type.")
            ]
        }
        var issues: [PlanIssue] = []
        if plan.schedule.kind != kind {
            issues.append(
                .error(
                    field,
                    "its scheduler \(name) replaces lr_scheduler_type there; set lr_scheduler_type: "
                        + "\(kind.rawValue), or take the section out."))
        }
        let values = members(section["params"])
        number(
            values["warmup_max_lr"], "scheduler.warmup_max_lr", plan.optimizer.learningRate,
            "learning_rate", &issues)
        number(values["warmup_min_lr"], "scheduler.warmup_min_lr", 0, nil, &issues)
        number(
            values["warmup_num_steps"], "scheduler.warmup_num_steps",
            Double(plan.schedule.warmupSteps),
            "warmup_steps", &issues)
        if let stepsMax = plan.duration.stepsMax {
            number(
                values["total_num_steps"], "scheduler.total_num_steps", Double(stepsMax),
                "max_steps", &issues)
        } else if let total = text(values["total_num_steps"]), total != "auto" {
            issues.append(
                .error(field, "its scheduler.total_num_steps is \(total); set max_steps to it."))
        }
        let warms = plan.schedule.warmupSteps > 0 || plan.schedule.warmupRatio > 0
        if issues.isEmpty, warms, name != "WarmupCosineLR", text(values["warmup_type"]) != "linear"
        {
            issues.append(
                .note(
                    field,
                    "its scheduler \(name) warms up by a logarithm there unless warmup_type is linear; "
                        + "here the rate rises in a line."))
        }
        return issues
    }

    private static func optimizer(_ node: SettingNode, _ plan: TrainingPlan) -> [PlanIssue] {
        let section = members(node)
        let name = text(section["type"]) ?? "?"
        var issues: [PlanIssue] = []
        if !plan.optimizer.kind.deepSpeedTypes.contains(name.lowercased()) {
            issues.append(
                .error(
                    field,
                    "its optimizer \(name) replaces optim there; take the section out, or set "
                        + "optim to the same."))
        }
        let values = members(section["params"])
        number(values["lr"], "optimizer.lr", plan.optimizer.learningRate, "learning_rate", &issues)
        number(
            values["weight_decay"], "optimizer.weight_decay", plan.optimizer.weightDecay,
            "weight_decay", &issues)
        number(values["eps"], "optimizer.eps", plan.optimizer.epsilon, "adam_epsilon", &issues)
        number(
            values["momentum"], "optimizer.momentum", plan.optimizer.momentum, "optim_args",
            &issues)
        if case .list(let betas)? = values["betas"]?.content, betas.count == 2 {
            number(betas[0], "optimizer.betas", plan.optimizer.beta1, "adam_beta1", &issues)
            number(betas[1], "optimizer.betas", plan.optimizer.beta2, "adam_beta2", &issues)
        }
        return issues
    }

    private static func type(_ entry: SettingEntry, _ plan: TrainingPlan) -> [PlanIssue] {
        let enabled = text(members(entry.node)["enabled"])?.lowercased()
        guard enabled == "true" else { return [] }
        let isBrainFloat = entry.key.hasPrefix("b")
        let fits =
            isBrainFloat
            ? [.bfloat16, .pureBFloat16, .automatic].contains(plan.computeType)
            : plan.computeType == .float16
        if fits { return [] }
        let key = isBrainFloat ? "bf16" : "fp16"
        return [
            .error(
                field, "its \(entry.key).enabled is true; set \(key): true, or write auto there.")
        ]
    }

    /// Sections that change what is learned.
    private static let teaching: Set<String> = [
        "curriculum_learning", "data_efficiency", "compression_training", "progressive_layer_drop",
        "eigenvalue", "quantize_training", "sparse_attention", "fp8", "hybrid_engine",
    ]

    private static func other(_ entry: SettingEntry) -> [PlanIssue] {
        guard teaching.contains(entry.key) else {
            return [.note(field, "its \(entry.key) is not known here, and has no effect.")]
        }
        // Sections that can be switched off, and are.
        let enabled = members(entry.node)["enabled"]
        if let enabled, (try? Bool(setting: enabled)) == false { return [] }
        return [.error(field, "its \(entry.key) is not in this version; take it out.")]
    }

    // MARK: - Values

    private static func members(_ node: SettingNode?) -> [String: SettingNode] {
        guard case .mapping(let entries)? = node?.content else { return [:] }
        return Dictionary(entries.map { ($0.key, $0.node) }, uniquingKeysWith: { $1 })
    }

    private static func text(_ node: SettingNode?) -> String? {
        if case .scalar(let text)? = node?.content { text } else { nil }
    }

    /// An error unless the value is the plan's, or leaves it to the plan.
    private static func number(
        _ node: SettingNode?, _ name: String, _ value: Double, _ key: String?,
        _ issues: inout [PlanIssue]
    ) {
        guard let found = text(node), found != "auto" else { return }
        if let number = SettingNumber.parse(found), abs(number - value) <= 1e-9 * abs(value) {
            return
        }
        let now = "its \(name) is \(found)"
        issues.append(
            .error(
                field,
                key.map {
                    "\(now), \($0) is \(value.settingText); make them the same, or write auto there."
                }
                    ?? "\(now); only \(value.settingText) is here."))
    }
}
