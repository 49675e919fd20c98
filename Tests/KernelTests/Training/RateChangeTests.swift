// The learning rate changed while a run goes on: what is used, what is written down, and that a
// resumed run goes on with it to the same last bit.

import Foundation
import Testing

@testable import Kernel
import TestSupport

@Suite struct RateChangeTests {
    /// Runs, asks for changes when their steps end, and stops after a step.
    @discardableResult
    private func run(
        _ tiny: TinyRun, in name: String = "run", _ wishes: [Int: RateChange],
        stoppingAfter stop: Int? = nil
    ) -> RunOutcome {
        let control = RunControl()
        return tiny.run(
            in: name, control: control,
            hear: { event in
                guard case .stepFinished(let record) = event else { return }
                if let wish = wishes[record.step] { control.change(rate: wish) }
                if record.step == stop { control.stop() }
            })
    }

    private func changes(_ outcome: RunOutcome) -> [RateRecord] {
        outcome.events.compactMap { if case .rateChanged(let change) = $0 { change } else { nil } }
    }

    @Test func theNextStepHasTheNewRate() throws {
        let tiny = try TinyRun { $0.schedule.kind = .cosine }
        let plain = tiny.run(in: "plain").steps.map { $0[.learningRate] }
        let outcome = run(tiny, [3: .factor(0.5), 5: .peak(3e-2)])
        let rates = outcome.steps.map { $0[.learningRate] }
        #expect(rates[..<3] == plain[..<3])
        #expect(rates[3..<5] == [plain[3] * 0.5, plain[4] * 0.5])
        // The plan's peak is 1e-2, so a peak of 3e-2 is three times what it says.
        for step in 5..<8 { #expect(abs(rates[step] - plain[step] * 3) < 1e-15) }
        #expect(changes(outcome).map(\.firstStep) == [4, 6])
        #expect(changes(outcome).map(\.factor) == [0.5, 3])
        #expect(changes(outcome).map(\.peak) == [0.005, 0.03])
        #expect(changes(outcome).map(\.rate) == [rates[3], rates[5]])
    }

    @Test func theLogHasALineOfTheChange() throws {
        let tiny = try TinyRun()
        run(tiny, [4: .factor(0.25)])
        let lines = try tiny.log()
        let change = try #require(lines.first { $0["event"] == "learning_rate" })
        #expect(change["current_steps"] == 5 && change["total_steps"] == 8)
        #expect(change["factor"] == 0.25 && change["loss"] == nil)
        #expect(try change.number("peak_lr") == 0.0025)
        // Readers of the log expect a percentage in every line: 5 of 8.
        #expect(change["percentage"] == 62.5)
        #expect(lines.filter { $0["loss"] != nil }.count == 8)
        let history = try tiny.json("run/trainer_state.json")["log_history"]?.array
        #expect(history?.count == 9)
        let kept = try #require(history?.first { $0["event"] != nil })
        #expect(kept["step"] == 5 && kept["factor"] == 0.25 && kept["loss"] == nil)
    }

    /// A line of a change that was lost or damaged comes back from the checkpoint.
    @Test(arguments: ["gone", "changed", "unreadable", "whole log"])
    func aLostLineOfTheChangeComesBack(how: String) throws {
        let tiny = try TinyRun { $0.checkpointing.interval = .init(2) }
        let wishes: [Int: RateChange] = [3: .factor(0.5)]
        run(tiny, in: "whole", wishes)
        func changes(_ name: String) throws -> [String] {
            try tiny.log(name).filter { $0["event"] != nil }.map {
                $0.text(JSONStyle(sortsKeys: true))
            }
        }
        let expected = try changes("whole")
        try #require(expected.count == 1)
        run(tiny, wishes, stoppingAfter: 6)
        let path = tiny.path("run/trainer_log.jsonl")
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let mended: [String] = lines.compactMap { line in
            guard line.contains("\"event\"") else { return how == "whole log" ? nil : String(line) }
            return switch how {
            case "changed": String(line).replacing("\"factor\":0.5", with: "\"factor\":0.7")
            case "unreadable": String(line.dropLast(9))
            default: nil
            }
        }
        try (mended.joined(separator: "\n") + "\n").write(
            toFile: path, atomically: true, encoding: .utf8)
        let rest = run(tiny, [:])
        #expect(rest.result?.ending == .completed)
        #expect(try changes("run") == expected)
        #expect(rest.notices.contains { $0.contains("restored from the checkpoint") })
        #expect(try Picture(tiny.path("run")) == Picture(tiny.path("whole")))
    }

    /// Two changes at one step, as in a pause, are two lines; one that is lost comes back beside the other.
    @Test func twoChangesAtOneStepStayTwo() {
        func event(_ factor: Double) -> JSONObject {
            ["event": "learning_rate", "factor": .number(factor), "step": 3]
        }
        func repaired(_ lines: [String]) -> RunLogRepair {
            let text = Array(lines.map { $0 + "\n" }.joined().utf8)
            return text.withUnsafeBytes {
                RunLogRepair($0, upTo: 4, recorded: [event(0.5), event(0.25)], total: 8)
            }
        }
        func line(_ factor: Double) -> String {
            "{\"event\":\"learning_rate\",\"current_steps\":3,\"total_steps\":8,\"factor\":\(factor)}"
        }
        let both = repaired([line(0.5), line(0.25)])
        #expect(!both.hasChanged && both.restored == 0 && both.text.count == 2)
        for (kept, lost) in [(0.5, 0.25), (0.25, 0.5)] {
            let one = repaired([line(kept)])
            #expect(one.restored == 1 && one.text.count == 2)
            #expect(one.text.contains { $0.contains("\"factor\":\(lost)") })
        }
        let history = both.history([event(0.5), event(0.25)], upTo: 4)
        #expect(history.count == 2)
    }

    /// Interrupted before the change, right after its first step, and later.
    @Test(arguments: [2, 5, 6])
    func aResumedRunGoesOnWithIt(stop: Int) throws {
        let tiny = try TinyRun { $0.schedule.kind = .cosine }
        let wishes: [Int: RateChange] = [4: .factor(0.3)]
        let whole = run(tiny, in: "whole", wishes)
        let part = run(tiny, wishes, stoppingAfter: stop)
        #expect(part.result?.ending == .stopped)
        // What was asked before the stop must come from the checkpoint, not from a second wish.
        let rest = run(tiny, stop < 4 ? wishes : [:])
        #expect(rest.result?.ending == .completed)
        let losses = part.losses.merging(rest.losses) { first, _ in first }
        #expect(losses == whole.losses)
        let name = "adapter_model.safetensors"
        #expect(try tiny.bytes("run/\(name)") == tiny.bytes("whole/\(name)"))
        let lines = try tiny.log().filter { $0["event"] != nil }
        #expect(lines.count == 1 && lines.first?["current_steps"] == 5)
    }

    /// A change during a pause, then a stop: no step ran with it, the checkpoint of the step may be
    /// there already, and it must not be lost.
    @Test func aChangeBeforeAStopIsKept() throws {
        let tiny = try TinyRun { $0.checkpointing.interval = .init(4) }
        let whole = run(tiny, in: "whole", [4: .factor(0.3)])
        let control = RunControl()
        var rests = 0
        let part = tiny.run(
            control: control,
            rest: {
                rests += 1
                if rests == 1 { control.change(rate: .factor(0.3)) }
                if rests == 3 { control.stop() }
            },
            hear: { event in
                if case .stepFinished(let record) = event, record.step == 4 { control.pause() }
            })
        #expect(part.steps.count == 4 && changes(part).map(\.firstStep) == [5])
        let rest = tiny.run()
        #expect(changes(rest).map(\.firstStep) == [5])
        #expect(part.losses.merging(rest.losses) { first, _ in first } == whole.losses)
        #expect(try tiny.log().filter { $0["event"] != nil }.count == 1)
    }

    @Test func whatIsNoRateIsRefusedAndTheRunGoesOn() throws {
        let tiny = try TinyRun()
        let plain = tiny.run(in: "plain")
        for change: RateChange in [.factor(0), .factor(-1), .factor(.nan), .peak(.infinity)] {
            let outcome = run(tiny, in: "\(change)", [2: change])
            #expect(outcome.losses == plain.losses && changes(outcome).isEmpty)
            #expect(outcome.notices.contains { $0.hasPrefix("The learning rate stays") })
        }
    }

    @Test func checkpointsWithoutAFactorAreRead() throws {
        let old =
            #"{"step": 3, "tokensSeen": 9, "lossSum": 1.5, "elapsedSeconds": 2, "#
            + #""evaluationsWithoutGain": 0, "unloggedLosses": []}"#
        let state = try JSONDecoder().decode(LoopState.self, from: Data(old.utf8))
        #expect(state.step == 3 && state.learningRateScale == nil)
    }
}
