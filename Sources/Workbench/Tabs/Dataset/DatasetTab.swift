// Choosing data: the sets of a folder, marked into the plan; a report over the marked ones; and
// each record as the model will see it. It reads no file: it asks and shows answers.

import Kernel
import Panels

/// The tab that chooses data sets and shows what becomes of them.
enum DatasetTab {
    /// Where the keyboard is, in the order of Tab.
    enum Part: Int, Equatable, Sendable, CaseIterable { case list, record, folder }

    /// An answer that may still be on its way.
    enum Answer<Value: Equatable & Sendable>: Equatable, Sendable {
        case none
        case waiting
        case done(Value)
        case failed(KernelError)

        /// The answer, if it came and is no error.
        var value: Value? { if case .done(let value) = self { value } else { nil } }

        init(_ result: Result<Value, KernelError>) {
            switch result {
            case .success(let value): self = .done(value)
            case .failure(let error): self = .failed(error)
            }
        }
    }

    /// Which sets are listed.
    enum Filter: String, CaseIterable, Equatable, Sendable {
        case all, marked, usable, broken

        /// The name behind the title; all needs none.
        var word: String {
            switch self {
            case .all: ""
            case .marked: tr("marked only")
            case .usable: tr("usable only")
            case .broken: tr("broken only")
            }
        }
    }

    /// How far a preparation of data is.
    struct LoadFraction: Equatable, Sendable {
        var isEncoding: Bool
        var done: Int
        var total: Int
    }

    /// Data whose files are looked at now and then.
    struct WatchedData: Equatable, Sendable {
        var folder: String
        var names: [String]
    }

    struct State: Equatable, Sendable {
        var part: Part = .list
        var folder = PathPrompt()
        /// The sets of the plan's folder.
        var listing: Answer<[DatasetSummary]> = .none
        /// The folder that the listing is about.
        var listedFolder: String?
        var list = ListState()
        /// What lies over the tab.
        var overlay: DatasetOverlay?
        /// What names of sets must fit; typed in while `isSearching`.
        var search = TextField.State()
        var isSearching = false
        var filter: Filter = .all
        /// How far the report is.
        var progress: LoadFraction?
        /// What is watched for changes.
        var watched: WatchedData?
        /// What the report and the record are about.
        var question: TrainingPlan?
        var report: Answer<DataReport> = .none
        var record: Answer<RecordPreview> = .none
        /// Records of the chosen sets, as far as one was shown.
        var recordCount: Int?
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
        case stopPressed
        case searchPressed
        case searchAccepted
        case searchClosed
        case filterTurned
        case findingsPressed
        case findingKindTurned
        case findingChosen
        case mixPressed
        case mixAccepted
        case definitionAccepted
        case pathTaken
        case overlayClosed
        /// Files of the data have changed; `isShown` tells whether the data are visible.
        case dataChanged(isShown: Bool)
        case progressed(TrainingPlan, LoadFraction)
        case proposed(path: String, Result<DatasetProposal, KernelError>)
        case defined(DatasetDefinition, KernelError?)
        case paneMoved(by: Int)
        case recordMoved(by: Int)
        case idsTurned
        case listed(folder: String, Result<[DatasetSummary], KernelError>)
        case inspected(TrainingPlan, Result<DataReport, KernelError>)
        case recordArrived(TrainingPlan, index: Int, Result<RecordPreview, KernelError>)
        case fitted(listRows: Int, record: Size)
    }

    /// Whether typed letters are text.
    static func isTyping(_ state: State) -> Bool {
        switch state.overlay {
        case .mixing(let mixture): mixture.form.isEditing
        case .adding(let definition): definition.form.isEditing
        case .findings: false
        case nil: state.part == .folder || state.isSearching
        }
    }

    static func update(
        _ state: inout State, _ action: Action, plan: inout TrainingPlan
    ) -> [Effect] {
        switch action {
        case .opened:
            if state.part != .folder { state.folder.setText(plan.data.folder) }
            return list(&state, plan) + inspect(&state, plan)
        case .key(let key): keyPressed(key, &state, plan)
        case .stopPressed: return stop(&state)
        case .searchPressed: state.isSearching = true
        case .searchAccepted: state.isSearching = false
        case .searchClosed:
            state.isSearching = false
            state.search = TextField.State()
            reselect(&state, plan)
        case .filterTurned: turnFilter(&state, plan)
        case .findingsPressed, .findingKindTurned, .findingChosen, .mixPressed, .mixAccepted,
            .definitionAccepted, .pathTaken, .overlayClosed, .proposed, .defined:
            return overlaid(action, &state, &plan)
        case .dataChanged(let isShown): return dataChanged(isShown, &state, plan)
        case .progressed(let asked, let fraction):
            if asked.dataQuestion == state.question { state.progress = fraction }
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
            state.watched = nil
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
            reselect(&state, plan)
        case .inspected(let asked, let result):
            guard asked.dataQuestion == state.question else { return [] }
            state.report = Answer(result)
            state.progress = nil
            state.recordCount = state.report.value?.inFiles ?? state.recordCount
        case .recordArrived(let asked, let index, let result):
            guard asked.dataQuestion == state.question, index == state.recordIndex else {
                return []
            }
            if case .failure(let error) = result, error.kind == .usage, index > 0 {
                // The data were changed and are shorter now.
                state.recordIndex = 0
                return [.dataset(.viewRecord(plan, index: 0))]
            }
            state.record = Answer(result)
            state.recordCount = state.record.value?.count ?? state.recordCount
            state.scroll = 0
        case .fitted(let listRows, let record):
            state.list.visibleRows = listRows
            state.recordSize = record
            clampScroll(&state)
        }
        return []
    }

    /// What stands in the list: the folder's sets, then the plan's that are not among them.
    static func allRows(_ state: State, _ plan: TrainingPlan) -> [DatasetSummary] {
        let listed = state.listing.value ?? []
        let isListed = state.listing.value != nil
        let others = plan.data.names.filter { name in !listed.contains { $0.name == name } }
        return listed
            + others.map { name in
                let isFile = isFile(name)
                return DatasetSummary(
                    name: name, source: name, format: isFile ? tr("file") : "",
                    problem: isFile || !isListed ? nil : "not in \(plan.data.folder)")
            }
    }

    /// Those that filter and search let through.
    static func rows(_ state: State, _ plan: TrainingPlan) -> [DatasetSummary] {
        allRows(state, plan).filter { set in
            let isWanted =
                switch state.filter {
                case .all: true
                case .marked: plan.data.names.contains(set.name)
                case .usable: set.problem == nil
                case .broken: set.problem != nil
                }
            guard isWanted else { return false }
            let texts = [set.name, set.source, set.format]
            return state.search.text.isEmpty
                || texts.contains { FuzzyMatch.score(state.search.text, in: $0) != nil }
        }
    }

    // MARK: - Marking

    private static func mark(_ state: inout State, _ plan: inout TrainingPlan) -> [Effect] {
        let rows = rows(state, plan)
        guard let index = state.list.selected(of: rows.count) else { return [] }
        turn(rows[index].name, &plan.data)
        reselect(&state, plan)
        return inspect(&state, plan)
    }

    /// Marks a set or takes its mark away; weights of a mixture go with their sets.
    static func turn(_ name: String, _ data: inout TrainingPlan.DataSources) {
        let isWeighted = data.probabilities.count == data.names.count && !data.names.isEmpty
        if let index = data.names.firstIndex(of: name) {
            data.names.remove(at: index)
            if isWeighted { data.probabilities.remove(at: index) }
        } else {
            if isWeighted {
                let mean = data.probabilities.reduce(0, +) / Double(data.probabilities.count)
                data.probabilities.append(mean)
            }
            data.names.append(name)
        }
    }

    private static func acceptFolder(
        _ state: inout State, _ plan: inout TrainingPlan
    ) -> [Effect] {
        let text = state.folder.text
        if isFile(text) {
            // The field stays until it is known how the file can be read.
            return [.dataset(.proposeDataset(path: text, folder: plan.data.folder))]
        }
        state.part = .list
        if !text.isEmpty {
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
