// How a model's author wants it sampled: the few keys of generation_config.json that Workbench uses.
// Absent keys stay nil, so that the program's own defaults can apply.

/// Sampling settings published with a model.
public struct GenerationDefaults: Sendable, Equatable {
    public var samples: Bool?
    public var temperature: Double?
    public var topK: Int?
    public var topP: Double?
    public var repetitionPenalty: Double?
    /// Ids that end a text; empty when the file does not say.
    public var eosTokenIDs: [Int] = []

    /// No settings at all.
    public init() {}

    /// Reads and checks the generation_config.json at `path`.
    public init(path: String, vocabularySize: Int) throws(KernelError) {
        try self.init(
            json: JSONValue(contentsOf: path, limits: .ofModels), source: path,
            vocabularySize: vocabularySize)
    }

    /// Reads and checks a parsed generation_config.json; `source` names it in errors.
    public init(json: JSONValue, source: String, vocabularySize: Int) throws(KernelError) {
        var notes: [Sentence] = []
        try self.init(
            json: json, source: source, vocabularySize: vocabularySize, notes: &notes)
    }

    /// The same, with what the user should know about the file: settings that are not followed here.
    init(
        json: JSONValue, source: String, vocabularySize: Int, notes: inout [Sentence]
    ) throws(KernelError) {
        let reader = try ConfigReader(json, source: source)
        samples = try reader.bool("do_sample")
        temperature = try reader.double("temperature", in: 0...1e3)
        topK = try reader.integer("top_k", in: 0...1 << 31)
        topP = try reader.double("top_p", in: 0...1)
        repetitionPenalty = try reader.double("repetition_penalty", in: 1e-3...1e3)
        eosTokenIDs = try reader.tokenIDs("eos_token_id", below: vocabularySize)
        if let advice {
            reader.remark("recommends \(advice); answers follow this program's own settings")
        }
        notes += try reader.notes(ConfigKeys.generation)
    }

    /// What the author recommends for drawing tokens, in words; nil when nothing is.
    private var advice: String? {
        var parts: [String] = []
        if let temperature, temperature != 1 { parts.append("temperature \(temperature)") }
        if let topP, topP != 1 { parts.append("top_p \(topP)") }
        if let topK, topK != 50 { parts.append("top_k \(topK)") }
        if let repetitionPenalty, repetitionPenalty != 1 {
            parts.append("repetition_penalty \(repetitionPenalty)")
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
