// The fields of batches, length, update rule and learning rate.

import Kernel
import Panels

extension ParamFields {
    // MARK: - Batches

    static let batches: [ParamField] = [
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
        .count(
            "cutoff_len", "Cutoff length", 2...1_048_576, \.encoding.cutoffLength,
            "Most tokens of one example; longer ones are cut. Memory grows with it: no more than "
                + "the data needs, which the Dataset tab shows."
        ),
        ParamField(
            "max_samples", "Max samples", .integer(0...1_000_000_000),
            "At most so many examples of each data set, for a quick try. 0 takes all."
        ) { String($0.data.samplesMax ?? 0) }
        .noted { $0.data.samplesMax == nil ? tr("0: all") : "" }
        .written { typed, plan in
            let text = typed == "0" ? "" : typed
            return TrainingKeys.table.set("max_samples", to: text, in: &plan)
        },
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
    ]

    private static func product(_ plan: TrainingPlan) -> String {
        let (value, overflow) = plan.batching.microBatchSize.multipliedReportingOverflow(
            by: plan.batching.accumulationSteps)
        return overflow ? "?" : String(value)
    }

    // MARK: - Optimizer

    static let optimizer: [ParamField] = [
        .number(
            "learning_rate", "Learning rate", 1e-9...100, \.optimizer.learningRate,
            "The highest rate of the run. LoRA: 1e-4 to 5e-4; full and freeze: 5e-6 to 5e-5. Too "
                + "high and the loss jumps, too low and nothing is learned."
        ),
        .choice(
            "lr_scheduler_type", "Schedule", \.schedule.kind,
            "How the rate goes over the run. cosine falls slowly, then fast, then slowly; linear "
                + "evenly; constant stays."
        ).also("lr_scheduler_kwargs"),
        .number(
            "warmup_ratio", "Warm-up ratio", 0...1, \.schedule.warmupRatio,
            "The part of the run in which the rate rises from zero. 0.03 to 0.1 is usual."
        ).off { $0.schedule.warmupSteps > 0 ? tr("warm-up steps decide") : nil },
        .count(
            "warmup_steps", "Warm-up steps", 0...1_000_000_000, \.schedule.warmupSteps,
            "The same in steps; wins over the ratio when above 0."),
        .choice(
            "optim", "Optimizer", \.optimizer.kind,
            "adamw_torch adapts to each weight and is right nearly always. sgd needs a third of "
                + "the memory and more patience."
        ).also("optim_args"),
        .number(
            "weight_decay", "Weight decay", 0...10, \.optimizer.weightDecay,
            "Pulls weights towards zero in each step: 0 to 0.1. Biases and norms are left alone."),
        .number(
            "max_grad_norm", "Gradient clip", 0...1e6, \.optimizer.gradientNormMax,
            "Gradients longer than this are shortened to it. 1 is usual; 0 is off."),
    ]
}
