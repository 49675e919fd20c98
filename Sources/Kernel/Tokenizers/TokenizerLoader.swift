// Finds the tokenizer files of a model on disk and builds the tokenizer.
// It knows file names; what is in the files is read by the definition's readers.

import Foundation

/// Loads tokenizers.
public enum TokenizerLoader {
    /// Loads the tokenizer of a model folder, a GGUF file, or a tokenizer.json.
    public static func load(modelAt path: String) throws(KernelError) -> LoadedTokenizer {
        try load(definition(modelAt: path))
    }

    /// Builds the tokenizer of an opened GGUF file.
    public static func load(gguf: GGUFFile, path: String) throws(KernelError) -> LoadedTokenizer {
        try load(TokenizerDefinition(metadata: gguf.metadata, origin: path.escapedForDisplay))
    }

    /// Builds a tokenizer from its definition.
    public static func load(
        _ definition: TokenizerDefinition
    ) throws(KernelError) -> LoadedTokenizer {
        LoadedTokenizer(
            tokenizer: try BytePairTokenizer(definition), chatTemplate: definition.chatTemplate,
            preTokenizer: definition.preTokenizer, notes: definition.notes)
    }

    /// Reads the tokenizer's data of a model folder, a GGUF file, or a tokenizer.json.
    public static func definition(
        modelAt path: String
    ) throws(KernelError) -> TokenizerDefinition {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw KernelError(
                .missingInput, "there is no model", at: path.escapedForDisplay,
                hint: "Give a model folder or a GGUF file")
        }
        if isFolder.boolValue {
            // A folder with nothing but one GGUF file counts as that file.
            if let file = onlyGGUF(in: path) { return try definition(gguf: file) }
            return try definition(folder: path)
        }
        if path.hasSuffix(".json") { return try definition(folder: nil, tokenizerFile: path) }
        return try definition(gguf: path)
    }

    private static func definition(gguf path: String) throws(KernelError) -> TokenizerDefinition {
        let gguf = try GGUFFile(path: path, keepsUnread: true)
        return try TokenizerDefinition(metadata: gguf.metadata, origin: path.escapedForDisplay)
    }

    private static func onlyGGUF(in folder: String) -> String? {
        guard !FileManager.default.fileExists(atPath: "\(folder)/tokenizer.json"),
            case .gguf(let file)? = try? ModelLocation(folder)
        else { return nil }
        return file
    }

    private static func definition(
        folder: String?, tokenizerFile: String? = nil
    ) throws(KernelError) -> TokenizerDefinition {
        let file = tokenizerFile ?? "\(folder ?? ".")/tokenizer.json"
        guard FileManager.default.fileExists(atPath: file) else {
            throw KernelError(
                .missingInput, "the model folder has no tokenizer.json",
                at: (folder ?? file).escapedForDisplay,
                hint: "Copy the tokenizer files of the model beside its weights")
        }
        func optional(_ name: String) throws(KernelError) -> JSONValue? {
            guard let folder, FileManager.default.fileExists(atPath: "\(folder)/\(name)") else {
                return nil
            }
            return try JSONValue(contentsOf: "\(folder)/\(name)", limits: .ofModels)
        }
        var definition = try TokenizerDefinition(
            tokenizer: JSONValue(contentsOf: file, limits: .ofModels),
            config: optional("tokenizer_config.json"),
            specialTokensMap: optional("special_tokens_map.json"),
            addedTokens: optional("added_tokens.json"), origin: file.escapedForDisplay)
        if let folder, let text = try template(at: "\(folder)/chat_template.jinja") {
            definition.chatTemplate = text
        }
        return definition
    }

    private static func template(at path: String) throws(KernelError) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let file = try MappedFile(path: path)
        try LargeFilePointer.refuse(file.bytes, at: path)
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw KernelError(
                .badData, "the chat template is not UTF-8", at: path.escapedForDisplay)
        }
        return text
    }
}
