// A run's events read back from the objects that another process sends. Input is untrusted until it is
// checked: numbers must lie where arithmetic on them is safe, and what is no event is dropped.

import Kernel

extension TrainingEvent {
    /// The event that an object describes; nil when it is none, or one of another version. A number that is not
    /// finite travels as null.
    init?(_ body: JSONObject) {
        let facts = Facts(body: body)
        switch facts.text("event") {
        case "preparing":
            guard let what = facts.sentence("what") else { return nil }
            self = .preparing(what, fraction: facts.number("fraction", 0...1))
        case "prepared":
            guard let summary = facts.summary else { return nil }
            self = .prepared(summary)
        case "step":
            guard let record = facts.step else { return nil }
            self = .stepFinished(record)
        case "eval":
            guard let record = facts.evaluation else { return nil }
            self = .evaluated(record)
        case "sample":
            guard let record = facts.sample else { return nil }
            self = .sampled(record)
        case "checkpoint":
            guard let path = facts.text("path"), let step = facts.count("step") else { return nil }
            self = .checkpointSaved(path: path, step: step)
        case "checkpoint_failed":
            guard let error = facts.error else { return nil }
            self = .checkpointFailed(error)
        case "rate":
            guard let record = facts.rate else { return nil }
            self = .rateChanged(record)
        case "paused", "resumed":
            guard let step = facts.count("step") else { return nil }
            self = facts.text("event") == "paused" ? .paused(step: step) : .resumed(step: step)
        case "notice":
            guard let text = facts.sentence("text") else { return nil }
            self = .notice(text)
        case "finished":
            guard let result = facts.result else { return nil }
            self = .finished(result)
        case "failed":
            guard let error = facts.error else { return nil }
            self = .failed(error)
        default: return nil
        }
    }
}

/// The members of an object, each checked when it is asked for.
private struct Facts {
    let body: JSONObject

    /// Steps times a hundred and sums of a few such numbers still fit.
    private static let countMax = 1 << 48
    private static let secondsMax = 1e11

    func text(_ key: String) -> String? { body[key]?.string }

    /// A sentence by its parts, as long as they agree with the text; else the text.
    func sentence(_ key: String) -> Sentence? {
        text(key).map { Sentence($0, parts: body[key + "_parts"]) }
    }

    func count(_ key: String) -> Int? {
        body[key]?.integer.flatMap { (0...Self.countMax).contains($0) ? $0 : nil }
    }

    func number(_ key: String, _ range: ClosedRange<Double>) -> Double? {
        body[key]?.double.flatMap { range.contains($0) ? $0 : nil }
    }

    func seconds(_ key: String) -> Double? { number(key, 0...Self.secondsMax) }

    /// Any number; null is one that was not finite.
    func measured(_ key: String) -> Double? {
        guard let value = body[key] else { return nil }
        return value == .null ? .nan : value.double
    }

    var summary: RunSummary? {
        guard let model = text("model"), let family = text("family"),
            let parameters = count("parameters"), let trainable = count("trainable_parameters"),
            let template = text("template"), let examples = count("examples"),
            let held = count("eval_examples"), let total = count("total_steps"),
            let first = count("first_step"), let folder = text("output_dir")
        else { return nil }
        return RunSummary(
            modelName: model, family: family, parameters: parameters,
            trainableParameters: trainable, template: template, examples: examples,
            evaluationExamples: held, totalSteps: total, firstStep: first, folder: folder,
            name: text("run"), memoryBytes: count("memory_bytes"))
    }

    /// The members of steps and evaluations that are no metrics.
    private static let facts: Set = [
        "event", "step", "total_steps", "epoch", "tokens", "total_tokens", "elapsed", "remaining",
        "seconds",
    ]

    private static let stepReader = MetricReader(of: .step, except: facts)
    private static let evaluationReader = MetricReader(of: .evaluation, except: facts)

    var step: StepRecord? {
        let values = Self.stepReader.values(in: body)
        guard let step = count("step"), let total = count("total_steps"),
            values[.loss] != nil, let tokens = count("tokens"),
            let seen = count("total_tokens"), let elapsed = seconds("elapsed")
        else { return nil }
        return StepRecord(
            step: step, totalSteps: total, epoch: measured("epoch") ?? .nan, values: values,
            tokens: tokens, tokensSeen: seen, elapsedSeconds: elapsed,
            remainingSeconds: seconds("remaining"))
    }

    var evaluation: EvaluationRecord? {
        let values = Self.evaluationReader.values(in: body)
        guard let step = count("step"), values[.loss] != nil, let tokens = count("tokens"),
            let seconds = seconds("seconds")
        else { return nil }
        return EvaluationRecord(
            step: step, epoch: measured("epoch") ?? .nan, values: values, tokens: tokens,
            seconds: seconds)
    }

    var sample: SampleRecord? {
        guard let step = count("step"), let prompt = text("prompt"), let answer = text("answer"),
            let tokens = count("new_tokens"), let seconds = seconds("seconds"),
            let ending = text("ending").flatMap({ GenerationResult.Ending(rawValue: $0) })
        else { return nil }
        return SampleRecord(
            step: step, epoch: measured("epoch") ?? .nan, prompt: prompt, answer: answer,
            newTokens: tokens, ending: ending, seconds: seconds)
    }

    var rate: RateRecord? {
        guard let first = count("first_step"), let factor = measured("factor"),
            let peak = measured("peak_lr"), let rate = measured("lr")
        else { return nil }
        return RateRecord(
            firstStep: first, totalSteps: count("total_steps") ?? 0, factor: factor, peak: peak,
            rate: rate)
    }

    var result: RunResult? {
        guard let ending = text("ending").flatMap({ RunResult.Ending(rawValue: $0) }),
            let steps = count("steps"), let elapsed = seconds("elapsed"),
            let tokens = count("total_tokens"), let folder = text("output_dir")
        else { return nil }
        return RunResult(
            ending: ending, steps: steps, meanLoss: body["train_loss"]?.double,
            elapsedSeconds: elapsed, tokensSeen: tokens, folder: folder)
    }

    /// The parts of a fault; earlier versions sent it as one text only.
    var error: KernelError? {
        guard let what = sentence("what") ?? sentence("error") else { return nil }
        let kind = text("kind").flatMap { KernelError.Kind(rawValue: $0) } ?? .internalFault
        return KernelError(
            kind, what, at: text("where"), because: sentence("why"), hint: sentence("hint"))
    }
}
