// Encodes the words of a text: cache, whole-word tokens, bytes and their merges.
// It knows neither added tokens nor normalization.

/// What encoding a word needs besides the table of tokens.
struct WordRules: Sendable {
    var preTokenizer: PreTokenizer
    var ignoresMerges: Bool
    /// The id of each byte, -1 when the vocabulary lacks it.
    var byteIDs: [Int32]
    /// Stands for bytes that the vocabulary lacks, -1 to drop them.
    var unknownID: Int32
    var fusesUnknown: Bool
    /// Ids that a whole word never stands for.
    var isSpecial: [Bool]
    var merges: MergeTable
}

/// Encodes words; holds the cache and the scratch memory of one thread.
struct WordEncoder {
    private var cache = WordCache()
    private var merger = WordMerger()
    private var word: [Int32] = []

    /// Appends the ids of a range of valid UTF-8.
    mutating func encode(
        _ text: [UInt8], _ range: Range<Int>, _ rules: WordRules, _ table: TokenTable,
        into output: inout [Int]
    ) {
        text.withUnsafeBufferPointer { bytes in
            CharacterClass.table.withUnsafeBufferPointer { classes in
                var words = WordScanner(
                    bytes: bytes, range: range, classes: classes, rule: rules.preTokenizer)
                while let word = words.next() {
                    encode(bytes, word: word, rules, table, into: &output)
                }
            }
        }
    }

    private mutating func encode(
        _ bytes: UnsafeBufferPointer<UInt8>, word range: Range<Int>, _ rules: WordRules,
        _ table: TokenTable, into output: inout [Int]
    ) {
        guard range.count <= WordKey.bytesMax else {
            merge(bytes, range, rules, table)
            for id in word { output.append(Int(id)) }
            return
        }
        let key = WordKey(bytes, range)
        if cache.append(key, to: &output) { return }
        merge(bytes, range, rules, table)
        cache.insert(key, word)
        for id in word { output.append(Int(id)) }
    }

    /// Leaves the ids of the word in `word`.
    private mutating func merge(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ rules: WordRules,
        _ table: TokenTable
    ) {
        word.removeAll(keepingCapacity: true)
        if rules.ignoresMerges {
            let text = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[range])
            if let whole = table.id(of: text), !rules.isSpecial[Int(whole)] {
                word.append(whole)
                return
            }
        }
        var lastWasUnknown = false
        for i in range {
            let id = rules.byteIDs[Int(bytes[i])]
            if id >= 0 {
                word.append(id)
            } else if rules.unknownID >= 0, !(rules.fusesUnknown && lastWasUnknown) {
                word.append(rules.unknownID)
            }
            lastWasUnknown = id < 0
        }
        merger.merge(&word, with: rules.merges)
    }
}
