// The keys of the train tab as rows: those that steer the run, and those that change the plot.

import Kernel
import Panels

extension TrainTab {
    typealias Row = KeyBinding<Action>

    /// The rows of keys that work here now.
    static func keys(_ state: State) -> [Row] {
        isModal(state) ? [] : runKeys(state) + plotKeys(state)
    }

    private static func runKeys(_ state: State) -> [Row] {
        let none = state.phase.isActive ? nil : "no run is training"
        let late = state.phase == .stopping ? "the run is stopping" : nil
        let early: String? =
            if case .preparing = state.phase { "the run has not begun to train" } else { nil }
        let resting = state.phase == .paused ? "the run is paused; resume it first" : nil
        let isHalted = state.phase == .paused || state.phase == .pausing
        let saving = state.awaitsCheckpoint ? "asked for; it comes after this step" : nil
        let evaluating = state.awaitsEvaluation ? "asked for; it comes after this step" : nil
        let unheld =
            state.summary?.evaluationExamples == 0 ? "the run has no held-out examples" : nil
        let untrained = state.summary?.totalSteps == 0 ? "the run only evaluates" : nil
        // Control-C belongs to the run only while there is one.
        let stopKeys: [Key] =
            state.phase.isActive ? [.control("c"), .character("X")] : [.character("X")]
        return [
            Row(
                [.character(" "), .character("p")], isHalted ? "resume" : "pause",
                isHalted ? .resumePressed : .pausePressed,
                disabledReason: first(none, late, early)),
            Row(stopKeys, "stop…", .stopPressed, disabledReason: first(none, late)),
            Row(
                .character("s"), "save now", .savePressed,
                disabledReason: first(none, late, early, saving)),
            Row(
                .character("e"), "evaluate now", .evaluatePressed,
                disabledReason: first(none, late, early, unheld, resting, evaluating)),
            Row(
                .character("r"), "learning rate…", .ratePressed,
                disabledReason: first(none, late, early, untrained)),
        ]
    }

    private static func first(_ reasons: String?...) -> String? {
        reasons.lazy.compactMap(\.self).first
    }

    private static func plotKeys(_ state: State) -> [Row] {
        let none = state.curves.raw.isEmpty ? "there is nothing to plot yet" : nil
        func row(
            _ keys: [Key], _ help: String, _ action: PlotAction, isHint: Bool = false,
            unless reason: String? = nil
        ) -> Row {
            Row(
                keys, help, .plot(action), disabledReason: none ?? reason, isHint: isHint)
        }
        let plot = state.plot
        return [
            row(
                [.character("L")], plot.isLogarithmic ? "linear y" : "log y", .logarithmPressed,
                isHint: true),
            row(
                [.character("x")], "x by \(state.curves.axis.next.rawValue)", .axisPressed,
                isHint: true),
            row([.character("v")], "next plot", .panePressed, isHint: true),
            row([.enter], state.isPlotAlone ? "plot with the rest" : "plot alone", .alonePressed),
            row([.left, .character("h")], "cursor left", .cursorMoved(by: -1), isHint: true),
            row([.right, .character("l")], "cursor right", .cursorMoved(by: 1)),
            row([.modified(.shift, .left)], "cursor ten left", .cursorMoved(by: -10)),
            row([.modified(.shift, .right)], "cursor ten right", .cursorMoved(by: 10)),
            row(
                [.character("c")], state.showsOthers ? "hide other runs" : "compare runs",
                .othersPressed,
                unless: state.others.isEmpty ? "mark other runs in Runs (7) first" : nil),
            row([.character("m")], "set a marker", .markPressed),
            row(
                [.character("M")], "take the marker away", .unmarkPressed,
                unless: plot.marker == nil ? "there is no marker; m sets one" : nil),
            row([.character("<")], "smooth less", .smoothingMoved(by: -1)),
            row([.character(">")], "smooth more", .smoothingMoved(by: 1)),
            row([.character("+"), .character("=")], "zoom in", .zoomed(by: 1)),
            row([.character("-")], "zoom out", .zoomed(by: -1)),
            row([.character("0"), .escape], "whole plot, no cursor", .reset),
            row(
                [.character("z")], plot.fitsData ? "show the whole run" : "fit to data", .fitPressed
            ),
            row(
                [.character("O")], plot.clipsOutliers ? "show outliers" : "clip outliers",
                .outliersPressed),
            row([.character("B")], "draw in \(word(for: plot.symbols.next))", .symbolsPressed),
            Row(
                .character("w"), "write the curves…", .writePressed,
                disabledReason: none ?? (folder(of: state).isEmpty ? "the run has no folder" : nil),
                isHint: false),
        ]
    }

    private static func word(for symbols: BrailleCanvas.Symbols) -> String {
        switch symbols {
        case .braille: "dots"
        case .blocks: "blocks"
        case .ascii: "ASCII"
        }
    }
}
