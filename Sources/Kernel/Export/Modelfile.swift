// The Modelfile by which Ollama loads an exported model, laid out as LLaMA-Factory writes it.
// It knows neither tokenizers nor weights.

/// An Ollama Modelfile.
public struct Modelfile: Sendable, Equatable {
    /// Path of the model relative to this file: "." or "./name.gguf".
    public var from: String
    /// The chat template in Go's language.
    public var template: String
    /// The default system text; empty for none.
    public var system: String
    /// Texts at which generation ends.
    public var stops: [String]
    /// The length of the context in tokens.
    public var contextLength: Int

    /// A Modelfile of these parts.
    public init(
        from: String, template: String, system: String = "", stops: [String] = [],
        contextLength: Int = 4096
    ) {
        self.from = from
        self.template = template
        self.system = system
        self.stops = stops
        self.contextLength = contextLength
    }

    /// The file's text.
    public var text: String {
        var text = "# ollama modelfile written by workbench\n\nFROM \(from)\n\n"
        text += "TEMPLATE \"\"\"\(template)\"\"\"\n\n"
        if !system.isEmpty { text += "SYSTEM \"\"\"\(system)\"\"\"\n\n" }
        for stop in stops { text += "PARAMETER stop \"\(stop)\"\n" }
        return text + "PARAMETER num_ctx \(contextLength)\n"
    }
}
