// README.md of an exported model: front matter that model hubs read, then what is known of its making.
// It states only what it is given.

/// The facts of a model card.
public struct ModelCard: Sendable, Equatable {
    /// What the card describes.
    public enum Kind: String, Sendable {
        case adapter, merged, gguf
    }

    /// The model's name; nil takes that of the export.
    public var name: String?
    /// The base model's name or path.
    public var baseModel: String
    /// The tuning method: "lora", "full", "freeze"; nil when nothing was tuned.
    public var method: String?
    /// Names of the data sets.
    public var datasets: [String] = []
    /// Settings of the run, in order.
    public var hyperparameters: [(name: String, value: String)] = []
    /// Mean training loss of the run.
    public var trainingLoss: Double?
    /// Loss on held-out data.
    public var evaluationLoss: Double?
    /// The licence as hubs abbreviate it.
    public var license = "other"

    /// A card of a model made from `baseModel`.
    public init(name: String? = nil, baseModel: String, method: String? = nil) {
        self.name = name
        self.baseModel = baseModel
        self.method = method
    }

    public static func == (one: ModelCard, two: ModelCard) -> Bool {
        one.name == two.name && one.baseModel == two.baseModel && one.method == two.method
            && one.datasets == two.datasets && one.trainingLoss == two.trainingLoss
            && one.evaluationLoss == two.evaluationLoss && one.license == two.license
            && one.hyperparameters.elementsEqual(two.hyperparameters) { $0 == $1 }
    }

    /// The card as Markdown.
    public func text(kind: Kind, dtype: DType) -> String {
        let title = Self.line(name ?? baseModel)
        var text = frontMatter(kind) + "\n# \(title)\n\n\(sentence(kind, dtype))\n"
        if !datasets.isEmpty {
            text += "\n## Data\n\n" + datasets.map { "- \(Self.line($0))\n" }.joined()
        }
        let losses = [("Training loss", trainingLoss), ("Evaluation loss", evaluationLoss)]
            .compactMap { name, value in value.map { (name, Self.decimal($0)) } }
        if !losses.isEmpty { text += "\n## Results\n\n" + Self.table(losses) }
        if !hyperparameters.isEmpty {
            text +=
                "\n## Training settings\n\n"
                + Self.table(hyperparameters.map { ($0.name, $0.value) })
        }
        return text
    }

    /// The tags that hubs show.
    var tags: [String] { [method, "workbench"].compactMap(\.self) }

    private func frontMatter(_ kind: Kind) -> String {
        // JSON strings are YAML strings, whatever they hold.
        func quoted(_ text: String) -> String { JSONValue.string(text).text() }
        var lines = ["---"]
        switch kind {
        case .adapter: lines.append("library_name: peft")
        case .merged: lines.append("library_name: transformers")
        case .gguf: lines.append("library_name: gguf")
        }
        lines.append("license: \(quoted(license))")
        lines.append("base_model: \(quoted(baseModel))")
        if !datasets.isEmpty {
            lines.append("datasets:")
            lines += datasets.map { "- \(quoted($0))" }
        }
        lines.append("tags:")
        if kind == .adapter { lines.append("- \(quoted("base_model:adapter:\(baseModel)"))") }
        if let method { lines.append("- \(quoted(method))") }
        lines.append("- workbench")
        return (lines + ["---", ""]).joined(separator: "\n")
    }

    private func sentence(_ kind: Kind, _ dtype: DType) -> String {
        let base = "`\(Self.line(baseModel).replacing("`", with: "'"))`"
        let tuned = method.map { " tuned with \(Self.line($0))" } ?? ""
        switch kind {
        case .adapter: return "A LoRA adapter for \(base), in PEFT's layout."
        case .merged:
            return "The model \(base)\(tuned), in one piece, weights in \(dtype.rawValue)."
        case .gguf: return "The model \(base)\(tuned) as a GGUF file, weights in \(dtype.rawValue)."
        }
    }

    private static func table(_ rows: [(String, String)]) -> String {
        func cell(_ text: String) -> String { line(text).replacing("|", with: "\\|") }
        return "| | |\n|---|---|\n"
            + rows.map { "| \(cell($0.0)) | \(cell($0.1)) |\n" }.joined()
    }

    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func decimal(_ value: Double) -> String {
        let rounded = (value * 10_000).rounded() / 10_000
        return rounded.isFinite ? "\(rounded)" : "\(value)"
    }
}
