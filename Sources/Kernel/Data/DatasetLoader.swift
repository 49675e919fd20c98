// The whole way from dataset names to token ids: read, hold out, encode, inspect.
// Deterministic in names, files, options and tokenizer; the number of threads does not matter.

/// Encoded examples with the report on them.
public struct EncodedSet: Sendable, Equatable {
    /// The rows in the order of the data.
    public var examples: [EncodedExample]
    /// The report on them.
    public var inspection: DataInspection

    /// A set of rows with its report.
    public init(examples: [EncodedExample], inspection: DataInspection) {
        self.examples = examples
        self.inspection = inspection
    }
}

/// The data of a run.
public struct LoadedDataset: Sendable, Equatable {
    /// What is trained on.
    public var training: EncodedSet
    /// Nil when neither an evaluation set nor a validation size is given.
    public var evaluation: EncodedSet?
}

/// Prepares the data of a run.
public struct DatasetLoader: Sendable {
    /// Encodes examples; its options rule the whole preparation.
    public let encoder: ExampleEncoder

    /// A loader with this encoder and its options.
    public init(encoder: ExampleEncoder) {
        self.encoder = encoder
    }

    private var options: EncodingOptions { encoder.options }

    /// Reads and encodes the selected datasets; `control` is called on this thread.
    public func load(
        _ selection: DatasetSelection, control: LoadControl = LoadControl()
    ) throws(KernelError) -> LoadedDataset {
        try check(selection)
        let catalog = try DatasetCatalog(directory: selection.directory)
        var reader = ExampleReader(catalog: catalog, options: options, control: control)
        for name in selection.training { try reader.read(name) }
        let (training, heldOut) = try split(reader.examples)
        var base = DataInspection()
        base.recordCount = reader.recordCount
        base.problems = reader.problems
        var loaded = LoadedDataset(
            training: try encode(training, base: base, control: control), evaluation: nil)
        if !selection.evaluation.isEmpty {
            var reader = ExampleReader(catalog: catalog, options: options, control: control)
            for name in selection.evaluation { try reader.read(name) }
            var base = DataInspection()
            base.recordCount = reader.recordCount
            base.problems = reader.problems
            loaded.evaluation = try encode(reader.examples, base: base, control: control)
        } else if !heldOut.isEmpty {
            // Problems of reading are reported once, with the training set.
            var base = DataInspection()
            base.recordCount = heldOut.count
            loaded.training.inspection.recordCount -= heldOut.count
            loaded.evaluation = try encode(heldOut, base: base, control: control)
        }
        return loaded
    }

    private func check(_ selection: DatasetSelection) throws(KernelError) {
        guard !selection.training.isEmpty else {
            throw KernelError(
                .configuration, "no dataset is chosen", at: "dataset",
                hint: "Name a dataset or the path of a .json or .jsonl file")
        }
        if options.validation != .none && !selection.evaluation.isEmpty {
            throw KernelError(
                .configuration, "val_size and eval_dataset exclude each other",
                hint: "Remove one of them")
        }
        if options.objective == .preference {
            throw KernelError(
                .unavailable, "preference pairs cannot be trained on",
                hint: "Choose stage sft or pt")
        }
    }

    // MARK: - Splitting

    /// Holds out a random part. Both parts keep the order of the files.
    func split(
        _ examples: [SourcedExample]
    ) throws(KernelError) -> (training: [SourcedExample], heldOut: [SourcedExample]) {
        let count = options.validation.count(of: examples.count)
        guard count > 0 else { return (examples, []) }
        guard count < examples.count else {
            throw KernelError(
                .configuration, "the validation size leaves nothing to train on", at: "val_size",
                because: "\(count) of \(examples.count) examples would be held out",
                hint: "Choose a smaller val_size")
        }
        var stream = RandomSource(seed: options.seed).stream(.split)
        let chosen = Set(stream.permutation(of: examples.count).prefix(count))
        var training: [SourcedExample] = []
        var heldOut: [SourcedExample] = []
        for (index, example) in examples.enumerated() {
            if chosen.contains(index) { heldOut.append(example) } else { training.append(example) }
        }
        return (training, heldOut)
    }

    // MARK: - Encoding

    private func encode(
        _ sources: [SourcedExample], base: DataInspection, control: LoadControl
    ) throws(KernelError) -> EncodedSet {
        var set = EncodedSet(examples: [], inspection: base)
        if options.objective == .pretraining && options.packsTexts {
            try pack(sources, into: &set, control: control)
        } else {
            try encodeEach(sources, into: &set, control: control)
        }
        guard !set.examples.isEmpty else { throw nothingLeft(set.inspection) }
        set.inspection.measure(set.examples)
        return set
    }

    private func pack(
        _ sources: [SourcedExample], into set: inout EncodedSet, control: LoadControl
    ) throws(KernelError) {
        let encoder = encoder
        let texts = try mapped(sources, control: control) { source -> [Int32] in
            guard case .text(let text) = source.example else { return [] }
            return encoder.textIDs(text)
        }
        let packed = Packing.joinedBlocks(
            texts, blockLength: options.cutoffLength, startID: encoder.textStartID)
        set.examples = packed.blocks.filter { $0.trainedCount > 0 }
        set.inspection.droppedTailTokens = packed.droppedTokens
    }

    private func encodeEach(
        _ sources: [SourcedExample], into set: inout EncodedSet, control: LoadControl
    ) throws(KernelError) {
        let encoder = encoder
        let results = try mapped(sources, control: control) {
            source -> Result<EncodedConversation, RecordFault> in
            Result { () throws(RecordFault) in try encoder.encode(source.example) }
        }
        var firsts: [SHA256.Digest: RecordOrigin] = [:]
        for (source, result) in zip(sources, results) {
            switch result {
            case .failure(let fault):
                let problem = RecordProblem(origin: source.origin, fault: fault)
                if options.brokenRecords == .stop && fault.kind != .overlong {
                    throw problem.error
                }
                set.inspection.problems.append(problem)
            case .success(let encoded):
                set.examples.append(encoded.example)
                set.inspection.note(encoded, of: source, firsts: &firsts)
            }
        }
    }

    private func mapped<Output: Sendable>(
        _ sources: [SourcedExample], control: LoadControl,
        _ transform: @Sendable (SourcedExample) -> Output
    ) throws(KernelError) -> [Output] {
        try ParallelMap.map(
            count: sources.count,
            checkpoint: { (done) throws(KernelError) in
                try control.report(
                    LoadProgress(
                        phase: .encoding, dataset: "", done: done, total: sources.count))
            },
            { transform(sources[$0]) })
    }

    private func nothingLeft(_ inspection: DataInspection) -> KernelError {
        let counts = inspection.problems.countByKind.sorted { $0.value > $1.value }
            .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
        let example = inspection.problems.listed.first.map { "; first: \($0.fault.detail)" } ?? ""
        return KernelError(
            .badData, "no usable record is left",
            at: inspection.problems.listed.first?.origin.place,
            because: counts.isEmpty ? "the dataset is empty" : counts + example,
            hint: "Check the columns of the dataset and the cutoff length")
    }
}

extension DataInspection {
    /// Takes note of one encoded example; `firsts` remembers what was seen before.
    fileprivate mutating func note(
        _ encoded: EncodedConversation, of source: SourcedExample,
        firsts: inout [SHA256.Digest: RecordOrigin]
    ) {
        if encoded.isTruncated {
            truncatedCount += 1
            if truncated.count < Self.listedMaximum { truncated.append(source.origin) }
        }
        if case .chat(let chat) = source.example, chat.messages.last?.content.isEmpty == true {
            emptyAnswerCount += 1
        }
        let digest = Self.digest(of: [encoded.example])
        if let first = firsts[digest] {
            duplicateCount += 1
            if duplicates.count < Self.listedMaximum {
                duplicates.append(DuplicateExample(origin: source.origin, first: first))
            }
        } else {
            firsts[digest] = source.origin
        }
    }
}
