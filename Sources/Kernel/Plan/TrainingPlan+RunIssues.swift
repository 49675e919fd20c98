// What is wrong with how a plan runs: batches, update rule, learning rate, recording.
// Called by `issues()`; the ranges keep every later computation finite and within Int.

extension TrainingPlan {
    /// Batches, accumulation, length of the run.
    func checkBatches(_ found: inout PlanIssueList) {
        let limit = 1...65_536
        for (value, key) in [
            (batching.microBatchSize, "per_device_train_batch_size"),
            (batching.accumulationSteps, "gradient_accumulation_steps"),
            (evaluation.batchSize, "per_device_eval_batch_size"),
        ] {
            found.require(
                limit.contains(value), key, "must be between \(1) and \(65536), is \(value).")
        }
        if let steps = duration.stepsMax {
            found.require(steps > 0, "max_steps", "must be \(1) or more, is \(steps).")
        } else {
            found.require(
                duration.epochs > 0 && duration.epochs <= 1_000_000, "num_train_epochs",
                "must be more than \(0) and at most \(1000000), is \(duration.epochs).")
        }
        if batching.groupsByLength, !batching.shuffles {
            found.add(.error, "group_by_length", "contradicts disable_shuffling; choose one.")
        }
    }

    /// The update rule's constants.
    func checkOptimizer(_ found: inout PlanIssueList) {
        let rate = optimizer.learningRate
        found.require(
            rate > 0 && rate <= 100, "learning_rate",
            "must be more than \(0) and at most \(100), is \(rate).")
        for (value, key) in [
            (optimizer.weightDecay, "weight_decay"), (optimizer.gradientNormMax, "max_grad_norm"),
        ] {
            found.require(value.isFinite && value >= 0, key, "must be \(0) or more, is \(value).")
        }
        for (value, key) in [
            (optimizer.beta1, "adam_beta1"), (optimizer.beta2, "adam_beta2"),
            (optimizer.momentum, "optim_args"),
        ] {
            found.require(
                (0..<1).contains(value), key,
                "must be at least \(0) and less than \(1), is \(value).")
        }
        found.require(
            optimizer.epsilon.isFinite && optimizer.epsilon > 0, "adam_epsilon",
            "must be more than \(0), is \(optimizer.epsilon).")
        tellUnread(&found)
    }

    /// Constants that were set and that the optimizer does not read. Momentum is an error: it is never set
    /// by a preset of another optimizer.
    private func tellUnread(_ found: inout PlanIssueList) {
        let defaults = OptimizerSettings()
        for setting in OptimizerSetting.allCases where !optimizer.kind.reads.contains(setting) {
            let isSet =
                switch setting {
                case .beta1: optimizer.beta1 != defaults.beta1
                case .beta2: optimizer.beta2 != defaults.beta2
                case .epsilon: optimizer.epsilon != defaults.epsilon
                case .momentum: optimizer.momentum != defaults.momentum
                }
            guard isSet else { continue }
            let readers = OptimizerKind.reading(setting).joined(separator: ", ")
            if setting == .momentum {
                found.add(.error, setting.rawValue, "momentum goes with optim \(readers) only.")
            } else {
                found.add(.note, setting.rawValue, "no effect: it goes with optim \(readers).")
            }
        }
    }

    /// The learning rate over the run.
    func checkSchedule(_ found: inout PlanIssueList) {
        found.require(
            schedule.warmupSteps >= 0, "warmup_steps",
            "must be \(0) or more, is \(schedule.warmupSteps).")
        found.require(
            (0...1).contains(schedule.warmupRatio), "warmup_ratio",
            "must be between \(0) and \(1), is \(schedule.warmupRatio).")
        if schedule.warmupSteps > 0, schedule.warmupRatio > 0 {
            found.add(.warning, "warmup_ratio", "has no effect beside warmup_steps.")
        }
        if schedule.kind == .constant, schedule.warmupSteps > 0 || schedule.warmupRatio > 0 {
            found.add(
                .warning, "lr_scheduler_type",
                "constant has no warm-up; use constant_with_warmup to have one.")
        }
        for message in schedule.problems(baseRate: optimizer.learningRate) {
            found.add(.error, "lr_scheduler_kwargs", message)
        }
    }

    /// Logging, saving, evaluating, and where to.
    func checkRecording(_ found: inout PlanIssueList) {
        found.require(!output.folder.isEmpty, "output_dir", "give a folder for the run's files.")
        for (interval, key) in [
            (logging.interval, "logging_steps"), (checkpointing.interval, "save_steps"),
            (evaluation.interval ?? StepInterval(1), "eval_steps"),
        ] {
            let value = interval.value
            found.require(
                value > 0 && value <= 1e9 && (value < 1 || value == value.rounded()), key,
                "must be a whole number of steps or a part below 1, is \(value).")
        }
        if let kept = checkpointing.keptMax {
            found.require(kept > 0, "save_total_limit", "must be \(1) or more, is \(kept).")
        }
        if let patience = evaluation.patience {
            found.require(
                patience > 0, "early_stopping_steps", "must be \(1) or more, is \(patience).")
            found.require(
                checkpointing.loadsBest, "early_stopping_steps",
                "needs load_best_model_at_end, or the result would not be the best state.")
        }
        if checkpointing.loadsBest { checkBest(&found) }
        checkSamples(&found)
    }

    private func checkSamples(_ found: inout PlanIssueList) {
        let most = Samples.promptsMax
        found.require(
            samples.prompts.count <= most, "sample_prompts",
            "at most \(most) prompts, found \(samples.prompts.count).")
        found.require(
            !samples.prompts.contains(""), "sample_prompts", "one of the prompts is empty.")
        found.require(
            Set(samples.prompts).count == samples.prompts.count, "sample_prompts",
            "two of the prompts are the same.")
        found.require(
            (1...65_536).contains(samples.newTokensMax), "sample_max_new_tokens",
            "must be between \(1) and \(65536), is \(samples.newTokensMax).")
    }

    private func checkBest(_ found: inout PlanIssueList) {
        let key = "load_best_model_at_end"
        found.require(
            evaluation.cadence != .never, key, "needs eval_strategy steps or epoch.")
        guard evaluation.cadence != .never, !savesEveryEvaluation else { return }
        found.add(
            .note, key, "each new best state is saved too, beside those of save_strategy.")
    }

    /// Whether each evaluation falls on a saved state anyway.
    private var savesEveryEvaluation: Bool {
        guard evaluation.cadence == checkpointing.cadence else { return false }
        guard evaluation.cadence == .steps else { return true }
        return checkpointing.interval == evaluation.interval ?? logging.interval
    }
}

extension ScheduleSettings {
    /// What is wrong with the curve's constants, as sentences.
    func problems(baseRate: Double) -> [Sentence] {
        var problems: [Sentence] = []
        let values = arguments
        let numbers: [(String, Double?)] = [
            ("num_cycles", values.cycles), ("power", values.power), ("lr_end", values.endRate),
            ("min_lr", values.minimumRate), ("min_lr_rate", values.minimumRatio),
            ("warmup_lr_rate", values.warmupRatio), ("min_lr_ratio", values.floorRatio),
        ]
        for case (let name, let value?) in numbers where !(value.isFinite && value >= 0) {
            problems.append("\(name) must be 0 or more, is \(value).")
        }
        let counts: [(String, Int?, Int)] = [
            ("timescale", values.timescale, 1), ("num_stable_steps", values.stableSteps, 0),
            ("num_decay_steps", values.decaySteps, 0),
        ]
        for case (let name, let value?, let least) in counts where value < least {
            problems.append("\(name) must be \(least) or more, is \(value).")
        }
        if kind == .polynomial, values.endRate ?? 1e-7 >= baseRate {
            problems.append("lr_end must be smaller than learning_rate.")
        }
        if kind == .cosineWithMinimum || kind == .cosineWarmupWithMinimum {
            if values.minimumRate == nil, values.minimumRatio == nil {
                problems.append("\(kind.rawValue) needs min_lr or min_lr_rate.")
            }
            if values.minimumRate != nil, values.minimumRatio != nil {
                problems.append("min_lr and min_lr_rate say the same; give one.")
            }
        }
        return problems
    }
}
