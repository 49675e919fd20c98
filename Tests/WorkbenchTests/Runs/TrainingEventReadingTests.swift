// Events over the wire: what is sent is what is read, for every kind of event; and what is no event, or one
// with numbers that no run has, is nothing.

import Kernel
import Testing

@testable import Workbench

@Suite struct TrainingEventReadingTests {
    private static let fault = KernelError(
        .inputOutput, "cannot write", at: "/runs/a", because: "the disk is full", hint: "Free 3 GB."
    )

    private static let events: [TrainingEvent] = [
        .preparing("Reading the model", fraction: nil), .preparing("Reading", fraction: 0.25),
        .prepared(TrainSamples.summary),
        .prepared(
            RunSummary(
                modelName: "模型", family: "qwen3", parameters: 9, trainableParameters: 3,
                template: "qwen3", examples: 7, evaluationExamples: 0, totalSteps: 12,
                firstStep: 5, folder: "/runs/客服 03", name: "a \"name\"", memoryBytes: 1 << 40)),
        .stepFinished(TrainSamples.record(7)),
        .stepFinished(
            StepRecord(
                step: 600, totalSteps: 600, epoch: 3,
                values: [
                    .loss: 1, .learningRate: 0, .gradientNorm: 0, .tokensPerSecond: 1e9,
                    .trainedTokens: 0, .memory: 12_345, "rewards/margins": -0.25,
                ], tokens: 1, tokensSeen: 1 << 40, elapsedSeconds: 1e6, remainingSeconds: nil)),
        .evaluated(
            EvaluationRecord(
                step: 4, epoch: 0.1, values: [.loss: 2, "accuracy": 0.75], tokens: 7,
                seconds: 1)),
        .evaluated(EvaluationRecord(step: 3, epoch: 0.1, loss: 2.25, tokens: 77, seconds: 0.5)),
        .sampled(
            SampleRecord(
                step: 3, epoch: 1, prompt: "你是谁？\n", answer: "I am \u{1B}[31m.", newTokens: 5,
                ending: .length, seconds: 0.125)),
        .checkpointSaved(path: "/runs/a/checkpoint-3", step: 3), .checkpointFailed(fault),
        .checkpointFailed(KernelError(.temporary, "later")),
        .rateChanged(RateRecord(firstStep: 8, totalSteps: 9, factor: 0.5, peak: 1e-4, rate: 5e-5)),
        .paused(step: 4), .resumed(step: 4), .notice("text"), .notice(""),
        .finished(
            RunResult(
                ending: .earlyStopped, steps: 9, meanLoss: 1.5, elapsedSeconds: 3, tokensSeen: 11,
                folder: "/runs/a")),
        .finished(
            RunResult(
                ending: .stopped, steps: 0, meanLoss: nil, elapsedSeconds: 0, tokensSeen: 0,
                folder: "")),
        .failed(fault),
    ]

    /// A number for each case: a new case does not compile until it is here, and then wants a sample.
    private static func number(_ event: TrainingEvent) -> Int {
        switch event {
        case .preparing: 0
        case .prepared: 1
        case .stepFinished: 2
        case .evaluated: 3
        case .sampled: 4
        case .checkpointSaved: 5
        case .rateChanged: 6
        case .checkpointFailed: 7
        case .paused: 8
        case .resumed: 9
        case .notice: 10
        case .finished: 11
        case .failed: 12
        }
    }

    private static func read(_ text: String) throws -> TrainingEvent? {
        try JSONValue(parsing: text, source: "test").object.flatMap { TrainingEvent($0) }
    }

    @Test func everyEventComesBackAsItWas() throws {
        #expect(Set(Self.events.map(Self.number)) == Set(0...12))
        for event in Self.events {
            #expect(try Self.read(event.json.text()) == event, "\(event)")
        }
    }

    /// JSON has no such numbers: they travel as null.
    @Test func lossesThatAreNoNumbersStaySo() throws {
        for loss in [Double.nan, .infinity] {
            let sent = TrainingEvent.stepFinished(TrainSamples.record(3, loss: loss))
            guard case .stepFinished(let record)? = try Self.read(sent.json.text()) else {
                Issue.record("no step")
                continue
            }
            #expect(record.loss.isNaN && record.step == 3)
        }
    }

    @Test(arguments: [
        "{}", #"{"event": 7}"#, #"{"event": "dance"}"#, #"{"event": "step"}"#,
        #"{"event": "paused"}"#, #"{"event": "paused", "step": -1}"#,
        #"{"event": "paused", "step": 9223372036854775807}"#,
        #"{"event": "paused", "step": 99999999999999999999999}"#,
        #"{"event": "paused", "step": "4"}"#, #"{"event": "paused", "step": 4.5}"#,
        #"{"event": "checkpoint", "path": ["x"], "step": 1}"#, #"{"event": "notice"}"#,
        #"{"event": "eval", "step": 1, "eval_loss": 2, "tokens": 3, "seconds": 1e300}"#,
        #"{"event": "eval", "step": 1, "eval_loss": "2", "tokens": 3, "seconds": 1}"#,
        #"{"event": "finished", "ending": "exploded", "steps": 1}"#,
        #"{"event": "sample", "step": 1, "prompt": "a", "answer": "b", "new_tokens": 1}"#,
        #"{"event": "rate", "first_step": 1, "factor": {}, "peak_lr": 1, "lr": 1}"#,
        #"{"event": "failed"}"#,
    ])
    func whatIsNoEventIsNothing(text: String) throws {
        #expect(try Self.read(text) == nil)
    }

    @Test func numbersNoRunHasAreRefused() throws {
        // Each count of each event, one after the other, beyond what arithmetic on it could bear.
        for event in Self.events {
            guard case .object(let body) = event.json else { continue }
            for (key, value) in body {
                guard case .integer = value, !Metrics.isKnown(MetricKey(rawValue: key)) else {
                    continue
                }
                var wrong = body
                wrong[key] = .integer(.max)
                let read = TrainingEvent(wrong)
                if case .rateChanged(let change)? = read {
                    #expect(change.totalSteps == 0)
                } else {
                    #expect(read == nil, "\(key) of \(event)")
                }
            }
        }
    }

    @Test func earlierVersionsSentFaultsAsOneText() throws {
        let old = #"{"event": "failed", "kind": "badData", "error": "cannot read (x): torn"}"#
        let expected = TrainingEvent.failed(KernelError(.badData, "cannot read (x): torn"))
        #expect(try Self.read(old) == expected)
    }
}
