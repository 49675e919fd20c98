// A run's events as JSON objects, one a line: what `train --json` prints and `subscribe` sends. They are read
// back in TrainingEvent+Reading.swift.

import Kernel

extension TrainingEvent {
    /// The event as an object whose `event` member names it.
    var json: JSONValue {
        switch self {
        case .preparing(let what, let fraction):
            return [
                "event": "preparing", "what": .string(what.description), "what_parts": what.json,
                "fraction": fraction.map { .number($0) } ?? .null,
            ]
        case .prepared(let summary):
            return [
                "event": "prepared", "run": .string(summary.name),
                "model": .string(summary.modelName),
                "family": .string(summary.family),
                "parameters": .integer(summary.parameters),
                "trainable_parameters": .integer(summary.trainableParameters),
                "template": .string(summary.template), "examples": .integer(summary.examples),
                "eval_examples": .integer(summary.evaluationExamples),
                "total_steps": .integer(summary.totalSteps),
                "first_step": .integer(summary.firstStep), "output_dir": .string(summary.folder),
                "memory_bytes": summary.memoryBytes.map { .integer($0) } ?? .null,
            ]
        case .stepFinished(let step):
            var body: JSONObject = [
                "event": "step", "step": .integer(step.step),
                "total_steps": .integer(step.totalSteps), "epoch": .number(step.epoch),
            ]
            for row in step.rows { body[row.key.rawValue] = step.values[row.key].map(row.json) }
            body["tokens"] = .integer(step.tokens)
            body["total_tokens"] = .integer(step.tokensSeen)
            body["elapsed"] = .number(step.elapsedSeconds)
            body["remaining"] = step.remainingSeconds.map { .number($0) } ?? .null
            return .object(body)
        case .evaluated(let record):
            var body: JSONObject = [
                "event": "eval", "step": .integer(record.step), "epoch": .number(record.epoch),
            ]
            for row in record.rows {
                body[row.evaluationName] = record.values[row.key].map(row.json)
            }
            body["tokens"] = .integer(record.tokens)
            body["seconds"] = .number(record.seconds)
            return .object(body)
        case .sampled(let sample):
            return [
                "event": "sample", "step": .integer(sample.step), "epoch": .number(sample.epoch),
                "prompt": .string(sample.prompt), "answer": .string(sample.answer),
                "new_tokens": .integer(sample.newTokens),
                "ending": .string(sample.ending.rawValue), "seconds": .number(sample.seconds),
            ]
        case .checkpointSaved(let path, let step):
            return ["event": "checkpoint", "path": .string(path), "step": .integer(step)]
        case .checkpointFailed(let error):
            return Self.json(error, "checkpoint_failed")
        case .rateChanged(let change):
            return [
                "event": "rate", "first_step": .integer(change.firstStep),
                "factor": .number(change.factor), "peak_lr": .number(change.peak),
                "lr": .number(change.rate), "total_steps": .integer(change.totalSteps),
            ]
        case .paused(let step): return ["event": "paused", "step": .integer(step)]
        case .resumed(let step): return ["event": "resumed", "step": .integer(step)]
        case .notice(let text):
            return [
                "event": "notice", "text": .string(text.description), "text_parts": text.json,
            ]
        case .finished(let result):
            return [
                "event": "finished", "ending": .string(result.ending.rawValue),
                "steps": .integer(result.steps),
                "train_loss": result.meanLoss.map { .number($0) } ?? .null,
                "elapsed": .number(result.elapsedSeconds),
                "total_tokens": .integer(result.tokensSeen), "output_dir": .string(result.folder),
            ]
        case .failed(let error): return Self.json(error, "failed")
        }
    }

    /// The fault in one text, and in its parts where it has them.
    private static func json(_ error: KernelError, _ event: String) -> JSONValue {
        var body: JSONObject = [
            "event": .string(event), "kind": .string(error.kind.rawValue),
            "error": .string(error.description), "what": .string(error.what.description),
            "what_parts": error.what.json,
        ]
        body["where"] = error.place.map { .string($0) }
        for (key, sentence) in [("why", error.why), ("hint", error.hint)] {
            body[key] = sentence.map { .string($0.description) }
            body[key + "_parts"] = sentence?.json
        }
        return .object(body)
    }
}
