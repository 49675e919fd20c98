// What a dataset file may ask for, and how a record that cannot be used is described.
// Knows neither formats nor columns; a fault gains its place (file, record, line) when reported.

/// Bounds on one record, checked before memory is spent on it.
public struct RecordLimits: Sendable, Equatable {
    /// The longest record in bytes, as stored.
    public var recordBytes: Int
    /// The deepest nesting of arrays and objects in a record.
    public var depth: Int
    /// The most columns of a CSV file.
    public var columns: Int

    /// Bounds; 8 MiB a record unless given.
    public init(recordBytes: Int = 8 << 20, depth: Int = 64, columns: Int = 1024) {
        self.recordBytes = recordBytes
        self.depth = depth
        self.columns = columns
    }
}

/// Why one record cannot be used: a class for counting, the field, and the facts.
public struct RecordFault: Error, Sendable, Equatable {
    /// The class of a fault; inspection counts by it.
    public enum Kind: String, Sendable, CaseIterable {
        /// The bytes are no record: bad JSON, bad UTF-8, a wrong number of CSV fields.
        case unreadable
        /// Longer than the limit for one record.
        case tooLong
        /// A field or message part is absent.
        case missingField
        /// A field holds another type than expected.
        case wrongType
        /// Roles do not alternate as a conversation must.
        case roleOrder
        /// A conversation that does not end with an answer, or is empty.
        case messageCount
        /// There is nothing to learn: no answer, no text, no trained token.
        case nothingToTrain
        /// Longer than the cutoff, where such examples are dropped.
        case overlong
        /// Understood, but nothing here trains on it.
        case unsupported

        /// What is wrong with such records, after their number: "3 with a wrong type".
        public var words: String {
            switch self {
            case .unreadable: "unreadable"
            case .tooLong: "too long"
            case .missingField: "without a field"
            case .wrongType: "with a wrong type"
            case .roleOrder: "with roles out of order"
            case .messageCount: "without an answer at the end"
            case .nothingToTrain: "with nothing to train"
            case .overlong: "beyond the cutoff"
            case .unsupported: "not supported"
            }
        }
    }

    /// The class of the fault.
    public var kind: Kind
    /// The field in question, when one is.
    public var field: String?
    /// Expected and found, in words.
    public var detail: Sentence

    /// A fault without a place.
    public init(_ kind: Kind, field: String? = nil, _ detail: Sentence) {
        self.kind = kind
        self.field = field
        self.detail = detail
    }
}

/// Where an example came from.
public struct RecordOrigin: Sendable, Equatable {
    /// The name of the dataset, or the path the user typed.
    public var dataset: String
    /// The path of the file.
    public var file: String
    /// The number of the record in its file, counted from 1.
    public var record: Int
    /// The line it starts in, counted from 1.
    public var line: Int

    /// A place in a dataset.
    public init(dataset: String, file: String, record: Int, line: Int) {
        self.dataset = dataset
        self.file = file
        self.record = record
        self.line = line
    }

    /// "data/x.jsonl, record 3, line 4".
    public var place: String {
        "\(file.escapedForDisplay), record \(record), line \(line)"
    }
}

/// A record that is not used, with its place.
public struct RecordProblem: Sendable, Equatable, CustomStringConvertible {
    /// Where the record is.
    public var origin: RecordOrigin
    /// Why it cannot be used.
    public var fault: RecordFault

    /// A fault with its place.
    public init(origin: RecordOrigin, fault: RecordFault) {
        self.origin = origin
        self.fault = fault
    }

    /// Place and reason in one line: "data/x.jsonl, record 3, line 4: a field is missing".
    public var description: String { "\(place): \(fault.detail)" }

    private var place: String {
        origin.place + (fault.field.map { ", field \($0.escapedForDisplay)" } ?? "")
    }

    /// The problem as an error, for callers that stop at the first one.
    public var error: KernelError {
        return KernelError(
            .badData, "a record cannot be used", at: place, because: fault.detail,
            hint: "Correct the record, or let broken records be skipped")
    }
}
