// Reads typed, range-checked members of a JSON object; every error names the key and the file.
// It remembers what was read, so that an unread key of another program is a fact.
// It knows no model: its callers know which keys exist and what they mean.

/// What was read of a document: keys by their full names, shared by a reader and its children.
final class ReadLedger {
    fileprivate var keys: Set<String> = []
    /// The objects whose members are read one by one, by their prefix, in the order of opening.
    fileprivate var objects: [(prefix: String, object: JSONObject)] = []
    /// What readers found odd and went on with, for the user.
    fileprivate var remarks: [Sentence] = []
}

/// A JSON object whose members are read with a type and a range.
struct ConfigReader {
    let object: JSONObject
    let ledger: ReadLedger
    /// The file, for errors.
    let source: String
    /// Where in the document the object is: "" at the top, "rope_scaling." below.
    let prefix: String

    init(_ value: JSONValue, source: String) throws(KernelError) {
        try self.init(value, source: source, prefix: "", ledger: ReadLedger())
    }

    private init(
        _ value: JSONValue, source: String, prefix: String, ledger: ReadLedger
    ) throws(KernelError) {
        guard let object = value.object else {
            throw KernelError(
                .badData, "cannot read the configuration", at: source.escapedForDisplay,
                because: "the document is \(value.kindName), not an object")
        }
        self.object = object
        self.source = source
        self.prefix = prefix
        self.ledger = ledger
        if !ledger.objects.contains(where: { $0.prefix == prefix }) {
            ledger.objects.append((prefix, object))
        }
    }

    /// The keys that were not read so far, in the order of the file, below opened objects as well
    /// ("rope_scaling.mscale"); null counts as absent.
    var unread: [String] { unreadMembers.map(\.key) }

    /// The keys that were not read so far, with their values.
    var unreadMembers: [(key: String, value: JSONValue)] {
        ledger.objects.flatMap { part in
            part.object.filter { !$0.value.isNull }.map { (part.prefix + $0.key, $0.value) }
        }.filter { !ledger.keys.contains($0.0) }
    }

    /// What the user should know about the document: remarks of its readers, keys that `table` tells of
    /// or does not know. Throws for a key that must not be passed over.
    func notes(_ table: KeyTable) throws(KernelError) -> [Sentence] {
        let name = source.lastPathPart.escapedForDisplay
        let findings = table.findings(unreadMembers, source: name)
        if let (key, reason) = findings.refusal {
            throw KernelError(
                .badData, "cannot use the configuration",
                at: "\(source.escapedForDisplay), key \(key.escapedForDisplay)", because: reason,
                hint: Self.remedy)
        }
        return ledger.remarks.map { "\(name): \($0)" as Sentence } + findings.notes
    }

    /// Keeps a remark for the user, about one key or about the document.
    func remark(_ words: Sentence, on key: String? = nil) {
        let text: Sentence = key.map { "\("\(prefix)\($0)") \(words)" } ?? words
        if !ledger.remarks.contains(text) { ledger.remarks.append(text) }
    }

    /// Marks keys as read that have no effect with what was read beside them.
    func pass(_ keys: String...) {
        for key in keys { ledger.keys.insert(prefix + key) }
    }

    /// Whether the key is there, be it with null.
    func holds(_ key: String) -> Bool {
        ledger.keys.insert(prefix + key)
        return object[key] != nil
    }

    /// The error for one key.
    func error(_ key: String, _ reason: Sentence, hint: Sentence? = nil) -> KernelError {
        KernelError(
            .badData, "cannot use the configuration",
            at: "\(source.escapedForDisplay), key \(prefix.escapedForDisplay)\(key)",
            because: reason,
            hint: hint ?? Self.remedy)
    }

    /// What helps when nothing better is known: a damaged file, or a model that needs what is not here.
    static let remedy: Sentence = "Compare the file with the one that was published, or use another"

    /// The member, nil when absent or null.
    func value(_ key: String) -> JSONValue? {
        ledger.keys.insert(prefix + key)
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(KernelError) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.integer else {
            throw error(key, "expected an integer, found \(value.kindName)")
        }
        guard range.contains(number) else {
            throw error(key, "\(number) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    /// A finite number within the closed range.
    func double(_ key: String, in range: ClosedRange<Double>) throws(KernelError) -> Double? {
        guard let value = value(key) else { return nil }
        guard let number = value.double else {
            throw error(key, "expected a number, found \(value.kindName)")
        }
        guard number.isFinite, range.contains(number) else {
            throw error(key, "\(number) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func requiredDouble(_ key: String, in range: ClosedRange<Double>) throws(KernelError) -> Double
    {
        guard let number = try double(key, in: range) else { throw error(key, "it is missing") }
        return number
    }

    func bool(_ key: String) throws(KernelError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else {
            throw error(key, "expected true or false, found \(value.kindName)")
        }
        return flag
    }

    func string(_ key: String) throws(KernelError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else {
            throw error(key, "expected a string, found \(value.kindName)")
        }
        return text
    }

    /// A member object with a prefix of its own.
    func child(_ key: String) throws(KernelError) -> ConfigReader? {
        guard let value = value(key) else { return nil }
        guard value.object != nil else {
            throw error(key, "expected an object, found \(value.kindName)")
        }
        return try ConfigReader(
            value, source: source, prefix: "\(prefix)\(key).", ledger: ledger)
    }

    /// One id or a list of ids; empty when absent. An id that the vocabulary lacks counts as absent, as it
    /// does for transformers, and is remarked; -1 stands for none.
    func tokenIDs(_ key: String, below count: Int) throws(KernelError) -> [Int] {
        guard let value = value(key) else { return [] }
        var ids: [Int] = []
        for element in value.array ?? [value] {
            guard let id = element.integer else {
                throw error(key, "expected an id or a list of ids, found \(element.kindName)")
            }
            guard (0..<count).contains(id) else {
                if id != -1 {
                    remark(
                        "\(id) is outside of the vocabulary of \(count) and is not used", on: key)
                }
                continue
            }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }
}
