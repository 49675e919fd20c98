// Choosing data: the sets of a folder, marked into the plan; a report over the marked ones; and
// each record as the model will see it. It reads no file: it asks and shows answers.

import Kernel
import Panels

/// The tab that chooses data sets and shows what becomes of them.
enum DatasetTab {
    /// Where the keyboard is, in the order of Tab.
    enum Part: Equatable, Sendable, CaseIterable { case list, record, folder }

    /// An answer that may be on its way.
    enum Answer<Value: Equatable & Sendable>: Equatable, Sendable {
        case none
        case waiting
        case done(Value)
        case failed(KernelError)

        /// The answer, if it came and is one.
        var value: Value? { if case .done(let value) = self { value } else { nil } }

        init(_ result: Result<Value, KernelError>) {
            switch result {
            case .success(let value): self = .done(value)
            case .failure(let error): self = .failed(error)
            }
        }
    }

    struct State: Equatable, Sendable {
        var part: Part = .list
        var folder = PathPrompt()
        /// The sets of the plan's folder.
        var listing: Answer<[DatasetSummary]> = .none
        /// The folder that the listing is about.
        var listedFolder: String?
        var list = ListState()
        /// What the report and the record are about.
        var question: TrainingPlan?
        var report: Answer<DataReport> = .none
        var record: Answer<RecordPreview> = .none
        /// The record that is shown or asked for.
        var recordIndex = 0
        /// Whether tokens are shown with their ids.
        var showsIDs = false
        /// Rows of the record above the pane.
        var scroll = 0
        /// Columns and rows of the record pane.
        var recordSize = Size(76, 8)
    }

    enum Action: Equatable, Sendable {
        /// The tab is shown, or the plan changed while it is.
        case opened
        case key(Key)
        case markPressed
        case folderPressed
        case folderAccepted
        case folderCleared
        case folderLeft
        case completePressed
        case completed(PathAnswer)
        case refreshPressed
        case paneMoved(by: Int)
        case recordMoved(by: Int)
        case idsTurned
        case listed(folder: String, Result<[DatasetSummary], KernelError>)
        case inspected(TrainingPlan, Result<DataReport, KernelError>)
        case recordArrived(TrainingPlan, index: Int, Result<RecordPreview, KernelError>)
        case fitted(listRows: Int, record: Size)
    }

    /// Whether typed letters are text.
    static func isTyping(_ state: State) -> Bool { state.part == .folder }

    static func update(
        _ state: inout State, _ action: Action, plan: inout TrainingPlan
    ) -> [Effect] {
        switch action {
        case .opened:
            if state.part != .folder { state.folder.setText(plan.data.folder) }
            return list(&state, plan) + inspect(&state, plan)
        case .key(let key): pressed(key, &state, plan)
        case .markPressed: return mark(&state, &plan)
        case .folderPressed: state.part = .folder
        case .folderAccepted: return acceptFolder(&state, &plan)
        case .folderCleared: state.folder = PathPrompt()
        case .folderLeft:
            state.folder.setText(plan.data.folder)
            state.part = .list
        case .completePressed:
            let endings = [".json", ".jsonl", ".csv", ".txt"]
            return [
                .completePath(
                    PathQuestion(asker: .dataset, text: state.folder.text, endings: endings))
            ]
        case .completed(let answer): state.folder.take(answer)
        case .refreshPressed:
            state.listedFolder = nil
            state.question = nil
            return list(&state, plan) + inspect(&state, plan)
        case .paneMoved(let step):
            let parts = Part.allCases
            let index = parts.firstIndex(of: state.part) ?? 0
            if state.part == .folder { state.folder.setText(plan.data.folder) }
            state.part = parts[(index + step + parts.count) % parts.count]
        case .recordMoved(let step): return moveRecord(by: step, &state, plan)
        case .idsTurned:
            state.showsIDs.toggle()
            state.scroll = 0
        case .listed(let folder, let result):
            guard folder == state.listedFolder else { return [] }
            state.listing = Answer(result)
            state.list.select(state.list.selection, count: rows(state, plan).count)
        case .inspected(let asked, let result):
            guard asked.dataQuestion == state.question else { return [] }
            state.report = Answer(result)
        case .recordArrived(let asked, let index, let result):
            guard asked.dataQuestion == state.question, index == state.recordIndex else {
                return []
            }
            state.record = Answer(result)
            state.scroll = 0
        case .fitted(let listRows, let record):
            state.list.visibleRows = listRows
            state.recordSize = record
            clampScroll(&state)
        }
        return []
    }

    /// The rows of keys that work here now.
    static func keys(_ state: State, plan: TrainingPlan) -> [KeyBinding<Action>] {
        let panes: [KeyBinding<Action>] = [
            KeyBinding(.tab, tr("next pane"), .paneMoved(by: 1), isHint: false),
            KeyBinding(.backtab, tr("previous pane"), .paneMoved(by: -1), isHint: false),
        ]
        if state.part == .folder {
            return [
                KeyBinding(.enter, tr("list this folder, or add this file"), .folderAccepted),
                KeyBinding(.escape, tr("back to the list"), .folderLeft),
                KeyBinding(.tab, tr("complete"), .completePressed),
                KeyBinding(.backtab, tr("previous pane"), .paneMoved(by: -1), isHint: false),
                KeyBinding(.control("c"), tr("clear"), .folderCleared, isHint: false),
            ]
        }
        let noSets = rows(state, plan).isEmpty ? tr("there is no data set in the list") : nil
        let noRecord = state.record.value == nil ? recordReason(plan) : nil
        return [
            KeyBinding(
                [.character(" "), .enter], tr("mark"), .markPressed, disabledReason: noSets),
            KeyBinding(
                [.right, .character("l")], tr("next record"), .recordMoved(by: 1),
                disabledReason: noRecord),
            KeyBinding(
                [.left, .character("h")], tr("previous record"), .recordMoved(by: -1),
                disabledReason: noRecord, isHint: false),
            KeyBinding(.character("t"), tr("token ids"), .idsTurned, disabledReason: noRecord),
            KeyBinding(.character("e"), tr("folder"), .folderPressed),
            KeyBinding(.character("r"), tr("read again"), .refreshPressed, isHint: false),
        ] + panes
    }

    /// What stands in the list: the folder's sets, then the plan's that are not among them.
    static func rows(_ state: State, _ plan: TrainingPlan) -> [DatasetSummary] {
        let listed = state.listing.value ?? []
        let isListed = state.listing.value != nil
        let others = plan.data.names.filter { name in !listed.contains { $0.name == name } }
        return listed
            + others.map { name in
                let isFile = isFile(name)
                return DatasetSummary(
                    name: name, source: name, format: isFile ? tr("file") : "",
                    problem: isFile || !isListed ? nil : tr("not in {1}", plan.data.folder))
            }
    }

    // MARK: - Marking

    private static func mark(_ state: inout State, _ plan: inout TrainingPlan) -> [Effect] {
        let rows = rows(state, plan)
        guard let index = state.list.selected(of: rows.count) else { return [] }
        let name = rows[index].name
        if plan.data.names.contains(name) {
            plan.data.names.removeAll { $0 == name }
            let count = Self.rows(state, plan).count
            state.list.select(state.list.selection, count: count)
        } else {
            plan.data.names.append(name)
        }
        return inspect(&state, plan)
    }

    private static func acceptFolder(
        _ state: inout State, _ plan: inout TrainingPlan
    ) -> [Effect] {
        let text = state.folder.text
        state.part = .list
        if isFile(text) {
            if !plan.data.names.contains(text) { plan.data.names.append(text) }
            state.folder.setText(plan.data.folder)
        } else if !text.isEmpty {
            plan.data.folder = text
            state.listedFolder = nil
        }
        return list(&state, plan) + inspect(&state, plan)
    }

    /// Whether a text names a file of records rather than a folder or a set.
    private static func isFile(_ text: String) -> Bool {
        [".json", ".jsonl", ".csv", ".txt"].contains { text.lowercased().hasSuffix($0) }
    }
}
