// From datasets to examples with their origin: sampling, limits, conversion, and a bounded list of
// what could not be used. Knows no tokenizer.

/// An example and where it came from.
public struct SourcedExample: Sendable, Equatable {
    /// The example.
    public var example: Example
    /// Where it is stored.
    public var origin: RecordOrigin

    /// An example with its origin.
    public init(_ example: Example, origin: RecordOrigin) {
        self.example = example
        self.origin = origin
    }
}

/// Problems counted in full and listed up to a bound.
public struct ProblemList: Sendable, Equatable {
    /// How many problems are kept with their place.
    public static let listedMaximum = 100

    /// How many problems there are, listed or not.
    public private(set) var count = 0
    /// How many problems there are of each kind.
    public private(set) var countByKind: [RecordFault.Kind: Int] = [:]
    /// The first problems, in the order of the data.
    public private(set) var listed: [RecordProblem] = []

    /// No problem.
    public init() {}

    /// Adds a problem.
    public mutating func append(_ problem: RecordProblem) {
        count += 1
        countByKind[problem.fault.kind, default: 0] += 1
        if listed.count < Self.listedMaximum { listed.append(problem) }
    }
}

/// How far a preparation is.
public struct LoadProgress: Sendable, Equatable {
    /// What is being done.
    public enum Phase: String, Sendable { case reading, encoding }
    /// What is being done.
    public var phase: Phase
    /// The dataset being read, empty while encoding.
    public var dataset: String
    /// Records or examples that are done.
    public var done: Int
    /// Records or examples in all.
    public var total: Int
}

/// How the preparation talks to its caller, on the caller's thread.
public struct LoadControl {
    /// Called now and then.
    public var progress: (LoadProgress) -> Void
    /// Asked now and then; true ends the preparation with an error.
    public var isCancelled: () -> Bool

    /// A control that does nothing unless told otherwise.
    public init(
        progress: @escaping (LoadProgress) -> Void = { _ in },
        isCancelled: @escaping () -> Bool = { false }
    ) {
        self.progress = progress
        self.isCancelled = isCancelled
    }

    /// Throws when the caller wants to stop, else passes the progress on.
    func report(_ progress: LoadProgress) throws(KernelError) {
        if isCancelled() { throw KernelError(.temporary, "the preparation of data was stopped") }
        self.progress(progress)
    }
}

/// Reads the examples of datasets.
struct ExampleReader {
    /// The datasets that names refer to.
    let catalog: DatasetCatalog
    /// The settings of the preparation.
    let options: EncodingOptions
    /// The way back to the caller.
    let control: LoadControl
    /// What was read so far.
    private(set) var examples: [SourcedExample] = []
    /// What could not be used so far.
    private(set) var problems = ProblemList()
    /// Records looked at so far.
    private(set) var recordCount = 0
    /// Fields that nothing read so far.
    private(set) var unused: [UnusedColumn] = []
    /// Records so far in which a word such as NA counts as no value, and the first of those words.
    private(set) var emptyWords = (count: 0, first: String?.none)
    /// What the data sets themselves have to tell.
    private(set) var remarks: [Sentence] = []
    /// So many names of unused fields are counted; untrusted data may have any number.
    private static let unusedMaximum = 64

    /// A reader that has read nothing yet.
    init(catalog: DatasetCatalog, options: EncodingOptions, control: LoadControl) {
        self.catalog = catalog
        self.options = options
        self.control = control
    }

    /// Appends the examples of one dataset.
    mutating func read(_ name: String) throws(KernelError) {
        let dataset = try OpenDataset(
            named: name, in: catalog, for: options.objective, limits: options.limits)
        for remark in dataset.remarks where !remarks.contains(remark) { remarks.append(remark) }
        let indices = chosenIndices(of: dataset)
        var present: [String] = []
        var seen: Set<String> = []
        for (done, index) in indices.enumerated() {
            if done % 512 == 0 {
                try control.report(
                    LoadProgress(
                        phase: .reading, dataset: name, done: done, total: indices.count))
            }
            recordCount += 1
            do throws(RecordFault) {
                let fields = RecordFields(try dataset.record(at: index))
                defer { count(emptyWordIn: fields) }
                for key in fields.names where seen.count < 4096 {
                    if seen.insert(key).inserted { present.append(key) }
                }
                examples.append(
                    SourcedExample(
                        try dataset.columns.example(from: fields),
                        origin: dataset.origin(at: index)))
                count(fields.unread)
            } catch {
                let problem = RecordProblem(origin: dataset.origin(at: index), fault: error)
                if options.brokenRecords == .stop { throw problem.error }
                problems.append(problem)
            }
        }
        // Before anything is said of the records: lost bytes look like broken ones.
        for file in dataset.files { try file.checkUnchanged() }
        if !present.isEmpty { try requireColumns(of: dataset, present: present) }
        try control.report(
            LoadProgress(
                phase: .reading, dataset: name, done: indices.count, total: indices.count))
    }

    private mutating func count(_ names: [String]) {
        for name in names {
            if let place = unused.firstIndex(where: { $0.name == name }) {
                unused[place].records += 1
            } else if unused.count < Self.unusedMaximum {
                unused.append(UnusedColumn(name: name, records: 1))
            }
        }
    }

    private mutating func count(emptyWordIn fields: RecordFields) {
        guard let word = fields.readEmptyWord else { return }
        emptyWords = (emptyWords.count + 1, emptyWords.first ?? word)
    }

    /// A column that no record has is a mistake in the catalog, not in the records.
    private func requireColumns(
        of dataset: OpenDataset, present: [String]
    ) throws(KernelError) {
        let missing = dataset.columns.requiredColumns.filter { !present.contains($0) }
        guard let column = missing.first else { return }
        if dataset.count == 1, let wrapper = dataset.wrapper { throw wrapper }
        throw KernelError(
            .badData,
            "the dataset \"\(dataset.name.escapedForDisplay)\" has no column "
                + "\"\(column.escapedForDisplay)\"",
            at: dataset.files.first?.path.escapedForDisplay,
            because:
                "present are \(present.prefix(20).map(\.escapedForDisplay).joined(separator: ", "))",
            hint: "Correct columns in \(DatasetCatalog.fileName)")
    }

    /// `num_samples` draws a random order, with repetition beyond the size; `max_samples` then
    /// takes the first ones.
    private func chosenIndices(of dataset: OpenDataset) -> [Int] {
        var indices = Array(0..<dataset.count)
        if let wanted = dataset.sampleCount, dataset.count > 0 {
            var stream = RandomSource(seed: options.seed).stream(.sampling)
            let needed = min(wanted, options.samplesMax ?? wanted)
            indices = Array(stream.permutation(of: dataset.count).prefix(needed))
            while indices.count < needed {
                indices.append(stream.integer(below: dataset.count))
            }
        }
        if let maximum = options.samplesMax { indices = Array(indices.prefix(maximum)) }
        return indices
    }
}
