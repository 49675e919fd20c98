// Writing a model for others to use: choose, see what will be written, start, watch, and copy the
// lines that use it. The exporter writes and checks; this tab only asks for it.

import Kernel
import Panels

/// The tab that exports models and adapters.
enum ExportTab {
    /// Where an export is in its life.
    enum Phase: Equatable, Sendable {
        case idle
        case running(stage: String, fraction: Double)
        /// A cancel was asked for.
        case cancelling
        case finished(ExportOutcome)
        case failed(KernelError)
        /// It ended because that was asked for.
        case cancelled

        /// Whether files are being written.
        var isActive: Bool {
            switch self {
            case .running, .cancelling: true
            case .idle, .finished, .failed, .cancelled: false
            }
        }
    }

    struct State: Equatable, Sendable {
        var values = ExportForm()
        var form = FormState()
        var phase: Phase = .idle
        /// What was asked for last: its outcome is what is shown.
        var request: ExportRequest?
        /// Fields that the person changed; suggestions leave them alone.
        var touched: Set<String> = []
    }

    enum Action: Equatable, Sendable {
        /// A key without a row of its own: the form.
        case key(Key)
        case arrived(ExportEvent)
        /// What the other tabs know: the model, the last run's adapter, the template.
        case suggest(modelPath: String, adapterPath: String?, template: String?)
        case startPressed
        case cancelPressed
        /// Puts the outcome away and shows again what would be written.
        case outcomeDismissed
    }

    typealias Row = KeyBinding<Action>

    /// Whether typed letters are text.
    static func isTyping(_ state: State) -> Bool { state.form.isEditing }

    static func update(_ state: inout State, _ action: Action) -> [Effect] {
        switch action {
        case .key(let key): pressed(key, &state)
        case .arrived(let event): take(event, &state)
        case .suggest(let model, let adapter, let template):
            suggest(model, adapter, template, &state)
        case .startPressed:
            guard !state.phase.isActive, state.values.problem == nil else { return [] }
            let request = state.values.request
            state.request = request
            state.phase = .running(stage: "Starting", fraction: 0)
            return [.export(request)]
        case .cancelPressed:
            guard case .running = state.phase else { return [] }
            state.phase = .cancelling
            return [.cancelExport]
        case .outcomeDismissed:
            if !state.phase.isActive { state.phase = .idle }
        }
        return []
    }

    /// The rows of keys that work here now.
    static func keys(_ state: State) -> [Row] {
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
                disabledReason: state.values.problem),
            Row(.enter, tr("change"), .key(.enter)),
            Row([.left, .character("h")], tr("previous choice"), .key(.left), isHint: false),
            Row([.right, .character("l")], tr("next choice"), .key(.right)),
        ]
        if state.phase != .idle {
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

    private static func take(_ event: ExportEvent, _ state: inout State) {
        switch event {
        case .progress(let stage, let fraction):
            guard case .running = state.phase else { return }
            state.phase = .running(stage: stage, fraction: fraction)
        case .finished(let outcome): state.phase = .finished(outcome)
        case .failed(let error):
            state.phase = state.phase == .cancelling ? .cancelled : .failed(error)
        }
    }
}
