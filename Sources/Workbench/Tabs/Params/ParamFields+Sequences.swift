// The fields of how examples become rows of tokens: packing, masks, order, and how sets are mixed.

import Kernel
import Panels

extension ParamFields {
    static let sequences: [ParamField] = [
        ParamField(
            "packing", "Packing", .choice(["automatic", "neat", "on", "off"]),
            "Puts several conversations, or pieces of text, into one row of the cutoff length. "
                + "With neat, conversations of a row never see each other; with on they do, as in "
                + "LLaMA-Factory. automatic is on for pt only."
        ) { plan in
            guard let packs = plan.encoding.packing else { return "automatic" }
            guard packs else { return "off" }
            return plan.stage.data == .supervised && !plan.opensRows ? "neat" : "on"
        }
        .written { typed, plan in
            if typed == "neat" {
                return TrainingKeys.table.set("neat_packing", to: "true", in: &plan)
            }
            let words = ["": "null", "automatic": "null", "on": "true", "off": "false"]
            guard let word = words[typed] else {
                return [
                    PlanIssue(
                        field: "packing", message: "expected automatic, neat, on or off.")
                ]
            }
            return TrainingKeys.table.set(
                "packing", to: word == "null" ? "" : word, in: &plan)
        }.also("neat_packing"),
        .toggle(
            "train_on_prompt", "Train on prompt", \.encoding.trainsOnPrompt,
            "Learns questions and system messages too, not only answers."
        ).off(needsChats),
        .toggle(
            "mask_history", "Mask history", \.encoding.masksHistory,
            "Learns only the last answer of each conversation."
        ).off(needsChats),
        ParamField(
            "default_system", "System text", .text(placeholder: "the template's"),
            "Stands in place of the template's system message where a record has none."
        ) { $0.encoding.defaultSystem ?? "" }.off(needsChats),
        .choice(
            "mix_strategy", "Mixing", \.data.mixing,
            "How several data sets become one: one after the other, or in turns until the first "
                + "is used up (under), until all are (over), or each example once."
        ),
        ParamField(
            "interleave_probs", "Mixing weights", .text(placeholder: "in turns"),
            "The chance of each data set with commas between, in the order of the marks; in the "
                + "Dataset tab, m asks for them by name."
        ) { $0.data.probabilities.map(NumberText.setting).joined(separator: ",") }
        .off { $0.data.mixing == .concatenate ? tr("only with interleaving") : nil },
        .toggle(
            "disable_shuffling", "Keep order", \.keepsOrder,
            "Takes the examples in the order of the data instead of a new order in each epoch."),
        .toggle(
            "group_by_length", "Group by length", \.batching.groupsByLength,
            "Puts examples of similar length into the same micro-batch."),
        .toggle(
            "dataloader_drop_last", "Drop last", \.batching.dropsLast,
            "Leaves out the incomplete last micro-batch of each epoch."),
        ParamField(
            "data_seed", "Order seed", .text(placeholder: "as the seed"),
            "The seed of the examples' order alone; empty takes the seed of the run."
        ) { $0.dataSeed.map(String.init) ?? "" },
        .toggle(
            "split_special_tokens", "Split marks", \.encoding.splitsSpecialTokens,
            "Keeps special tokens that records spell as plain text; else they become their ids, as in "
                + "LLaMA-Factory."),
    ]
}

extension TrainingPlan {
    /// Whether epochs keep the order of the data (`disable_shuffling`).
    fileprivate var keepsOrder: Bool { !batching.shuffles }
}
