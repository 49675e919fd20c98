// How the dataset tab looks: the sets and the report side by side, the record below over the whole
// width. The record keeps most of the room, because it answers whether the right tokens are trained.

import Kernel
import Panels

extension DatasetTab {
    /// The parts of the tab on a screen of some size.
    struct Places {
        let list: Rect
        let folder: Rect
        let report: Rect
        let record: Rect
        /// Whether only the pane with the keyboard is shown.
        let isSingle: Bool

        init(in area: Rect) {
            guard area.width >= 60, area.height >= 12 else {
                // One pane at a time; the field lies over the sets.
                (list, record) = (area, area)
                (folder, report) = (Rect(area.x, area.y, 0, 0), Rect(area.x, area.y, 0, 0))
                isSingle = true
                return
            }
            let (top, record) = area.splitTop(area.height >= 30 ? 16 : area.height * 11 / 20)
            let (left, report) = top.splitLeft(area.width / 2)
            (list, folder) = left.splitBottom(left.height >= 8 ? 3 : 0)
            (self.report, self.record) = (report, record)
            isSingle = false
        }

        /// Rows of sets that are visible.
        var listRows: Int { max(0, list.height - 2) }
        /// Columns and rows of the record's text.
        var recordSize: Size { Size(record.width - 2, record.height - 2) }
    }

    static func view(
        _ state: State, plan: TrainingPlan, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        defer { viewOverlay(state, in: area, on: &frame, theme: theme) }
        let places = Places(in: area)
        if places.isSingle, state.part == .record {
            viewRecord(state, plan, in: places.record, on: &frame, theme: theme)
            return
        }
        viewList(state, plan, in: places.list, on: &frame, theme: theme)
        // Without room for both, the field lies over the list while it is typed in.
        let folder =
            places.folder.isEmpty && state.part == .folder
            ? places.list.splitBottom(3).bottom : places.folder
        viewFolder(state, in: folder, on: &frame, theme: theme)
        guard !places.isSingle else { return }
        viewReport(state, plan, in: places.report, on: &frame, theme: theme)
        viewRecord(state, plan, in: places.record, on: &frame, theme: theme)
    }

    // MARK: - Sets

    private static func viewList(
        _ state: State, _ plan: TrainingPlan, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let isFocused = state.part == .list
        frame.markWheel(area, Part.list)
        let marked = plan.data.names.count
        let markedText = marked == 0 ? tr("none marked") : tr("{1} marked", marked)
        let filter = state.filter == .all ? "" : " · " + state.filter.word
        var inner = Pane(
            title: tr("Data sets"), note: DisplayText(markedText + filter), isFocused: isFocused
        ).render(in: area, on: &frame, theme: theme)
        if state.isSearching || !state.search.text.isEmpty {
            let (head, body) = inner.splitTop(1)
            TextField(placeholder: tr("a name, a file, a format"), isFocused: state.isSearching)
                .render(state.search, in: head, on: &frame, theme: theme)
            inner = body
        }
        let sets = rows(state, plan)
        let weights = MixtureForm(plan.data)
        let nameWidth = min(max(8, sets.map { DisplayText($0.name).width }.max() ?? 0), 28)
        let lines = sets.map { set in
            let isMarked = plan.data.names.contains(set.name)
            let name = DisplayText(set.name).truncated(to: nameWidth).padded(to: nameWidth)
            var spans = [
                Span(isMarked ? "[x] " : "[ ] ", theme[isMarked ? .accent : .dim]),
                Span(name, theme[isMarked ? .value : .text]),
            ]
            if let problem = set.problem {
                spans.append(Span("  \(tr(problem))", theme[.error]))
            } else {
                let size = set.bytes.map { " " + NumberText.bytes($0) } ?? ""
                spans.append(Span("  \(tr(set.format))\(size)", theme[.dim]))
                if !plan.data.probabilities.isEmpty,
                    let index = plan.data.names.firstIndex(of: set.name)
                {
                    let share = MixtureForm.share(index, of: weights.weights)
                    let text = NumberText.percent((share * 1000).rounded() / 1000)
                    spans.append(Span("  ×\(text)", theme[.accent]))
                }
            }
            return StyledLine(spans).truncated(to: inner.width)
        }
        Panels.List(
            rows: lines, isFocused: isFocused, emptyText: emptyText(state, plan),
            leads: state.part == .folder ? [.escape] : state.part == .record ? [.backtab] : []
        )
        .render(state.list, in: inner, on: &frame, theme: theme)
        if case .failed(let error) = state.listing, sets.isEmpty {
            let text = DisplayText(tr(error.sentence))
            let rows = TextWrap.rows(text, width: inner.width)
            for (row, line) in rows.prefix(inner.height).enumerated() {
                frame.fill(inner.row(row), style: theme[.text])
                frame.put(line, in: inner.row(row), style: theme[.error])
            }
        }
    }

    private static func emptyText(_ state: State, _ plan: TrainingPlan) -> DisplayText {
        switch state.listing {
        case .waiting: tr("Reading {1}…", plan.data.folder)
        case .failed: ""
        case .none, .done:
            allRows(state, plan).isEmpty
                ? tr("Nothing in {1}. Press e.", plan.data.folder) : tr("nothing fits")
        }
    }

    private static func viewFolder(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard !area.isEmpty else { return }
        frame.fill(area, style: theme[.text])
        let isFocused = state.part == .folder
        if !isFocused { frame.mark(area, [state.part == .record ? .tab : .character("e")]) }
        let remark: DisplayText = isFocused ? DisplayText(state.folder.remark) : ""
        let inner = Pane(title: tr("Folder"), note: remark, isFocused: isFocused)
            .render(in: area, on: &frame, theme: theme)
        TextField(placeholder: tr("a folder with dataset_info.json"), isFocused: isFocused)
            .render(state.folder.field, in: inner, on: &frame, theme: theme)
    }

    // MARK: - Report

    private static func viewReport(
        _ state: State, _ plan: TrainingPlan, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let inner = Pane(title: tr("Report")).render(in: area, on: &frame, theme: theme)
        guard !inner.isEmpty else { return }
        switch state.report {
        case .done(let report):
            ReportPane(report: report, cutoff: plan.encoding.cutoffLength)
                .render(in: inner, on: &frame, theme: theme)
        case .waiting:
            viewProgress(state.progress, in: inner, on: &frame, theme: theme)
        case .failed(let error):
            put(tr(error.sentence), .error, in: inner, on: &frame, theme: theme)
        case .none:
            let text =
                plan.model.path.isEmpty
                ? tr("Choose a model first (1): its tokenizer and template decide what is trained.")
                : tr("Mark a data set with Space.")
            put(text, .dim, in: inner, on: &frame, theme: theme)
        }
    }

    private static func viewProgress(
        _ progress: LoadFraction?, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        guard let progress, progress.total > 0, area.height >= 2 else {
            frame.put(tr("Encoding all records…"), in: area.row(0), style: theme[.dim])
            return
        }
        let text =
            progress.isEncoding
            ? tr(
                "Encoding {1} of {2} records", NumberText.count(progress.done),
                NumberText.count(progress.total))
            : tr(
                "Reading {1} of {2} records", NumberText.count(progress.done),
                NumberText.count(progress.total))
        frame.put(DisplayText(text), in: area.row(0), style: theme[.dim])
        Gauge(fraction: Double(progress.done) / Double(progress.total))
            .render(in: area.row(1), on: &frame, theme: theme)
    }

    private static func put(
        _ text: String, _ role: Role, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let rows = DisplayText.lines(text).flatMap { TextWrap.rows($0, width: area.width) }
        for (row, line) in rows.prefix(area.height).enumerated() {
            frame.put(line, in: area.row(row), style: theme[role])
        }
    }

    // MARK: - Record

    private static func viewRecord(
        _ state: State, _ plan: TrainingPlan, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let isFocused = state.part == .record
        frame.markWheel(area, Part.record)
        if !isFocused { frame.mark(area, state.part == .list ? [.tab] : [.escape, .tab]) }
        guard let record = state.record.value else {
            let inner = Pane(title: tr("Record as the model sees it"), isFocused: isFocused)
                .render(in: area, on: &frame, theme: theme)
            switch state.record {
            case .waiting: put(tr("Encoding…"), .dim, in: inner, on: &frame, theme: theme)
            case .failed(let error):
                put(tr(error.sentence), .error, in: inner, on: &frame, theme: theme)
            case .none, .done:
                put(
                    tr("Text, special tokens and what is trained on appear here."), .dim, in: inner,
                    on: &frame, theme: theme)
            }
            return
        }
        let kept = record.kept
        let trained = kept.count { $0.isTrained }
        let share = NumberText.percent(trained, of: kept.count)
        let facts = tr("{1} tokens · ▌ trained {2} ({3})", kept.count, trained, share)
        let isLate = record.index != state.recordIndex
        let inner = Pane(
            title: tr("Record {1} of {2} · {3}", record.index + 1, record.count, record.dataset),
            note: isLate ? "…" : DisplayText(facts),
            isFocused: isFocused
        ).render(in: area, on: &frame, theme: theme)
        let rows = RecordText(record: record, showsIDs: state.showsIDs, theme: theme)
            .rows(width: inner.width)
        let top = max(0, min(state.scroll, rows.count - inner.height))
        for (row, line) in rows.dropFirst(top).prefix(inner.height).enumerated() {
            frame.put(line, in: inner.row(row))
        }
        if rows.count - top > inner.height, inner.width > 2 {
            let corner = Point(inner.right - 1, inner.bottom - 1)
            frame.put("▼", at: corner, style: theme[.dim], in: inner)
        }
    }
}
