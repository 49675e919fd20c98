// A dataset file as numbered records: JSON array, JSON lines, CSV or plain lines, told apart by
// content and extension. The file stays mapped and records are parsed when asked for, so a preview
// of a huge file costs one scan for boundaries. Knows nothing of columns' meaning.

import Foundation

/// One record as stored: its fields and its place.
public struct DataRecord: Sendable, Equatable {
    /// Counted from 1 in the file.
    public var number: Int
    /// The line it starts in, counted from 1.
    public var line: Int
    /// The fields in the order of the file.
    public var fields: JSONObject
    /// Fields whose values cannot be read, with the reason: it costs the record only where one of
    /// them is asked for.
    public var unreadable: [String: RecordFault] = [:]
    /// Fields without a value because of a word such as NA, with the word.
    public var emptyWords: [String: String] = [:]
    /// Whether all values are texts, as in a CSV file.
    public var isText = false
}

/// A dataset file whose records can be read in any order, from any thread.
public final class RecordFile: Sendable {
    /// How records are laid out in a file.
    public enum Layout: String, Sendable {
        case jsonArray, jsonLines, csv, text
    }

    /// Extensions that can be read.
    public static let extensions = ["csv", "json", "jsonl", "txt"]

    /// The path as given.
    public let path: String
    /// How the records are laid out.
    public let layout: Layout
    /// The bounds on one record.
    public let limits: RecordLimits
    private let file: MappedFile
    private let spans: [RecordSpan]
    /// The column names of a CSV file, empty otherwise.
    private let header: [String]

    /// Maps the file and finds the boundaries of its records.
    public init(path: String, limits: RecordLimits = RecordLimits()) throws(KernelError) {
        let file = try MappedFile(path: path)
        let layout = try Self.layout(of: file.bytes, path: path)
        do {
            var spans: [RecordSpan]
            var header: [String] = []
            switch layout {
            case .jsonArray: spans = try RecordBoundaries.elements(file.bytes)
            case .jsonLines: spans = RecordBoundaries.objects(file.bytes)
            case .text: spans = RecordBoundaries.lines(file.bytes, keepsMark: true)
            case .csv:
                spans = try RecordBoundaries.rows(file.bytes)
                header = try Self.header(&spans, of: file.bytes, limits: limits)
            }
            self.spans = spans
            self.header = header
        } catch {
            throw KernelError(
                .badData, "cannot read the dataset",
                at: "\(path.escapedForDisplay), line \(error.line), byte \(error.offset)",
                because: error.reason, hint: error.hint)
        }
        self.path = path
        self.layout = layout
        self.limits = limits
        self.file = file
    }

    /// Throws when the file changed or became unreadable since it was opened.
    func checkUnchanged() throws(KernelError) { try file.checkUnchanged() }

    /// How many records the file has.
    public var count: Int { spans.count }

    /// The line in which the record at `index` starts, counted from 1.
    public func line(at index: Int) -> Int { spans[index].line }

    /// The record at `index`, counted from 0.
    public func record(at index: Int) throws(RecordFault) -> DataRecord {
        let span = spans[index]
        let length = span.range.count
        guard length <= limits.recordBytes else {
            throw RecordFault(
                .tooLong, "the record has \(length) bytes, the limit is \(limits.recordBytes)")
        }
        var record = DataRecord(number: index + 1, line: span.line, fields: [:])
        try withExtendedLifetime(file) { () throws(RecordFault) in
            try parse(UnsafeRawBufferPointer(rebasing: file.bytes[span.range]), into: &record)
        }
        return record
    }

    /// Whether a plain text begins with a byte order mark, which is a character of it.
    var beginsWithMark: Bool {
        withExtendedLifetime(file) {
            layout == .text && RecordBoundaries.markLength(file.bytes) > 0
        }
    }

    /// The record as it stands in the file, for display; bytes that are no UTF-8 become U+FFFD.
    public func text(at index: Int) -> String {
        let range = spans[index].range
        return withExtendedLifetime(file) {
            String(decoding: file.bytes[range.prefix(limits.recordBytes)], as: UTF8.self)
        }
    }

    // MARK: - Parsing one record

    private func parse(
        _ bytes: UnsafeRawBufferPointer, into record: inout DataRecord
    ) throws(RecordFault) {
        switch layout {
        case .jsonArray, .jsonLines:
            var limits = JSONLimits()
            limits.bytes = self.limits.recordBytes
            limits.depth = self.limits.depth
            try record.readJSON(bytes, limits: limits)
        case .text: record.fields["text"] = .string(try Self.validText(bytes))
        case .csv:
            record.isText = true
            let values = try RecordBoundaries.fields(of: bytes, maximum: limits.columns)
            guard values.count == header.count else {
                throw RecordFault(
                    .unreadable,
                    "the row has \(values.count) fields, the header has \(header.count)")
            }
            for (name, value) in zip(header, values) {
                do throws(RecordFault) {
                    let text = try Self.validText(value)
                    // An empty cell is no value, as other loaders read it.
                    let isEmpty = text.isEmpty || Self.emptyWords.contains(text)
                    record.fields[name] = isEmpty ? .null : .string(text)
                    if isEmpty, !text.isEmpty { record.emptyWords[name] = text }
                } catch {
                    record.unreadable[name] = error
                }
            }
        }
    }

    /// What pandas, with which LLaMA-Factory reads such files, takes for no value, quoted or not.
    private static let emptyWords: Set<String> = [
        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
        "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
    ]

    /// Bytes as text, refused when they are not UTF-8.
    static func validText(_ bytes: some Sequence<UInt8>) throws(RecordFault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RecordFault(.unreadable, "the text is not UTF-8")
        }
        return text
    }

    /// Takes the header row off the front of `spans`.
    private static func header(
        _ spans: inout [RecordSpan], of bytes: UnsafeRawBufferPointer, limits: RecordLimits
    ) throws(BoundaryFailure) -> [String] {
        guard let first = spans.first else {
            throw BoundaryFailure(line: 1, offset: 0, reason: "the file has no header row")
        }
        let names: [String]
        do throws(RecordFault) {
            guard first.range.count <= limits.recordBytes else {
                throw RecordFault(.tooLong, "the header has \(first.range.count) bytes")
            }
            let row = UnsafeRawBufferPointer(rebasing: bytes[first.range])
            var read: [String] = []
            for field in try RecordBoundaries.fields(of: row, maximum: limits.columns) {
                read.append(try validText(field))
            }
            names = read
        } catch {
            throw BoundaryFailure(
                line: first.line, offset: first.range.lowerBound, reason: error.detail)
        }
        guard Set(names).count == names.count else {
            throw BoundaryFailure(
                line: first.line, offset: first.range.lowerBound,
                reason: "two columns of the header have the same name")
        }
        spans.removeFirst()
        return names
    }

    // MARK: - Which layout

    private static func layout(
        of bytes: UnsafeRawBufferPointer, path: String
    ) throws(KernelError) -> Layout {
        try refuseForeignContent(bytes, path: path)
        switch URL(fileURLWithPath: path).pathExtension.lowercased() {
        case "csv": return .csv
        case "txt": return .text
        case "json", "jsonl":
            // Either content is accepted under either name, as the usual loaders do.
            let first = bytes.dropFirst(RecordBoundaries.markLength(bytes)).first {
                !RecordBoundaries.isSpace($0)
            }
            return first == UInt8(ascii: "[") ? .jsonArray : .jsonLines
        case let other:
            throw KernelError(
                .badData, "cannot read the dataset", at: path.escapedForDisplay,
                because: "the extension \"\(other.escapedForDisplay)\" is not one of "
                    + "\(extensions.joined(separator: ", "))",
                hint: "Convert the file to .jsonl: one JSON object per line")
        }
    }

    /// Recognises what is often mistaken for a text dataset by its first bytes.
    private static func refuseForeignContent(
        _ bytes: UnsafeRawBufferPointer, path: String
    ) throws(KernelError) {
        try LargeFilePointer.refuse(
            bytes, at: path, mayBePage: path.lowercased().hasSuffix(".txt"))
        let kinds: [([UInt8], String)] = [
            (Array("PAR1".utf8), "a Parquet file"), (Array("ARROW1".utf8), "an Arrow file"),
            ([0x1F, 0x8B], "compressed with gzip"), (Array("PK\u{3}\u{4}".utf8), "a ZIP archive"),
            ([0x28, 0xB5, 0x2F, 0xFD], "compressed with Zstandard"),
            ([0xFF, 0xFE], "UTF-16 text"), ([0xFE, 0xFF], "UTF-16 text"),
        ]
        for (mark, name) in kinds where bytes.starts(with: mark) {
            throw KernelError(
                .badData, "cannot read the dataset", at: path.escapedForDisplay,
                because: "it is \(name)",
                hint: "Give JSON, JSON lines, CSV or plain text in UTF-8")
        }
    }
}
