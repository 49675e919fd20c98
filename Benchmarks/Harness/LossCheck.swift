// Whether a training did the work it is timed for. Pure arithmetic; a training that fails here
// shows no speed.

import Foundation

enum LossCheck {
    /// Before the first update each method is the untrained model, so its loss is known.
    static func checkFirst(
        _ outcome: TrainingOutcome, is expected: Double, within tolerance: Double
    ) throws(BenchmarkError) {
        guard let loss = outcome.steps.first?.loss else {
            throw BenchmarkError("no step told its loss")
        }
        guard abs(loss / expected - 1) <= tolerance else {
            throw BenchmarkError(
                text("the first loss", loss, "the untrained model's", expected, tolerance)
                    + "; did Benchmarks/Harness or sample-data change?")
        }
    }

    /// The same tokens in each step, and a mean loss that is nearly the reference's.
    static func check(
        _ outcome: TrainingOutcome, against reference: TrainingOutcome, named name: String,
        within tolerance: Double
    ) throws(BenchmarkError) {
        for (index, pair) in zip(outcome.steps, reference.steps).enumerated() {
            let (ours, theirs) = pair
            guard ours.tokens == theirs.tokens, ours.trainedTokens == theirs.trainedTokens else {
                throw BenchmarkError(
                    "step \(index + 1) took \(ours.tokens) tokens, "
                        + "\(ours.trainedTokens ?? 0) of them trained; \(name) took "
                        + "\(theirs.tokens) and \(theirs.trainedTokens ?? 0): not the same work")
            }
        }
        guard outcome.steps.count == reference.steps.count, let ours = outcome.meanLoss,
            let theirs = reference.meanLoss
        else { throw BenchmarkError("the steps of the two trainings differ in number") }
        guard abs(ours / theirs - 1) <= tolerance else {
            throw BenchmarkError(text("the mean loss", ours, "\(name)'s", theirs, tolerance))
        }
    }

    private static func text(
        _ what: String, _ loss: Double, _ whose: String, _ expected: Double, _ tolerance: Double
    ) -> String {
        String(
            format: "%@ %.4f is more than %g %% from %@ %.4f, so no speed is shown", what, loss,
            tolerance * 100, whose, expected)
    }
}
