// What is wrong with the settings of stages that learn from the model's own answers, and what of them has no effect in a
// plan.

extension RolloutSettings {
    /// What is wrong with them in a plan, and what of them has no effect there.
    func check(_ plan: TrainingPlan, _ found: inout PlanIssueList) {
        let (set, plain) = (self, RolloutSettings())
        guard plan.stage.draws else {
            for (field, isSet) in [
                ("num_generations", set.answers != plain.answers),
                ("max_new_tokens", set.newTokensMax != plain.newTokensMax),
                ("temperature", set.temperature != plain.temperature),
                ("top_p", set.topP != plain.topP), ("top_k", set.topK != plain.topK),
                ("reward_funcs", !set.rules.isEmpty), ("reward_weights", !set.weights.isEmpty),
                ("reward_timeout", set.timeout != plain.timeout),
            ] where isSet {
                found.add(
                    .note, field, "no effect: stage \(plan.stage.rawValue) draws no answers.")
            }
            return
        }
        found.require(
            (2...1024).contains(answers), "num_generations",
            "must be between \(2) and \(1024), is \(answers): answers are compared with each other."
        )
        found.require(
            (1...65_536).contains(newTokensMax), "max_new_tokens",
            "must be between \(1) and \(65536), is \(newTokensMax).")
        found.require(
            temperature > 0 && temperature <= 100, "temperature",
            "must be more than \(0) and at most \(100), is \(temperature).")
        found.require(
            topP > 0 && topP <= 1, "top_p", "must be more than \(0) and at most \(1), is \(topP).")
        found.require(topK >= 0, "top_k", "must be \(0) or more, is \(topK).")
        found.require(
            timeout.isFinite && timeout > 0, "reward_timeout",
            "must be more than \(0), is \(timeout).")
        let kinds = RewardKind.all.map(\.name).formattedList("and")
        found.require(
            !rules.isEmpty, "reward_funcs",
            "stage \(plan.stage.rawValue) learns from it: name at least one rule, of \(kinds).")
        for rule in rules {
            do throws(RewardRule.Fault) {
                _ = try RewardRule(rule)
            } catch {
                found.add(.error, "reward_funcs", error.why)
            }
        }
        found.require(
            weights.isEmpty || weights.count == rules.count, "reward_weights",
            "must be as many as reward_funcs, \(rules.count), are \(weights.count).")
        found.require(
            weights.allSatisfy(\.isFinite), "reward_weights", "must be finite numbers.")
    }
}

extension GroupSettings {
    /// What is wrong with them in a plan, and what of them has no effect there.
    func check(_ plan: TrainingPlan, _ found: inout PlanIssueList) {
        let (set, plain) = (self, GroupSettings())
        guard plan.stage == .groupPolicy else {
            for (field, isSet) in [
                ("grpo_beta", set.beta != plain.beta),
                ("grpo_epsilon", set.epsilon != plain.epsilon),
                ("grpo_epsilon_high", set.epsilonHigh != plain.epsilonHigh),
                ("grpo_iterations", set.updates != plain.updates),
                ("grpo_loss", set.averaging != plain.averaging),
                ("grpo_scale_rewards", set.scaling != plain.scaling),
                ("grpo_level", set.level != plain.level),
                ("grpo_mask_truncated", set.masksTruncated != plain.masksTruncated),
            ] where isSet {
                found.add(.note, field, "no effect: stage \(plan.stage.rawValue) does not read it.")
            }
            return
        }
        found.require(
            set.beta.isFinite && set.beta >= 0, "grpo_beta", "must be \(0) or more, is \(set.beta)."
        )
        found.require(
            set.epsilon > 0 && set.epsilon < 1, "grpo_epsilon",
            "must be more than \(0) and less than \(1), is \(set.epsilon).")
        found.require(
            set.epsilonHigh.map { $0.isFinite && $0 > 0 } ?? true, "grpo_epsilon_high",
            "must be more than \(0), is \(set.epsilonHigh ?? 0).")
        found.require(
            (1...64).contains(set.updates), "grpo_iterations",
            "must be between \(1) and \(64), is \(set.updates).")
        if set.updates == 1 {
            for (field, isSet) in [
                ("grpo_epsilon", set.epsilon != plain.epsilon),
                ("grpo_epsilon_high", set.epsilonHigh != nil),
            ] where isSet {
                found.add(
                    .note, field,
                    "no effect with grpo_iterations 1: answers are as likely as when they were drawn."
                )
            }
        }
        if plan.tuning.method == .lora, plan.tuning.lora.dropout > 0 {
            found.add(
                .note, "lora_dropout",
                "no effect with stage grpo: answers are learned as they were drawn.")
        }
    }
}
