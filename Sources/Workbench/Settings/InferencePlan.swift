// What chat and the server need: the model with its adapters, and how words are chosen.
// Keys and defaults are LLaMA-Factory's generation arguments.

import Kernel

/// How the next token is chosen, and when to stop.
struct GenerationSettings: Sendable, Equatable {
    /// Whether tokens are drawn; otherwise the likeliest is taken (`do_sample`, on).
    var samples = true
    /// Flattens the distribution above 1, sharpens it below; 0 is greedy (`temperature`, 0.95).
    var temperature = 0.95
    /// Keeps the likeliest tokens that add up to this chance (`top_p`, 0.7).
    var topP = 0.7
    /// Keeps so many of the likeliest tokens; 0 is off (`top_k`, 50).
    var topK = 50
    /// Keeps tokens with at least this part of the best one's chance; 0 is off (`min_p`, 0).
    var minP = 0.0
    /// Divides the scores of tokens already used; 1 is off (`repetition_penalty`, 1).
    var repetitionPenalty = 1.0
    /// Most tokens of an answer (`max_new_tokens`, 1024).
    var newTokensMax = 1024
    /// Whether special tokens are left out of the text (`skip_special_tokens`, on).
    var skipsSpecialTokens = true
    /// The seed of the draws; nil is a new one each time (`seed`).
    var seed: Int?

    /// Whether the likeliest token is always taken.
    var isGreedy: Bool { !samples || temperature == 0 }

    /// What is wrong with the settings, all at once.
    func issues() -> [PlanIssue] {
        var issues: [PlanIssue] = []
        func require(_ isRight: Bool, _ field: String, _ message: String) {
            if !isRight { issues.append(.error(field, message)) }
        }
        require(
            (0...100).contains(temperature), "temperature",
            "must be between 0 and 100, is \(temperature).")
        require(topP > 0 && topP <= 1, "top_p", "must be above 0 and at most 1, is \(topP).")
        require(topK >= 0, "top_k", "must be 0 or more, is \(topK).")
        require((0...1).contains(minP), "min_p", "must be between 0 and 1, is \(minP).")
        require(
            repetitionPenalty > 0 && repetitionPenalty <= 100, "repetition_penalty",
            "must be above 0 and at most 100, is \(repetitionPenalty).")
        require(
            (1...1_048_576).contains(newTokensMax), "max_new_tokens",
            "must be between 1 and 1048576, is \(newTokensMax).")
        return issues
    }
}

/// Everything a chat needs; check `issues()` before use.
struct InferencePlan: Sendable, Equatable {
    /// The base model: a folder or a GGUF file (`model_name_or_path`).
    var modelPath = ""
    /// Adapters to lay over it, in order (`adapter_name_or_path`).
    var adapters: [String] = []
    /// The chat template; nil takes the model's own (`template`).
    var template: String?
    /// The system message of a new chat (`default_system`).
    var defaultSystem: String?
    /// Whether reasoning templates think; nil leaves it to the template (`enable_thinking`, on).
    var enablesThinking: Bool? = true
    /// How the next token is chosen.
    var generation = GenerationSettings()

    /// What is wrong with the plan, all at once.
    func issues() -> [PlanIssue] {
        var issues = generation.issues()
        if modelPath.isEmpty {
            issues.append(.error("model_name_or_path", "give a model folder or a GGUF file."))
        }
        if adapters.contains("") {
            issues.append(.error("adapter_name_or_path", "one of the paths is empty."))
        }
        return issues
    }

    /// Reads a YAML or JSON file, or none, with `key=value` assignments over it.
    static func read(
        path: String?, assignments: [String] = []
    ) throws(KernelError) -> PlanReading<InferencePlan> {
        var document = SettingDocument()
        if let path { document = try SettingDocument(path: path) }
        try document.assign(assignments)
        var plan = InferencePlan()
        var issues = InferenceKeys.table.read(document.entries, into: &plan)
        let failed = Set(issues.filter { $0.severity == .error }.map(\.field))
        issues += plan.issues().filter { !failed.contains($0.field) }
        return PlanReading(plan: plan, issues: issues)
    }
}

/// The keys of a chat file.
enum InferenceKeys {
    typealias Row = SettingRow<InferencePlan>

    /// Names that only chat files have.
    static let own =
        [
            "do_sample", "temperature", "top_p", "top_k", "min_p", "repetition_penalty",
            "max_new_tokens", "max_length", "num_beams", "length_penalty", "skip_special_tokens",
            "use_kv_cache", "infer_backend", "infer_dtype",
        ] + engines

    private static let engines = [
        "vllm_maxlen", "vllm_gpu_util", "vllm_enforce_eager", "vllm_max_lora_rank", "vllm_config",
        "sglang_maxlen", "sglang_mem_fraction", "sglang_tp_size", "sglang_config",
        "sglang_lora_backend",
    ]

    static let table = SettingTable<InferencePlan>(
        [
            .init(
                title: "model",
                rows: [
                    .field("model_name_or_path", \.modelPath, "A model folder or a GGUF file.")
                        .required,
                    .field("adapter_name_or_path", \.adapters, "Adapters to lay over it."),
                    .field("template", \.template, "The chat template; null is the model's own."),
                    .field("default_system", \.defaultSystem, "The system message."),
                    .field("enable_thinking", \.enablesThinking, "Let reasoning templates think."),
                ]),
            .init(title: "generation", rows: generation + apart),
        ], foreign: foreign, blank: InferencePlan())

    private static let generation: [Row] = [
        .field("do_sample", \.generation.samples, "Draw tokens instead of taking the likeliest."),
        .field("temperature", \.generation.temperature, "Above 1 flattens, below sharpens."),
        .field("top_p", \.generation.topP, "Keep the likeliest that add up to this chance."),
        .field("top_k", \.generation.topK, "Keep so many of the likeliest; 0 is off."),
        .field("min_p", \.generation.minP, "Keep what has this part of the best one's chance."),
        .field("repetition_penalty", \.generation.repetitionPenalty, "Above 1 avoids repetition."),
        .field("max_new_tokens", \.generation.newTokensMax, "Most tokens of an answer."),
        .field(
            "skip_special_tokens", \.generation.skipsSpecialTokens, "Leave special tokens out."),
        .field("seed", \.generation.seed, "Seed of the draws; null is a new one each time."),
    ]

    private static let apart: [Row] =
        Row.refused(
            ["num_beams"], because: "beams are not yet in this version; leave it out.",
            unless: ["1", "null"])
        + Row.ignored(["length_penalty"], because: "no effect without beams.", silently: ["1.0"])
        + Row.ignored(["max_length"], because: "no effect: max_new_tokens is what counts.")
        + Row.ignored(
            ["use_kv_cache"], because: "no effect: the cache is always on.", silently: ["true"])
        + Row.ignored(
            ["infer_backend", "infer_dtype"] + engines,
            because: "no effect: this program is its own engine.",
            silently: ["huggingface", "auto", "null"])

    private static let foreign: [String: String] = {
        let names = TrainingKeys.plainNames + ExportKeys.own
        return Dictionary(
            names.map { ($0, "no effect on a chat.") }, uniquingKeysWith: { first, _ in first })
    }()
}
