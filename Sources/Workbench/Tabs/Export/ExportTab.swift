// Writing a model for others to use: mark formats, see what will be written and whether it fits, start,
// watch, and copy the lines that use it. The exporter writes and checks; this tab only asks for it.

import Kernel
import Panels

/// The tab that exports models and adapters.
enum ExportTab {
    /// Where an export is in its life.
    enum Phase: Equatable, Sendable {
        case idle, running
        /// A cancel was asked for.
        case cancelling
        /// Each format has come to some end.
        case ended

        /// Whether files are being written.
        var isActive: Bool { self == .running || self == .cancelling }
    }

    /// One format of an export.
    struct Job: Equatable, Sendable {
        enum Standing: Equatable, Sendable {
            case waiting
            case running(stage: Sentence, fraction: Double)
            case done(ExportOutcome)
            case failed(KernelError)
            /// It was cancelled, or never begun because another one was.
            case cancelled
        }

        let request: ExportRequest
        var standing: Standing = .waiting

        var variant: ExportVariant { ExportVariant(format: request.format, dtype: request.dtype) }

        var outcome: ExportOutcome? {
            if case .done(let outcome) = standing { outcome } else { nil }
        }
    }

    struct State: Equatable, Sendable {
        var values = ExportForm()
        var form = FormState()
        var phase: Phase = .idle
        /// What was asked for last, in order; one is written at a time.
        var jobs: [Job] = []
        /// Fields that the user changed; suggestions leave them alone.
        var touched: Set<String> = []
        /// What the sizes were asked for, and what came back.
        var question: ExportQuestion?
        var sizes: ExportSizes?
        /// The lines to copy from while they are chosen from.
        var copying: ListState?

        /// Lines to copy, of all that was written.
        var usage: [String] { jobs.compactMap(\.outcome).flatMap(\.usage) }
    }

    enum Action: Equatable, Sendable {
        /// A key without a row of its own: the form.
        case key(Key)
        /// The tab is shown.
        case opened
        case arrived(ExportEvent)
        case measured(ExportQuestion, Result<ExportSizes, KernelError>)
        /// What the other tabs know: the model, the last run's adapter, the template.
        case suggest(modelPath: String, adapterPath: String?, template: String?)
        case startPressed
        case cancelPressed
        /// Puts the outcome away and shows again what would be written.
        case outcomeDismissed
        case copyPressed
        case lineChosen
        case copyDismissed
    }

    typealias Row = KeyBinding<Action>

    /// Whether typed letters are text.
    static func isTyping(_ state: State) -> Bool { state.form.isEditing }

    static func update(_ state: inout State, _ action: Action) -> [Effect] {
        switch action {
        case .key(let key):
            let before = state.values
            pressed(key, &state)
            return state.values == before ? [] : measure(&state)
        case .opened: return measure(&state, again: true)
        case .arrived(let event): return take(event, &state)
        case .measured(let question, let result):
            guard question == state.question else { return [] }
            // A model that cannot be opened is reported by the export itself, with the reason.
            state.sizes = try? result.get()
        case .suggest(let model, let adapter, let template):
            suggest(model, adapter, template, &state)
        case .startPressed: return start(&state)
        case .cancelPressed:
            guard state.phase == .running else { return [] }
            state.phase = .cancelling
            return [.export(.cancelExport)]
        case .outcomeDismissed:
            guard !state.phase.isActive else { return [] }
            (state.phase, state.jobs) = (.idle, [])
            return measure(&state, again: true)
        case .copyPressed:
            if !state.usage.isEmpty { state.copying = ListState() }
        case .lineChosen:
            let lines = state.usage
            guard let index = state.copying?.selected(of: lines.count) else { return [] }
            state.copying = nil
            return [.copy(lines[index])]
        case .copyDismissed: state.copying = nil
        }
        return []
    }

    /// The rows of keys that work here now.
    static func keys(_ state: State) -> [Row] {
        if state.copying != nil {
            return [
                Row(.enter, tr("copy the line"), .lineChosen),
                Row([.escape, .character("y"), .control("c")], tr("close"), .copyDismissed),
            ]
        }
        if state.phase.isActive {
            let late = state.phase == .cancelling ? tr("the export is being cancelled") : nil
            return [
                Row([.escape, .control("c")], tr("cancel"), .cancelPressed, disabledReason: late)
            ]
        }
        if state.form.isEditing {
            return [
                Row(.enter, tr("take it"), .key(.enter)),
                Row([.escape, .control("c")], tr("leave it as it was"), .key(.escape)),
            ]
        }
        var rows: [Row] = [
            Row(
                [.character("E"), .function(6)], tr("export"), .startPressed,
                disabledReason: state.values.problem(state.sizes)),
            Row(.enter, tr("change"), .key(.enter)),
            Row(.character(" "), tr("mark"), .key(.character(" "))),
            Row([.left, .character("h")], tr("previous choice"), .key(.left), isHint: false),
            Row([.right, .character("l")], tr("next choice"), .key(.right), isHint: false),
        ]
        if state.phase != .idle {
            rows.append(
                Row(
                    .character("y"), tr("copy a line…"), .copyPressed,
                    disabledReason: state.usage.isEmpty ? tr("there is no line to copy") : nil))
            rows.append(Row(.escape, tr("put the result away"), .outcomeDismissed, isHint: false))
        }
        return rows
    }

    /// The values as they would be if the draft were taken: what is typed is checked as it grows.
    static func typedValues(_ state: State) -> ExportForm {
        var values = state.values
        let fields = values.form(isFocused: true).fields
        if let draft = state.form.draft, fields.indices.contains(state.form.selection) {
            values.take(id: fields[state.form.selection].id, value: draft.text)
        }
        return values
    }

    // MARK: - Changes

    private static func pressed(_ key: Key, _ state: inout State) {
        if var list = state.copying {
            if list.handle(key, count: state.usage.count) { state.copying = list }
            return
        }
        guard !state.phase.isActive else { return }
        let fields = state.values.form(isFocused: true).fields
        guard case .changed(let id, let value) = state.form.handle(key, fields: fields) else {
            return
        }
        state.values.take(id: id, value: value)
        state.touched.insert(id)
        suggestFolder(&state)
    }

    private static func suggest(
        _ model: String, _ adapter: String?, _ template: String?, _ state: inout State
    ) {
        state.values.template = template
        if !state.touched.contains("model"), !model.isEmpty {
            // Another base: the adapter that was suggested with the old one does not fit it.
            if state.values.modelPath != model, !state.touched.contains("adapter") {
                state.values.adapterPath = ""
            }
            state.values.modelPath = model
        }
        if let adapter, !state.touched.contains("adapter") { state.values.adapterPath = adapter }
        suggestFolder(&state)
    }

    private static func suggestFolder(_ state: inout State) {
        if !state.touched.contains("folder") { state.values.folder = state.values.suggestedFolder }
    }

    /// Asks how large everything would be, unless that is known; `again` because the disk changes.
    private static func measure(_ state: inout State, again: Bool = false) -> [Effect] {
        let question = state.values.question
        guard question != state.question || again else { return [] }
        if question != state.question { state.sizes = nil }
        state.question = question
        return question.map { [.export(.measureExport($0))] } ?? []
    }

    // MARK: - One after another

    private static func start(_ state: inout State) -> [Effect] {
        guard !state.phase.isActive, state.values.problem(state.sizes) == nil else { return [] }
        state.jobs = state.values.requests.map { Job(request: $0) }
        state.phase = .running
        return next(&state)
    }

    /// Begins the first format that waits, or ends.
    private static func next(_ state: inout State) -> [Effect] {
        guard let index = state.jobs.firstIndex(where: { $0.standing == .waiting }) else {
            state.phase = .ended
            return []
        }
        state.jobs[index].standing = .running(stage: "Starting", fraction: 0)
        return [.export(.start(state.jobs[index].request))]
    }

    private static func take(_ event: ExportEvent, _ state: inout State) -> [Effect] {
        let running = state.jobs.firstIndex {
            if case .running = $0.standing { true } else { false }
        }
        guard let running else { return [] }
        switch event {
        case .progress(let stage, let fraction):
            guard state.phase == .running else { return [] }
            state.jobs[running].standing = .running(stage: stage, fraction: fraction)
            return []
        case .finished(let outcome): state.jobs[running].standing = .done(outcome)
        case .failed(let error):
            state.jobs[running].standing =
                state.phase == .cancelling ? .cancelled : .failed(error)
        }
        guard state.phase == .cancelling else { return next(&state) }
        for index in state.jobs.indices where state.jobs[index].standing == .waiting {
            state.jobs[index].standing = .cancelled
        }
        state.phase = .ended
        return []
    }
}
