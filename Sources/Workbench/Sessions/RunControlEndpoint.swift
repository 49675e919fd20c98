// Where other processes reach a run of this one: the commands that it takes, its status, and the subscribers to its
// events. It may be called on any thread. It knows no socket names and no screen.

import Foundation
import Kernel
import Synchronization

/// The endpoint of one run.
final class RunControlEndpoint: RunObserver, Sendable {
    /// The words of the commands on the wire.
    static let commands: [String: RunCommand] = [
        "pause": .pause, "resume": .resume, "stop": .stop, "save": .saveNow,
        "checkpoint": .saveNow, "evaluate": .evaluateNow,
    ]
    /// The word with a value: another learning rate.
    static let rate = "rate"

    /// A command as it goes over the wire.
    static func message(_ command: RunCommand) -> JSONObject {
        switch command {
        case .pause: ["command": "pause"]
        case .resume: ["command": "resume"]
        case .stop: ["command": "stop"]
        case .saveNow: ["command": "save"]
        case .evaluateNow: ["command": "evaluate"]
        case .changeRate(let change): ["command": .string(rate), "value": .string(change.text)]
        }
    }

    fileprivate struct Facts {
        var state = RunState.training
        var stage: Sentence? = "Starting"
        var summary: RunSummary?
        var step: StepRecord?
        var bestEvaluationLoss: Double?
        var savedStep: Int?
        /// The last change of the rate, the last checkpoint, and whether the run is paused.
        var latest: (rate: TrainingEvent?, checkpoint: TrainingEvent?, pause: TrainingEvent?)
        var listeners: [LineConnection] = []
    }

    private let control: RunControl
    private let facts = Mutex(Facts())

    init(_ control: RunControl) { self.control = control }

    func perform(_ command: RunCommand) {
        switch command {
        case .pause: control.pause()
        case .resume: control.resume()
        case .stop: control.stop()
        case .saveNow: control.saveNow()
        case .evaluateNow: control.evaluateNow()
        case .changeRate(let change): control.change(rate: change)
        }
    }

    /// Records an event and passes it on to the subscribers; slow ones are left behind.
    func observe(_ event: TrainingEvent) {
        let listeners = facts.withLock { facts in
            facts.take(event)
            return facts.listeners
        }
        guard !listeners.isEmpty else { return }
        let body = Self.body(event)
        let slow = listeners.filter { !$0.send(body) }
        guard !slow.isEmpty else { return }
        facts.withLock { facts in
            facts.listeners.removeAll { listener in slow.contains { $0 === listener } }
        }
    }

    /// An event as it is sent. One that is too long for a reader's line is only mentioned; the run's folder has it.
    private static func body(_ event: TrainingEvent) -> JSONObject {
        guard case .object(let body) = event.json else { return [:] }
        let bytes = event.json.text().utf8.count
        guard bytes >= LineConnection.lineBytesMax else { return body }
        let name = body["event"]?.string ?? "event"
        let text =
            "An event (\(name)) of \(bytes) bytes was too long to be sent; see the run's folder."
        return ["event": "notice", "text": .string(text)]
    }

    /// Answers a command; nil when it is none for a run. `value` is what came with it.
    func answer(
        _ command: String, value: JSONValue? = nil, from connection: LineConnection
    ) -> JSONObject? {
        if let known = Self.commands[command] {
            if known == .evaluateNow, facts.withLock({ $0.summary?.evaluationExamples == 0 }) {
                return ["ok": false, "error": "the run has no held-out examples"]
            }
            perform(known)
            return ["ok": true, "command": .string(command)]
        }
        switch command {
        case Self.rate: return changeRate(value)
        case "status": return status
        case "subscribe":
            facts.withLock { facts in
                guard !facts.listeners.contains(where: { $0 === connection }) else { return }
                // Under the lock, so that nothing is missing between what was and what comes.
                for event in facts.soFar { connection.send(Self.body(event)) }
                facts.listeners.append(connection)
            }
            return ["ok": true, "command": "subscribe"]
        default: return nil
        }
    }

    private func changeRate(_ value: JSONValue?) -> JSONObject {
        guard facts.withLock({ $0.summary?.totalSteps }) != 0 else {
            return ["ok": false, "error": "the run only evaluates"]
        }
        let text = value?.string ?? value?.double.map { "\($0)" } ?? ""
        guard let change = RateChange(text) else {
            return [
                "ok": false,
                "error":
                    "\"value\" must be a rate above 0, such as 1e-4, or a factor, such as x0.5",
            ]
        }
        perform(.changeRate(change))
        return ["ok": true, "command": .string(Self.rate), "value": .string(change.text)]
    }

    /// The status of the run.
    var status: JSONObject {
        let facts = facts.withLock { $0 }
        var body: JSONObject = [
            "ok": true, "state": .string(facts.state.rawValue), "process": .integer(Int(getpid())),
            "threads": .integer(Parallel.threadCount),
        ]
        body["stage"] = facts.stage.map { .string($0.description) }
        body["stage_parts"] = facts.stage?.json
        if let summary = facts.summary {
            body["name"] = .string(summary.name)
            body["output_dir"] = .string(summary.folder)
            body["step"] = .integer(facts.step?.step ?? summary.firstStep)
            body["total_steps"] = .integer(summary.totalSteps)
        }
        if let step = facts.step {
            for row in step.rows { body[row.key.rawValue] = step.values[row.key].map(row.json) }
            body["remaining"] = step.remainingSeconds.map { .number($0) } ?? .null
        }
        body["best_eval_loss"] = facts.bestEvaluationLoss.map { .number($0) }
        body["saved_step"] = facts.savedStep.map { .integer($0) }
        return body
    }
}

extension RunControlEndpoint.Facts {
    fileprivate mutating func take(_ event: TrainingEvent) {
        switch event {
        case .preparing(let what, _): stage = what
        case .prepared(let summary): (self.summary, stage) = (summary, nil)
        case .stepFinished(let record): step = record
        case .evaluated(let record):
            bestEvaluationLoss = min(record.loss, bestEvaluationLoss ?? .infinity)
        case .checkpointSaved(_, let step): (savedStep, latest.checkpoint) = (step, event)
        case .rateChanged: latest.rate = event
        case .paused: (state, latest.pause) = (.paused, event)
        case .resumed: (state, latest.pause) = (.training, nil)
        case .finished(let result): state = result.ending == .stopped ? .stopped : .done
        case .failed: state = .failed
        case .sampled, .checkpointFailed, .notice: break
        }
    }

    /// What a new subscriber must know, in the order in which it was reported. The rest is in the log in the
    /// run's folder.
    fileprivate var soFar: [TrainingEvent] {
        guard let summary else { return [.preparing(stage ?? "Starting", fraction: nil)] }
        return [
            .prepared(summary), latest.rate, latest.checkpoint, step.map { .stepFinished($0) },
            latest.pause,
        ].compactMap(\.self)
    }
}
