// The fields of stages that learn from the model's own answers: how these are drawn, what they are worth, how the model
// learns from that.

import Kernel

extension ParamFields {
    static let answers: [ParamField] = [
        ParamField(
            "reward_funcs", "Rewards", .lines(placeholder: "none"),
            "What an answer is worth, a rule on each line: exact, number, regex EXPRESSION, length 20..200, "
                + "tags think,answer, json, command PROGRAM."
        ) { $0.rollout.rules.joined(separator: "\n") }.off(needsAnswering),
        ParamField(
            "reward_weights", "Reward weights", .text(placeholder: "all alike"),
            "How much each rule counts, with commas between, in their order."
        ) { $0.rollout.weights.map(NumberText.setting).joined(separator: ",") }
        .off(needsAnswering),
        .number(
            "reward_timeout", "Reward timeout", 1e-3...86_400, \.rollout.timeout,
            "Seconds that a program among the rewards may take for the answers of a step."
        ).off(needsAnswering),
        .count(
            "num_generations", "Answers", 2...1024, \.rollout.answers,
            "Answers to each prompt; they are compared with each other."
        ).off(needsAnswering),
        .count(
            "max_new_tokens", "Answer length", 1...65_536, \.rollout.newTokensMax,
            "Most tokens of an answer; longer ones are cut."
        ).off(needsAnswering),
        .number(
            "temperature", "Temperature", 1e-3...100, \.rollout.temperature,
            "How tokens are drawn: 1 as the model predicts them, less keeps to the likely ones."
        ).off(needsAnswering),
        .number(
            "top_p", "Top p", 1e-6...1, \.rollout.topP,
            "Draws from the likeliest tokens that add up to this chance; 1 from all."
        ).off(needsAnswering),
        .count(
            "top_k", "Top k", 0...1_000_000, \.rollout.topK,
            "Draws from so many of the likeliest tokens; 0 from all."
        ).off(needsAnswering),
        .choice(
            "grpo_loss", "GRPO loss", \.group.averaging,
            "What losses are averaged over: each answer's tokens (grpo), all tokens of a step (dapo), answers "
                + "of full length (dr_grpo)."
        ).off(needsGroups),
        .choice(
            "grpo_scale_rewards", "Scale rewards", \.group.scaling,
            "What rewards are divided by: the spread of their group, of the whole step, or nothing."
        ).off(needsGroups),
        .choice(
            "grpo_level", "Ratio of", \.group.level,
            "Whether each token counts by its own change of probability or by its answer's (GSPO)."
        ).off(needsGroups),
        .number(
            "grpo_beta", "KL beta", 0...1000, \.group.beta,
            "How closely the model stays to what it was before training. 0 lets it go, and costs no "
                + "reference."
        ).off(needsGroups),
        .count(
            "grpo_iterations", "Iterations", 1...64, \.group.updates,
            "Updates on the same answers; more than one is clipped by epsilon."
        ).off(needsGroups),
        .number(
            "grpo_epsilon", "Epsilon", 1e-6...0.999, \.group.epsilon,
            "How far a token's probability may change by the updates of a step before it stops counting."
        ).off(needsUpdates),
        ParamField(
            "grpo_epsilon_high", "Epsilon high", .text(placeholder: "as epsilon"),
            "The same for tokens that become likelier; DAPO has 0.28."
        ) { $0.group.epsilonHigh.map(NumberText.setting) ?? "" }.off(needsUpdates),
        .toggle(
            "grpo_mask_truncated", "Leave out cut", \.group.masksTruncated,
            "Learns nothing from answers that were cut."
        ).off(needsGroups),
    ]

    private static let needsAnswering: @Sendable (TrainingPlan) -> String? = {
        $0.stage.draws ? nil : tr("only with stage grpo")
    }
    private static let needsGroups: @Sendable (TrainingPlan) -> String? = {
        $0.stage == .groupPolicy ? nil : tr("only with stage grpo")
    }
    private static let needsUpdates: @Sendable (TrainingPlan) -> String? = { plan in
        needsGroups(plan)
            ?? (plan.group.updates > 1 ? nil : tr("only with more than one iteration"))
    }
}
