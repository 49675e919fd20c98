// What an export says in words: names, tokenizer, chat template, card; found once, with remarks.
// It knows no weights.

import Foundation

/// The words of one export.
struct ExportText {
    let base: ModelFolder
    private let settings: ExportSettings
    /// Nil when the base has no tokenizer that this program reads.
    let definition: TokenizerDefinition?
    private let tokenizer: (any Tokenizer)?
    /// The format of conversations: the one that was asked for, or the built-in twin of the model's.
    let template: ChatTemplate?
    /// A chat template that takes the place of the model's own.
    private(set) var newJinja: String?
    private(set) var notes: [Sentence] = []

    init(_ base: ModelFolder, _ settings: ExportSettings) throws(KernelError) {
        self.base = base
        self.settings = settings
        var notes: [Sentence] = []
        let definition = try Self.definition(of: base, &notes)
        self.definition = definition
        let tokenizer = try definition.map { (found) throws(KernelError) in
            try TokenizerLoader.load(found).tokenizer
        }
        self.tokenizer = tokenizer
        if let chosen = settings.template {
            template = chosen
        } else {
            let found = TemplateDetector.detect(
                chatTemplate: settings.chatTemplate ?? base.chatTemplate)
            template = found.name.flatMap { name in
                BuiltinTemplates.rows.first { $0.name == name }
            }
            if template == nil { notes.append("No Modelfile for Ollama was written: \(found.why)") }
        }
        self.notes = notes
        if let own = settings.chatTemplate {
            newJinja = own
            return
        }
        guard let chosen = settings.template, let source = source(of: chosen),
            chosen.replacesModelTemplate || base.chatTemplate == nil || isForeign(chosen)
        else {
            noteKeptTemplate()
            return
        }
        newJinja = source.jinja
        if newJinja == nil {
            self.notes.append("The template \(chosen.name) cannot be written as Jinja")
        }
    }

    /// Whether the model's own template is known as another one and writes other turns: then what was
    /// trained is asked in vain with it.
    private func isForeign(_ chosen: ChatTemplate) -> Bool {
        guard settings.followsRun else { return false }
        guard let own = base.chatTemplate else { return true }
        let found = TemplateDetector.detect(chatTemplate: own).name
        return found != nil && found != chosen.name && !TemplateDetector.agrees(own, chosen)
    }

    /// The model's own template stays in the files: says where it differs from what was trained on.
    private mutating func noteKeptTemplate() {
        guard let own = base.chatTemplate, let chosen = settings.template else { return }
        let differences = TemplateDetector.notes(own, chosen)
        guard !differences.isEmpty else { return }
        notes.append("The files keep the model's own chat template")
        notes += differences
    }

    private static func definition(
        of base: ModelFolder, _ notes: inout [Sentence]
    ) throws(KernelError) -> TokenizerDefinition? {
        do throws(KernelError) {
            switch base.tokenizerSource {
            case .folder(let folder):
                return try TokenizerLoader.definition(modelAt: folder)
            case .gguf(let file):
                if try file.metadata.string("tokenizer.ggml.model") ?? "no_vocab" == "no_vocab" {
                    notes.append("The base has no tokenizer, so none was written")
                    return nil
                }
                return try TokenizerDefinition(
                    metadata: file.metadata, origin: file.path.escapedForDisplay)
            }
        } catch {
            guard error.kind == .missingInput || error.kind == .unavailable else { throw error }
            notes.append("The base's tokenizer was not read: \(error.why ?? error.what)")
            return nil
        }
    }

    mutating func note(_ text: Sentence) { notes.append(text) }

    // MARK: - Names

    /// The name in metadata and card.
    var modelName: String {
        if let name = settings.modelName, !name.isEmpty { return name }
        return Self.name(ofModelAt: base.path)
    }

    /// The name of a folder or file, without the type of its weights. What a GGUF file calls itself is
    /// often a name of its training that means nothing elsewhere.
    static func name(ofModelAt path: String) -> String {
        let last = path.split(separator: "/").last.map(String.init) ?? "model"
        guard last.lowercased().hasSuffix(".gguf") else { return last }
        let stem = last.dropLast(5)
        let type = stem.split { $0 == "." || $0 == "-" }.last ?? ""
        let isType = type.wholeMatch(of: /(?i)(I?Q[0-9]|F16|F32|BF16|FP16|FP32)[0-9A-Z_]*/) != nil
        let name = isType ? stem.dropLast(type.count + 1) : stem
        return name.isEmpty ? String(stem) : String(name)
    }

    /// The name as part of a file name: letters, digits, dots, dashes and underscores.
    var fileName: String {
        let kept = modelName.unicodeScalars.map { scalar -> Character in
            let isPlain = scalar.isASCII && scalar.properties.isAlphabetic
            let isOther = ("0"..."9").contains(scalar) || [".", "-", "_"].contains(scalar)
            return isPlain || isOther ? Character(scalar) : "-"
        }
        let name = String(kept.prefix(100)).drop { $0 == "." || $0 == "-" }
        return name.isEmpty ? "model" : String(name)
    }

    // MARK: - Special tokens

    /// The text of a token.
    func spelled(_ id: Int?) -> String? {
        guard let id, let tokenizer else { return nil }
        let text = tokenizer.decode([id], skipSpecial: false)
        return text.isEmpty ? nil : text
    }

    private func id(of token: String) -> Int? { tokenizer?.id(of: token) }

    /// The token that takes the place of the tokenizer's end of text; nil when that stays.
    var newEOS: String? {
        guard let chosen = settings.template, chosen.replacesEOS, let word = chosen.stopWords.first,
            id(of: word) != nil
        else { return nil }
        return word
    }

    private func source(of template: ChatTemplate) -> TemplateText? {
        guard let tokenizer else { return nil }
        let encoder = ChatEncoder(template, tokenizer)
        return TemplateText(
            template: template, bos: spelled(tokenizer.bosID) ?? "",
            eos: spelled(encoder.eosID) ?? "")
    }

    // MARK: - Side files

    /// The chat template that the result carries.
    var jinja: String? { newJinja ?? base.chatTemplate }

    /// An Ollama Modelfile that loads `model`; nil without tokenizer or template.
    func modelfile(from model: String) -> SideFile? {
        guard let template, let tokenizer, let source = source(of: template),
            let body = source.ollama(addsBOS: tokenizer.addsBOS)
        else { return nil }
        let encoder = ChatEncoder(template, tokenizer)
        let known = template.stopWords.filter { tokenizer.id(of: $0) != nil }
        var stops = encoder.eosID.flatMap { spelled($0) }.map { [$0] } ?? []
        for word in known where !stops.contains(word) { stops.append(word) }
        let file = Modelfile(
            from: model, template: body, system: template.defaultSystem, stops: stops,
            contextLength: min(settings.contextLength, base.config.maximumPositions))
        return SideFile("Modelfile", text: file.text)
    }

    /// README.md.
    func card(kind: ModelCard.Kind, dtype: DType) -> SideFile {
        var card = settings.card ?? ModelCard(baseModel: modelName)
        if card.name == nil { card.name = modelName }
        return SideFile("README.md", text: card.text(kind: kind, dtype: dtype))
    }
}
