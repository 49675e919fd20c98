// Broken lines from a socket: of a run that is shown, which may be another program's, and to a run that is
// steered. What is no message ends nothing but its line, and what was taken can be drawn and sent on.
import Foundation
import Panels
import Synchronization

@testable import Fuzzing
@testable import Kernel
@testable import Workbench

extension FuzzReader {
    /// Bytes that come through a connection.
    static let wire = FuzzReader(
        "socket lines", longest: 16_384, reaches: ["no object", "no event", "no command"]
    ) {
        wireMutator.mutant(&$0)
    } read: { bytes in
        do {
            return try verdict(Array(bytes))
        } catch {
            return .wrong("\(error)")
        }
    }

    private static func verdict(_ bytes: [UInt8]) throws -> Verdict {
        let (here, there) = try UnixSocket.pair()
        let connection = LineConnection(here, process: 1)
        let other = OpenFile(there)
        var rest = bytes[...]
        var messages: [LineConnection.Message] = []
        var faults = 0
        var isOpen = true
        while !rest.isEmpty, isOpen {
            let count = UnixSocket.send(rest, passing: -1, to: other)
            if count > 0 { rest = rest.dropFirst(count) }
            let received = connection.receive()
            messages += received.messages
            (faults, isOpen) = (faults + received.faults, received.isOpen)
        }
        let endpoint = RunControlEndpoint(RunControl())
        var train = TrainTab.State()
        _ = TrainTab.update(&train, .started(TrainSamples.plan))
        for message in messages {
            if let command = message.command {
                let answer = endpoint.answer(
                    command, value: message.body["value"], from: connection)
                if answer == nil { return .refused("no command") }
                continue
            }
            guard let event = TrainingEvent(message.body) else { return .refused("no event") }
            guard case .object(let sent) = event.json, let again = TrainingEvent(sent),
                case .object(let twice) = again.json,
                JSONValue.object(twice).text() == JSONValue.object(sent).text()
            else { return .wrong("\(event) is read as another one") }
            endpoint.observe(event)
            _ = TrainTab.update(&train, .arrived(event))
        }
        _ = endpoint.status
        let status = RunStatus(train)
        _ = (status.words, status.progress)
        if bytes.count % 16 == 0 {
            let frame = TabPicture.roleFrame(of: train, TrainSamples.rules, Size(80, 24))
            if let fault = TabPicture.fault(of: frame, drawnIn: frame.area) {
                return .wrong(fault)
            }
        }
        return faults > 0 ? .refused("no object") : .accepted
    }

    private static let wireMutator: TextMutator = {
        let events: [TrainingEvent] = [
            .preparing("Reading", fraction: 0.25), .prepared(TrainSamples.summary),
            .stepFinished(TrainSamples.record(7)), .paused(step: 7), .notice("你好"),
            .evaluated(EvaluationRecord(step: 8, epoch: 0.1, loss: 2, tokens: 77, seconds: 0.5)),
            .sampled(
                SampleRecord(
                    step: 3, epoch: 1, prompt: "Who?", answer: "I.", newTokens: 5, ending: .length,
                    seconds: 0.1)),
            .checkpointSaved(path: "/runs/a/checkpoint-3", step: 3),
            .checkpointFailed(TrainSamples.failure),
            .rateChanged(
                RateRecord(firstStep: 8, totalSteps: 9, factor: 0.5, peak: 1e-4, rate: 5e-5)),
            .finished(
                RunResult(
                    ending: .stopped, steps: 9, meanLoss: 1.5, elapsedSeconds: 3, tokensSeen: 11,
                    folder: "/runs/a")),
            .failed(TrainSamples.failure),
        ]
        let lines = events.map { $0.json.text() + "\n" }
        let commands =
            #"{"command":"status"}"# + "\n" + #"{"command":"rate","value":"x0.5"}"# + "\n"
            + #"{"command":"pause"}"# + "\n" + #"{"command":"save"}"# + "\n"
        let texts = lines + [commands, lines[1] + lines[2] + lines[5], lines[1] + lines[10]]
        return TextMutator(
            texts.map { Array($0.utf8) },
            words: TextMutator.json + [
                "\n", "\"event\":\"step\"", "\"event\":\"finished\"", "\"step\":",
                "\"total_steps\":",
                "\"elapsed\":", "\"remaining\":", "\"memory_bytes\":", "\"command\":\"evaluate\"",
                "\"value\":", "\"loss\":null", "\"first_step\":", "\"epoch\":", "281474976710656",
                "1e-4", "x2",
            ], longest: 16_384)
    }()
}
