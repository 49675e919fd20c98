// From a plan's settings to those of the data's and the model's preparation, and what there is to
// say about the outcome. It reads nothing itself.

extension TrainingPlan.Quantization {
    var base: BaseQuantization {
        switch self {
        case .fromFile: .fromFile
        case .none: .float32
        case .int8: .int8
        case .int4: .int4
        case .nf4: .nf4
        }
    }
}

extension EncodingOptions {
    /// The encoding part of a plan.
    public init(_ plan: TrainingPlan) {
        self.init()
        objective = plan.stage == .pretraining ? .pretraining : .supervised
        cutoffLength = plan.encoding.cutoffLength
        maximumSamples = plan.data.samplesMax
        validation = ValidationShare(value: plan.data.validationSize) ?? .none
        trainOnPrompt = plan.encoding.trainsOnPrompt
        maskHistory = plan.encoding.masksHistory
        packsTexts = plan.packs
        packsConversations = plan.packs && plan.stage == .supervised
        opensRows = plan.opensRows
        seed = UInt64(bitPattern: Int64(plan.shuffleSeed))
    }
}

extension DatasetSelection {
    /// The data sets of a plan.
    public init(_ plan: TrainingPlan) {
        self.init(
            directory: plan.data.folder, training: plan.data.names,
            evaluation: plan.data.evaluationNames, mixing: plan.data.mixing,
            probabilities: plan.data.probabilities)
    }
}

extension LoadedDataset {
    /// What there is to say of records that are longer than the model's context; nil when none is.
    public func contextNote(limit: Int, cutoff: Int) -> String? {
        let lengths = training.examples.flatMap { $0.parts.map(\.count) }
        let longer = lengths.count { $0 > limit }
        guard longer > 0 else { return nil }
        return "\(longer) of \(lengths.count) records are longer than the model's context of "
            + "\(limit) tokens, with cutoff_len \(cutoff): positions behind it are new to the model."
    }

    /// What the user should know before training on these data.
    public var notes: [String] {
        let report = training.inspection
        var notes: [String] = []
        if report.problems.count > 0 {
            let first = report.problems.listed.first.map { ": \($0)" } ?? ""
            notes.append(
                "\(report.problems.count) of \(report.recordCount) records were skipped\(first)."
            )
        }
        if report.truncatedCount > 0 {
            notes.append("\(report.truncatedCount) samples were cut to the cutoff length.")
        }
        let shared = training.examples.reduce(0) { $0 + $1.borders.count }
        if shared > 0 {
            let isOpen = training.examples.contains(where: \.isOpen)
            notes.append(
                "\(training.examples.count + shared) conversations share "
                    + "\(training.examples.count) rows; those of a row "
                    + (isOpen
                        ? "see each other (packing)." : "never see each other (neat_packing)."))
        }
        if report.duplicateCount > 0 {
            notes.append("\(report.duplicateCount) samples are duplicates.")
        }
        return notes
    }
}
