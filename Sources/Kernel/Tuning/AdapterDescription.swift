// What adapter_config.json says, key by key: each is honoured, refused by name, or known to be harmless.
// Keys: LoraConfig and IA3Config of PEFT 0.21. It does not know the model; which layers are meant is found there.

import Foundation

/// The settings of an adapter on disk that decide how it is applied.
public struct AdapterDescription: Sendable, Equatable {
    public var kind: AdapterKind
    public var rank: Int
    public var alpha: Double
    public var dropout: Double
    public var isRankStabilized: Bool
    /// Full tensors saved beside the adapter (`modules_to_save`), as ends of module paths.
    public var savedModules: [String]
    public var baseModel: String?
    /// Which layers it lies on.
    var targets: AdapterTargets
    /// Which of them have their inputs scaled (`feedforward_modules` of IA3).
    var inputScaled: AdapterTargets.Selection?
    /// Whether a head that shares the embedding's numbers continues doing so (`ensure_weight_tying`).
    var keepsHeadTied: Bool
    /// Whether version 0.1 of this program wrote it: that trained embedding and shared head as one and
    /// listed the embedding only.
    var isOfFirstVersion: Bool
    /// Whether biases of the base were trained beside the adapter.
    var trainsBiases: Bool
    /// The file, for errors.
    var source: String
    /// What was passed over.
    var notes: [Sentence]
}

extension AdapterDescription {
    /// Reads the document.
    init(_ json: JSONValue, source path: String) throws(KernelError) {
        let reader = try ConfigReader(json, source: path)
        let type = try reader.string("peft_type")
        guard let kind = AdapterKind.all.first(where: { $0.peftType == type }) else {
            var types: [String] = []
            for kind in AdapterKind.all where !types.contains(kind.peftType) {
                types.append(kind.peftType)
            }
            throw Self.refusal(
                reader, "peft_type",
                "expected \(types.joined(separator: " or ")), found "
                    + "\(type?.escapedForDisplay ?? "nothing")")
        }
        try Self.refuseMethods(reader)
        if kind.isLowRank {
            try Self.refuseChangedBase(reader)
            self.kind = try reader.bool("use_dora") == true ? .dora : .lora
            rank = try reader.requiredInteger("r", in: 1...65_536)
            alpha = try reader.requiredDouble("lora_alpha", in: 0...1e9)
            guard alpha > 0 else {
                throw Self.refusal(reader, "lora_alpha", "expected a number above 0")
            }
            // PEFT takes 1 for a chance; nothing would be left of the adapter's input.
            dropout = min(try reader.double("lora_dropout", in: 0...1) ?? 0, 0.99)
            isRankStabilized = try reader.bool("use_rslora") ?? false
            // PEFT's own choice for these families.
            targets = try AdapterTargets(reader, absent: ["q_proj", "v_proj"])
            inputScaled = nil
        } else {
            self.kind = kind
            (rank, alpha, dropout, isRankStabilized) = (1, 1, 0, false)
            targets = try AdapterTargets(reader, absent: AdapterShape.ia3Targets)
            inputScaled =
                try AdapterTargets.selection(reader, "feedforward_modules")
                ?? .names(AdapterShape.ia3InputScaled)
            // A start that the file's numbers replace.
            _ = try reader.bool("init_ia3_weights")
        }
        let bias = try reader.string("bias") ?? "none"
        guard ["none", "all", "lora_only"].contains(bias) else {
            throw Self.refusal(
                reader, "bias", "expected none, all or lora_only, found \(bias.escapedForDisplay)")
        }
        trainsBiases = bias != "none"
        savedModules = try reader.names("modules_to_save") ?? []
        keepsHeadTied = try reader.bool("ensure_weight_tying") ?? false
        baseModel = try reader.string("base_model_name_or_path")
        source = path
        notes = []
        if let task = try reader.string("task_type"), task != "CAUSAL_LM" {
            notes.append(
                "The adapter was made for the task \(task.escapedForDisplay), not for CAUSAL_LM.")
        }
        // PEFT has `target_parameters` since 0.17, and wrote all of the absent ones by then.
        let absent = [
            "corda_config", "eva_config", "ensure_weight_tying", "qalora_group_size",
            "peft_version",
        ]
        isOfFirstVersion =
            reader.holds("target_parameters") && reader.holds("megatron_core")
            && !absent.contains(where: reader.holds)
        try tellUnread(reader)
    }

    static func refusal(
        _ reader: ConfigReader, _ key: String, _ why: Sentence, hint: Sentence? = nil
    ) -> KernelError {
        KernelError(
            .badData, "cannot use this adapter", at: "\(reader.source.escapedForDisplay), \(key)",
            because: why, hint: hint)
    }

    // MARK: - Keys that are refused

    /// Kinds of LoRA that compute something else.
    private static func refuseMethods(_ reader: ConfigReader) throws(KernelError) {
        let switches: [(String, Sentence)] = [
            ("use_qalora", "QALoRA is not supported"),
            ("lora_bias", "biases of the adapter itself are not supported"),
            ("fan_in_fan_out", "weights stored the other way round are not supported"),
        ]
        for (key, why) in switches where try reader.bool(key) == true {
            throw refusal(reader, key, why)
        }
        let methods: [(String, Sentence)] = [
            (
                "alora_invocation_tokens",
                "an activated LoRA works from certain tokens on, which is not supported"
            ),
            ("use_bdlora", "BD-LoRA is not supported"), ("kasa_config", "KaSA is not supported"),
            ("velora_config", "VeLoRA is not supported"),
            ("monteclora_config", "MonteCLoRA is not supported"),
            ("arrow_config", "Arrow's routing is not supported"),
            ("layer_replication", "models with repeated layers are not supported"),
        ]
        for (key, why) in methods {
            // PEFT takes an empty object for the method with its defaults.
            guard let value = reader.value(key), value != .bool(false) else { continue }
            throw refusal(reader, key, why)
        }
        let lists: [(String, Sentence)] = [
            (
                "target_parameters",
                "LoRA on parameters of other than linear layers is not supported"
            ),
            ("trainable_token_indices", "rows of the embedding trained alone are not supported"),
        ]
        for (key, why) in lists {
            guard let value = reader.value(key), !value.isEmpty else { continue }
            throw refusal(reader, key, why)
        }
    }

    /// Starts from which PEFT changes the base's own weights, when it opens the adapter as well.
    private static func refuseChangedBase(_ reader: ConfigReader) throws(KernelError) {
        let key = "init_lora_weights"
        guard let value = reader.value(key), value.bool == nil else { return }
        guard let word = value.string?.lowercased() else {
            throw reader.error(key, "expected true, false or a word, found \(value.kindName)")
        }
        if ["gaussian", "orthogonal", "eva", "mica"].contains(word) { return }
        let shown = value.string?.escapedForDisplay ?? ""
        if word.hasPrefix("pissa") || ["olora", "corda", "lora_ga"].contains(word) {
            throw refusal(
                reader, key, "\"\(shown)\" changes the weights of the base that it is applied to",
                hint:
                    "PEFT saves it as a plain adapter with path_initial_model_for_weight_conversion "
                    + "(save_pretrained); or merge it there and use the merged model.")
        }
        if word == "loftq" {
            throw refusal(
                reader, key, "\"\(shown)\" changes the weights of the base that it is applied to",
                hint: "Merge it in PEFT and use the merged model.")
        }
        throw refusal(
            reader, key, "\"\(shown)\" is not known, and it may change the base's weights",
            hint: "Known are true, false, gaussian, orthogonal, eva and mica.")
    }

    // MARK: - Keys that are passed over

    /// What changes no result: where things came from, how they were started or spread over machines.
    /// The settings of a start count only with that start, which is refused where it matters.
    private static let harmless = [
        "auto_mapping", "peft_version", "revision", "inference_mode", "megatron_core",
        "megatron_config", "runtime_config", "loftq_config", "eva_config", "corda_config",
        "lora_ga_config", "qalora_group_size",
    ]

    /// Notes unknown keys; refuses those that look like a method of their own.
    private mutating func tellUnread(_ reader: ConfigReader) throws(KernelError) {
        for key in Self.harmless { _ = reader.value(key) }
        let unknown = reader.unread.filter { key in
            reader.object[key].map { !$0.isEmpty } ?? true
        }
        for key in unknown where key.hasPrefix("use_") || key.hasSuffix("_config") {
            throw Self.refusal(
                reader, key.escapedForDisplay,
                "the key is not known, and it looks like a method of its own",
                hint: "Merge the adapter with the program that made it and use the merged model.")
        }
        if !unknown.isEmpty {
            let list = unknown.prefix(8).map(\.escapedForDisplay).joined(separator: ", ")
            let more = unknown.count > 8 ? " and \(unknown.count - 8) more" : ""
            notes.append("Keys of the adapter's configuration that are not known: \(list)\(more).")
        }
    }
}

extension JSONValue {
    /// Null, false, 0 or nothing in it.
    fileprivate var isEmpty: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .string(let text): text.isEmpty
        case .array(let values): values.isEmpty
        case .object(let object): object.isEmpty
        default: double == 0
        }
    }
}
