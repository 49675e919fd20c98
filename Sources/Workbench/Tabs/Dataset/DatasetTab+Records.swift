// What the dataset tab requests, and how the user moves through records and their rows. A question
// is asked once; an answer that no longer fits is not taken.

import Kernel
import Panels

extension DatasetTab {
    // MARK: - Asking

    static func list(_ state: inout State, _ plan: TrainingPlan) -> [Effect] {
        guard state.listedFolder != plan.data.folder else { return [] }
        state.listedFolder = plan.data.folder
        state.listing = .waiting
        return watch(&state, plan) + [.dataset(.listDatasets(folder: plan.data.folder))]
    }

    /// Asks for report and record when what they are about has changed.
    static func inspect(_ state: inout State, _ plan: TrainingPlan) -> [Effect] {
        let question = plan.dataQuestion
        guard question != state.question else { return [] }
        // Another part that is held out changes the report alone.
        let keepsRecord =
            state.question?.recordQuestion == question.recordQuestion && state.record.value != nil
        state.question = question
        state.progress = nil
        let watching = watch(&state, plan)
        if keepsRecord {
            state.report = .waiting
            return watching + [.dataset(.inspectData(plan))]
        }
        state.recordIndex = 0
        state.recordCount = nil
        state.scroll = 0
        guard !plan.model.path.isEmpty, !plan.data.names.isEmpty else {
            (state.report, state.record) = (.none, .none)
            return watching
        }
        (state.report, state.record) = (.waiting, .waiting)
        return watching + [.dataset(.inspectData(plan)), .dataset(.viewRecord(plan, index: 0))]
    }

    /// Has the files of the marked sets looked at, unless they are already.
    private static func watch(_ state: inout State, _ plan: TrainingPlan) -> [Effect] {
        let data = WatchedData(
            folder: plan.data.folder, names: plan.data.names + plan.data.evaluationNames)
        guard data != state.watched else { return [] }
        state.watched = data
        return [.dataset(.watchData(data))]
    }

    /// Reads changed data again: at once where they are looked at, else when they are next. The record
    /// that was shown is shown again.
    static func dataChanged(
        _ isShown: Bool, _ state: inout State, _ plan: TrainingPlan
    ) -> [Effect] {
        let (index, count) = (state.recordIndex, state.recordCount)
        // The list may name other files now: what is watched is looked up anew.
        (state.listedFolder, state.question, state.watched) = (nil, nil, nil)
        guard isShown else { return [] }
        var effects = list(&state, plan) + inspect(&state, plan)
        if index > 0, let last = effects.indices.last, case .dataset(.viewRecord) = effects[last] {
            (state.recordIndex, state.recordCount) = (index, count)
            effects[last] = .dataset(.viewRecord(plan, index: index))
        }
        return effects
    }

    /// Gives up the report that is being made.
    static func stop(_ state: inout State) -> [Effect] {
        guard state.report == .waiting else { return [] }
        state.report = .failed(
            KernelError(.temporary, "the preparation of data was stopped"))
        state.progress = nil
        return [.dataset(.cancelInspection)]
    }

    static func moveRecord(
        by step: Int, _ state: inout State, _ plan: TrainingPlan
    ) -> [Effect] {
        guard let count = state.recordCount, count > 0 else { return [] }
        let next = min(max(0, state.recordIndex + step), count - 1)
        guard next != state.recordIndex else { return [] }
        // The shown record stays until the next one is there, so that nothing flickers.
        state.recordIndex = next
        return [.dataset(.viewRecord(plan, index: next))]
    }

    static func recordReason(_ plan: TrainingPlan) -> String {
        if plan.model.path.isEmpty { return tr("choose a model first (1)") }
        if plan.data.names.isEmpty { return tr("mark a data set first") }
        return tr("the record is not there yet")
    }

    // MARK: - Moving

    static func keyPressed(_ key: Key, _ state: inout State, _ plan: TrainingPlan) {
        if state.overlay != nil {
            pressedInOverlay(key, &state)
            return
        }
        let part = key.pane(focused: state.part)
        if state.isSearching, part != .record {
            let before = state.search.text
            if state.search.handle(key) {
                if state.search.text != before { state.list.first() }
                return
            }
            _ = state.list.handle(key, count: rows(state, plan).count)
            return
        }
        switch part {
        case .folder: _ = state.folder.handle(key)
        case .list: _ = state.list.handle(key, count: rows(state, plan).count)
        case .record:
            let page = max(1, state.recordSize.height - 1)
            switch key {
            case .up, .character("k"): state.scroll -= 1
            case .down, .character("j"): state.scroll += 1
            case .pageUp, .control("u"): state.scroll -= page
            case .pageDown, .control("d"): state.scroll += page
            case .home, .character("g"): state.scroll = 0
            case .end, .character("G"): state.scroll = .max
            case .mouse(let mouse) where mouse.kind == .wheelUp: state.scroll -= 3
            case .mouse(let mouse) where mouse.kind == .wheelDown: state.scroll += 3
            default: return
            }
            clampScroll(&state)
        }
    }

    /// Keeps the cursor on an existing row.
    static func reselect(_ state: inout State, _ plan: TrainingPlan) {
        state.list.select(state.list.selection, count: rows(state, plan).count)
    }

    static func turnFilter(_ state: inout State, _ plan: TrainingPlan) {
        let all = Filter.allCases
        let index = all.firstIndex(of: state.filter) ?? 0
        state.filter = all[(index + 1) % all.count]
        state.list.first()
        reselect(&state, plan)
    }

    static func clampScroll(_ state: inout State) {
        guard state.scroll != 0 else { return }
        let rows = state.record.value.map {
            RecordText(record: $0, showsIDs: state.showsIDs, theme: .mono)
                .rows(width: state.recordSize.width).count
        }
        state.scroll = max(0, min(state.scroll, (rows ?? 0) - state.recordSize.height))
    }
}
