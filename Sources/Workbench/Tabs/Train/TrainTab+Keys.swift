// The keys of the train tab as rows: those that steer the run, and those that change the plot.

import Kernel
import Panels

extension TrainTab {
    typealias Row = KeyBinding<Action>

    /// The rows of keys that work here now.
    static func keys(_ state: State) -> [Row] {
        if isModal(state) { return [] }
        if state.queue.isOpen { return queueKeys(state) }
        return state.samples.isOpen ? sampleKeys(state) : runKeys(state) + plotKeys(state)
    }

    private static func runKeys(_ state: State) -> [Row] {
        let cut = state.attachment?.isConnected == false ? tr("the run is not connected") : nil
        let none = state.phase.isActive ? cut : tr("no run is training")
        let late = state.phase == .stopping ? tr("the run is stopping") : nil
        let early: String? =
            if case .preparing = state.phase { tr("the run has not begun to train") } else { nil }
        let resting = state.phase == .paused ? tr("the run is paused; resume it first") : nil
        let isHalted = state.phase == .paused || state.phase == .pausing
        let saving = state.awaitsCheckpoint ? tr("asked for; it comes after this step") : nil
        let evaluating = state.awaitsEvaluation ? tr("asked for; it comes after this step") : nil
        let unheld =
            state.summary?.evaluationExamples == 0 ? tr("the run has no held-out examples") : nil
        let untrained = state.summary?.totalSteps == 0 ? tr("the run only evaluates") : nil
        // Control-C belongs to the run only while there is one.
        let stopKeys: [Key] =
            state.phase.isActive ? [.control("c"), .character("X")] : [.character("X")]
        return [
            Row(
                [.character(" "), .character("p")], isHalted ? tr("resume") : tr("pause"),
                isHalted ? .resumePressed : .pausePressed,
                disabledReason: first(none, late, early)),
            Row(stopKeys, tr("stop…"), .stopPressed, disabledReason: first(none, late)),
            Row(
                .character("s"), tr("save now"), .savePressed,
                disabledReason: first(none, late, early, saving)),
            Row(
                .character("e"), tr("evaluate now"), .evaluatePressed,
                disabledReason: first(none, late, early, unheld, resting, evaluating)),
            Row(
                .character("r"), tr("learning rate…"), .ratePressed,
                disabledReason: first(none, late, early, untrained), isHint: false),
            Row(
                .character("a"), tr("sample answers"), .samples(.opened),
                disabledReason: state.samples.prompts.isEmpty
                    ? tr("no sample prompt was answered yet") : nil, isHint: false),
            Row(.character("n"), tr("queue…"), .queue(.opened), isHint: !state.queue.isEmpty),
        ] + leavingKeys(state)
    }

    /// A run of another process can be left without leaving the program.
    private static func leavingKeys(_ state: State) -> [Row] {
        guard state.attachment != nil else { return [] }
        return [Row(.character("u"), tr("leave this run alone"), .leavePressed, isHint: false)]
    }

    private static func first(_ reasons: String?...) -> String? {
        reasons.lazy.compactMap(\.self).first
    }

    private static func plotKeys(_ state: State) -> [Row] {
        let none = state.curves.raw.isEmpty ? tr("there is nothing to plot yet") : nil
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
                [.character("L")], plot.isLogarithmic ? tr("linear y") : tr("log y"),
                .logarithmPressed,
                isHint: true),
            row(
                [.character("x")], tr("x by {1}", state.curves.axis.next.word), .axisPressed,
                isHint: true),
            row([.character("v")], tr("next plot"), .paneMoved(by: 1), isHint: true),
            row([.character("V")], tr("previous plot"), .paneMoved(by: -1)),
            row(
                [.enter], state.isPlotAlone ? tr("plot with the rest") : tr("plot alone"),
                .alonePressed),
            row([.left, .character("h")], tr("cursor left"), .cursorMoved(by: -1), isHint: true),
            row([.right, .character("l")], tr("cursor right"), .cursorMoved(by: 1)),
            row([.modified(.shift, .left)], tr("cursor ten left"), .cursorMoved(by: -10)),
            row([.modified(.shift, .right)], tr("cursor ten right"), .cursorMoved(by: 10)),
            row(
                [.character("c")], state.showsOthers ? tr("hide other runs") : tr("compare runs"),
                .othersPressed,
                unless: state.others.isEmpty ? tr("mark other runs in Runs (7) first") : nil),
            row([.character("m")], tr("set a marker"), .markPressed),
            row(
                [.character("M")], tr("take the marker away"), .unmarkPressed,
                unless: plot.marker == nil ? tr("there is no marker; m sets one") : nil),
            row([.character("<")], tr("smooth less"), .smoothingMoved(by: -1)),
            row([.character(">")], tr("smooth more"), .smoothingMoved(by: 1)),
            row([.character("+"), .character("=")], tr("zoom in"), .zoomed(by: 1)),
            row([.character("-")], tr("zoom out"), .zoomed(by: -1)),
            row([.character("0"), .escape], tr("whole plot, no cursor"), .reset),
            row(
                [.character("z")], plot.fitsData ? tr("show the whole run") : tr("fit to data"),
                .fitPressed
            ),
            row(
                [.character("O")], plot.clipsOutliers ? tr("show outliers") : tr("clip outliers"),
                .outliersPressed),
            row([.character("B")], plot.symbols.next.help, .symbolsPressed),
            Row(
                .character("w"), tr("write the curves…"), .writePressed,
                disabledReason: none
                    ?? (folder(of: state).isEmpty ? tr("the run has no folder") : nil),
                isHint: false),
        ]
    }
}

extension BrailleCanvas.Symbols {
    /// The help text of a key that draws with these symbols.
    var help: String {
        switch self {
        case .braille: tr("draw in dots")
        case .blocks: tr("draw in blocks")
        case .ascii: tr("draw in ASCII")
        }
    }
}
