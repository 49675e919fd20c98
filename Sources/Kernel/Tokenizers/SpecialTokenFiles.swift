// The added tokens of a model folder beyond those of tokenizer.json: tokenizer_config.json,
// special_tokens_map.json and added_tokens.json, joined as transformers 5 joins them.
// It knows no vocabulary but the one it is given, and opens no files.

/// The files beside tokenizer.json that may list tokens.
struct SpecialTokenFiles {
    /// tokenizer_config.json.
    var config: JSONValue?
    /// special_tokens_map.json; read only where the configuration has no `added_tokens_decoder`.
    var map: JSONValue?
    /// added_tokens.json: contents with their ids; read as the map is.
    var added: JSONValue?

    private static let names = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]
    private static let lists = ["additional_special_tokens", "extra_special_tokens"]

    /// Whether the configuration lists all added tokens itself, so that the older files count for
    /// nothing.
    private var isComplete: Bool { config?["added_tokens_decoder"]?.object != nil }

    /// What a name such as `eos_token` stands for: a text, or an object with the text and its flags.
    func entry(_ name: String) -> JSONValue? {
        func given(_ file: JSONValue?) -> JSONValue? {
            file?[name].flatMap { Self.content(of: $0) == nil ? nil : $0 }
        }
        return isComplete ? given(config) ?? given(map) : given(map) ?? given(config)
    }

    /// The text that a name such as `eos_token` stands for.
    func text(_ name: String) -> String? { entry(name).flatMap(Self.content) }

    /// The tokens of tokenizer.json with those of the other files, and what there is to tell.
    ///
    /// A text that the vocabulary has keeps its id, any other gets the next free one. Flags of
    /// `added_tokens_decoder` win over those of tokenizer.json; what is named is special.
    func joined(
        with listed: [AddedToken], vocabulary: JSONObject
    ) -> (tokens: [AddedToken], notes: [Sentence]) {
        var set = TokenSet(listed, vocabulary)
        for (id, token) in configured { set.register(token, listedID: id) }
        if !isComplete {
            let special = Set(named.compactMap(Self.content))
            for (text, value) in added?.object ?? [:] where !set.holds(text) {
                let isSpecial = special.contains(text)
                set.register(
                    AddedToken(
                        id: 0, content: text, isSpecial: isSpecial, isNormalized: !isSpecial),
                    listedID: value.integer)
            }
        }
        for entry in named { set.name(entry) }
        return (set.tokens, set.notes)
    }

    /// The tokens of `added_tokens_decoder` in the order of their ids.
    private var configured: [(Int, AddedToken)] {
        (config?["added_tokens_decoder"]?.object ?? [:]).compactMap { key, value in
            guard let id = Int(key), let content = value["content"]?.string else { return nil }
            return (id, AddedToken(id: 0, content: content, flags: value, isSpecial: false))
        }.sorted { $0.0 < $1.0 }
    }

    /// Everything that is called special by name.
    private var named: [JSONValue] {
        var entries = Self.names.compactMap(entry)
        // Models name marks of their own: image_token, boi_token.
        for (key, value) in config?.object ?? [:]
        where key.hasSuffix("_token") && !Self.names.contains(key) && value.string != nil {
            entries.append(value)
        }
        for file in isComplete ? [config] : [config, map] {
            for list in Self.lists {
                entries += file?[list]?.array ?? file?[list]?.object?.values ?? []
            }
        }
        return entries.filter { Self.content(of: $0) != nil }
    }

    private static func content(of entry: JSONValue) -> String? {
        let text = entry.string ?? entry["content"]?.string
        return text?.isEmpty == false ? text : nil
    }

    /// Tokens while they are joined.
    private struct TokenSet {
        var tokens: [AddedToken]
        var notes: [Sentence] = []
        private let vocabulary: JSONObject
        private var places: [String: Int]
        private var nextID: Int

        init(_ listed: [AddedToken], _ vocabulary: JSONObject) {
            tokens = listed
            self.vocabulary = vocabulary
            places = Dictionary(
                listed.indices.map { (listed[$0].content.bytesKey, $0) }, uniquingKeysWith: { $1 })
            // Ids out of range are refused later, by name.
            let ids = vocabulary.values.compactMap(\.integer) + listed.map(\.id)
            nextID =
                ids.reduce(-1) { last, id in
                    id < TokenizerDefinition.vocabularySizeMax ? max(last, id) : last
                } + 1
        }

        func holds(_ content: String) -> Bool { places[content.bytesKey] != nil }

        /// Adds the token, or gives the one of this text its flags.
        mutating func register(_ token: AddedToken, listedID: Int?) {
            guard !token.content.isEmpty else { return }
            var token = token
            if let place = places[token.content.bytesKey] {
                token.id = tokens[place].id
                tokens[place] = token
                return
            }
            if let known = vocabulary[token.content]?.integer {
                token.id = known
            } else {
                token.id = nextID
                nextID += 1
            }
            if let listedID, listedID != token.id {
                notes.append(
                    "The added token \(token.content.escapedForDisplay) has id \(token.id), not "
                        + "\(listedID) as its list says: so transformers reads it.")
            }
            places[token.content.bytesKey] = tokens.count
            tokens.append(token)
        }

        /// Makes a named token special; one that has no id anywhere stays plain text.
        mutating func name(_ entry: JSONValue) {
            guard let content = SpecialTokenFiles.content(of: entry) else { return }
            if let place = places[content.bytesKey] {
                tokens[place].isSpecial = true
                return
            }
            guard vocabulary[content] != nil else {
                let note: Sentence =
                    "The special token \(content.escapedForDisplay) has no id in the vocabulary; "
                    + "it is read as plain text."
                if !notes.contains(note) { notes.append(note) }
                return
            }
            var token = AddedToken(id: 0, content: content, flags: entry, isSpecial: true)
            token.isSpecial = true
            register(token, listedID: nil)
        }
    }
}

extension AddedToken {
    /// A token with the flags of an object in a file; without the flag it is normalized unless special.
    init(id: Int, content: String, flags: JSONValue, isSpecial standard: Bool) {
        let isSpecial = flags["special"]?.bool ?? standard
        self.init(
            id: id, content: content, isSpecial: isSpecial,
            stripsLeft: flags["lstrip"]?.bool ?? false,
            stripsRight: flags["rstrip"]?.bool ?? false,
            isNormalized: flags["normalized"]?.bool ?? !isSpecial,
            isSingleWord: flags["single_word"]?.bool ?? false)
    }
}

extension String {
    /// A key that is equal only where the bytes are: Swift takes "é" and "e" + U+0301 for equal.
    fileprivate var bytesKey: String {
        utf8.allSatisfy { $0 < 0x80 } ? self : "\u{0}\(Array(utf8))"
    }
}
