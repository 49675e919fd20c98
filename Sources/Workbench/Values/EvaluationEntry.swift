// One evaluation of this session as the interface knows it: what was asked for, how far it is, and the
// answers that came.

import Kernel

/// One evaluation of this session.
struct EvaluationEntry: Equatable, Sendable {
    /// Where it is in its life.
    enum Standing: Equatable, Sendable {
        /// "Encoding the data", before the first record.
        case preparing(Sentence)
        case measuring(done: Int, total: Int)
        case answering(done: Int, total: Int)
        /// A stop was asked for.
        case stopping
        case done
        /// The figures are those of a part.
        case stopped
        case failed(KernelError)

        /// Whether it is under way.
        var isActive: Bool {
            switch self {
            case .preparing, .measuring, .answering, .stopping: true
            case .done, .stopped, .failed: false
            }
        }
    }

    /// Answers that are kept to be looked at; the file has all.
    static let predictionsMax = 5000

    let request: EvaluationRequest
    var standing = Standing.preparing("Starting")
    /// The figures so far.
    var report = EvaluationReport()
    var predictions: [Prediction] = []

    init(_ request: EvaluationRequest) { self.request = request }

    /// Takes an event of the evaluation.
    mutating func take(_ event: EvaluationEvent) {
        let next: Standing
        switch event {
        case .notice: return
        case .preparing(let what): next = .preparing(what)
        case .lossProgress(let done, let total):
            report.records = total
            next = .measuring(done: done, total: total)
        case .measured(let record):
            report.loss = record
            next = .measuring(done: report.records, total: report.records)
        case .predicted(let prediction, let done, let total):
            if predictions.count < Self.predictionsMax { predictions.append(prediction) }
            report.predictions = done
            report.newTokens += prediction.newTokens
            report.scores = TextScores(meanOf: predictions.map(\.scores))
            next = .answering(done: done, total: total)
        }
        if standing != .stopping { standing = next }
    }

    /// The adapter, or that there is none.
    var name: String {
        request.adapters.last.map(PathText.lastPart) ?? tr("base")
    }
}
