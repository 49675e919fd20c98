// One evaluation from request to report: opens base and adapter, measures, generates. The command and
// the interface ask for the same thing.

import Foundation
import Kernel

/// Does what a request asks for.
struct EvaluationJob {
    let request: EvaluationRequest
    /// Its stop ends the work where it is.
    let control: RunControl

    func run(_ emit: @escaping (EvaluationEvent) -> Void) throws(KernelError) -> EvaluationReport {
        emit(.preparing("Opening the model"))
        let engine = try Engine(
            modelPath: request.modelPath, adapters: request.adapters, template: request.template,
            templateYields: request.templateYields, system: request.system, type: request.type)
        for note in engine.prepared.notes + engine.adapterNotes { emit(.notice(note)) }
        var plan = request.plan
        if request.takesFreshFolder { plan.folder = plan.folder.map(Self.freshFolder) }
        return try EvaluationRun(
            plan, of: .init(engine.prepared, engine.model, engine.generator), control: control,
            now: MonotonicClock.now, emit: emit
        ).run()
    }

    /// The folder itself, or the first numbered one that is not there yet.
    private static func freshFolder(_ path: String) -> String {
        guard FileManager.default.fileExists(atPath: path) else { return path }
        var number = 2
        while number < 100_000, FileManager.default.fileExists(atPath: "\(path)-\(number)") {
            number += 1
        }
        return "\(path)-\(number)"
    }
}

extension EvaluationReport {
    /// The numbers under LLaMA-Factory's names, for scripts.
    var json: JSONValue {
        var object: JSONObject = [
            "stopped": .bool(wasStopped), "records": .integer(records),
            "folder": folder.map { .string($0) } ?? .null,
        ]
        if let loss {
            object["eval_loss"] = .number(loss.loss)
            object["eval_perplexity"] = .number(exp(loss.loss))
            object["eval_tokens"] = .integer(loss.tokens)
            object["eval_runtime"] = .number(loss.seconds)
            object["eval_tokens_per_second"] = .number(tokensPerSecond ?? 0)
        }
        if let scores {
            object["predictions"] = .integer(predictions)
            object["predict_bleu-4"] = .number(scores.bleu4)
            object["predict_rouge-1"] = .number(scores.rouge1)
            object["predict_rouge-2"] = .number(scores.rouge2)
            object["predict_rouge-l"] = .number(scores.rougeL)
            object["predict_rouge_words"] = .string(
                countsCharacters ? "chinese characters" : "jieba")
            object["predict_runtime"] = .number(predictSeconds)
            object["predict_tokens_per_second"] = .number(newTokensPerSecond ?? 0)
        }
        return .object(object)
    }
}
