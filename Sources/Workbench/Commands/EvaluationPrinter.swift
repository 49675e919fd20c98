// How an evaluation is reported on the command line: a bar on standard error while it runs, if that is a
// terminal, and the numbers in a few lines at the end.

import Foundation
import Kernel

/// Shows the progress of an evaluation.
struct EvaluationPrinter {
    let isQuiet: Bool
    let line: ProgressLine

    init(_ answer: AnswerOptions) {
        isQuiet = answer.quiet || answer.json
        line = ProgressLine(answer)
    }

    func show(_ event: EvaluationEvent) {
        guard !isQuiet else { return }
        switch event {
        case .preparing(let what): line.draw(tr(what))
        case .notice(let text):
            line.clear()
            Output.note(text)
        case .lossProgress(let done, let total): line.draw("loss", done, of: total)
        case .measured: line.clear()
        case .predicted(_, let done, let total): line.draw("answers", done, of: total)
        }
    }

    /// Removes the line.
    func clear() { line.clear() }
}

extension EvaluationReport {
    /// The numbers for people, each kind on a line.
    var lines: [String] {
        var lines: [String] = []
        if let loss, let perplexity, let tokensPerSecond {
            lines.append(
                String(
                    format:
                        "loss %.4f  perplexity %.4f  %d records, %d tokens, %.1f s, %.0f tokens/s",
                    loss.loss, perplexity, records, tokens, loss.seconds, tokensPerSecond))
        }
        if let scores, let newTokensPerSecond {
            lines.append(
                String(
                    format: "BLEU-4 %.2f  ROUGE-1 %.2f  ROUGE-2 %.2f  ROUGE-L %.2f", scores.bleu4,
                    scores.rouge1, scores.rouge2, scores.rougeL))
            lines.append(
                String(
                    format: "%d answers, %d new tokens, %.1f s, %.1f tokens/s", predictions,
                    newTokens, predictSeconds, newTokensPerSecond))
        }
        return lines
    }
}
