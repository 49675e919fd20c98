// A model opened for a plan or a chat: files, tokenizer and template, with everything worth telling the user.

/// An opened model with its tokenizer and the template that conversations are written with.
public struct PreparedModel: Sendable {
    public let folder: ModelFolder
    public let tokenizer: any Tokenizer
    public let chat: ChatEncoder
    public let templateName: String
    /// The source of the chat template that came with the model, if one did.
    public let modelTemplate: String?
    /// Whether the template is the one that an adapter's run was trained with.
    public let followsRun: Bool
    /// The source that takes the place of the model's own chat template, if one does.
    public let adapterTemplate: String?
    /// Why this template, what was found odd; for the user to read.
    public let notes: [Sentence]
    /// Those of the notes that say which template was taken by itself and how it differs.
    public let templateNotes: [Sentence]
    /// Ids that end an answer: the template's and the model's own.
    public let stopIDs: Set<Int32>

    public init(_ plan: TrainingPlan) throws(KernelError) {
        try self.init(
            path: plan.model.path, template: plan.encoding.template,
            defaultSystem: plan.encoding.defaultSystem)
    }

    /// `template` nil or empty: told from the model's own chat template; refused when it cannot be told.
    /// `chatTemplate` takes the place of the model's own, as one that lies with an adapter does; `notes`
    /// are told first. `trustsContent` lets what is asked spell special tokens; records follow the plan
    /// instead.
    public init(
        path: String, template: String?, defaultSystem: String? = nil, notes first: [Sentence] = [],
        chatTemplate: String? = nil, followsRun: Bool = false, trustsContent: Bool = false
    ) throws(KernelError) {
        try ModelFolder.checkManifest(of: path)
        let folder = try ModelFolder(path: path)
        let loaded = try folder.loadTokenizer()
        guard loaded.tokenizer.vocabularySize <= folder.config.vocabularySize else {
            throw KernelError(
                .badData, "the tokenizer does not fit the model", at: path,
                because:
                    "it has \(loaded.tokenizer.vocabularySize) ids, the model \(folder.config.vocabularySize)"
            )
        }
        var notes = folder.notes
        for note in loaded.notes where !notes.contains(note) { notes.append(note) }
        notes += first
        var templateNotes: [Sentence] = []
        let name: String
        func spelled(_ id: Int?) -> String? {
            id.map { loaded.tokenizer.decode([$0], skipSpecial: false) }
        }
        let own = chatTemplate ?? loaded.chatTemplate ?? folder.chatTemplate
        if let template, !template.isEmpty {
            name = template
            let detection = TemplateDetector.detect(
                chatTemplate: own, bos: spelled(loaded.tokenizer.bosID),
                eos: spelled(loaded.tokenizer.eosID))
            if let found = detection.name, found != template {
                notes.append(
                    "The template is \(template), but the model's own looks like \(found).")
            }
        } else {
            let detection = TemplateDetector.detect(
                chatTemplate: own, bos: spelled(loaded.tokenizer.bosID),
                eos: spelled(loaded.tokenizer.eosID))
            guard let found = detection.name else {
                throw KernelError(
                    .configuration, "the template cannot be told from the model", at: path,
                    because: detection.why,
                    hint:
                        "Set template to one of: \(BuiltinTemplates.names.joined(separator: ", "))."
                )
            }
            templateNotes = ["Template \(found): \(detection.why)"] + detection.notes
            notes += templateNotes
            name = found
        }
        var built = try BuiltinTemplates.named(name)
        if let defaultSystem { built.defaultSystem = defaultSystem }
        let chat = ChatEncoder(built, loaded.tokenizer, trustsContent: trustsContent)
        for word in chat.unknownStopWords {
            notes.append(
                "The template's stop word \(word.escapedForDisplay) is no token of this model.")
        }
        for (mark, count) in chat.splitMarks where chat.tokenizer.id(of: mark) != nil {
            notes.append(
                "The template's mark \(mark) is cut into \(count) tokens: the tokenizer's files do "
                    + "not mark it as a special token.")
        }
        self.folder = folder
        tokenizer = loaded.tokenizer
        self.chat = chat
        templateName = name
        modelTemplate = own
        adapterTemplate = chatTemplate
        self.followsRun = followsRun
        self.notes = notes
        self.templateNotes = templateNotes
        stopIDs = Set(chat.stopIDs.union(folder.eosTokenIDs).map { Int32($0) })
    }
}

extension ModelFolder {
    /// Throws where a checkpoint of a whole model has other files than it says.
    static func checkManifest(of path: String) throws(KernelError) {
        try FolderManifest.checkIfThere(path) { manifest in
            manifest.files.keys.filter { !Checkpoint.isOfTraining($0) }
        }
    }

    /// The tokenizer that lies with the model.
    func loadTokenizer() throws(KernelError) -> LoadedTokenizer {
        switch tokenizerSource {
        case .folder(let files): try TokenizerLoader.load(modelAt: files)
        case .gguf(let file): try TokenizerLoader.load(gguf: file, path: file.path)
        }
    }
}
