// The way from dataset names to token ids: read, hold out, mix; encoding is in the file beside this one.
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

    /// The settings of the preparation.
    var options: EncodingOptions { encoder.options }

    /// Reads and encodes the selected datasets; `control` is called on this thread.
    public func load(
        _ selection: DatasetSelection, control: LoadControl = LoadControl()
    ) throws(KernelError) -> LoadedDataset {
        try check(selection)
        let catalog = try DatasetCatalog(directory: selection.directory)
        var reader = ExampleReader(catalog: catalog, options: options, control: control)
        var ends: [Int] = []
        for name in selection.training {
            try reader.read(name)
            ends.append(reader.examples.count)
        }
        let heldOut = try heldOutIndices(of: reader.examples)
        let apart = HeldOutPart.all(like: heldOut, in: reader.examples)
        let training = try mixed(reader.examples, ends: ends, without: apart, by: selection)
        var base = reader.report
        base.recordCount -= apart.count
        var loaded = LoadedDataset(
            training: try encode(
                training, packs: options.packsConversations, base: base, control: control),
            evaluation: nil)
        if !selection.evaluation.isEmpty {
            let (examples, base) = try evaluationExamples(selection, catalog, control)
            loaded.evaluation = try heldOutSet(examples, beside: training, base, control)
        } else if !heldOut.isEmpty {
            // Problems of reading are reported once, with the training set.
            var base = DataInspection()
            base.recordCount = heldOut.count
            let examples = heldOut.sorted().map { reader.examples[$0] }
            loaded.evaluation = try heldOutSet(examples, beside: training, base, control)
        }
        return loaded
    }

    /// Reads and encodes only what a run evaluates on: the evaluation sets, or the part that a
    /// training run with the same options would hold out.
    public func loadEvaluation(
        _ selection: DatasetSelection, control: LoadControl = LoadControl()
    ) throws(KernelError) -> EncodedSet {
        let (examples, base) = try readEvaluation(selection, control: control)
        return try encode(examples, packs: false, base: base, control: control)
    }

    /// The examples that a run evaluates on, as they were read.
    func readEvaluation(
        _ selection: DatasetSelection, control: LoadControl
    ) throws(KernelError) -> (examples: [SourcedExample], base: DataInspection) {
        let catalog = try DatasetCatalog(directory: selection.directory)
        guard selection.evaluation.isEmpty else {
            return try evaluationExamples(selection, catalog, control)
        }
        try check(selection)
        var reader = ExampleReader(catalog: catalog, options: options, control: control)
        for name in selection.training { try reader.read(name) }
        let heldOut = try heldOutIndices(of: reader.examples)
        guard !heldOut.isEmpty else {
            throw KernelError(
                .configuration, "there is nothing to evaluate on", at: "eval_dataset",
                hint: "Give eval_dataset or val_size.")
        }
        var base = DataInspection()
        base.recordCount = heldOut.count
        return (heldOut.sorted().map { reader.examples[$0] }, base)
    }

    /// What is held out, encoded, with what of it is trained on as well.
    private func heldOutSet(
        _ examples: [SourcedExample], beside training: [SourcedExample], _ base: DataInspection,
        _ control: LoadControl
    ) throws(KernelError) -> EncodedSet {
        var base = base
        let shared = SharedRecords(of: examples, in: training)
        (base.alsoTrainedCount, base.alsoTrained) = (shared.count, shared.listed)
        return try encode(examples, packs: false, base: base, control: control)
    }

    private func evaluationExamples(
        _ selection: DatasetSelection, _ catalog: DatasetCatalog, _ control: LoadControl
    ) throws(KernelError) -> (examples: [SourcedExample], base: DataInspection) {
        var reader = ExampleReader(catalog: catalog, options: options, control: control)
        for name in selection.evaluation { try reader.read(name) }
        return (reader.examples, reader.report)
    }

    private func check(_ selection: DatasetSelection) throws(KernelError) {
        guard !selection.training.isEmpty else {
            throw KernelError(
                .configuration, "no dataset is chosen", at: "dataset",
                hint: "Name a dataset or the path of a .json or .jsonl file")
        }
        let chances = selection.probabilities.count
        guard chances == 0 || chances == selection.training.count else {
            throw KernelError(
                .configuration, "the chances do not fit the data sets", at: "interleave_probs",
                because: "\(chances) chances for \(selection.training.count) data sets",
                hint: "Give one chance for each data set")
        }
        if options.validation != .none && !selection.evaluation.isEmpty {
            throw KernelError(
                .configuration, "val_size and eval_dataset exclude each other",
                hint: "Remove one of them")
        }
    }

    // MARK: - Splitting and mixing

    /// A random part of the records, by the numbers of their first examples. It is drawn before sets
    /// are mixed and from records, not examples, so that a record that is there several times is
    /// never both trained and held out.
    private func heldOutIndices(of examples: [SourcedExample]) throws(KernelError) -> Set<Int> {
        let records = HeldOutPart.firsts(of: examples)
        let count = options.validation.count(of: records.count)
        guard count > 0 else { return [] }
        guard count < records.count else {
            throw KernelError(
                .configuration, "the validation size leaves nothing to train on", at: "val_size",
                because: "\(count) of \(records.count) examples would be held out",
                hint: "Choose a smaller val_size")
        }
        var stream = RandomSource(seed: options.seed).stream(.split)
        return Set(stream.permutation(of: records.count).prefix(count).map { records[$0] })
    }

    /// The examples that are left, in the order of the mixture; set i ends before `ends[i]`.
    private func mixed(
        _ examples: [SourcedExample], ends: [Int], without heldOut: Set<Int>,
        by selection: DatasetSelection
    ) throws(KernelError) -> [SourcedExample] {
        let sets = zip([0] + ends, ends).map { start, end in
            (start..<end).filter { !heldOut.contains($0) }
        }
        let order = try selection.mixing.order(
            of: sets.map(\.count), chances: selection.probabilities,
            random: RandomSource(seed: options.seed))
        return order.map { examples[sets[$0.set][$0.index]] }
    }
}
