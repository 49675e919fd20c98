// How the train tab looks during a run: which run trains and how far it is, the plot, the numbers, the
// events. Wide screens have the numbers in a column of their own, narrow ones below the curves.

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
        defer {
            state.samples.render(in: area, on: &frame, theme: theme)
            viewQueue(state, in: area, on: &frame, theme: theme)
            viewQuestions(state, in: area, on: &frame, theme: theme)
        }
        if state.phase == .idle {
            viewIdle(plan, next, in: area, on: &frame, theme: theme)
            return
        }
        if state.isPlotAlone {
            viewPlot(state, in: area, on: &frame, theme: theme)
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
            let note: DisplayText = state.log.anchor == nil ? "" : tr("G follows again")
            let inner = Pane(title: tr("Events"), note: note)
                .render(in: places.log, on: &frame, theme: theme)
            state.log.render(in: inner.inset(by: 1, 0), on: &frame, theme: theme)
        }
    }

    private static func viewQuestions(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        state.question?.dialog.render(in: area, on: &frame, theme: theme)
        state.rateInput?.render(in: area, on: &frame, theme: theme)
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
        if let attachment = state.attachment {
            facts.append(attachment.mark(isActive: state.phase.isActive))
        }
        let model = state.summary?.modelName ?? PathText.lastPart(of: state.plan?.model.path ?? "")
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
                    fraction: fraction,
                    label: DisplayText("\(tr(stage)) \(percent(fraction))")
                ).render(in: second, on: &frame, theme: theme)
            } else {
                frame.put("\(DisplayText(tr(stage)))…", in: second, style: theme[.accent])
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
        case .idle: (tr("idle"), .dim)
        case .preparing: (tr("▸ preparing"), .accent)
        case .running: (tr("▸ training"), .accent)
        case .pausing: (tr("pausing after this step"), .warning)
        case .paused: (tr("paused"), .warning)
        case .stopping: (tr("stopping after this step"), .warning)
        case .finished(let result):
            switch result.ending {
            case .completed: (tr("✓ finished"), .success)
            case .stopped: (tr("✓ stopped"), .success)
            case .earlyStopped: (tr("✓ stopped early"), .success)
            case .evaluated: (tr("✓ evaluated"), .success)
            }
        case .failed: (tr("✗ failed"), .error)
        }
    }

    /// How far the run is, and as much of it in words as there is room for.
    private static func progress(_ state: State, width: Int) -> (Double, String) {
        let total = state.curves.last?.totalSteps ?? state.summary?.totalSteps ?? 0
        let step = state.curves.last?.step ?? state.summary?.firstStep ?? 0
        let fraction = total > 0 ? Double(step) / Double(total) : 0
        var parts = ["\(step)/\(total)", percent(fraction)]
        if let last = state.curves.last {
            var epoch = tr("epoch") + " " + epochText(last.epoch)
            if let plan = state.plan, plan.duration.stepsMax == nil {
                epoch += "/" + NumberText.setting(plan.duration.epochs)
            }
            parts.append(epoch)
            if state.phase.isActive, let rest = last.remainingSeconds {
                parts.append(tr("eta {1}", NumberText.duration(rest)))
            }
            parts.append(tr("took {1}", NumberText.duration(last.elapsedSeconds)))
        }
        while parts.count > 1, TextWidth.columns(of: parts.joined(separator: " · ")) > width * 2 / 3
        {
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
}
