// Checks a TokenizerDefinition and turns it into tables. Everything a stranger's file can get wrong
// is found here, before the tokenizer exists. It encodes nothing.

/// The tables of a definition that holds together.
struct CheckedDefinition {
    let table: TokenTable
    let isAdded: [Bool]
    let isSpecial: [Bool]
    let rules: WordRules

    init(_ definition: TokenizerDefinition) throws(KernelError) {
        let origin = definition.origin
        let count = definition.vocabulary.count
        guard count > 0, count <= TokenizerDefinition.vocabularySizeMax else {
            throw Self.failure(
                origin, "vocabulary", "\(count) tokens",
                "between 1 and \(TokenizerDefinition.vocabularySizeMax)")
        }
        (isAdded, isSpecial) = try Self.flags(definition.addedTokens, count, origin)
        try Self.checkIDs(of: definition, count)

        let spelled = try Self.bytes(of: definition, isAdded)
        table = TokenTable(spelled.bytes) { spelled.isMergeable[$0] }
        for (id, token) in spelled.bytes.enumerated() where spelled.isMergeable[id] && !isAdded[id]
        {
            guard table.id(of: token) == Int32(id) else {
                let text = definition.vocabulary[id].escapedForDisplay
                throw Self.failure(
                    origin, "vocabulary", "\"\(text)\" twice, the second time as id \(id)",
                    "each token once")
            }
        }
        rules = WordRules(
            preTokenizer: definition.preTokenizer, ignoresMerges: definition.ignoresMerges,
            byteIDs: (0...UInt8.max).map { [table] in table.id(of: [$0]) ?? -1 },
            unknownID: Int32(definition.unknownID ?? -1), fusesUnknown: definition.fusesUnknown,
            isSpecial: isSpecial,
            merges: MergeTable(try Self.merges(definition.merges, table, isSpecial, origin)))
    }

    // MARK: - Ids and flags

    private static func flags(
        _ tokens: [AddedToken], _ count: Int, _ origin: String
    ) throws(KernelError) -> (isAdded: [Bool], isSpecial: [Bool]) {
        var isAdded = [Bool](repeating: false, count: count)
        var isSpecial = isAdded
        for token in tokens {
            guard isAdded.indices.contains(token.id) else {
                throw failure(
                    origin, "added token \"\(token.content.escapedForDisplay)\"", "id \(token.id)",
                    "below \(count)")
            }
            guard !isAdded[token.id] else {
                throw failure(
                    origin, "added token \"\(token.content.escapedForDisplay)\"",
                    "id \(token.id) a second time",
                    "each id once")
            }
            guard !token.content.isEmpty else {
                throw failure(origin, "added token \(token.id)", "no text", "some text to match")
            }
            isAdded[token.id] = true
            isSpecial[token.id] = token.isSpecial
        }
        return (isAdded, isSpecial)
    }

    private static func checkIDs(
        of definition: TokenizerDefinition, _ count: Int
    ) throws(KernelError) {
        for (name, id) in [
            ("bos", definition.bosID), ("eos", definition.eosID), ("pad", definition.padID),
            ("unknown", definition.unknownID),
        ] {
            if let id, !(0..<count).contains(id) {
                throw failure(
                    definition.origin, "\(name) token", "id \(id)", "between 0 and \(count - 1)")
            }
        }
        if definition.addsBOS, definition.bosID == nil {
            throw failure(
                definition.origin, "bos token", "none although texts start with it", "an id")
        }
    }

    // MARK: - Tokens

    /// The bytes each id stands for, and whether merges can build and use it.
    private static func bytes(
        of definition: TokenizerDefinition, _ isAdded: [Bool]
    ) throws(KernelError) -> (bytes: [[UInt8]], isMergeable: [Bool]) {
        var bytes: [[UInt8]] = []
        bytes.reserveCapacity(definition.vocabulary.count)
        var isMergeable: [Bool] = []
        isMergeable.reserveCapacity(definition.vocabulary.count)
        for (id, text) in definition.vocabulary.enumerated() {
            guard text.utf8.count <= TokenizerDefinition.tokenBytesMax else {
                throw failure(
                    definition.origin, "token \(id)", "\(text.utf8.count) bytes",
                    "at most \(TokenizerDefinition.tokenBytesMax)")
            }
            // Added tokens are plain text; in printable ASCII the byte alphabet agrees with it.
            let isPlain = isAdded[id] && !text.utf8.allSatisfy { (33...126).contains($0) }
            let spelled = isPlain ? nil : ByteAlphabet.bytes(of: text)
            bytes.append(spelled ?? Array(text.utf8))
            isMergeable.append(spelled.map { !$0.isEmpty } ?? false)
        }
        // Where an added token repeats a word of the vocabulary, merges build the word.
        var words: Set<[UInt8]> = []
        for token in definition.addedTokens where isMergeable[token.id] {
            words.insert(bytes[token.id])
        }
        for id in bytes.indices where isMergeable[id] && !isAdded[id] { words.remove(bytes[id]) }
        for token in definition.addedTokens where isMergeable[token.id] {
            isMergeable[token.id] = words.contains(bytes[token.id])
        }
        return (bytes, isMergeable)
    }

    // MARK: - Merges

    private static func merges(
        _ rules: [MergeRule], _ table: TokenTable, _ isSpecial: [Bool], _ origin: String
    ) throws(KernelError) -> [(left: Int32, right: Int32, result: Int32)] {
        guard rules.count <= 2 * TokenizerDefinition.vocabularySizeMax else {
            throw failure(
                origin, "merges", "\(rules.count) rules",
                "at most \(2 * TokenizerDefinition.vocabularySizeMax)")
        }
        var result: [(left: Int32, right: Int32, result: Int32)] = []
        result.reserveCapacity(rules.count)
        for (rank, rule) in rules.enumerated() {
            let left = ByteAlphabet.bytes(of: rule.left) ?? []
            let right = ByteAlphabet.bytes(of: rule.right) ?? []
            guard let leftID = table.id(of: left), let rightID = table.id(of: right),
                let merged = table.id(of: left + right)
            else {
                throw failure(
                    origin, "merge \(rank + 1)",
                    "\"\(rule.left.escapedForDisplay)\" and \"\(rule.right.escapedForDisplay)\"",
                    "two tokens of the vocabulary whose joint text is one as well")
            }
            // Text that spells a special token is matched before merging wherever that is allowed,
            // so a rule that builds one could only smuggle it in.
            let keepsOut = isSpecial[Int(merged)]
            result.append((leftID, rightID, keepsOut ? -1 : merged))
        }
        return result
    }

    private static func failure(
        _ origin: String, _ field: String, _ found: String, _ expected: String
    ) -> KernelError {
        KernelError(
            .badData, "the tokenizer is malformed", at: "\(origin), \(field)",
            because: "found \(found), expected \(expected)",
            hint: "Get the tokenizer files of the model again")
    }
}
