// What happens in the overlays of the form: presets taken, kept and deleted, plans saved and loaded, the
// command shown and copied. Files are effects; a loaded plan is an edit that undo takes back.

import Kernel
import Panels

extension ParamsTab {
    static func overlaid(
        _ action: Action, _ state: inout State, _ plan: inout TrainingPlan
    ) -> [Effect] {
        switch action {
        case .presetsPressed:
            let index = presets(state).firstIndex { $0.name == state.preset } ?? 0
            state.overlay = .presets(.init(list: ListState(selection: index)))
            return [.params(.listPresets)]
        case .presetChosen: applyPreset(&state, &plan)
        case .presetKeepPressed: state.overlay = .naming(TextField.State(), problem: nil)
        case .presetNamed: return keepPreset(&state, plan)
        case .presetDeletePressed: return deletePreset(&state)
        case .presetsListed(let listing):
            state.own = listing
            if case .presets(var list) = state.overlay {
                list.list.select(list.list.selection, count: presets(state).count)
                state.overlay = .presets(list)
            }
        case .savePressed: state.overlay = .saving(PathPrompt(state.savedPath))
        case .saveAccepted:
            guard case .saving(let prompt) = state.overlay, !prompt.text.isEmpty else { return [] }
            state.savedPath = prompt.text
            state.overlay = nil
            return [.params(.savePlan(plan, path: prompt.text))]
        case .planSaved(let path, let plan):
            if path == state.savedPath { state.saved = plan }
        case .loadPressed: state.overlay = .loading(PathPrompt(), problem: nil)
        case .loadAccepted:
            guard case .loading(let prompt, _) = state.overlay, !prompt.text.isEmpty else {
                return []
            }
            return [.params(.readPlan(path: prompt.text))]
        case .planRead(let path, let result): read(path, result, &state, &plan)
        case .planTaken:
            guard case .findings(let loaded) = state.overlay else { return [] }
            adopt(loaded.plan, from: loaded.path, &state, &plan)
        case .commandPressed: showCommand(&state, plan)
        case .commandCopied: return [.copy(HeadlessCommand.line(for: plan))]
        case .yamlCopied: return [.copy(PlanFile.yaml(for: plan))]
        case .completePressed: return complete(state)
        case .completed(let answer): take(answer, &state)
        case .linesPressed:
            guard let field = selectedField(state) else { return [] }
            let text = state.rejected[field.key]?.text ?? field.value(plan)
            state.overlay = .lines(TextArea.State(text: text))
        case .linesAccepted:
            guard case .lines(let area) = state.overlay, let field = selectedField(state) else {
                return []
            }
            state.overlay = nil
            take(area.text, for: field, &state, &plan)
        case .overlayClosed: state.overlay = nil
        default: break
        }
        return []
    }

    // MARK: - Presets

    /// The program's presets, then the user's.
    static func presets(_ state: State) -> [Preset] {
        Preset.all + state.own.presets.map(\.preset)
    }

    private static func applyPreset(_ state: inout State, _ plan: inout TrainingPlan) {
        let presets = presets(state)
        guard case .presets(let list) = state.overlay,
            let index = list.list.selected(of: presets.count)
        else { return }
        state.overlay = nil
        state.preset = presets[index].name
        state.rejected = [:]
        record(presets[index].applied(to: plan), &state, &plan)
    }

    private static func keepPreset(_ state: inout State, _ plan: TrainingPlan) -> [Effect] {
        guard case .naming(let field, _) = state.overlay else { return [] }
        if let problem = UserPreset.problem(field.text) {
            state.overlay = .naming(field, problem: problem)
            return []
        }
        state.overlay = .presets(.init())
        state.preset = field.text
        return [.params(.keepPreset(UserPreset(name: field.text, plan: plan.asPreset)))]
    }

    /// The first press asks, the second deletes.
    private static func deletePreset(_ state: inout State) -> [Effect] {
        guard case .presets(var list) = state.overlay, let name = ownSelected(state) else {
            return []
        }
        guard list.doomed == name else {
            list.doomed = name
            state.overlay = .presets(list)
            return []
        }
        list.doomed = nil
        state.overlay = .presets(list)
        if state.preset == name { state.preset = nil }
        return [.params(.deletePreset(name: name))]
    }

    /// The name of the user's preset under the cursor.
    static func ownSelected(_ state: State) -> String? {
        guard case .presets(let list) = state.overlay,
            let index = list.list.selected(of: presets(state).count), index >= Preset.all.count
        else { return nil }
        return state.own.presets[index - Preset.all.count].name
    }

    // MARK: - Loading

    /// Takes a plan that was read, or first reports what its file asks for without effect.
    private static func read(
        _ path: String, _ result: Result<PlanReading<TrainingPlan>, KernelError>,
        _ state: inout State, _ plan: inout TrainingPlan
    ) {
        guard case .loading(let prompt, _) = state.overlay, prompt.text == path else { return }
        switch result {
        case .failure(let error):
            state.overlay = .loading(prompt, problem: tr(error.sentence))
        case .success(let reading):
            // What is wrong with the plan itself is shown in the form, where it can be corrected.
            let own = reading.plan.issues()
            let findings = reading.issues.filter { !own.contains($0) }
            guard !findings.isEmpty else {
                adopt(reading.plan, from: path, &state, &plan)
                return
            }
            var view = TextViewState()
            view.setLines(lines(findings))
            view.home()
            state.overlay = .findings(
                .init(path: path, plan: reading.plan, findings: findings, view: view))
            state.overlay?.fit(to: state.size)
        }
    }

    private static func adopt(
        _ loaded: TrainingPlan, from path: String, _ state: inout State,
        _ plan: inout TrainingPlan
    ) {
        state.overlay = nil
        state.preset = nil
        state.rejected = [:]
        state.savedPath = path
        state.saved = nil
        record(loaded, &state, &plan)
    }

    private static func lines(_ findings: [PlanIssue]) -> [StyledLine] {
        let order: [PlanIssue.Severity] = [.error, .warning, .note]
        return order.flatMap { severity in
            findings.filter { $0.severity == severity }.map { finding in
                let word =
                    severity == .note ? tr("no effect") : severity == .error ? tr("refused") : "!"
                return StyledLine(
                    DisplayText("\(word)  \(finding.field): \(tr(finding.message))"))
            }
        }
    }

    // MARK: - The command

    private static func showCommand(_ state: inout State, _ plan: TrainingPlan) {
        let file = state.savedPath
        let isSaved = state.saved == plan
        var lines: [DisplayText] = [
            isSaved
                ? tr("The same run without the interface, by the file {1}:", file)
                : tr("The same run without the interface, once w has written {1}:", file),
            DisplayText("  " + HeadlessCommand.line(file: file)), "",
            tr("Or without a file:"), DisplayText("  " + HeadlessCommand.line(for: plan)), "",
            tr("The file:"),
        ]
        lines += DisplayText.lines(PlanFile.yaml(for: plan)).map { "  " + $0 }
        var view = TextViewState()
        view.setLines(lines.map { StyledLine($0) })
        view.fit(to: ParamsOverlay.textSize(state.size))
        view.home()
        state.overlay = .command(view)
    }

    // MARK: - Paths

    private static func complete(_ state: State) -> [Effect] {
        switch state.overlay {
        case .saving(let prompt), .loading(let prompt, _):
            [
                .completePath(
                    PathQuestion(
                        asker: .params, text: prompt.text, endings: ParamsOverlay.endings))
            ]
        case .presets, .naming, .findings, .command, .lines, nil: []
        }
    }

    private static func take(_ answer: PathAnswer, _ state: inout State) {
        switch state.overlay {
        case .saving(var prompt):
            prompt.take(answer)
            state.overlay = .saving(prompt)
        case .loading(var prompt, let problem):
            prompt.take(answer)
            state.overlay = .loading(prompt, problem: problem)
        case .presets, .naming, .findings, .command, .lines, nil: break
        }
    }
}
