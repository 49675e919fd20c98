// The files of an evaluation under LLaMA-Factory's names: a line for each answer as it comes, and the
// numbers at the end. What was written stays when the evaluation is stopped.

import Foundation

/// generated_predictions.jsonl, open for one line after the other.
final class PredictionFile {
    /// The file's name in the folder of results.
    static let name = "generated_predictions.jsonl"

    private let path: String
    private let descriptor: Int32

    /// Begins the file anew.
    init(folder: String) throws(KernelError) {
        path = "\(folder)/\(Self.name)"
        let (path, calls) = (path, DiskCalls.current)
        descriptor = DiskCalls.repeating {
            calls.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND)
        }
        guard descriptor >= 0 else {
            throw KernelError.system("cannot write the predictions", path: path, code: errno)
        }
    }

    deinit { _ = DiskCalls.current.close(descriptor) }

    /// Appends an answer; a reader sees whole lines.
    func append(_ prediction: Prediction) throws(KernelError) {
        try LineFile.append(
            [
                "prompt": .string(prediction.prompt), "predict": .string(prediction.answer),
                "label": .string(prediction.label),
            ], to: descriptor, path: path)
    }
}

extension EvaluationReport {
    /// Writes eval_results.json; call it when the loss is known. Returns what the user should know.
    func writeLoss(batches: Int, to folder: String) throws(KernelError) -> [Sentence] {
        guard let loss else { return [] }
        return try MetricsLog.writeEvaluation(
            loss, more: Self.pace("eval", records: records, steps: batches, seconds: loss.seconds),
            to: folder)
    }

    /// Writes predict_results.json; call it when all answers are there. Returns what the user should know.
    func writePredictions(to folder: String) throws(KernelError) -> [Sentence] {
        guard let scores else { return [] }
        var values: JSONObject = [
            "predict_bleu-4": .number(scores.bleu4), "predict_rouge-1": .number(scores.rouge1),
            "predict_rouge-2": .number(scores.rouge2), "predict_rouge-l": .number(scores.rougeL),
            "predict_runtime": .number(TextScores.rounded(predictSeconds, decimals: 4)),
        ]
        // A comparison with scores over jieba's words must show that these words are others.
        if countsCharacters { values["predict_rouge_words"] = "chinese characters" }
        let pace = Self.pace(
            "predict", records: predictions, steps: predictions, seconds: predictSeconds)
        for (key, value) in pace { values[key] = value }
        return try ResultFile.add(values, as: "predict_results.json", to: folder)
    }

    private static func pace(
        _ name: String, records: Int, steps: Int, seconds: Double
    ) -> JSONObject {
        func rate(_ count: Int) -> JSONValue {
            .number(TextScores.rounded(Double(count) / max(1e-9, seconds), decimals: 3))
        }
        return [
            "\(name)_samples_per_second": rate(records), "\(name)_steps_per_second": rate(steps),
        ]
    }
}
