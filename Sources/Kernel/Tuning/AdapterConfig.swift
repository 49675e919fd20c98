// adapter_config.json as PEFT writes it, for each kind of adapter: all keys of its configuration class, so that every
// version reads the same. Reading one is AdapterDescription's.

/// The settings of an adapter for PEFT.
struct AdapterConfig {
    private let shape: AdapterShape
    private let places: AdapterPlaces
    private let savedModules: [String]
    private let tiesHead: Bool
    private let baseModel: String

    init(
        _ shape: AdapterShape, in spec: DecoderSpec, savedModules: [String], tiesHead: Bool,
        baseModel: String
    ) {
        self.shape = shape
        self.savedModules = savedModules
        self.tiesHead = tiesHead
        self.baseModel = baseModel
        places = AdapterPlaces(shape, in: spec)
    }

    var json: JSONValue {
        var members: JSONObject = [
            "auto_mapping": .null, "base_model_name_or_path": .string(baseModel),
            "exclude_modules": .null, "fan_in_fan_out": false, "inference_mode": true,
            "modules_to_save": savedModules.isEmpty
                ? .null : .array(savedModules.map { .string($0) }),
            "peft_type": .string(shape.kind.peftType), "revision": .null,
            "target_modules": .array(places.modules.map { .string($0) }),
            "task_type": "CAUSAL_LM",
        ]
        if shape.kind.isLowRank {
            members.merge(lowRank) { $1 }
        } else {
            members["feedforward_modules"] = .array(places.inputScaled.map { .string($0) })
            members["init_ia3_weights"] = true
        }
        return .object(members)
    }

    /// The keys of LoraConfig.
    private var lowRank: JSONObject {
        [
            "alpha_pattern": .object(places.alphas),
            "bias": "none", "ensure_weight_tying": .bool(tiesHead),
            "init_lora_weights": true, "layer_replication": .null, "layers_pattern": .null,
            "layers_to_transform": .null, "loftq_config": [:],
            "lora_alpha": Self.number(shape.alpha),
            "lora_bias": false,
            "lora_dropout": .number(Double("\(shape.dropout)") ?? Double(shape.dropout)),
            "megatron_config": .null,
            "megatron_core": "megatron.core",
            "r": .integer(shape.rank), "rank_pattern": .object(places.ranks),
            "target_parameters": .null,
            "trainable_token_indices": .null, "use_dora": .bool(shape.kind == .dora),
            "use_rslora": .bool(shape.isRankStabilized),
        ]
    }

    fileprivate static func number(_ value: Double) -> JSONValue {
        value == value.rounded() && abs(value) < 1e15 ? .integer(Int(value)) : .number(value)
    }
}

/// The places of an adapter in PEFT's terms.
private struct AdapterPlaces {
    /// The names of layers that have it everywhere, else whole paths.
    var modules: [String] = []
    var ranks: JSONObject = [:]
    var alphas: JSONObject = [:]
    /// Layers whose inputs are scaled, in the same terms.
    var inputScaled: [String] = []

    init(_ shape: AdapterShape, in spec: DecoderSpec) {
        let linears = spec.layout.linears
        for module in LinearModule.allCases where shape.modules.contains(module) {
            let slots = linears.filter { $0.linear == module }
            let adapted = slots.filter(shape.lies)
            let scaled = adapted.filter(shape.scalesInput)
            // PEFT wants the second list to be a part of the first, word by word.
            let isWhole =
                adapted.count == slots.count && (scaled.isEmpty || scaled.count == slots.count)
            func names(_ places: [WeightSlot]) -> [String] {
                isWhole ? places.prefix(1).map(\.moduleName) : places.map(\.path)
            }
            modules += names(adapted)
            inputScaled += names(scaled)
        }
        for place in linears {
            guard let exception = shape.exceptions[place.path], let factor = exception else {
                continue
            }
            if factor.rank != shape.rank { ranks[place.path] = .integer(factor.rank) }
            if factor.alpha != shape.alpha {
                alphas[place.path] = AdapterConfig.number(factor.alpha)
            }
        }
    }
}
