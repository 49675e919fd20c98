// From a plan's settings to those of the data's and the model's preparation, and what there is to
// say about the outcome. It reads nothing itself.

extension EncodingOptions {
    /// The encoding part of a plan.
    public init(_ plan: TrainingPlan) {
        self.init()
        objective = plan.stage.data
        cutoffLength = plan.encoding.cutoffLength
        samplesMax = plan.data.samplesMax
        validation = ValidationShare(value: plan.data.validationSize) ?? .none
        trainOnPrompt = plan.encoding.trainsOnPrompt && !plan.stage.draws
        // The last question is the prompt, its answer what rules compare with.
        maskHistory = plan.encoding.masksHistory || plan.stage.draws
        splitsSpecialTokens = plan.encoding.splitsSpecialTokens
        packsTexts = plan.packs
        packsConversations = plan.packs && plan.stage.data == .supervised
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
    /// What there is to say of records that are longer than the model's context, of what is trained on
    /// and of what is held out.
    public func contextNotes(limit: Int, cutoff: Int) -> [Sentence] {
        let held = evaluation?.contextNote(limit: limit, cutoff: cutoff)
        return [
            training.contextNote(limit: limit, cutoff: cutoff), held.map { "Held out: \($0)" },
        ].compactMap(\.self)
    }

    /// What the user should know before training on these data.
    public var notes: [Sentence] {
        let report = training.inspection
        var notes = report.remarks
        if report.problems.count > 0 {
            let (count, all) = (report.problems.count, report.recordCount)
            notes.append(
                report.problems.listed.first.map { first in
                    "\(count) of \(all) records were skipped: \(first)."
                } ?? "\(count) of \(all) records were skipped.")
        }
        if report.truncatedCount > 0 {
            notes.append("\(report.truncatedCount) samples were cut to the cutoff length.")
        }
        let rows = training.examples.filter { !$0.arrangement.isOneExample }
        let shared = rows.reduce(0) { $0 + $1.boundaries.count }
        if shared > 0 {
            let isOpen = rows.contains { $0.arrangement == .open }
            notes.append(
                "\(training.examples.count + shared) conversations share "
                    + "\(training.examples.count) rows; those of a row "
                    + (isOpen
                        ? "see each other (packing)." : "never see each other (neat_packing)."))
        }
        let verdicts = Set(training.examples.map(\.arrangement).filter(\.isJudged))
        if verdicts.count == 1 {
            notes.append(
                verdicts.contains(.desirable)
                    ? "All answers are marked good; kto learns from both kinds."
                    : "All answers are marked bad; kto learns from both kinds.")
        }
        if report.duplicateCount > 0 {
            notes.append("\(report.duplicateCount) samples are duplicates.")
        }
        notes += report.contentNotes
        if let shared = evaluation?.inspection.alsoTrainedNote { notes.append(shared) }
        if let evaluation,
            !evaluation.inspection.remarks.isEmpty
                || !evaluation.inspection.unusedColumns.isEmpty
                || evaluation.inspection.emptyWordCount > 0
                || evaluation.inspection.problems.count > 0
        {
            let held = LoadedDataset(training: evaluation, evaluation: nil).notes
            notes += held.map { "eval_dataset: \($0)" }.filter { !notes.contains($0) }
        }
        return notes
    }
}

extension EncodedSet {
    /// How many records have more tokens than the model's context.
    public func countBeyond(_ limit: Int) -> Int {
        examples.reduce(0) { sum, row in
            let beyond = row.parts.count { $0.count > limit }
            return sum + (row.arrangement.isOneExample ? min(1, beyond) : beyond)
        }
    }

    /// What there is to say of records that are longer than the model's context; nil when none is.
    public func contextNote(limit: Int, cutoff: Int) -> Sentence? {
        let longer = countBeyond(limit)
        guard longer > 0 else { return nil }
        let count = examples.reduce(0) { $0 + ($1.arrangement.isOneExample ? 1 : $1.parts.count) }
        return "\(longer) of \(count) records are longer than the model's context of "
            + "\(limit) tokens, with cutoff_len \(cutoff): positions behind it are new to the model."
    }
}

extension DataInspection {
    /// What there is to say of held-out records that are trained on as well.
    fileprivate var alsoTrainedNote: Sentence? {
        guard alsoTrainedCount > 0 else { return nil }
        let first = alsoTrained.first.map { " (first: \($0.origin.place), as \($0.first.place))" }
        return "\(alsoTrainedCount) of \(Self.heldOut(recordCount)) also "
            + "\(alsoTrainedCount == 1 ? "stands" : "stand") among the records that are trained "
            + "on\(first ?? ""): the loss on what is held out looks better than it is."
    }

    /// What there is to say of the contents of the records.
    fileprivate var contentNotes: [Sentence] {
        var notes: [Sentence] = []
        if emptyAnswerCount > 0 {
            notes.append(
                emptyAnswerCount == 1
                    ? "1 answer is empty: it teaches the model to end at once."
                    : "\(emptyAnswerCount) answers are empty: they teach the model to end at once.")
        }
        if untrainedAnswerCount > 0 {
            notes.append(
                "Read but not trained, as loss, train or weight say: "
                    + "\(Self.answers(untrainedAnswerCount)).")
        }
        if emptyWordCount > 0, let emptyWord {
            notes.append(
                "Words of CSV files that stand for no value, as \(emptyWord), are taken so, as in "
                    + "LLaMA-Factory: in \(Self.records(emptyWordCount)).")
        }
        if !unusedColumns.isEmpty {
            let listed = unusedColumns.prefix(12).map {
                "\($0.name.escapedForDisplay) (in \(Self.records($0.records)))"
            }
            let more = unusedColumns.count - listed.count
            let names = listed.joined(separator: ", ")
            notes.append(
                more > 0
                    ? "Unused columns, which the model does not see: \(names) and \(more) more."
                    : "Unused columns, which the model does not see: \(names).")
        }
        if specialCount > 0 {
            let records = Self.records(specialCount)
            notes.append(
                trustsSpecial
                    ? "Special tokens of the model, spelled in \(records), became their ids, as in "
                        + "LLaMA-Factory; split_special_tokens: true keeps them text."
                    : "Special tokens of the model, spelled in \(records), stay text "
                        + "(split_special_tokens).")
        }
        if let textStart {
            notes.append(
                "Texts begin with \(textStart.escapedForDisplay), as this model's tokenizer writes "
                    + "them; LLaMA-Factory puts it there only with add_bos_token in "
                    + "tokenizer_config.json.")
        }
        return notes
    }

    private static func records(_ count: Int) -> Sentence {
        count == 1 ? "1 record" : "\(count) records"
    }

    private static func heldOut(_ count: Int) -> Sentence {
        count == 1 ? "1 held-out record" : "\(count) held-out records"
    }

    private static func answers(_ count: Int) -> Sentence {
        count == 1 ? "1 answer" : "\(count) answers"
    }
}
