// What a chat file of LLaMA-Factory asks for: the model, its adapters, and how tokens are drawn. A key that would
// change an answer and is not supported is refused; one that only chooses an implementation is reported once.

import Kernel

/// A chat as a file describes it; what it leaves open is nil.
struct ChatPlan: Sendable, Equatable {
    /// The base model: a folder or a GGUF file (`model_name_or_path`).
    var modelPath = ""
    /// Adapters in order (`adapter_name_or_path`).
    var adapters: [String] = []
    /// The chat template (`template`).
    var template: String?
    /// The system message (`default_system`).
    var system: String?
    /// Whether tokens are drawn (`do_sample`).
    var samples: Bool?
    /// How flat the distribution is (`temperature`).
    var temperature: Double?
    /// The share of the likeliest tokens that stays (`top_p`).
    var topP: Double?
    /// How many of the likeliest tokens stay (`top_k`).
    var topK: Int?
    /// The least part of the best one's chance (`min_p`).
    var minP: Double?
    /// The penalty for tokens that occurred (`repetition_penalty`).
    var repetitionPenalty: Double?
    /// Most tokens of an answer (`max_new_tokens`).
    var newTokensMax: Int?
    /// The seed of the draws (`seed`).
    var seed: Int?
    /// The type that prompts are computed in (`infer_dtype`).
    var type: InferenceType?

    /// LLaMA-Factory's most tokens of an answer, where its file gives none.
    static let newTokensStandard = 1024

    /// Reads a YAML or JSON file, or none, with `key=value` assignments over it.
    static func read(
        path: String?, assignments: [String] = []
    ) throws(KernelError) -> PlanReading<ChatPlan> {
        var document = SettingDocument()
        if let path {
            document = try SettingDocument(path: path)
            if let kind = ForeignFile.kind(of: document) { throw kind.error(at: path, document) }
        }
        try document.assign(assignments)
        var plan = ChatPlan()
        var issues = ChatKeys.table.read(document.entries, into: &plan)
        let paths =
            [("model_name_or_path", plan.modelPath)]
            + plan.adapters.map { ("adapter_name_or_path", $0) }
        issues += paths.compactMap { HomePath.issue($0.0, $0.1) }
        plan.modelPath = HomePath.expanded(plan.modelPath)
        plan.adapters = plan.adapters.map(HomePath.expanded)
        return PlanReading(plan: plan, issues: issues)
    }
}

/// The keys of a chat file.
enum ChatKeys {
    typealias Row = SettingRow<ChatPlan>

    static let table = SettingTable<ChatPlan>(
        [
            .init(title: "model", rows: model + apartModel),
            .init(title: "answers", rows: drawing + apart),
        ],
        foreign: foreign, blank: ChatPlan())

    private static let model: [Row] = [
        .field("model_name_or_path", \.modelPath, "A model folder or a GGUF file.").required,
        .field("adapter_name_or_path", \.adapters, "Adapters, the last one laid over the others."),
        .field("template", \.template, "The chat template; the model's own unless given."),
        .field("default_system", \.system, "The system message."),
        .custom(
            "infer_dtype", kind: "one of auto, bfloat16, float32",
            choices: InferenceType.allCases.map(\.rawValue),
            "The type that prompts are computed in.",
            text: { ($0.type?.rawValue).settingText }
        ) { node, plan throws(SettingMismatch) in
            guard let type = InferenceType(rawValue: try String(setting: node)) else {
                throw SettingMismatch(expected: "one of auto, bfloat16, float32", found: node)
            }
            plan.type = type
            return []
        },
    ]

    private static let drawing: [Row] = [
        .field("do_sample", \.samples, "Draw tokens; false takes the likeliest."),
        .field("temperature", \.temperature, "Above 1 flattens, below sharpens the distribution."),
        .field("top_p", \.topP, "Keep the likeliest tokens that add up to this chance."),
        .field("top_k", \.topK, "Keep so many of the likeliest tokens; 0 keeps all."),
        .field("min_p", \.minP, "Keep tokens with at least this part of the best one's chance."),
        .field("repetition_penalty", \.repetitionPenalty, "Above 1 avoids what occurred."),
        .field("max_new_tokens", \.newTokensMax, "Most tokens of an answer."),
        .field("seed", \.seed, "The seed of the draws; a new one each time unless given."),
    ]

    /// Keys of the model that have no effect here either, or stop a chat as they stop a run.
    private static let apartModel: [Row] =
        UnsupportedTrainingKeys.model.compactMap { $0.recast() }
        + Row.refused(
            ["quantization_bit"],
            because: "answers are computed from the weights as the file has them; leave it out, or "
                + "export a GGUF in q8_0 or q4_0.")

    private static let apart: [Row] =
        Row.ignored(
            ["infer_backend"] + InferenceKeys.engines,
            because: "no effect: answers are computed by this program.",
            silently: ["huggingface", "hf", "null"])
        + Row.refused(
            ["num_beams"], because: "beams are not in this version.", unless: ["1", "null"])
        + Row.ignored(
            ["length_penalty"], because: "no effect without beams.", silently: ["1", "1.0", "null"])
        + Row.ignored(
            ["max_length"], because: "no effect: max_new_tokens counts.", silently: ["null"])
        + Row.refused(
            ["skip_special_tokens"], because: "special tokens are never shown.",
            unless: ["true", "null"])
        + Row.ignored(
            ["use_kv_cache"], because: "no effect: keys and values are always kept.",
            silently: ["true", "null"])
        + Row.ignored(
            ["enable_thinking"], because: "no effect: no template of this version writes thoughts.",
            silently: ["true", "null"])
        + Row.refused(["tool_format"], because: "tool calls are not yet in this version.")
        + Row.ignored(
            ["finetuning_type"], because: "no effect: the folder tells how it was trained.",
            silently: ["lora", "full", "freeze", "null"])

    private static let foreign: [String: Sentence] = {
        let names = TrainingKeys.plainNames + ExportKeys.own
        return Dictionary(
            names.map { ($0, "no effect on chat.") }, uniquingKeysWith: { first, _ in first })
    }()
}

extension SettingRow {
    /// The row for another kind of file; nil when it sets something.
    func recast<Other>() -> SettingRow<Other>? {
        let meaning: SettingRow<Other>.Meaning
        switch self.meaning {
        case .honoured: return nil
        case .ignored(let reason, let quiet): meaning = .ignored(reason, silently: quiet)
        case .refused(let reason, let harmless): meaning = .refused(reason, unless: harmless)
        }
        var row = SettingRow<Other>(name: name, meaning: meaning)
        row.owners = owners.map { .init(key: $0.key, values: $0.values) }
        return row
    }
}
