// How the train tab looks: who trains and how far it is, the plot, the numbers, the events. Wide
// screens have the numbers in a column of their own, narrow ones below the curves.

import Foundation
import Kernel
import Panels

extension TrainTab {
    /// The parts of the tab on a screen of some size.
    struct Places {
        let header: Rect
        /// How the run ended; empty while it goes on.
        let ending: Rect
        let plot: Rect
        /// The column of numbers; empty on narrow screens.
        let numbers: Rect
        let log: Rect

        init(in area: Rect, endingRows: Int = 0) {
            let (header, body) = area.splitTop(2)
            let (ending, rest) = body.splitTop(min(endingRows, body.height / 2))
            let logHeight = rest.height >= 14 ? max(5, rest.height / 4) : rest.height >= 9 ? 4 : 0
            let (upper, log) = rest.splitBottom(logHeight)
            let (plot, numbers) = upper.splitRight(area.width >= 100 && upper.height >= 8 ? 26 : 0)
            (self.header, self.ending, self.log) = (header, ending, log)
            (self.plot, self.numbers) = (plot, numbers)
        }

        /// Rows of events that are visible.
        var logRows: Int { max(0, log.height - 2) }
    }

    /// Draws the tab. `plan` is what a start would run, `next` what stands between it and a start.
    static func view(
        _ state: State, plan: TrainingPlan, next: (text: String, isReady: Bool), in area: Rect,
        on frame: inout Frame, theme: Theme
    ) {
        guard !area.isEmpty else { return }
        if state.phase == .idle {
            viewIdle(plan, next, in: area, on: &frame, theme: theme)
            return
        }
        if state.isPlotAlone {
            viewPlot(state, in: area, on: &frame, theme: theme)
            viewQuestions(state, in: area, on: &frame, theme: theme)
            return
        }
        let ending = endingRows(state, width: area.width - 2, theme: theme)
        let places = Places(in: area, endingRows: ending.count)
        viewHeader(state, in: places.header, on: &frame, theme: theme)
        for (row, line) in ending.prefix(places.ending.height).enumerated() {
            frame.put(line, in: places.ending.inset(by: 1, 0).row(row))
        }
        viewPlot(state, in: places.plot, on: &frame, theme: theme)
        if !places.numbers.isEmpty {
            viewNumbers(state, in: places.numbers, on: &frame, theme: theme)
        }
        if !places.log.isEmpty {
            let note: DisplayText = state.log.anchor == nil ? "" : "G follows again"
            let inner = Pane(title: "Events", note: note)
                .render(in: places.log, on: &frame, theme: theme)
            state.log.render(in: inner.inset(by: 1, 0), on: &frame, theme: theme)
        }
        viewQuestions(state, in: area, on: &frame, theme: theme)
    }

    private static func viewQuestions(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        state.question?.dialog.render(in: area, on: &frame, theme: theme)
        state.rateInput?.render(in: area, on: &frame, theme: theme)
    }

    // MARK: - Without a run

    private static func viewIdle(
        _ plan: TrainingPlan, _ next: (text: String, isReady: Bool), in area: Rect,
        on frame: inout Frame, theme: Theme
    ) {
        let inner = Pane(title: "Train", note: "no run").render(in: area, on: &frame, theme: theme)
            .inset(by: 1, 0)
        let length =
            plan.duration.stepsMax.map { "\(Figures.count($0)) steps" }
            ?? "\(Figures.setting(plan.duration.epochs)) epochs"
        let rows: [(String, String)] = [
            ("model", plan.model.path), ("method", methodText(plan)),
            ("data", plan.data.names.joined(separator: ", ")), ("length", length),
            ("batch", "\(plan.batching.microBatchSize) × \(plan.batching.accumulationSteps)"),
            ("rate", Readout.number(plan.optimizer.learningRate)),
            ("result", resultText(plan)), ("folder", plan.output.folder),
        ]
        var lines = [
            StyledLine(
                DisplayText(next.text), theme[next.isReady ? .success : .accent].with(.bold)),
            StyledLine(
                "Curves, numbers and events appear here as soon as a run trains.", theme[.dim]),
            StyledLine(""),
        ]
        for (label, value) in rows {
            lines.append(
                StyledLine([
                    Span(DisplayText(label).padded(to: 9), theme[.label]),
                    Span(value.isEmpty ? "—" : DisplayText(value), theme[.value]),
                ]))
        }
        let wrapped = lines.flatMap { TextWrap.rows($0, width: inner.width) }
        for (row, line) in wrapped.prefix(inner.height).enumerated() {
            frame.put(line, in: inner.row(row))
        }
    }

    /// Which step becomes the result, and what may end the run before its last step.
    private static func resultText(_ plan: TrainingPlan) -> String {
        let kept =
            plan.checkpointing.loadsBest ? "the best step by held-out loss" : "the last step"
        guard let patience = plan.evaluation.patience else { return kept }
        let evaluations = patience == 1 ? "1 evaluation" : "\(patience) evaluations"
        return kept + "; ends early after \(evaluations) without gain"
    }

    private static func methodText(_ plan: TrainingPlan) -> String {
        let base = plan.model.quantization.bits.map { "\($0)-bit " } ?? ""
        return switch plan.tuning.method {
        case .lora:
            (plan.quantizes ? "QLoRA r" : "LoRA r") + "\(plan.tuning.lora.rank)"
                + (base.isEmpty ? "" : " over \(base)weights")
        case .freeze: "freeze, \(plan.tuning.freeze.layers) blocks"
        case .full: "full"
        }
    }

    // MARK: - Header

    private static func viewHeader(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let (text, role) = phaseText(state)
        let badge = DisplayText(" \(text) ")
        let first = area.row(0)
        let x = frame.put(
            badge, at: Point(first.x, first.y), style: theme[role].with(.bold), in: first)
        var facts = [name(of: state)]
        let model = state.summary?.modelName ?? Readout.lastPart(of: state.plan?.model.path ?? "")
        if !model.isEmpty { facts.append(model) }
        if let plan = state.plan { facts.append(methodText(plan)) }
        let title = DisplayText(" " + facts.joined(separator: " · "))
        frame.put(title, at: Point(x, first.y), style: theme[.title], in: first)
        let folder = DisplayText(state.summary?.folder ?? state.plan?.output.folder ?? "")
        let room = first.right - x - title.width - 2
        if room >= 12 {
            frame.put(
                folder, in: Rect(first.right - room, first.y, room - 1, 1), style: theme[.dim],
                align: .right)
        }
        let second = area.row(1).inset(by: 1, 0)
        if case .preparing(let stage, let fraction) = state.phase {
            if let fraction {
                Gauge(
                    fraction: fraction, label: DisplayText("\(stage) \(percent(fraction))")
                ).render(in: second, on: &frame, theme: theme)
            } else {
                frame.put("\(DisplayText(stage))…", in: second, style: theme[.accent])
            }
            return
        }
        // A run that failed before it knew its steps has no share to show.
        guard state.summary != nil || !state.curves.records.isEmpty else { return }
        let (fraction, label) = progress(state, width: second.width)
        Gauge(fraction: fraction, label: DisplayText(label), role: role == .accent ? .gauge : role)
            .render(in: second, on: &frame, theme: theme)
    }

    private static func phaseText(_ state: State) -> (String, Role) {
        switch state.phase {
        case .idle: ("idle", .dim)
        case .preparing: ("▸ preparing", .accent)
        case .running: ("▸ training", .accent)
        case .pausing: ("pausing after this step", .warning)
        case .paused: ("paused", .warning)
        case .stopping: ("stopping after this step", .warning)
        case .finished(let result):
            switch result.ending {
            case .completed: ("✓ finished", .success)
            case .stopped: ("✓ stopped", .success)
            case .earlyStopped: ("✓ stopped early", .success)
            case .evaluated: ("✓ evaluated", .success)
            }
        case .failed: ("✗ failed", .error)
        }
    }

    /// How far the run is, and as much of it in words as there is room for.
    private static func progress(_ state: State, width: Int) -> (Double, String) {
        let total = state.curves.last?.totalSteps ?? state.summary?.totalSteps ?? 0
        let step = state.curves.last?.step ?? state.summary?.firstStep ?? 0
        let fraction = total > 0 ? Double(step) / Double(total) : 0
        var parts = ["\(step)/\(total)", percent(fraction)]
        if let last = state.curves.last {
            var epoch = "epoch " + epochText(last.epoch)
            if let plan = state.plan, plan.duration.stepsMax == nil {
                epoch += "/" + Figures.setting(plan.duration.epochs)
            }
            parts.append(epoch)
            if state.phase.isActive, let rest = last.remainingSeconds {
                parts.append("eta \(Readout.duration(rest))")
            }
            parts.append("took \(Readout.duration(last.elapsedSeconds))")
        }
        while parts.count > 1, parts.joined(separator: " · ").count > width * 2 / 3 {
            parts.removeLast()
        }
        return (fraction, parts.joined(separator: " · "))
    }

    private static func percent(_ fraction: Double) -> String {
        "\(Int((min(1, max(0, fraction.isNaN ? 0 : fraction)) * 100).rounded(.down)))%"
    }

    private static func epochText(_ epoch: Double) -> String {
        String(format: "%.2f", epoch)
    }

    /// What is said of a run that is over: how it went, or why it failed.
    private static func endingRows(_ state: State, width: Int, theme: Theme) -> [StyledLine] {
        var lines: [StyledLine] = []
        switch state.phase {
        case .finished(let result):
            let hasTrained = result.ending != .evaluated
            lines = [
                StyledLine(DisplayText(summary(of: result)), theme[.success]),
                StyledLine([
                    Span("Written to \(DisplayText(result.folder)). ", theme[.text]),
                    Span(hasTrained ? "5 talks to it, 6 exports it." : "", theme[.dim]),
                ]),
            ]
        case .failed(let error):
            lines = Readout.lines(of: error).enumerated().flatMap { index, text in
                DisplayText.lines(text, invisibles: .dropped).map {
                    StyledLine($0, theme[index == 0 ? .error : .text])
                }
            }
        default: break
        }
        return lines.flatMap { TextWrap.rows($0, width: width) }
    }

    /// What a run did, in one line.
    private static func summary(of result: RunResult) -> String {
        let time = Readout.duration(result.elapsedSeconds)
        if result.ending == .evaluated { return "Held-out loss measured in \(time)" }
        let loss = result.meanLoss.map { "mean loss \(Readout.loss($0)), " } ?? ""
        return "\(Figures.count(result.steps)) steps, \(loss)"
            + "\(Figures.short(result.tokensSeen)) tokens in \(time)"
    }
}
