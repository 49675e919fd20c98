// An evaluation from records to results: the loss over all of them, then an answer to each beside the
// one that the record has. It opens no model and does not know its listeners.

import Foundation

/// Measures a model on held-out records; stays on the thread of its model.
public struct EvaluationRun {
    /// The model under test.
    public struct Subject {
        let prepared: PreparedModel
        let model: TunedModel
        let generator: Generator

        public init(_ prepared: PreparedModel, _ model: TunedModel, _ generator: Generator) {
            (self.prepared, self.model, self.generator) = (prepared, model, generator)
        }
    }

    private let plan: EvaluationPlan
    private let subject: Subject
    private let control: RunControl
    private let now: () -> Double
    private let emit: (EvaluationEvent) -> Void

    /// `now` gives seconds of a monotonic clock; a stop of `control` ends the run where it is.
    public init(
        _ plan: EvaluationPlan, of subject: Subject, control: RunControl,
        now: @escaping () -> Double, emit: @escaping (EvaluationEvent) -> Void
    ) {
        (self.plan, self.subject, self.control) = (plan, subject, control)
        (self.now, self.emit) = (now, emit)
    }

    private var isStopped: Bool { control.requestedState == .stop }

    /// Runs to the end or to a stop.
    public func run() throws(KernelError) -> EvaluationReport {
        if let issue = plan.issues().first {
            throw KernelError(.usage, "\(issue.field) \(issue.message)")
        }
        let encoder = try ExampleEncoder(subject.prepared.chat, options: plan.options)
        emit(.preparing("Encoding the data"))
        var report = EvaluationReport()
        let data: (examples: [SourcedExample], set: EncodedSet)
        do throws(KernelError) {
            data = try load(encoder)
        } catch {
            guard isStopped, error.kind == .temporary else { throw error }
            report.wasStopped = true
            return report
        }
        let questions = try questions(of: data.examples, encoder)
        // Results never get in between those of another process, nor into a run that is under way.
        let folder = try plan.folder.map { (path) throws(KernelError) in
            try RunFolder(path, for: .evaluates)
        }
        defer { withExtendedLifetime(folder) {} }
        for note in folder?.notes ?? [] { emit(.notice(note)) }
        report.folder = folder?.path
        try measure(data.set, &report)
        if !report.wasStopped, let sampling = plan.prediction {
            try predict(questions, sampling, &report)
        }
        return report
    }

    // MARK: - Data

    private func load(
        _ encoder: ExampleEncoder
    ) throws(KernelError) -> ([SourcedExample], EncodedSet) {
        let loader = DatasetLoader(encoder: encoder)
        let control = LoadControl(isCancelled: { [control] in control.requestedState == .stop })
        var (examples, base) = try loader.readEvaluation(plan.selection, control: control)
        if let most = plan.recordsMax, most < examples.count {
            examples = Array(examples.prefix(most))
            base.recordCount = most
        }
        let set = try loader.encode(examples, packs: false, base: base, control: control)
        for note in set.notes { emit(.notice(note)) }
        let context = subject.prepared.folder.config.maximumPositions
        if let note = set.contextNote(limit: context, cutoff: plan.options.cutoffLength) {
            emit(.notice(note))
        }
        return (examples, set)
    }

    /// The questions of the records that can be used; those that cannot were told with the data.
    private func questions(
        of examples: [SourcedExample], _ encoder: ExampleEncoder
    ) throws(KernelError) -> [EvaluationQuestion] {
        guard plan.prediction != nil else { return [] }
        let questions = examples.compactMap { source -> EvaluationQuestion? in
            do throws(RecordFault) {
                // What has no loss was left out of the loss: both speak of the same records.
                _ = try encoder.encode(source.example)
                return try encoder.question(of: source.example)
            } catch {
                return nil
            }
        }
        let context = subject.prepared.folder.config.maximumPositions
        if let long = questions.map(\.prompt.count).max(), long >= context {
            throw KernelError(
                .usage, "a question is longer than the model's context",
                because: "\(long) tokens of at most \(context - 1)",
                hint: "Set the cutoff to less than \(context).")
        }
        return questions
    }

    // MARK: - Loss

    private func measure(_ data: EncodedSet, _ report: inout EvaluationReport) throws(KernelError) {
        let total = data.examples.count
        emit(.lossProgress(done: 0, total: total))
        let heldOut = EvaluationPass(examples: data.examples, batchSize: plan.batchSize)
        let record = try heldOut.measure(
            ObjectiveModel(subject.model.decoder), control, now: now
        ) {
            emit(.lossProgress(done: $0, total: total))
        }
        try subject.prepared.folder.checkUnchanged()
        guard let record else {
            report.wasStopped = true
            return
        }
        report.loss = record
        report.records = total
        report.tokens = data.examples.reduce(0) { $0 + $1.ids.count }
        if let folder = plan.folder {
            let batches = BatchPlan.chunks(count: total, size: plan.batchSize).count
            for note in try report.writeLoss(batches: batches, to: folder) { emit(.notice(note)) }
        }
        emit(.measured(record))
    }

    // MARK: - Answers

    private func predict(
        _ questions: [EvaluationQuestion], _ sampling: SamplingSettings,
        _ report: inout EvaluationReport
    ) throws(KernelError) {
        let file =
            if let folder = plan.folder { try PredictionFile(folder: folder) } else {
                PredictionFile?.none
            }
        let start = now()
        var all: [TextScores] = []
        for (index, question) in questions.enumerated() {
            guard let prediction = try answer(question, sampling, index) else {
                report.wasStopped = true
                break
            }
            try file?.append(prediction)
            all.append(prediction.scores)
            report.newTokens += prediction.newTokens
            report.predictions = all.count
            report.predictSeconds = now() - start
            report.scores = TextScores(meanOf: all)
            report.countsCharacters =
                report.countsCharacters
                || ScoreWords.hasChinese(prediction.answer)
                || ScoreWords.hasChinese(prediction.label)
            emit(.predicted(prediction, done: all.count, total: questions.count))
        }
        try subject.prepared.folder.checkUnchanged()
        // Means of a part would pass for those of the whole.
        if !report.wasStopped, let folder = plan.folder {
            for note in try report.writePredictions(to: folder) { emit(.notice(note)) }
        }
    }

    /// The answer to one question; nil when the user stopped meanwhile.
    private func answer(
        _ question: EvaluationQuestion, _ sampling: SamplingSettings, _ index: Int
    ) throws(KernelError) -> Prediction? {
        guard !isStopped else { return nil }
        var sampling = sampling
        sampling.seed &+= UInt64(index)
        let result = try subject.generator.generate(
            question.prompt, sampling, stopIDs: subject.prepared.stopIDs,
            isCancelled: { isStopped })
        guard result.ending != .cancelled else { return nil }
        func text(_ ids: [Int32], skipSpecial: Bool) -> String {
            subject.prepared.tokenizer.decode(ids.map { Int($0) }, skipSpecial: skipSpecial)
        }
        return Prediction(
            prompt: text(question.prompt, skipSpecial: false),
            answer: text(result.ids, skipSpecial: true),
            label: text(question.label, skipSpecial: true), newTokens: result.ids.count,
            ending: result.ending)
    }
}

extension EncodedSet {
    /// What the user should know before reading results on these records.
    var notes: [Sentence] { LoadedDataset(training: self, evaluation: nil).notes }
}
