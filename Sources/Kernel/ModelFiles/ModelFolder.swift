// A model on disk: a Hugging Face folder or one GGUF file, opened, checked and ready to build from.
// It reads weights lazily through their mapping; tokenizers are built elsewhere from what it points at.
import Foundation

/// An opened model whose tensors agree with its configuration.
public struct ModelFolder: Sendable {
    /// The path of the folder or of the GGUF file.
    public let path: String
    public private(set) var config: ModelConfig
    /// The tensors under their Hugging Face names.
    public let weights: any WeightSource
    public let tokenizerSource: TokenizerSource
    /// The chat template that came with the model, a Jinja text.
    public let chatTemplate: String?
    public let generation: GenerationDefaults
    /// Tensors that the model has no use for, such as stored rotary tables.
    public let unexpectedTensors: [String]
    /// What in the files is not used here, and what was decided between two of them; for the user.
    public let notes: [Sentence]

    /// Where the tokenizer's data are.
    public enum TokenizerSource: Sendable {
        /// A folder with tokenizer files.
        case folder(String)
        /// The metadata of a GGUF file.
        case gguf(GGUFFile)
    }

    /// Opens the Hugging Face folder or the GGUF file at `path`.
    public init(path: String) throws(KernelError) {
        switch try ModelLocation(path) {
        case .gguf(let file): try self.init(ggufAt: file)
        case .folder(let folder, let weights): try self.init(folder: folder, weights: weights)
        }
    }

    private init(ggufAt path: String) throws(KernelError) {
        let file = try GGUFFile(path: path, keepsUnread: true)
        if let parts = try file.metadata.integer("split.count"), parts > 1 {
            throw KernelError(
                .unavailable, "the GGUF file is one of \(parts) parts", at: path.escapedForDisplay,
                hint: "Merge the parts first (llama-gguf-split --merge)")
        }
        let config = try ModelConfig(gguf: file)
        self.path = path
        self.config = config
        weights = file
        tokenizerSource = .gguf(file)
        chatTemplate = try file.metadata.string("tokenizer.chat_template")
        generation = GenerationDefaults()
        let tensors = try TensorCheck(file, for: config, at: path)
        unexpectedTensors = tensors.unexpected
        notes = try ModelConfig.notes(gguf: file) + tensors.notes
    }

    private init(folder: String, weights: ModelLocation.Weights) throws(KernelError) {
        var notes: [Sentence] = []
        let settings = "\(folder)/config.json"
        var config = try ModelConfig(
            json: JSONValue(contentsOf: settings, limits: .ofModels), source: settings,
            notes: &notes)
        var source: any WeightSource
        switch weights {
        case .single(let file): source = try SafetensorsFile(path: file, keepsUnread: true)
        case .sharded(let index):
            let shards = try ShardedWeights(indexPath: index)
            if !shards.unlisted.isEmpty {
                notes.append(
                    "Tensors that lie in several shards are taken from the one that "
                        + "\(index.lastPathPart.escapedForDisplay) names: "
                        + "\(KeyTable.list(shards.unlisted))")
            }
            source = shards
        case .both(let file, let index):
            // As transformers decides; users who fetched the folder twice should know of it.
            source = try SafetensorsFile(path: file, keepsUnread: true)
            notes.append(
                "\(file.lastPathPart) and \(index.lastPathPart) are both there: the weights are taken "
                    + "from \(file.lastPathPart)")
        }
        let names = config.family.names
        if config.network.head.isTied { source = TiedHead.named(source, names) }
        if config.network.head.isTied, TiedHead.differs(in: source, names) {
            config.setHead(tied: false)
            notes.append(
                "config.json says tie_word_embeddings, but the file holds a head that differs from the "
                    + "embedding: that head is used")
        }
        path = folder
        self.config = config
        self.weights = source
        tokenizerSource = .folder(folder)
        chatTemplate = try Self.chatTemplate(in: folder, notes: &notes)
        if FileManager.default.fileExists(atPath: "\(folder)/adapter_config.json") {
            notes.append(
                "The folder holds an adapter beside the model, which is not used unless it is given as "
                    + "an adapter")
        }
        let advice = "\(folder)/generation_config.json"
        generation =
            FileManager.default.fileExists(atPath: advice)
            ? try GenerationDefaults(
                json: JSONValue(contentsOf: advice, limits: .ofModels), source: advice,
                vocabularySize: config.vocabularySize, notes: &notes) : GenerationDefaults()
        let tensors = try TensorCheck(source, for: config, at: folder)
        unexpectedTensors = tensors.unexpected
        self.notes = notes + tensors.notes
    }

    /// The same files as a model with a head of its own or without one: as an adapter made it.
    func withHead(tied: Bool) -> ModelFolder {
        guard config.network.head.isTied != tied else { return self }
        var folder = self
        folder.config.setHead(tied: tied)
        return folder
    }

    /// Throws when a file of the weights changed or became unreadable since it was opened: what was
    /// computed from it since then is not to be trusted.
    public func checkUnchanged() throws(KernelError) {
        for file in weights.files { try file.checkUnchanged() }
    }

    /// Puts the weights' bytes on huge pages, for callers that read all of them for every token.
    public func preload() {
        for file in weights.files { file.preload() }
    }

    // MARK: - Facts

    /// Ids that end a text: those of the generation settings, else those of the configuration.
    public var eosTokenIDs: [Int] {
        generation.eosTokenIDs.isEmpty ? config.eosTokenIDs : generation.eosTokenIDs
    }

    /// The number of weights, a tied head counted once.
    public var parameterCount: Int { config.parameterCount }

    /// The bytes of all tensors on disk.
    public var totalBytes: Int { weights.tensorBytes }

    /// One line for people: "llama, 30 layers, 134.5 M parameters, 91.7 MB (q4_1)".
    public var summary: String {
        let millions = Double(parameterCount) / 1e6
        let count =
            millions < 1e3
            ? String(format: "%.1f M", millions) : String(format: "%.2f B", millions / 1e3)
        let megabytes = Double(totalBytes) / 1e6
        let size =
            megabytes < 1e3
            ? String(format: "%.1f MB", megabytes) : String(format: "%.2f GB", megabytes / 1e3)
        return
            "\(config.modelType), \(config.network.layers.count) layers, \(count) parameters, \(size) "
            + "(\(mainDType.rawValue))"
    }

    /// The element kind that most of the bytes have.
    public var mainDType: DType {
        var bytes: [DType: Int] = [:]
        for entry in weights.entries { bytes[entry.dtype, default: 0] += entry.byteRange.count }
        let largest = bytes.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
        return largest?.key ?? .f32
    }

    // MARK: - Chat template

    /// The template from chat_template.jinja, else from the JSON files that may carry one.
    private static func chatTemplate(
        in folder: String, notes: inout [Sentence]
    ) throws(KernelError) -> String? {
        let jinja = "\(folder)/chat_template.jinja"
        if FileManager.default.fileExists(atPath: jinja) {
            let file = try MappedFile(path: jinja)
            try LargeFilePointer.refuse(file.bytes, at: jinja)
            guard let text = String(validating: file.bytes, as: UTF8.self) else {
                throw KernelError(
                    .badData, "cannot read the chat template", at: jinja.escapedForDisplay,
                    because: "the text is not UTF-8")
            }
            return text
        }
        for name in ["chat_template.json", "tokenizer_config.json"] {
            let path = "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            switch try JSONValue(contentsOf: path, limits: .ofModels)["chat_template"] {
            case .string(let text)?: return text
            case .array(let named)?:
                let chosen = named.first { $0["name"]?.string == "default" } ?? named.first
                guard let text = chosen?["template"]?.string else { continue }
                let others = named.filter { $0 != chosen }.compactMap { $0["name"]?.string }
                if !others.isEmpty {
                    notes.append(
                        "\(name) holds several chat templates; not used: \(KeyTable.list(others))")
                }
                return text
            default: continue
            }
        }
        return nil
    }
}
