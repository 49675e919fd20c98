// Reads one entry of dataset_info.json. An unknown key that looks like a misspelt one is refused by
// name, because it would silently train on something else; any other is told. Opens no data file.

extension DatasetEntry {
    /// Keys that say where data lies outside the dataset folder, in order of precedence.
    private static let remoteKeys = [
        "hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name",
    ]
    private static let plainKeys = [
        "file_name", "formatting", "ranking", "subset", "split", "folder", "num_samples",
        "columns", "tags", "file_sha1",
    ]

    /// The entry `name` as `definition` describes it; `catalog` is the file, for errors.
    init(name: String, definition: JSONValue, catalog: String) throws(KernelError) {
        let reader = DefinitionReader(dataset: name, catalog: catalog)
        guard let members = definition.object else {
            throw reader.failure("expected an object, found \(definition.kindName)", field: nil)
        }
        let known = Self.plainKeys + Self.remoteKeys
        var others: [String] = []
        for key in members.keys where !known.contains(key) {
            let within = ColumnNames.keys.map(\.0) + TagNames.keys.map(\.0)
            if let meant = within.first(where: { $0 == key }) {
                throw reader.failure(
                    "it belongs into \(meant.hasSuffix("_tag") ? "tags" : "columns")", field: key)
            }
            if let meant = known.first(where: { Misspelling.isLikely(key, of: $0) }) {
                throw reader.failure(
                    "the key is unknown; did you mean \(meant)?", field: key)
            }
            others.append(key.escapedForDisplay)
        }
        if !others.isEmpty {
            remarks = [
                "Keys without effect in the entry of \(name.escapedForDisplay): "
                    + "\(others.joined(separator: ", "))."
            ]
        }
        saysNothingOfRecords = ["formatting", "columns", "tags", "ranking"].allSatisfy {
            members[$0]?.isNull ?? true
        }
        self.name = name
        source = try reader.source(members, remoteKeys: Self.remoteKeys, without: others)
        subset = try reader.string("subset", of: members)
        split = try reader.string("split", of: members) ?? "train"
        folder = try reader.string("folder", of: members)
        sampleCount = try reader.positive("num_samples", of: members)
        style = try reader.style(members)
    }
}

/// Whether a word is another one with a slip of the fingers.
enum Misspelling {
    /// Whether the words differ by at most two letters, or in case and separators only.
    static func isLikely(_ word: String, of other: String) -> Bool {
        func letters(_ text: String) -> [UInt8] {
            text.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
        }
        let (a, b) = (letters(word), letters(other))
        guard abs(a.count - b.count) <= 2, a.count <= 40 else { return false }
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, otherLetter) in b.enumerated() {
                let cost = min(row[j + 1], row[j]) + 1
                (corner, row[j + 1]) = (
                    row[j + 1], min(cost, corner + (letter == otherLetter ? 0 : 1))
                )
            }
        }
        // Short words are near to many others.
        return row[b.count] <= (b.count > 5 ? 2 : 1)
    }
}

/// Takes typed values out of one definition.
private struct DefinitionReader {
    let dataset: String
    let catalog: String

    func failure(_ reason: Sentence, field: String?) -> KernelError {
        let place = "\(catalog.escapedForDisplay), dataset \(dataset.escapedForDisplay)"
        return KernelError(
            .badData, "cannot read the dataset catalog",
            at: field.map { "\(place), \($0.escapedForDisplay)" } ?? place, because: reason)
    }

    func string(_ key: String, of members: JSONObject) throws(KernelError) -> String? {
        guard let value = members[key], !value.isNull else { return nil }
        guard let text = value.string, !text.isEmpty else {
            throw failure("expected a string, found \(value.kindName)", field: key)
        }
        return text
    }

    func positive(_ key: String, of members: JSONObject) throws(KernelError) -> Int? {
        guard let value = members[key], !value.isNull else { return nil }
        guard let count = value.integer, (1...1 << 40).contains(count) else {
            throw failure("expected a count of at least 1", field: key)
        }
        return count
    }

    func flag(_ key: String, of members: JSONObject) throws(KernelError) -> Bool {
        guard let value = members[key], !value.isNull else { return false }
        guard let flag = value.bool else {
            throw failure("expected true or false, found \(value.kindName)", field: key)
        }
        return flag
    }

    /// A local file wins: an entry may name a hub for others and a downloaded copy beside it.
    func source(
        _ members: JSONObject, remoteKeys: [String], without others: [String]
    ) throws(KernelError) -> DatasetEntry.Source {
        if let file = try string("file_name", of: members) { return .file(file) }
        for key in remoteKeys {
            if let value = try string(key, of: members) { return .remote(key: key, value: value) }
        }
        let rest = others.isEmpty ? "" : "; without effect here: " + others.joined(separator: ", ")
        throw failure("file_name is absent\(rest)", field: nil)
    }

    func style(_ members: JSONObject) throws(KernelError) -> RecordStyle {
        var style = RecordStyle()
        if let word = try string("formatting", of: members) {
            guard let formatting = RecordStyle.Formatting(rawValue: word) else {
                let known = RecordStyle.Formatting.allCases.map(\.rawValue)
                throw failure(
                    "\"\(word.escapedForDisplay)\" is none of \(known.joined(separator: ", "))",
                    field: "formatting")
            }
            style.formatting = formatting
        }
        style.isRanking = try flag("ranking", of: members)
        // Once a table is given, whatever it leaves out does not exist.
        if let table = try table("columns", of: members) {
            style.columns = ColumnNames()
            try fill(&style.columns, ColumnNames.keys, from: table, field: "columns")
            style.namedColumns = table.values.compactMap(\.string)
        }
        if let table = try table("tags", of: members) {
            style.tags = TagNames()
            try fill(&style.tags, TagNames.keys, from: table, field: "tags")
        }
        return style
    }

    private func table(_ key: String, of members: JSONObject) throws(KernelError) -> JSONObject? {
        guard let value = members[key], !value.isNull else { return nil }
        guard let table = value.object else {
            throw failure("expected an object, found \(value.kindName)", field: key)
        }
        return table
    }

    private func fill<Names>(
        _ names: inout Names, _ keys: [(String, WritableKeyPath<Names, String?>)],
        from table: JSONObject, field: String
    ) throws(KernelError) {
        for (key, value) in table {
            guard let path = keys.first(where: { $0.0 == key })?.1 else {
                throw failure(
                    "the key is unknown; known: \(keys.map(\.0).joined(separator: ", "))",
                    field: "\(field).\(key)")
            }
            guard value.isNull || value.string != nil else {
                throw failure(
                    "expected a string, found \(value.kindName)", field: "\(field).\(key)")
            }
            names[keyPath: path] = value.string
        }
    }
}
