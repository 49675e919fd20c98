// The keys of stages that learn from the model's own answers. Those of the drawing are LLaMA-Factory's, the others this
// program's own.

import Kernel

extension TrainingKeys {
    static let answers: [Row] = [
        .custom(
            "reward_funcs", kind: "a list of rules, or one rule a line",
            "What an answer is worth (grpo, own key): "
                + RewardKind.all.map { kind in
                    [kind.name, kind.argument].compactMap(\.self).joined(separator: " ")
                }.joined(separator: ", ") + ".",
            text: { "[" + $0.rollout.rules.map(\.settingText).joined(separator: ", ") + "]" }
        ) { node, plan throws(SettingMismatch) in
            plan.rollout.rules = try SamplePrompts.read(node)
            return []
        },
        .field(
            "reward_weights", \.rollout.weights,
            "How much each of them counts (own key); all alike when empty."),
        .field(
            "reward_timeout", \.rollout.timeout,
            "Seconds that a program among them may take for a step's answers (own key)."),
        .field("num_generations", \.rollout.answers, "Answers to each prompt (grpo, own key)."),
        .field("max_new_tokens", \.rollout.newTokensMax, "Most tokens of such an answer (grpo)."),
        .field(
            "temperature", \.rollout.temperature, "How flat the draws of its tokens are (grpo)."),
        .field(
            "top_p", \.rollout.topP,
            "Draw from the likeliest tokens that add up to this chance (grpo)."),
        .field("top_k", \.rollout.topK, "Draw from so many likeliest tokens; 0 is all (grpo)."),
        .field(
            "grpo_loss", \.group.averaging,
            "What losses are averaged over (own key): each answer, all tokens, or full lengths."),
        .field(
            "grpo_scale_rewards", \.group.scaling,
            "What rewards are divided by (own key): the spread of a group, of the step, or nothing."
        ),
        .field(
            "grpo_level", \.group.level,
            "Whose ratio of probabilities counts (own key): each token's, or its sequence's (GSPO)."
        ),
        .field(
            "grpo_beta", \.group.beta,
            "How much the KL divergence from the model before training counts (own key)."),
        .field("grpo_iterations", \.group.updates, "Updates on the same answers (own key)."),
        .field(
            "grpo_epsilon", \.group.epsilon,
            "How far probabilities may change by the updates of a step (own key)."),
        .field(
            "grpo_epsilon_high", \.group.epsilonHigh,
            "The same upwards (own key); null is grpo_epsilon."),
        .field(
            "grpo_mask_truncated", \.group.masksTruncated,
            "Learn nothing from answers that were cut (own key)."),
    ]
}

extension GroupSettings.Averaging: SettingChoice {}
extension GroupSettings.Scaling: SettingChoice {}
extension GroupSettings.Level: SettingChoice {}
