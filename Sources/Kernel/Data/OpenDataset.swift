// A dataset with its files open: records by one running index, in the style of its entry.
// Serves both the preview, which asks for single records, and the loader, which asks for all.

/// One dataset ready to be read.
public struct OpenDataset: Sendable {
    /// The name, or the path that the user typed.
    public let name: String
    /// The files in the order in which they are read.
    public let files: [RecordFile]
    /// How records become examples.
    public let columns: Columns
    /// The running index of the first record of each file.
    private let starts: [Int]
    /// Records in all files.
    public let count: Int
    /// How many records the entry asks for, when it does.
    public let sampleCount: Int?
    /// What the user should know of how it is found and read.
    public let remarks: [Sentence]

    /// Opens the files of a dataset and settles how its records are read.
    public init(
        named name: String, in catalog: DatasetCatalog, for objective: DataObjective,
        limits: RecordLimits = RecordLimits()
    ) throws(KernelError) {
        let entry = try catalog.entry(named: name)
        var files: [RecordFile] = []
        var starts: [Int] = []
        var count = 0
        for path in try catalog.files(of: entry) {
            let file = try RecordFile(path: path, limits: limits)
            files.append(file)
            starts.append(count)
            count += file.count
        }
        var remarks = entry.remarks + [catalog.remark(onPlaceOf: entry)].compactMap(\.self)
        for file in files where file.beginsWithMark {
            remarks.append(
                "\(file.path.escapedForDisplay) begins with a byte order mark (U+FEFF), which is "
                    + "part of its text.")
        }
        var style: RecordStyle
        if let known = entry.style {
            let told = entry.saysNothingOfRecords ? Self.told(by: files, unlike: known) : nil
            if let told {
                remarks.append(
                    "The dataset \(name.escapedForDisplay) is read as \(told.name): its entry names "
                        + "no formatting, and its records are not alpaca's. LLaMA-Factory needs "
                        + "\"formatting\" and \"columns\" there.")
            }
            style = told ?? known
        } else {
            style = try Self.guess(name: name, files: files)
        }
        // Without an entry a mark is a matter of each record, which is refused where nothing reads it.
        if style.isGuessed, objective != .feedback { style.columns.ktoTag = nil }
        self.remarks = remarks
        try Self.check(style, name: name, objective: objective)
        self.name = name
        self.files = files
        self.starts = starts
        self.count = count
        sampleCount = entry.sampleCount
        columns = Columns(style: style, objective: objective)
    }

    /// Where the record with the running index is.
    public func origin(at index: Int) -> RecordOrigin {
        let (file, local) = locate(index)
        return RecordOrigin(
            dataset: name, file: file.path, record: local + 1, line: file.line(at: local))
    }

    /// The running index of a place; nil when it is none of this dataset.
    public func index(of origin: RecordOrigin) -> Int? {
        guard origin.dataset == name,
            let file = files.firstIndex(where: { $0.path == origin.file }),
            origin.record >= 1, origin.record <= files[file].count
        else { return nil }
        return starts[file] + origin.record - 1
    }

    /// Throws when one of the files changed since it was opened.
    public func checkUnchanged() throws(KernelError) {
        for file in files { try file.checkUnchanged() }
    }

    /// The record with the running index.
    public func record(at index: Int) throws(RecordFault) -> DataRecord {
        let (file, local) = locate(index)
        return try file.record(at: local)
    }

    /// The record as it stands in the file.
    public func text(at index: Int) -> String {
        let (file, local) = locate(index)
        return file.text(at: local)
    }

    /// What the record with the running index means.
    public func example(at index: Int) throws(RecordFault) -> Example {
        try columns.example(from: RecordFields(try record(at: index)))
    }

    private func locate(_ index: Int) -> (RecordFile, Int) {
        precondition(index >= 0 && index < count, "record \(index) is outside 0 ..< \(count)")
        // By halves: there may be thousands of files, and each record asks.
        var (file, above) = (0, starts.count)
        while above - file > 1 {
            let middle = (file + above) / 2
            if starts[middle] <= index { file = middle } else { above = middle }
        }
        return (files[file], index - starts[file])
    }

    // MARK: - Style

    /// The style of the first readable record, where it has no field of the one that an entry without
    /// any word on records stands for.
    private static func told(by files: [RecordFile], unlike style: RecordStyle) -> RecordStyle? {
        for file in files {
            for index in 0..<min(file.count, 100) {
                guard let fields = try? file.record(at: index).fields else { continue }
                let names = [style.columns.prompt, style.columns.response].compactMap(\.self)
                guard !names.contains(where: { fields.keys.contains($0) }) else { return nil }
                return RecordStyle.guessed(from: fields)
            }
        }
        return nil
    }

    /// The error about a file that holds its records inside of one object.
    var wrapper: KernelError? {
        guard let file = files.first, let fields = try? file.record(at: 0).fields,
            // One conversation is a record itself.
            RecordStyle.guessed(from: fields) == nil
        else { return nil }
        return Self.wrapper(fields, file)
    }

    private static func wrapper(_ fields: JSONObject, _ file: RecordFile) -> KernelError? {
        guard file.layout == .jsonLines,
            let (key, value) = fields.first(where: { $0.value.array?.first?.object != nil }),
            let count = value.array?.count
        else { return nil }
        let shown = key.escapedForDisplay
        return KernelError(
            .badData, "the records lie inside of another object", at: file.path.escapedForDisplay,
            because: "the file is one object, whose \"\(shown)\" is a list of \(count) objects",
            hint: "Write the list in \"\(shown)\" alone into a file")
    }

    /// The style of a file without an entry, from its first readable record.
    private static func guess(
        name: String, files: [RecordFile]
    ) throws(KernelError) -> RecordStyle {
        var firstFault: RecordFault?
        for file in files {
            for index in 0..<min(file.count, 100) {
                let record: DataRecord
                do {
                    record = try file.record(at: index)
                } catch {
                    firstFault = firstFault ?? error
                    continue
                }
                if let style = RecordStyle.guessed(from: record.fields) { return style }
                // What cannot be read may be what the format is known by.
                if let fault = record.unreadable.sorted(by: { $0.key < $1.key }).first?.value {
                    firstFault = firstFault ?? fault
                    continue
                }
                if file.count == 1, let error = wrapper(record.fields, file) { throw error }
                let fields = record.fields.keys.prefix(20).map(\.escapedForDisplay)
                throw KernelError(
                    .badData, "cannot tell the format of the dataset",
                    at: "\(file.path.escapedForDisplay), record \(index + 1)",
                    because: "it has the fields \(fields.joined(separator: ", "))",
                    hint: Self.separated(record.fields, file)
                        ?? "Use instruction/input/output, messages, conversations or text, or "
                        + "name the columns in \(DatasetCatalog.fileName)")
            }
        }
        throw KernelError(
            .badData, "the dataset has no readable record", at: name.escapedForDisplay,
            because: firstFault?.detail ?? "the file is empty")
    }

    /// What to do about a CSV file whose fields are not separated by commas; nil for all others.
    private static func separated(_ fields: JSONObject, _ file: RecordFile) -> Sentence? {
        guard file.layout == .csv, fields.count == 1, let name = fields.keys.first,
            name.contains(";") || name.contains("\t")
        else { return nil }
        return "Write the file with commas between the fields: there is one column as it is"
    }

    /// Refuses datasets whose kind does not fit the purpose.
    private static func check(
        _ style: RecordStyle, name: String, objective: DataObjective
    ) throws(KernelError) {
        func refusal(_ reason: Sentence, hint: Sentence) -> KernelError {
            KernelError(
                .configuration, "the dataset does not fit the training stage",
                at: name.escapedForDisplay, because: reason, hint: hint)
        }
        if style.isRanking != (objective == .preference) {
            throw style.isRanking
                ? refusal(
                    "it holds preference pairs (ranking)",
                    hint: "Choose stage rm or dpo, or a dataset of single answers")
                : refusal(
                    "it holds no preference pairs",
                    hint: "Choose another stage, or set ranking, chosen and rejected")
        }
        if objective == .feedback, style.columns.ktoTag == nil {
            throw refusal(
                "its answers are not marked good or bad",
                hint: "Choose another stage, or name the column of the marks as kto_tag")
        }
        if let column = style.columns.ktoTag, objective != .feedback {
            throw refusal(
                "its answers are only marked good or bad (column \(column.escapedForDisplay))",
                hint: "Choose stage kto, or a dataset of answers to imitate")
        }
        let media = [style.columns.images, style.columns.videos, style.columns.audios]
        if let column = media.compactMap(\.self).first {
            throw refusal(
                "it holds media (column \(column.escapedForDisplay))",
                hint: "Only text is trained; choose a dataset of text")
        }
        if objective == .pretraining && style.formatting != .alpaca {
            throw refusal(
                "pre-training reads a text column, not conversations",
                hint: "Choose stage sft, or name the text column as prompt")
        }
    }
}
