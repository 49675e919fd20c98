// The plot of the train tab: what x counts, other measurements, the marker, a new learning rate, the
// earlier parts of a resumed run, and the files that it writes.

import Foundation
import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct TrainPlotTests {
    private func robot(
        _ state: TrainTab.State = TrainSamples.running(330), size: Size = Size(120, 40)
    ) -> Robot<TabApp<TrainTab.State, TrainTab.Action>> {
        Robot(TabApp(state, TrainSamples.rules), size: size)
    }

    @Test func xCountsStepsEpochsTimeAndTokens() {
        var robot = robot()
        robot.press(.left, .modified(.shift, .left))
        #expect(robot.shows("┊ step 320"))
        // Step 320: 1.6 epochs of 200 steps, 320 · 0.61 s = 195.2 s, 320 · 722 tokens.
        for text in ["┊ epoch 1.6 ", "┊ time 3m15s ", "┊ tokens 231k "] {
            robot.press(.character("x"))
            #expect(robot.shows(text) && robot.shows("At step 320"), "\(text)\n\(robot.screen)")
        }
        robot.press(.character("x"))
        #expect(robot.shows("┊ step 320"))
    }

    @Test func theWholePlannedRunIsShownOnEveryAxis() {
        var curves = TrainCurves()
        for step in 1...300 { curves.take(TrainSamples.record(step)) }
        #expect(curves.range(total: 600) == 1...600)
        curves.setAxis(.epoch)
        #expect(curves.range(total: 600) == 0...3)
        curves.setAxis(.time)
        // 600 · 0.61 s = 366 s, rounded up to two digits.
        #expect(curves.range(total: 600) == 0...370)
        curves.setAxis(.tokens)
        // 600 · 722 = 433,200.
        #expect(curves.range(total: 600) == 0...440_000)
        #expect(curves.place(ofStep: 100) == 72_200 && curves.place(ofStep: 0) == 0)
        #expect(TrainCurves().range(total: 600) == 1...600)
    }

    @Test func otherMeasurementsAreShown() {
        var robot = robot()
        robot.press(.character("v"))
        for title in ["Loss", "Learning rate", "Gradient norm", "Tokens/s", "Memory"] {
            #expect(robot.shows(title), "\(title)")
        }
        #expect(robot.shows("This was not measured."))
        robot.press(.character("v"))
        #expect(robot.shows("Learning rate") && !robot.shows("─ Loss"))
        var record = TrainSamples.record(331)
        record.values[.memory] = Double(512 << 20)
        robot.send(.message(.arrived(.stepFinished(record))))
        robot.press(.character("v"), .character("v"), .character("v"))
        #expect(robot.shows("─ Memory") && robot.shows("512") && robot.shows("MiB"))
        robot.press(.character("v"))
        #expect(robot.shows("─ Loss"))
    }

    /// Plots are offered for what a run measures, whatever it is, also from evaluations.
    @Test func metricsOfAnObjectiveHavePlots() {
        var robot = robot(size: Size(160, 45))
        for step in 331...340 {
            var record = TrainSamples.record(step)
            record.values["rewards/margins"] = Double(step)
            robot.send(.message(.arrived(.stepFinished(record))))
        }
        let held = EvaluationRecord(
            step: 340, epoch: 1.7, values: [.loss: 1, "rewards/margins": 335], tokens: 9, seconds: 1
        )
        robot.send(.message(.arrived(.evaluated(held))))
        robot.press(.character("v"))
        #expect(robot.shows("Reward margin") && robot.shows("─ Loss") && robot.shows("Memory"))
        // The last plot lies before the loss.
        robot.press(.character("V"), .character("V"))
        #expect(robot.shows("─ Reward margin") && !robot.shows("─ Loss"))
        let curves = robot.app.state.curves
        #expect(curves.metrics["rewards/margins"]?.ys.last == 340)
        #expect(curves.heldMetrics["rewards/margins"]?.ys == [335])
        let rows = CurveTable.csv(curves).split(separator: "\n")
        #expect(rows[0].hasSuffix("memory_bytes,rewards/margins,eval_loss,eval_rewards/margins"))
        #expect(rows[340].hasSuffix(",340.0,1.0,335.0"), "\(rows[340])")
        robot.press(.character("x"))
        #expect(robot.app.state.curves.heldMetrics["rewards/margins"]?.xs == [1.7])
    }

    @Test func thePlotCanStandAlone() {
        var robot = robot()
        robot.press(.enter)
        #expect(!robot.shows("Events") && robot.shows("Loss") && robot.shows("tok/s"))
        robot.press(.escape)
        #expect(robot.shows("Events"))
    }

    @Test func theMarkerIsComparedWithTheCursor() {
        var robot = robot()
        robot.press(.character("M"))
        #expect(robot.app.refusal == "there is no marker; m sets one")
        robot.press(.character("m"), .left, .modified(.shift, .left))
        let change = Axis.label(TrainSamples.loss(320) - TrainSamples.loss(330))
        #expect(
            robot.shows("╎ 10 apart") && robot.shows("Δ\(change)") || robot.shows("Δ+\(change)"))
        robot.press(.character("M"))
        #expect(!robot.shows("apart"))
    }

    // MARK: - Learning rate

    @Test func aNewRateIsTypedAndCheckedAndTold() {
        var robot = robot()
        robot.press(.character("r"))
        #expect(robot.shows("The peak of the schedule is 2.0e-4."))
        robot.type("much")
        robot.press(.enter)
        #expect(robot.shows("A rate above 0") && robot.effects.isEmpty)
        for _ in 0..<4 { robot.press(.backspace) }
        robot.type("x0.5")
        robot.press(.enter)
        #expect(robot.effects == [.train(.controlRun(.changeRate(.factor(0.5))))])
        #expect(robot.app.state.rateInput == nil)
        let change = RateRecord(
            firstStep: 331, totalSteps: 600, factor: 0.5, peak: 1e-4, rate: 7e-5)
        robot.send(.message(.arrived(.rateChanged(change))))
        #expect(robot.shows("step 331  lr 7.0e-5, peak 1.0e-4, 0.5 × the plan's"))
        #expect(robot.shows("×0.5"))
        robot.press(.character("r"))
        #expect(robot.shows("The peak of the schedule is 1.0e-4, 2.0e-4 in the plan."))
        robot.press(.escape)
        #expect(robot.app.state.rateInput == nil && robot.effects.count == 1)
    }

    @Test func ratesAreWrittenInSeveralWays() {
        let cases: [(String, RateChange?)] = [
            ("1e-4", .peak(1e-4)), (" 0.5 ", .peak(0.5)), ("x0.5", .factor(0.5)),
            ("×2", .factor(2)), ("* 0.1", .factor(0.1)), ("50%", .factor(0.5)), ("", nil),
            ("x", nil), ("fast", nil), ("%", nil),
        ]
        for (text, change) in cases { #expect(RateChange(text) == change, "\(text)") }
        for change: RateChange in [.factor(0), .factor(-1), .peak(.nan), .peak(.infinity)] {
            #expect(change.factor(baseRate: 1e-4) == nil)
        }
        #expect(RateChange.peak(1).factor(baseRate: 0) == nil)
    }

    // MARK: - Early stopping

    @Test func earlyStoppingAndTheBestStepAreShown() {
        var state = TrainSamples.running(330)
        state.plan?.evaluation.patience = 4
        state.plan?.checkpointing.loadsBest = true
        for (step, loss) in [(310, 0.1), (320, 0.3), (330, 0.2)] {
            let record = EvaluationRecord(step: step, epoch: 0, loss: loss, tokens: 9, seconds: 1)
            _ = TrainTab.update(&state, .arrived(.evaluated(record)))
        }
        let robot = robot(state)
        #expect(robot.shows("310, kept") && robot.shows("2 of 4"))
        var plan = TrainSamples.plan
        plan.evaluation.patience = 1
        var frame = Frame(size: Size(100, 20))
        TrainTab.view(
            TrainTab.State(), plan: plan, next: ("", true), in: frame.area, on: &frame,
            theme: .standard)
        #expect(frame.text.contains("the last step; ends early after 1 evaluation without gain"))
    }

    // MARK: - Resumed runs

    @Test func aResumedRunShowsItsEarlierPart() {
        var summary = TrainSamples.summary
        summary.firstStep = 200
        var robot = robot(TrainTab.State())
        robot.send(.message(.started(TrainSamples.plan)))
        robot.send(.message(.arrived(.prepared(summary))))
        #expect(robot.effects == [.train(.readHistory(folder: "runs/客服-03"))])
        for step in 201...210 {
            robot.send(.message(.arrived(.stepFinished(TrainSamples.record(step)))))
        }
        robot.press(.left)
        var curve = RunCurve()
        // The log already has a line of the step after the border: it must not count twice.
        curve.steps = stride(from: 10, through: 210, by: 10).map { TrainSamples.record($0) }
        curve.evaluations = [
            EvaluationRecord(step: 100, epoch: 0.5, loss: 2, tokens: 0, seconds: 0)
        ]
        robot.send(.message(.historyRead(folder: "elsewhere", .success(curve))))
        #expect(robot.app.state.curves.records.count == 10)
        robot.send(.message(.historyRead(folder: "runs/客服-03", .success(curve))))
        let steps = robot.app.state.curves.records.map(\.step)
        #expect(steps == Array(stride(from: 10, through: 200, by: 10)) + Array(201...210))
        #expect(robot.app.state.curves.held.count == 1 && robot.shows("┆"))
        // The cursor stays on its step.
        #expect(robot.app.state.plot.cursor == 210)
    }

    // MARK: - Files

    @Test func curvesAreWritten() throws {
        var robot = robot()
        robot.press(.character("w"))
        #expect(robot.shows("Into runs/客服-03:"))
        robot.press(.character("t"))
        guard case .writeText(let text, let path)? = robot.effects.last else {
            Issue.record("no text was written")
            return
        }
        #expect(path == "runs/客服-03/plot.txt" && text.contains("⣿ train"))
        robot.press(.character("w"), .character("c"))
        let curves = robot.app.state.curves
        #expect(robot.effects.last == .train(.writeCurves(curves, path: "runs/客服-03/curves.csv")))
        let rows = CurveTable.csv(curves).split(separator: "\n")
        #expect(rows.count == 331)
        let cells = rows[100].split(separator: ",", omittingEmptySubsequences: false)
        let columns = rows[0].split(separator: ",")
        #expect(cells.count == columns.count && cells[0] == "100")
        #expect(
            Double(cells[4]) == TrainSamples.loss(100) && Double(cells[5]) == curves.smooth.ys[99])
        #expect(Double(cells[10]) == TrainSamples.loss(140) + 0.05 && cells[9] == "")
        robot.press(.character("w"), .escape)
        #expect(robot.effects.count == 2)
    }
}
