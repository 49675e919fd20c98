// Which of the records that are held out stand among those that are trained on as well, by what they
// say: their loss is not that of unseen text. It takes nothing out.

/// Records of one set that another set holds too.
struct SharedRecords {
    /// How many of the later set the earlier one holds.
    private(set) var count = 0
    /// The first of them, each with one of the earlier set that says the same.
    private(set) var listed: [DuplicateExample] = []

    /// Compares what records say; marks on what is to be learned and unread columns do not count.
    init(of later: [SourcedExample], in earlier: [SourcedExample]) {
        var numbers: [SHA256.Digest: [Int]] = [:]
        numbers.reserveCapacity(later.count)
        for (number, source) in later.enumerated() {
            numbers[Self.digest(of: source.example), default: []].append(number)
        }
        var found: [(number: Int, origin: RecordOrigin)] = []
        for source in earlier where !numbers.isEmpty {
            guard let same = numbers.removeValue(forKey: Self.digest(of: source.example)) else {
                continue
            }
            found += same.map { ($0, source.origin) }
        }
        count = found.count
        listed = found.sorted { $0.number < $1.number }.prefix(DataInspection.listedMaximum).map {
            DuplicateExample(origin: later[$0.number].origin, first: $0.origin)
        }
    }

    /// The digest of all that a record says, part by part, so that no boundary can shift.
    static func digest(of example: Example) -> SHA256.Digest {
        var hash = SHA256()
        func add(_ text: String?) {
            var text = text ?? ""
            text.withUTF8 { bytes in
                hash.update([UInt64(bytes.count)])
                hash.update(UnsafeRawBufferPointer(bytes))
            }
        }
        func add(_ messages: [ChatMessage]) {
            hash.update([UInt64(messages.count)])
            for message in messages {
                add(message.role.rawValue)
                add(message.content)
            }
        }
        switch example {
        case .text(let text): add(text)
        case .chat(let chat):
            add(chat.system)
            add(chat.tools)
            add(chat.messages)
        case .pair(let pair):
            add(pair.system)
            add(pair.tools)
            add(pair.prompt + [pair.chosen, pair.rejected])
        case .judged(let judged):
            add(judged.system)
            add(judged.tools)
            add(judged.prompt + [judged.answer])
            add(judged.isGood ? "good" : "bad")
        }
        return hash.finish()
    }
}
