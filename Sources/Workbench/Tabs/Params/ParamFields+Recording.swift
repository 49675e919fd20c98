// The fields of what is measured, logged and saved, and where: evaluation, saved states, the run's folder.

import Kernel
import Panels

extension ParamFields {
    static let evaluation: [ParamField] = [
        .choice(
            "eval_strategy", "Evaluate", \.evaluation.cadence,
            "When the loss on held-out examples is measured: no, every few steps, or after each "
                + "epoch. It needs held-out examples."
        ),
        ParamField(
            "eval_steps", "  every", .text(placeholder: "as the log"),
            "Steps between two evaluations; below 1 a part of the run. Empty follows the log."
        ) { ($0.evaluation.interval?.value).map(NumberText.setting) ?? "" }
        .off { $0.evaluation.cadence == .steps ? nil : tr("only with evaluate: steps") },
        .names(
            "eval_dataset", "Sets", \.data.evaluationNames, placeholder: "held-out examples",
            "Data sets to measure on instead of held-out examples, by name or file."),
        .toggle(
            "do_eval", "At the end", \.evaluates,
            "Measures once more when the run has ended; without training the run does nothing "
                + "else."),
        .toggle(
            "do_train", "Train", \.trains,
            "Off: nothing is trained, the model is only evaluated."),
        .toggle(
            "eval_on_start", "At the start", \.evaluation.runsAtStart,
            "Measures before the first step too, so that the curve begins with the base model."),
        .count(
            "per_device_eval_batch_size", "Batch", 1...65_536, \.evaluation.batchSize,
            "Examples that are measured together. Without a backward pass there is more room."),
        .countOrNone(
            "early_stopping_steps", "Patience", 0...1_000_000, \.evaluation.patience,
            zero: phrase("0: off"),
            "Ends the run after so many evaluations without a better loss. 0 is off."),
        samplePrompts,
        .count(
            "sample_max_new_tokens", "  tokens", 1...65_536, \.samples.newTokensMax,
            "Most tokens of each of these answers: 64 shows the tone, more costs time at every "
                + "evaluation."
        ).off { $0.samples.prompts.isEmpty ? tr("there are no sample prompts") : nil },
    ]

    private static let samplePrompts = ParamField(
        "sample_prompts", "Sample prompts", .lines(placeholder: "none"),
        "Questions of yours that the model answers at each evaluation and at the end, so that you "
            + "read how it changes. They change nothing about the result."
    ) { $0.samples.prompts.joined(separator: "\n") }
    .off { plan in
        // In the form a line is a prompt.
        plan.samples.prompts.contains { $0.contains(where: \.isNewline) }
            ? tr("a prompt has several lines; change it in the file") : nil
    }

    static let saving: [ParamField] = [
        ParamField(
            "logging_steps", "Log every", .text(),
            "Steps between two lines of metrics and two points of the plot's log."
        ) { NumberText.setting($0.logging.interval.value) },
        .choice(
            "logging_strategy", "Log", \.logging.cadence,
            "When a line of metrics is written: every few steps, each epoch, or never."),
        .toggle(
            "logging_first_step", "Log first step", \.logging.recordsFirstStep,
            "Writes a line for the first step too."),
        ParamField(
            "report_to", "Report to", .choice(["none"] + Reporter.all.map(\.name)),
            "Writes the metrics for another program too, into runs in the run folder or into "
                + "logging_dir. It changes nothing about the result."
        ) { $0.logging.reports.isEmpty ? "none" : $0.logging.reports.joined(separator: ",") },
        ParamField(
            "logging_dir", "  folder", .text(placeholder: "runs"),
            "Where its files lie; empty takes runs in the run folder. A folder that several runs share "
                + "shows them as one."
        ) { $0.logging.reportFolder ?? "" }
        .off { $0.logging.reports.isEmpty ? tr("nothing is reported") : nil },
        .choice(
            "save_strategy", "Save", \.checkpointing.cadence,
            "When the state is saved, so that the run can go on from there."),
        ParamField(
            "save_steps", "  every", .text(),
            "Steps between two saved states; below 1 a part of the run."
        ) { NumberText.setting($0.checkpointing.interval.value) }
        .off { $0.checkpointing.cadence == .steps ? nil : tr("only with save: steps") },
        .countOrNone(
            "save_total_limit", "  keep", 0...1_000_000, \.checkpointing.keptMax,
            zero: phrase("0: all"),
            "The newest states that are kept; older ones are deleted. 0 keeps all."),
        .toggle(
            "load_best_model_at_end", "Best at end", \.checkpointing.loadsBest,
            "The result is the saved state with the lowest held-out loss instead of the last."),
        .toggle(
            "save_only_model", "Weights only", \.checkpointing.savesOnlyModel,
            "Saved states hold no optimizer: smaller, but a run cannot go on from them."),
    ]

    static let output: [ParamField] = [
        ParamField(
            "output_dir", "Run folder", .text(placeholder: "a folder for the run's files"),
            "Adapter, metrics and saved states go here. A run in it goes on where it stopped."
        ) { $0.output.folder },
        .toggle(
            "overwrite_output_dir", "Start over", \.output.overwrites,
            "Begins anew in a folder that holds a run, instead of going on."),
        ParamField(
            "run_name", "Run name", .text(placeholder: "as the folder"),
            "The name in lists of runs; empty takes the folder's."
        ) { $0.output.runName ?? "" },
        ParamField(
            "resume_from_checkpoint", "Resume from", .text(placeholder: "the newest"),
            "The saved state to go on from; empty takes the newest in the run folder."
        ) { $0.checkpointing.resumesFrom ?? "" },
        checkpointing,
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
                    field: "gradient_checkpointing", message: "expected automatic, on or off.")
            ]
        }
        plan.gradientCheckpointing = choice
        return []
    }
}
