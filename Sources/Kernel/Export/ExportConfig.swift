// config.json and generation_config.json of an exported folder: the base's own with the new element
// type, or made from GGUF metadata in a form that transformers 4 and 5 read.

import Foundation

/// The two configuration files of an exported model.
enum ExportConfig {
    /// Both files.
    static func files(
        of base: ModelFolder, dtype: DType
    ) throws(KernelError) -> [SideFile] {
        switch base.tokenizerSource {
        case .folder(let folder):
            let settings = "\(folder)/generation_config.json"
            let generation =
                FileManager.default.fileExists(atPath: settings)
                ? try SideFile(copying: settings) : generation(of: base)
            return [
                SideFile("config.json", json: adjusted(base.config.rawJSON, dtype)), generation,
            ]
        case .gguf:
            let config = try expressible(base.config, at: base.path)
            let json = withRopeParameters(config.makeJSON())
            return [SideFile("config.json", json: adjusted(json, dtype)), generation(of: base)]
        }
    }

    /// The configuration with the element type under the keys that it uses already.
    private static func adjusted(_ json: JSONValue, _ dtype: DType) -> JSONValue {
        guard var members = json.object else { return json }
        let name = JSONValue.string(torchName(dtype))
        if members["dtype"] != nil { members["dtype"] = name }
        if members["torch_dtype"] != nil || members["dtype"] == nil {
            members["torch_dtype"] = name
        }
        return .object(members)
    }

    private static func torchName(_ dtype: DType) -> String {
        switch dtype {
        case .f16: "float16"
        case .bf16: "bfloat16"
        default: "float32"
        }
    }

    private static func generation(of base: ModelFolder) -> SideFile {
        var members: JSONObject = ["_from_model_config": true]
        let config = base.config
        if let id = config.bosTokenID { members["bos_token_id"] = .integer(id) }
        let ends = base.eosTokenIDs
        if ends.count == 1 { members["eos_token_id"] = .integer(ends[0]) }
        if ends.count > 1 { members["eos_token_id"] = .array(ends.map { .integer($0) }) }
        if let id = config.padTokenID { members["pad_token_id"] = .integer(id) }
        return SideFile("generation_config.json", json: .object(members))
    }

    // MARK: - From GGUF

    /// The same configuration in terms that config.json has.
    static func expressible(
        _ config: ModelConfig, at path: String
    ) throws(KernelError) -> ModelConfig {
        var config = config
        if case .frequencyFactors(let factors)? = config.network.rotary.scaling {
            guard
                let scaling = RopeScaling.llama3(
                    matching: factors, headDimension: config.network.rotary.headDimension,
                    theta: config.network.rotary.theta)
            else {
                throw KernelError(
                    .unavailable, "cannot write the model's rotary factors to config.json",
                    at: "\(path.escapedForDisplay), tensor \(GGUFNames.rotaryFactors)",
                    because: "they are not those of Llama 3", hint: "Export to GGUF instead")
            }
            config.network.rotary.scaling = scaling
        }
        // GGUF calls Mistral's models llama as well; in Hugging Face only mistral has a window.
        let hasBias = LinearModule.allCases.contains { module in
            config.network.layers.contains { $0.hasBias(module) }
        }
        if config.modelType == "llama", config.network.window != nil, !hasBias {
            config.modelType = "mistral"
        }
        return config
    }

    /// Adds transformers 5's spelling of the rotary settings beside that of version 4.
    private static func withRopeParameters(_ json: JSONValue) -> JSONValue {
        guard var members = json.object else { return json }
        var rope = members["rope_scaling"]?.object ?? ["rope_type": "default"]
        rope["rope_theta"] = members["rope_theta"]
        members["rope_parameters"] = .object(rope)
        return .object(members.sortedByKey())
    }
}

extension RopeScaling {
    /// The llama3 settings that give these factors; nil when there are none.
    ///
    /// Between the bounds 1/f = (1 − s)/F + s, where s = (L/λ − low)/(high − low) is linear in 1/λ:
    /// two such factors give slope and offset, and `low` = 1 fixes what no factor depends on.
    static func llama3(
        matching factors: [Float], headDimension: Int, theta: Double
    ) -> RopeScaling? {
        guard let largest = factors.max(), largest > 1 else { return nil }
        let factor = Double(largest)
        func isMatch(_ candidate: RopeScaling) -> Bool {
            let found = candidate.frequencyFactors(headDimension: headDimension, theta: theta) ?? []
            return found.count == factors.count
                && zip(found, factors).allSatisfy { abs($0 - $1) <= 1e-4 * $1 }
        }
        func candidate(_ high: Double, _ original: Double) -> RopeScaling? {
            guard high > 1, high < 1e6, let length = Int(exactly: original.rounded()), length > 0
            else { return nil }
            return .llama3(
                factor: factor, lowFrequencyFactor: 1, highFrequencyFactor: high,
                originalMaximumPositions: length)
        }
        // The published settings first: they are exact where a fit would be rounded.
        let usual = (4...22).compactMap { candidate(4, Double(1 << $0)) }
        if let match = usual.first(where: isMatch) { return match }
        let blended = factors.indices.filter {
            factors[$0] > 1.001 && factors[$0] < largest * 0.999
        }
        guard let first = blended.first, let last = blended.last, first < last else { return nil }
        func point(_ pair: Int) -> (inverse: Double, share: Double) {
            let frequency = pow(theta, -2 * Double(pair) / Double(headDimension))
            let share = (1 / Double(factors[pair]) - 1 / factor) / (1 - 1 / factor)
            return (frequency / (2 * Double.pi), share)
        }
        let (one, two) = (point(first), point(last))
        let slope = (one.share - two.share) / (one.inverse - two.inverse)
        let offset = one.share - slope * one.inverse
        guard slope > 0, offset < 0 else { return nil }
        let high = 1 - 1 / offset
        return candidate(high, slope * (high - 1)).flatMap { isMatch($0) ? $0 : nil }
    }
}
