// What Evaluate asks for and what it is answered, as values, and how the log tells of replies.
// Requests/EvaluateRequests.swift of Services performs them, Replies/EvaluateReplies.swift of App takes the answers.

import Kernel

extension EvaluateTab {
    /// Work that the tab asks for.
    enum Request: Equatable, Sendable {
        case start(EvaluationRequest)
        case cancelEvaluation
    }

    /// What an evaluation sends to the interface.
    enum Reply: Equatable, Sendable {
        case told(EvaluationEvent)
        case finished(EvaluationReport)
        case failed(KernelError)
    }
}

extension EvaluationEntry {
    /// Takes what the evaluation sent.
    mutating func take(_ reply: EvaluateTab.Reply) {
        switch reply {
        case .told(let event): take(event)
        case .finished(let report):
            self.report = report
            standing = report.wasStopped ? .stopped : .done
        case .failed(let error): standing = .failed(error)
        }
    }
}

extension LogLine {
    /// The line of a reply to Evaluate; nil when it only tells how far it is.
    init?(_ reply: EvaluateTab.Reply) {
        switch reply {
        case .told(.preparing(let what)): self.init(.debug, .evaluation, what)
        case .told(.notice(let text)):
            self.init(.info, .evaluation, phrase("note"), ["note": text])
        case .told(.measured(let record)):
            self.init(
                .info, .evaluation, phrase("loss measured"),
                ["eval_loss": NumberText.loss(record.loss), "tokens": "\(record.tokens)"])
        case .told(.predicted(let prediction, let done, let total)):
            self.init(
                .debug, .evaluation, phrase("answered"),
                [
                    "answer": "\(done)/\(total)",
                    "bleu-4": PredictionText.score(prediction.scores.bleu4),
                    "rouge-l": PredictionText.score(prediction.scores.rougeL),
                ])
        case .told(.lossProgress): return nil
        case .finished(let report):
            self.init(
                .info, .evaluation, phrase("evaluation ends"),
                [
                    "folder": report.folder ?? "none", "records": "\(report.records)",
                    "answers": "\(report.predictions)", "stopped": "\(report.wasStopped)",
                ])
        case .failed(let error):
            self.init(fault: error, .evaluation, phrase("evaluation failed"))
        }
    }
}
