// Writes the config.json of a model that came without one, such as one from GGUF metadata.
// Keys are sorted, as Hugging Face writes them; reading the result gives the same configuration.

extension ModelConfig {
    /// A config.json with the same meaning, keys sorted as Hugging Face writes them.
    func makeJSON() -> JSONValue {
        let (spec, rotary) = (network, network.rotary)
        let (attention, feedForward) = (spec.layers[0].attention, spec.layers[0].feedForward)
        let epsilon = spec.finalNorm.epsilon
        var members: JSONObject = [
            "architectures": [.string(family.className)],
            "head_dim": .integer(rotary.headDimension),
            family.defaults.activationKey: .string(feedForward.activation.name),
            "hidden_size": .integer(spec.hiddenSize),
            "intermediate_size": .integer(feedForward.width),
            "max_position_embeddings": .integer(maximumPositions),
            "model_type": .string(modelType),
            "num_attention_heads": .integer(attention.shape.heads),
            "num_hidden_layers": .integer(spec.layers.count),
            "num_key_value_heads": .integer(attention.shape.keyValueHeads),
            // The shortest decimal of the Float, not the digits of its Double.
            "rms_norm_eps": .number(Double(epsilon.description) ?? Double(epsilon)),
            "rope_theta": .number(rotary.theta),
            "tie_word_embeddings": .bool(spec.head.isTied),
            "vocab_size": .integer(spec.vocabularySize),
        ]
        if let bosTokenID { members["bos_token_id"] = .integer(bosTokenID) }
        if let padTokenID { members["pad_token_id"] = .integer(padTokenID) }
        switch eosTokenIDs.count {
        case 0: break
        case 1: members["eos_token_id"] = .integer(eosTokenIDs[0])
        default: members["eos_token_id"] = .array(eosTokenIDs.map { .integer($0) })
        }
        family.write(spec, &members)
        if let scaling = rotary.scaling?.json { members["rope_scaling"] = scaling }
        return .object(members.sortedByKey())
    }
}

extension DecoderSpec {
    /// `layer_types` of config.json.
    var layerTypes: JSONValue {
        .array(
            layers.map {
                $0.attention.shape.window == nil ? "full_attention" : "sliding_attention"
            })
    }
}

extension RopeScaling {
    /// The `rope_scaling` object of config.json; nil for factors that it cannot express.
    fileprivate var json: JSONValue? {
        switch self {
        case .frequencyFactors: return nil
        case .linear(let factor):
            return ["factor": .number(factor), "rope_type": "linear"]
        case .dynamic(let factor, let original):
            return [
                "factor": .number(factor), "original_max_position_embeddings": .integer(original),
                "rope_type": "dynamic",
            ]
        case .llama3(let factor, let low, let high, let original):
            return [
                "factor": .number(factor), "high_freq_factor": .number(high),
                "low_freq_factor": .number(low),
                "original_max_position_embeddings": .integer(original), "rope_type": "llama3",
            ]
        case .yarn(let yarn):
            var members: JSONObject = [
                "beta_fast": .number(yarn.betaFast), "beta_slow": .number(yarn.betaSlow),
                "factor": .number(yarn.factor),
                "original_max_position_embeddings": .integer(yarn.originalMaximumPositions),
                "rope_type": "yarn", "truncate": .bool(yarn.truncatesBounds),
            ]
            members["attention_factor"] = yarn.attentionFactor.map { .number($0) }
            members["mscale"] = yarn.scaleMultiplier.map { .number($0) }
            members["mscale_all_dim"] = yarn.scaleMultiplierAllDimensions.map { .number($0) }
            return .object(members.sortedByKey())
        }
    }
}
