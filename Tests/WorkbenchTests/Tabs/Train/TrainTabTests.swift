// The train tab: what events and keys do to it, and a person who starts, pauses and stops a run.

import Foundation
import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

enum TrainSamples {
    static let plan: TrainingPlan = {
        var plan = TrainingPlan()
        plan.model.path = "models/SmolLM2-135M"
        plan.data.names = ["客服对话", "identity"]
        plan.output.folder = "runs/客服-03"
        plan.optimizer.learningRate = 2e-4
        return plan
    }()

    static let summary = RunSummary(
        modelName: "SmolLM2-135M", family: "llama", parameters: 134_515_008,
        trainableParameters: 2_442_240, template: "chatml", examples: 4750, evaluationExamples: 250,
        totalSteps: 600, firstStep: 0, folder: "runs/客服-03")

    static let rules = TabRules<TrainTab.State, TrainTab.Action>(
        update: { TrainTab.update(&$0, $1) }, keys: { TrainTab.keys($0) },
        view: { state, area, frame, theme in
            TrainTab.view(
                state, plan: plan, next: ("Ready: press S or F5 to start the run", true), in: area,
                on: &frame, theme: theme)
        }, key: { .key($0) },
        fitted: { .fitted(logRows: TrainTab.Places(in: Rect($0)).logRows) })

    /// A falling, uneven loss: no random numbers, the same everywhere.
    static func loss(_ step: Int) -> Double {
        let noise = Double(step * 7919 % 97) / 97 - 0.5
        return 0.9 + 2.4 * exp(-Double(step) / 120) + 0.25 * noise
    }

    static func record(_ step: Int, loss: Double? = nil, total: Int = 600) -> StepRecord {
        StepRecord(
            step: step, totalSteps: total, epoch: Double(step) / 200,
            values: [
                .loss: loss ?? self.loss(step), .learningRate: 2e-4, .gradientNorm: 0.79,
                .tokensPerSecond: 1184, .trainedTokens: 300,
            ], tokens: 722, tokensSeen: step * 722, elapsedSeconds: Double(step) * 0.61,
            remainingSeconds: Double(total - step) * 0.61)
    }

    /// A run of so many steps with evaluations and checkpoints each hundred.
    static func running(_ steps: Int) -> TrainTab.State {
        var state = TrainTab.State()
        _ = TrainTab.update(&state, .started(plan))
        var events: [TrainingEvent] = [
            .preparing("Reading the model", fraction: 0.4), .prepared(summary),
        ]
        for step in 1...max(1, steps) {
            events.append(.stepFinished(record(step)))
            guard step % 100 == 0 else { continue }
            events.append(
                .evaluated(
                    EvaluationRecord(
                        step: step, epoch: Double(step) / 200, loss: loss(step + 40) + 0.05,
                        tokens: 9000, seconds: 1.4)))
            events.append(.checkpointSaved(path: "runs/客服-03/checkpoint-\(step)", step: step))
        }
        for event in events { _ = TrainTab.update(&state, .arrived(event)) }
        return state
    }

    static let failure = KernelError(
        .badData, "cannot read the weights", at: "models/SmolLM2-135M/model.safetensors, byte 8",
        because: "the header says 91 MB, the file has 12 MB", hint: "Fetch the model again.")

    static var states: [(name: String, state: TrainTab.State)] {
        var preparing = TrainTab.State()
        _ = TrainTab.update(&preparing, .started(plan))
        _ = TrainTab.update(&preparing, .arrived(.preparing("Encoding 客服对话", fraction: 0.37)))
        var paused = running(330)
        _ = TrainTab.update(&paused, .pausePressed)
        _ = TrainTab.update(&paused, .arrived(.paused(step: 330)))
        _ = TrainTab.update(&paused, .stopPressed)
        var cursor = running(330)
        _ = TrainTab.update(&cursor, .plot(.logarithmPressed))
        _ = TrainTab.update(&cursor, .plot(.cursorMoved(by: -150)))
        var finished = running(600)
        let result = RunResult(
            ending: .completed, steps: 600, meanLoss: 1.2345, elapsedSeconds: 366,
            tokensSeen: 433_200, folder: "runs/客服-03")
        _ = TrainTab.update(&finished, .arrived(.finished(result)))
        var failed = TrainTab.State()
        _ = TrainTab.update(&failed, .started(plan))
        _ = TrainTab.update(&failed, .arrived(.failed(failure)))
        var overview = running(330)
        _ = TrainTab.update(&overview, .plot(.paneMoved(by: 1)))
        var time = running(330)
        for _ in 0..<2 { _ = TrainTab.update(&time, .plot(.axisPressed)) }
        _ = TrainTab.update(&time, .plot(.cursorMoved(by: -200)))
        _ = TrainTab.update(&time, .plot(.markPressed))
        _ = TrainTab.update(&time, .plot(.cursorMoved(by: 120)))
        _ = TrainTab.update(&time, .plot(.symbolsPressed))
        _ = TrainTab.update(&time, .plot(.alonePressed))
        var rate = running(330)
        rate.plan?.evaluation.patience = 4
        rate.plan?.checkpointing.loadsBest = true
        _ = TrainTab.update(&rate, .ratePressed)
        for letter in "x0" { _ = TrainTab.update(&rate, .key(.character(letter))) }
        _ = TrainTab.update(&rate, .key(.enter))
        return [
            ("overview", overview), ("time", time), ("rate", rate),
            ("idle", TrainTab.State()), ("preparing", preparing), ("running", running(330)),
            ("stopping", paused), ("cursor", cursor), ("finished", finished), ("failed", failed),
        ]
    }
}

@Suite struct TrainTabTests {
    private func robot(
        _ state: TrainTab.State = TrainTab.State(), size: Size = Size(80, 24)
    ) -> Robot<TabApp<TrainTab.State, TrainTab.Action>> {
        Robot(TabApp(state, TrainSamples.rules), size: size)
    }

    @Test func aRunIsWatchedPausedSavedAndStopped() {
        var robot = robot()
        #expect(robot.shows("Ready: press S or F5"))
        robot.press(.character("p"))
        #expect(robot.app.refusal == "no run is training")
        robot.send(.message(.started(TrainSamples.plan)))
        robot.send(.message(.arrived(.preparing("Reading the model", fraction: 0.42))))
        #expect(robot.shows("preparing") && robot.shows("Reading the model 42%"))
        robot.press(.character(" "))
        #expect(robot.app.refusal == "the run has not begun to train")
        robot.send(.message(.arrived(.prepared(TrainSamples.summary))))
        #expect(robot.shows("training") && robot.shows("The first step is under way."))
        robot.send(.message(.arrived(.stepFinished(TrainSamples.record(1, loss: 3.25)))))
        // 599 steps of 0.61 s are 365.39 s.
        #expect(robot.shows("1/600 · 0% · epoch 0.01/3 · eta 6m05s"))
        #expect(robot.shows("loss 3.2500") && robot.shows("lr 2.0e-4"))

        robot.press(.character(" "))
        #expect(
            robot.effects == [.train(.controlRun(.pause))] && robot.shows("pausing after this step")
        )
        robot.send(.message(.arrived(.paused(step: 1))))
        #expect(robot.shows("paused after step 1"))
        robot.press(.character("s"))
        #expect(robot.effects.last == .train(.controlRun(.saveNow)))
        robot.send(.message(.arrived(.checkpointSaved(path: "runs/客服-03/checkpoint-1", step: 1))))
        robot.press(.character("e"))
        #expect(robot.app.refusal == "the run is paused; resume it first")
        robot.press(.character("p"))
        robot.send(.message(.arrived(.resumed(step: 1))))
        #expect(
            robot.effects.last == .train(.controlRun(.resume)) && robot.app.state.phase == .running)

        robot.press(.character("s"))
        robot.press(.character("s"))
        #expect(robot.effects.filter { $0 == .train(.controlRun(.saveNow)) }.count == 2)
        #expect(robot.shows("saved asked for"))
        robot.send(.message(.arrived(.checkpointSaved(path: "runs/客服-03/checkpoint-1", step: 1))))
        #expect(robot.shows("saved runs/客服-03/checkpoint-1") && robot.shows("saved step 1"))

        robot.press(.control("c"))
        #expect(
            robot.shows("Stop training 客服-03?") && robot.shows("The last checkpoint is of step 1."))
        robot.press(.enter)
        #expect(
            robot.app.state.question == nil && !robot.effects.contains(.train(.controlRun(.stop))))
        robot.press(.control("c"), .character("q"))
        #expect(!robot.effects.contains(.train(.controlRun(.stop))))
        robot.press(.character("X"), .character("s"))
        #expect(
            robot.effects.last == .train(.controlRun(.stop))
                && robot.shows("stopping after this step"))
        robot.press(.character("p"))
        #expect(robot.app.refusal == "the run is stopping")
        let result = RunResult(
            ending: .stopped, steps: 2, meanLoss: 3, elapsedSeconds: 75, tokensSeen: 1444,
            folder: "runs/客服-03")
        robot.send(.message(.arrived(.finished(result))))
        #expect(robot.shows("✓ stopped") && robot.shows("2 steps, mean loss 3.0000"))
        #expect(robot.shows("1m15s") && robot.shows("Written to runs/客服-03."))
    }

    @Test func aRunThatOnlyEvaluatesSaysSo() {
        var robot = robot()
        var summary = TrainSamples.summary
        (summary.totalSteps, summary.examples, summary.name) = (0, 0, "scores")
        robot.send(.message(.started(TrainSamples.plan)))
        robot.send(.message(.arrived(.prepared(summary))))
        #expect(robot.shows("evaluates on 250 examples"))
        robot.send(
            .message(
                .arrived(
                    .evaluated(
                        EvaluationRecord(step: 0, epoch: 0, loss: 1.5, tokens: 9, seconds: 2)))))
        let result = RunResult(
            ending: .evaluated, steps: 0, meanLoss: nil, elapsedSeconds: 2, tokensSeen: 0,
            folder: "runs/scores")
        robot.send(.message(.arrived(.finished(result))))
        #expect(robot.shows("✓ evaluated") && robot.shows("loss 1.5000"))
        #expect(robot.shows("Held-out loss measured in 2 s"))
        #expect(!robot.shows("mean loss") && !robot.shows("talks to it"))
        #expect(TrainTab.name(of: robot.app.state) == "scores")
    }

    @Test func evaluationNeedsHeldOutExamples() {
        var summary = TrainSamples.summary
        summary.evaluationExamples = 0
        var robot = robot()
        robot.send(.message(.arrived(.prepared(summary))))
        robot.press(.character("e"))
        #expect(robot.app.refusal == "the run has no held-out examples" && robot.effects.isEmpty)
        robot.send(.message(.arrived(.prepared(TrainSamples.summary))))
        robot.press(.character("e"))
        #expect(robot.effects == [.train(.controlRun(.evaluateNow))])
    }

    @Test func evaluationsAreComparedWithTheBest() {
        var state = TrainSamples.running(10)
        for (step, loss) in [(4, 2.0), (6, 1.5), (8, 1.75)] {
            let record = EvaluationRecord(
                step: step, epoch: 0, loss: loss, tokens: 9, seconds: 0.25)
            _ = TrainTab.update(&state, .arrived(.evaluated(record)))
        }
        let lines = state.log.entries.suffix(3).map(\.text)
        // exp(2) = 7.389, exp(1.5) = 4.482, exp(1.75) = 5.755.
        #expect(lines[0] == "step 4  loss 2.0000  ppl 7.39  (250 ms)")
        #expect(lines[1] == "step 6  loss 1.5000  ppl 4.48  best, -0.5000  (250 ms)")
        #expect(lines[2] == "step 8  loss 1.7500  ppl 5.75  best is step 6  (250 ms)")
        #expect(state.curves.best?.step == 6)
    }

    @Test func smoothingCorrectsItsBiasAndIsRedoneOnTheData() {
        var curves = TrainCurves()
        curves.take(TrainSamples.record(1, loss: 4))
        curves.take(TrainSamples.record(2, loss: 2))
        // β 0.9: 0.1·4 ÷ 0.1 = 4; then (0.9·0.4 + 0.1·2) ÷ (1 − 0.81) = 0.56 ÷ 0.19.
        #expect(curves.smooth.ys[0] == 4 && abs(curves.smooth.ys[1] - 0.56 / 0.19) < 1e-12)
        curves.take(TrainSamples.record(3, loss: .nan))
        #expect(curves.smooth.ys[2].isNaN && abs((curves.smoothed ?? 0) - 0.56 / 0.19) < 1e-12)
        curves.moveStrength(by: -1)
        // β 0.8: (0.8·0.8 + 0.2·2) ÷ (1 − 0.64) = 1.04 ÷ 0.36.
        #expect(curves.strength == 0.8 && abs((curves.smoothed ?? 0) - 1.04 / 0.36) < 1e-12)
        curves.take(TrainSamples.record(4, loss: 1))
        var anew = curves.raw.smoothed(beta: 0.8).ys
        #expect(abs(anew.removeLast() - (curves.smoothed ?? 0)) < 1e-12)
        curves.moveStrength(by: -9)
        #expect(curves.strength == 0 && curves.smoothed == nil && curves.lines().count == 1)
    }

    @Test func aLossThatIsNoNumberIsSaidOnceAndDrawnAsAGap() {
        var robot = robot(TrainSamples.running(50), size: Size(120, 40))
        for step in 51...53 {
            robot.send(.message(.arrived(.stepFinished(TrainSamples.record(step, loss: .nan)))))
        }
        #expect(robot.app.state.log.entries.filter { $0.kind == .warn }.count == 1)
        #expect(robot.shows("step 51  the loss is not a number") && robot.shows("✗"))
        #expect(robot.shows("NaN"))
    }

    @Test func aSpikeOfOneStepAmongManyStaysVisible() {
        var state = TrainSamples.running(1)
        let count = 100_000
        for step in 2...count {
            let loss = step == 77_777 ? 40 : 1.5
            let record = TrainSamples.record(step, loss: loss, total: count)
            _ = TrainTab.update(&state, .arrived(.stepFinished(record)))
        }
        #expect(state.curves.records.count == count)
        var robot = robot(state)
        #expect(robot.shows("▲ 1 above") || robot.shows("▲ 2 above"))
        robot.press(.character("O"))
        #expect((robot.shows("40 ┤") || robot.shows("50 ┤")) && !robot.shows("above"))
        robot.press(.character("L"))
        #expect(robot.shows("log"))
    }

    @Test func theCursorReadsAStepAndZoomGoesBack() {
        var robot = robot(TrainSamples.running(330), size: Size(120, 40))
        let whole = robot.screen
        robot.press(.left)
        #expect(robot.shows("At step 330"))
        robot.press(.modified(.shift, .left), .left)
        #expect(robot.shows("At step 319") && robot.shows(NumberText.loss(TrainSamples.loss(319))))
        robot.press(.character("+"), .character("+"))
        #expect(robot.screen != whole)
        robot.press(.escape)
        #expect(robot.screen == whole)
        robot.press(.character("z"))
        #expect(robot.screen != whole)
    }

    @Test func eventsScrollAndFollowAgain() {
        var robot = robot(TrainSamples.running(10))
        for index in 0..<50 { robot.send(.message(.arrived(.notice("notice \(index).")))) }
        #expect(robot.shows("notice 49."))
        robot.press(.character("g"))
        #expect(robot.shows("begins: 4 750 examples") && !robot.shows("notice 49."))
        robot.send(.message(.arrived(.notice("news."))))
        #expect(!robot.shows("news."))
        robot.press(.character("G"))
        #expect(robot.shows("news."))
        robot.press(.up)
        #expect(!robot.shows("news."))
        robot.press(.down)
        #expect(robot.shows("news."))
    }

    @Test func theLogDropsItsOldestEntries() {
        var log = RunLog()
        for index in 0..<RunLog.entriesMax { log.add(.note, at: 0, "\(index)") }
        log.scroll(by: -10)
        let shown = log.anchor.map { log.entries[$0].text }
        log.add(.note, at: 0, "one more")
        #expect(log.entries.count == RunLog.entriesMax * 3 / 4 + 1)
        #expect(log.anchor.map { log.entries[$0].text } == shown)
    }

    @Test func eventsOfTheOutsideAreShownSafely() {
        var robot = robot(TrainSamples.running(3))
        robot.send(.message(.arrived(.notice("a\u{1B}[31mred\nsecond line 中文"))))
        robot.send(.message(.arrived(.checkpointFailed(TrainSamples.failure))))
        #expect(!robot.screen.unicodeScalars.contains("\u{1B}"))
        robot.resize(to: Size(120, 40))
        #expect(robot.shows("second line 中文") && robot.shows("why: the header says 91 MB"))
    }

    @Test func aNewRunBeginsWithAnEmptySheet() {
        var state = TrainSamples.running(330)
        state.plot.isLogarithmic = true
        _ = TrainTab.update(&state, .plot(.smoothingMoved(by: 2)))
        _ = TrainTab.update(&state, .started(TrainSamples.plan))
        #expect(state.curves.records.isEmpty && state.log.entries.isEmpty && state.savedStep == nil)
        #expect(state.plot.isLogarithmic && state.curves.strength == 0.98)
    }

    @Test func keysDoNotClash() {
        for (name, state) in TrainSamples.states {
            let map = KeyMap(TrainTab.keys(state))
            #expect(map.duplicates.isEmpty && map.indistinguishable.isEmpty, "\(name)")
        }
    }

    @Test(arguments: TrainSamples.states.indices, TabPicture.snapshotSizes)
    func snapshot(index: Int, size: Size) {
        for language in Language.allCases {
            let fault = language.speaking {
                // Events and dialogs are worded when they come.
                let (name, state) = TrainSamples.states[index]
                return Picture.fault(robot(state, size: size).frame, "Train-\(name)", language)
            }
            #expect(fault == nil)
        }
    }

    @Test(arguments: TrainSamples.states.indices)
    func everySizeKeepsItsPromises(index: Int) {
        let (name, state) = TrainSamples.states[index]
        #expect(TabPicture.fault(of: state, TrainSamples.rules) == nil, "\(name)")
    }
}
