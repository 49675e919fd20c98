// Where the world asks a run of this process: what it can be told to do, how it goes, and who listens to its
// events. Any thread may come. It knows no sockets' names and no screen.

import Foundation
import Kernel
import Synchronization

/// The desk of one run.
final class RunDesk: Sendable {
    /// The words of the commands on the wire.
    static let commands: [String: RunCommand] = [
        "pause": .pause, "resume": .resume, "stop": .stop, "save": .saveNow,
        "evaluate": .evaluateNow,
    ]

    fileprivate struct Facts {
        var state = RunState.training
        var stage: String? = "starting"
        var summary: RunSummary?
        var step: StepRecord?
        var bestEvaluationLoss: Double?
        var savedStep: Int?
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

    /// Takes note of an event and passes it on to those who listen; slow ones are left behind.
    func note(_ event: TrainingEvent) {
        let listeners = facts.withLock { facts in
            facts.take(event)
            return facts.listeners
        }
        guard !listeners.isEmpty, case .object(let body) = event.json else { return }
        let slow = listeners.filter { !$0.send(body) }
        guard !slow.isEmpty else { return }
        facts.withLock { facts in
            facts.listeners.removeAll { listener in slow.contains { $0 === listener } }
        }
    }

    /// Answers a command; nil when it is none for a run.
    func answer(_ command: String, from connection: LineConnection) -> JSONObject? {
        if let known = Self.commands[command] {
            if known == .evaluateNow, facts.withLock({ $0.summary?.evaluationExamples == 0 }) {
                return ["ok": false, "error": "the run has no held-out examples"]
            }
            perform(known)
            return ["ok": true, "command": .string(command)]
        }
        switch command {
        case "status": return status
        case "subscribe":
            facts.withLock { facts in
                if !facts.listeners.contains(where: { $0 === connection }) {
                    facts.listeners.append(connection)
                }
            }
            return ["ok": true, "command": "subscribe"]
        default: return nil
        }
    }

    /// How the run goes.
    var status: JSONObject {
        let facts = facts.withLock { $0 }
        var body: JSONObject = [
            "ok": true, "state": .string(facts.state.rawValue), "process": .integer(Int(getpid())),
        ]
        body["stage"] = facts.stage.map { .string($0) }
        if let summary = facts.summary {
            body["name"] = .string(summary.name)
            body["output_dir"] = .string(summary.folder)
            body["step"] = .integer(facts.step?.step ?? summary.firstStep)
            body["total_steps"] = .integer(summary.totalSteps)
        }
        if let step = facts.step {
            body["loss"] = .number(step.loss)
            body["tokens_per_second"] = .number(step.tokensPerSecond)
            body["remaining"] = step.remainingSeconds.map { .number($0) } ?? .null
        }
        body["best_eval_loss"] = facts.bestEvaluationLoss.map { .number($0) }
        body["saved_step"] = facts.savedStep.map { .integer($0) }
        return body
    }
}

extension RunDesk.Facts {
    fileprivate mutating func take(_ event: TrainingEvent) {
        switch event {
        case .preparing(let what, _): stage = what
        case .prepared(let summary): (self.summary, stage) = (summary, nil)
        case .stepFinished(let record): step = record
        case .evaluated(let record):
            bestEvaluationLoss = min(record.loss, bestEvaluationLoss ?? .infinity)
        case .checkpointSaved(_, let step): savedStep = step
        case .paused: state = .paused
        case .resumed: state = .training
        case .finished(let result): state = result.ending == .stopped ? .stopped : .done
        case .failed: state = .failed
        case .sampled, .checkpointFailed, .rateChanged, .notice: break
        }
    }
}
