// The tokenizer files of an exported folder: the base's own copied, or written from GGUF metadata.
// TokenizerJSON writes a tokenizer.json.

import Foundation

/// Tokenizer files for a model folder.
enum TokenizerFiles {
    /// Names of all files that belong to a tokenizer.
    static let names = [
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.json", "merges.txt", "tokenizer.model", "chat_template.jinja", "chat_template.json",
    ]

    /// The files of the result, with a chat template and an end of text of its own where asked for.
    static func files(of base: ModelFolder, _ text: ExportText) throws(KernelError) -> [SideFile] {
        switch base.tokenizerSource {
        case .folder(let folder): return try copies(from: folder, text)
        case .gguf(let file):
            guard let definition = text.definition else { return [] }
            let json = TokenizerJSON(definition, metadata: file.metadata)
            return try json.files(
                jinja: text.jinja, eos: text.newEOS, positions: base.config.maximumPositions)
        }
    }

    private static func copies(
        from folder: String, _ text: ExportText
    ) throws(KernelError) -> [SideFile] {
        var files: [SideFile] = []
        for name in names where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
            let path = "\(folder)/\(name)"
            let hasTemplate = name.hasPrefix("chat_template")
            if hasTemplate, text.newJinja != nil { continue }
            let isConfig = name == "tokenizer_config.json"
            let changes = isConfig && text.newJinja != nil
            let endsAnew = text.newEOS != nil && (isConfig || name == "special_tokens_map.json")
            guard changes || endsAnew,
                var members = try JSONValue(contentsOf: path, limits: .ofModels).object
            else {
                files.append(try SideFile(copying: path))
                continue
            }
            if isConfig, let jinja = text.newJinja { members["chat_template"] = .string(jinja) }
            if let eos = text.newEOS { members["eos_token"] = .string(eos) }
            files.append(SideFile(name, json: .object(members)))
        }
        // Newer folders keep the template in a file of its own.
        if let jinja = text.newJinja, !files.contains(where: { $0.name == "tokenizer_config.json" })
        {
            files.append(SideFile("chat_template.jinja", text: jinja))
        }
        return files
    }
}
