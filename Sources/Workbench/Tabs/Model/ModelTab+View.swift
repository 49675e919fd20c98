// How the model tab looks: the list and the path field at the left, facts and checks of the model
// in question at the right. On narrow screens the detail stands below the list.

import Kernel
import Panels

extension ModelTab {
    /// The parts of the tab on a screen of some size.
    struct Places {
        let list: Rect
        let path: Rect
        let detail: Rect
        /// Whether only the list is shown, and the field over it.
        let isSingle: Bool

        init(in area: Rect) {
            guard area.height >= 12 else {
                // Lists need what room there is; the field shows while it is typed in.
                (list, path) = (area, area.splitBottom(min(4, area.height)).bottom)
                detail = Rect(area.x, area.y, 0, 0)
                isSingle = true
                return
            }
            isSingle = false
            let isWide = area.width >= 72
            let (main, side) =
                isWide
                ? area.splitLeft(max(40, area.width * (area.width < 110 ? 11 : 13) / 20))
                : area.splitTop(max(6, area.height / 2))
            // The field keeps its three rows only where the list keeps some too.
            let (list, path) = main.splitBottom(main.height >= 9 ? 4 : min(3, main.height / 2))
            (self.list, self.path, detail) = (list, path, side)
        }

        /// Rows of models that are visible.
        var listRows: Int { max(0, list.height - 3) }
        /// The details inside of their frame.
        var detailText: Rect { detail.inset(by: 1, 1) }
    }

    static func view(
        _ state: State, plan: TrainingPlan, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let places = Places(in: area)
        viewList(state, plan, in: places.list, on: &frame, theme: theme)
        if places.isSingle, state.part == .list { return }
        viewPath(state, in: places.path, on: &frame, theme: theme)
        guard !places.isSingle else { return }
        viewDetail(state, plan, in: places.detail, on: &frame, theme: theme)
    }

    // MARK: - List

    private static func viewList(
        _ state: State, _ plan: TrainingPlan, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        frame.markWheel(area, WheelPane.list)
        let count: String =
            state.isSearching
            ? tr("looking…") : found(state)
        let order = state.order == .place && !state.isReversed ? "" : " · " + state.order.word
        let turned = state.isReversed ? " ▴" : ""
        var inner = Pane(
            title: tr("Models"), note: DisplayText(count + order + turned),
            isFocused: state.part == .list
        ).render(in: area, on: &frame, theme: theme)
        if state.isFinding || !state.search.text.isEmpty {
            let (head, body) = inner.splitTop(1)
            TextField(placeholder: tr("a few letters of a name"), isFocused: state.isFinding)
                .render(state.search, in: head, on: &frame, theme: theme)
            inner = body
        }
        let orders = ModelOrder.columns(width: inner.width, sortedBy: state.order)
        let columns =
            [Table.Column("", width: .fixed(1)), ModelOrder.name.column] + orders.map(\.column)
        var roles: [Int: Role] = [:]
        let rows = shown(state).enumerated().map { index, model in
            if case .failed = state.inspections[model.path] { roles[index] = .error }
            let mark: DisplayText = model.path == plan.model.path ? "●" : ""
            return [mark, DisplayText(model.name)] + orders.map { $0.cell(model, state.fits) }
        }
        Table(
            columns: columns, rows: rows, roles: roles, isFocused: state.part == .list,
            emptyText: emptyText(state), leads: state.part == .path ? [.escape] : []
        ).render(state.list, in: inner, on: &frame, theme: theme)
    }

    private static func found(_ state: State) -> String {
        let unusable = state.models.count { $0.fault != nil }
        let found: String = tr("{1} found", NumberText.count(state.models.count - unusable))
        return unusable == 0
            ? found : found + ", " + tr("{1} unusable", NumberText.count(unusable))
    }

    private static func emptyText(_ state: State) -> DisplayText {
        if state.isSearching { return tr("Looking for models…") }
        return state.models.isEmpty
            ? tr("None found. Press e and type a path.") : tr("nothing fits")
    }

    // MARK: - Path

    private static func viewPath(
        _ state: State, in area: Rect, on frame: inout Frame, theme: Theme
    ) {
        let isFocused = state.part == .path
        frame.fill(area, style: theme[.text])
        let inner = Pane(title: tr("Path"), isFocused: isFocused)
            .render(in: area, on: &frame, theme: theme)
        TextField(
            placeholder: isFocused
                ? tr("a model folder or a .gguf file") : tr("e: a model folder or a .gguf file"),
            isFocused: isFocused
        ).render(state.path.field, in: inner.row(0), on: &frame, theme: theme)
        if !isFocused { frame.mark(area, [.character("e")]) }
        let (text, role) = pathRemark(state)
        frame.put(text, in: inner.row(1), style: theme[role])
    }

    private static func pathRemark(_ state: State) -> (DisplayText, Role) {
        let path = shownPath(state) ?? ""
        if state.part == .path, !state.path.remark.isEmpty {
            return (DisplayText(state.path.remark), .dim)
        }
        guard state.part == .path, !state.path.text.isEmpty else {
            return ("", .dim)
        }
        switch state.inspections[path] {
        case nil: return (tr("Enter opens and checks it"), .dim)
        case .waiting: return (tr("opening…"), .dim)
        case .done(let summary): return (tr("{1}, Enter uses it", summary.family), .success)
        case .failed(let error): return (DisplayText(tr(error.why ?? error.what)), .error)
        }
    }
}

extension KernelError {
    /// The reason, or nil when the error is one clause.
    fileprivate var because: String? { why.map { "\(what): \($0)" } }
}
