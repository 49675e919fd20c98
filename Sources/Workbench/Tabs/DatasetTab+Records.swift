// What the dataset tab asks the world for, and the way through records and their rows. A question
// is asked once; an answer that no longer fits is not taken.

import Kernel
import Panels

extension DatasetTab {
    // MARK: - Asking

    static func list(_ state: inout State, _ plan: TrainingPlan) -> [Effect] {
        guard state.listedFolder != plan.data.folder else { return [] }
        state.listedFolder = plan.data.folder
        state.listing = .waiting
        return [.listDatasets(folder: plan.data.folder)]
    }

    /// Asks for report and record when what they are about has changed.
    static func inspect(_ state: inout State, _ plan: TrainingPlan) -> [Effect] {
        let question = plan.dataQuestion
        guard question != state.question else { return [] }
        state.question = question
        state.recordIndex = 0
        state.scroll = 0
        guard !plan.model.path.isEmpty, !plan.data.names.isEmpty else {
            (state.report, state.record) = (.none, .none)
            return []
        }
        (state.report, state.record) = (.waiting, .waiting)
        return [.inspectData(plan), .viewRecord(plan, index: 0)]
    }

    static func moveRecord(
        by step: Int, _ state: inout State, _ plan: TrainingPlan
    ) -> [Effect] {
        guard let shown = state.record.value, shown.count > 0 else { return [] }
        let next = min(max(0, state.recordIndex + step), shown.count - 1)
        guard next != state.recordIndex else { return [] }
        // The shown record stays until the next one is there, so that nothing flickers.
        state.recordIndex = next
        return [.viewRecord(plan, index: next)]
    }

    static func recordReason(_ plan: TrainingPlan) -> String {
        if plan.model.path.isEmpty { return tr("choose a model first (1)") }
        if plan.data.names.isEmpty { return tr("mark a data set first") }
        return tr("the record is not there yet")
    }

    // MARK: - Moving

    static func pressed(_ key: Key, _ state: inout State, _ plan: TrainingPlan) {
        switch state.part {
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
            default: return
            }
            clampScroll(&state)
        }
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
