// The frame of the program: tabs above, the open tab, status and hints below, and what lies over
// everything. Each screen size gets a picture; very small ones get one line.

import Kernel
import Panels

/// Draws the whole interface.
enum AppView {
    /// The least columns and rows for the tabs.
    static let smallest = Size(40, 10)

    /// The parts of the screen.
    struct Places {
        let tabs: Rect
        let content: Rect
        let status: Rect

        init(_ size: Size) {
            let (tabs, rest) = Rect(size).splitTop(1)
            let (content, status) = rest.splitBottom(size.height >= 16 ? 2 : 1)
            (self.tabs, self.content, self.status) = (tabs, content, status)
        }
    }

    /// The picture for a screen of some size.
    static func frame(_ state: AppState, in size: Size) -> Frame {
        let theme = state.theme
        var frame = theme.frame(size)
        guard size.width >= smallest.width, size.height >= smallest.height else {
            viewSmall(state, on: &frame, theme: theme)
            return frame
        }
        let places = Places(size)
        viewTabs(state, in: places.tabs, on: &frame, theme: theme)
        viewContent(state, in: places.content, on: &frame, theme: theme)
        viewStatus(state, in: places.status, on: &frame, theme: theme)
        if let help = state.help {
            frame.cursor = nil
            HelpOverlay(sections: GlobalKeys.help(state))
                .render(help, in: places.content, on: &frame, theme: theme)
        }
        if let chooser = state.chooser {
            frame.cursor = nil
            chooser.render(state.themes, in: places.content, on: &frame, theme: theme)
        }
        if let palette = state.palette {
            frame.cursor = nil
            palette.render(state, in: places.content, on: &frame, theme: theme)
        }
        if let question = state.question {
            frame.cursor = nil
            question.dialog.render(in: places.content, on: &frame, theme: theme)
        }
        return frame
    }

    private static func viewTabs(
        _ state: AppState, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        TabBar(
            tabs: AppState.Tab.allCases.map {
                TabBar.Tab(
                    key: DisplayText(String($0.digit)), title: DisplayText($0.title),
                    press: .alt($0.digit))
            }, selected: state.tab.rawValue, chip: state.run.chip(theme)
        ).render(in: area, on: &frame, theme: theme)
    }

    private static func viewContent(
        _ state: AppState, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        switch state.tab {
        case .model:
            ModelTab.view(state.model, plan: state.plan, in: area, on: &frame, theme: theme)
        case .dataset:
            DatasetTab.view(state.dataset, plan: state.plan, in: area, on: &frame, theme: theme)
        case .params:
            ParamsTab.view(state.params, plan: state.plan, in: area, on: &frame, theme: theme)
        case .train:
            TrainTab.view(
                state.train, plan: state.plan, next: state.nextStep, in: area, on: &frame,
                theme: theme)
        case .chat: ChatTab.view(state.chat, in: area, on: &frame, theme: theme)
        case .export: ExportTab.view(state.export, in: area, on: &frame, theme: theme)
        case .runs: RunsTab.view(state.runs, in: area, on: &frame, theme: theme)
        case .evaluate:
            EvaluateTab.view(state.evaluate, in: area, on: &frame, theme: theme)
        case .logs: LogsTab.view(state.logs, in: area, on: &frame, theme: theme)
        }
    }

    private static func viewStatus(
        _ state: AppState, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let hints = (GlobalKeys.tabBindings(state) + GlobalKeys.bindings(state)).map(\.hint)
        // One row is for keys; the status is shown where there are two.
        let status = area.height > 1 ? status(state, theme) : StyledLine([])
        StatusBar(status: status, hints: hints).render(in: area, on: &frame, theme: theme)
        if let notice = state.notice {
            Toast(DisplayText(notice.text), role: notice.role)
                .render(in: area.row(0), on: &frame, theme: theme)
        }
    }

    /// What is going on, or what to do next.
    private static func status(_ state: AppState, _ theme: Theme) -> StyledLine {
        if let words = state.run.progress { return StyledLine(" \(words)", theme[.status]) }
        if state.run.waiting > 0 {
            let words: DisplayText = tr(
                "{1} in the queue, which waits; n in Train (4) shows it", state.run.waiting)
            return StyledLine(" \(words)", theme[.warning])
        }
        let next = state.nextStep
        return StyledLine(" \(next.text)", theme[next.isReady ? .success : .status])
    }

    /// A picture for very small screens: how the run goes, and which size is needed.
    private static func viewSmall(_ state: AppState, on frame: inout Frame, theme: Theme) {
        let size = frame.size
        var lines = [StyledLine(DisplayText("Workbench \(state.tab.title)"), theme[.title])]
        if let words = state.run.words { lines = [StyledLine(DisplayText(words), theme[.text])] }
        lines.append(
            StyledLine(
                DisplayText(
                    tr(
                        "needs {1}×{2}, this is {3}×{4}", smallest.width, smallest.height,
                        size.width, size.height)), theme[.dim]))
        let rows = lines.flatMap { TextWrap.rows($0, width: size.width) }
        for (row, line) in rows.prefix(size.height).enumerated() {
            frame.put(line, in: frame.area.row(row))
        }
    }
}
