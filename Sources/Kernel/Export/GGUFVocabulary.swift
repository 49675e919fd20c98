// The tokenizer part of a GGUF file's metadata: the base file's own copied, or made from a folder's
// tokenizer as llama.cpp's converter does. It knows nothing of weights.

/// Tokenizer metadata for a GGUF file.
enum GGUFVocabulary {
    private enum Kind: Int32 {
        case normal = 1
        case control = 3
        case userDefined = 4
        case unused = 5
    }
    private static let prefix = "tokenizer.ggml."

    /// Keys with their values, in the order of the file.
    static func pairs(
        of base: ModelFolder, _ text: ExportText
    ) throws(KernelError) -> [(key: String, value: GGUFValue)] {
        switch base.tokenizerSource {
        case .gguf(let file):
            var pairs = file.metadata.pairs.filter {
                $0.key.hasPrefix("tokenizer.") && $0.key != "tokenizer.chat_template"
            }
            if let eos = text.newEOS, let id = text.definition?.vocabulary.firstIndex(of: eos) {
                pairs.removeAll { $0.key == prefix + "eos_token_id" }
                pairs.append((prefix + "eos_token_id", .uint32(UInt32(id))))
            }
            return pairs + template(text)
        case .folder:
            guard let definition = text.definition else {
                return [(prefix + "model", .string("no_vocab"))]
            }
            // Unlike Unicode's forms these change nearly every text.
            if let step = definition.normalizers.first(where: { !$0.isOfUnicode }) {
                throw KernelError(
                    .unavailable, "the tokenizer cannot be written as a GGUF file",
                    at: definition.origin,
                    because:
                        "it changes texts first (\(step.name)), which llama.cpp does not: nearly all "
                        + "ids would differ",
                    hint: "Export it as safetensors instead.")
            }
            return try pairs(definition, base, text)
        }
    }

    /// What the format cannot say of a tokenizer, for the user.
    static func notes(_ definition: TokenizerDefinition) -> [Sentence] {
        var notes: [Sentence] = []
        let odd = definition.addedTokens.filter {
            $0.stripsLeft || $0.stripsRight || $0.isSingleWord
        }
        if !odd.isEmpty {
            notes.append(
                "GGUF cannot say that tokens take in the blanks beside them or stand only as words "
                    + "of their own (lstrip, rstrip, single_word): "
                    + "\(KeyTable.list(odd.map(\.content)))")
        }
        // What a reader takes from the family's name.
        if definition.ignoresMerges != (definition.preTokenizer == .llama3) {
            notes.append("GGUF cannot say ignore_merges of this tokenizer: ids may differ")
        }
        if definition.normalizers == [.nfc] {
            notes.append(
                "llama.cpp does not normalize text (NFC): ids of decomposed characters will differ")
        } else if !definition.normalizers.isEmpty {
            notes.append(
                "llama.cpp does not normalize text "
                    + "(\(definition.normalizers.map(\.name).joined(separator: ", "))): ids of texts "
                    + "that this changes will differ")
        }
        return notes
    }

    /// The id of the tokenizer's unknown token, also where only its configuration names one.
    private static func unknownID(_ base: ModelFolder, _ definition: TokenizerDefinition) -> Int? {
        if let id = definition.unknownID { return id }
        guard case .folder(let folder) = base.tokenizerSource else { return nil }
        for name in ["tokenizer_config.json", "special_tokens_map.json"] {
            let json = try? JSONValue(contentsOf: "\(folder)/\(name)", limits: .ofModels)
            let entry = json?["unk_token"]
            if let text = entry?.string ?? entry?["content"]?.string, !text.isEmpty,
                let id = definition.vocabulary.firstIndex(of: text)
            {
                return id
            }
        }
        return nil
    }

    private static func template(_ text: ExportText) -> [(key: String, value: GGUFValue)] {
        text.jinja.map { [("tokenizer.chat_template", .string($0))] } ?? []
    }

    private static func pairs(
        _ definition: TokenizerDefinition, _ base: ModelFolder, _ text: ExportText
    ) throws(KernelError) -> [(key: String, value: GGUFValue)] {
        let rows = base.config.vocabularySize
        let known = definition.vocabulary.count
        guard known <= rows else {
            throw KernelError(
                .badData, "the tokenizer does not fit the model", at: definition.origin,
                because: "it has \(known) tokens, the embedding has \(rows) rows",
                hint: "Use the tokenizer files that came with the model")
        }
        var kinds = [Int32](repeating: Kind.normal.rawValue, count: known)
        for token in definition.addedTokens {
            kinds[token.id] = (token.isSpecial ? Kind.control : .userDefined).rawValue
        }
        // Rows of the embedding that no token has are named, since every row needs a token.
        var tokens = definition.vocabulary + [String](repeating: "", count: rows - known)
        kinds += [Int32](repeating: Kind.unused.rawValue, count: rows - known)
        for (id, token) in tokens.enumerated() where token.isEmpty {
            (tokens[id], kinds[id]) = ("[PAD\(id)]", Kind.unused.rawValue)
        }
        var pairs: [(key: String, value: GGUFValue)] = [
            (prefix + "model", .string("gpt2")),
            (prefix + "pre", .string(definition.preTokenizer.rawValue)),
            (prefix + "tokens", .array(.string(tokens))),
            (prefix + "token_type", .array(.int32(kinds))),
            (
                prefix + "merges",
                .array(.string(definition.merges.map { "\($0.left) \($0.right)" }))
            ),
        ]
        let eos =
            text.newEOS.flatMap { definition.vocabulary.firstIndex(of: $0) } ?? definition.eosID
            ?? base.config.eosTokenIDs.first
        let ids = [
            ("bos", definition.bosID ?? base.config.bosTokenID), ("eos", eos),
            ("eot", turnEnd(base, definition, eos: eos)), ("unknown", unknownID(base, definition)),
            ("padding", definition.padID ?? base.config.padTokenID),
        ]
        for case (let name, let id?) in ids where id < rows {
            pairs.append((prefix + "\(name)_token_id", .uint32(UInt32(id))))
        }
        pairs.append((prefix + "add_bos_token", .bool(definition.addsBOS)))
        pairs.append((prefix + "add_space_prefix", .bool(false)))
        return pairs + template(text)
    }

    /// A second id that ends generation, such as the end of a turn beside the end of text.
    private static func turnEnd(
        _ base: ModelFolder, _ definition: TokenizerDefinition, eos: Int?
    ) -> Int? {
        let others = base.eosTokenIDs.filter { $0 != eos }
        let turnEnds = ["<|im_end|>", "<|eot_id|>"]
        return others.first {
            definition.vocabulary.indices.contains($0)
                && turnEnds.contains(definition.vocabulary[$0])
        } ?? others.first
    }
}
