// What happens in the overlays of the dataset tab: a finding leads to its record, a mixture goes into the
// plan, a new set into the list of its folder and then into the plan.

import Kernel
import Panels

extension DatasetTab {
    static func overlaid(
        _ action: Action, _ state: inout State, _ plan: inout TrainingPlan
    ) -> [Effect] {
        switch action {
        case .findingsPressed: state.overlay = .findings(.init())
        case .findingKindTurned:
            guard case .findings(var findings) = state.overlay, let report = state.report.value
            else { return [] }
            findings.turn(report)
            state.overlay = .findings(findings)
        case .findingChosen: return showFinding(&state, plan)
        case .mixPressed: state.overlay = .mixing(MixtureForm(plan.data))
        case .mixAccepted:
            guard case .mixing(let mixture) = state.overlay, mixture.problem == nil else {
                return []
            }
            mixture.written(to: &plan.data)
            state.overlay = nil
            return inspect(&state, plan)
        case .definitionAccepted:
            guard case .adding(let form) = state.overlay, form.issues.isEmpty else { return [] }
            return [.dataset(.writeDataset(form.definition))]
        case .pathTaken:
            guard case .adding(let form) = state.overlay else { return [] }
            return take(form.proposal.path, &state, &plan)
        case .proposed(let path, let result): propose(path, result, &state)
        case .defined(let definition, let fault): return defined(definition, fault, &state, &plan)
        case .overlayClosed: state.overlay = nil
        default: break
        }
        return []
    }

    static func pressedInOverlay(_ key: Key, _ state: inout State) {
        switch state.overlay {
        case .findings(var findings):
            let count = state.report.value.map { findings.shown($0).count } ?? 0
            if findings.list.handle(key, count: count) { state.overlay = .findings(findings) }
        case .mixing(var mixture):
            mixture.handle(key)
            state.overlay = .mixing(mixture)
        case .adding(var form):
            form.handle(key)
            state.overlay = .adding(form)
        case nil: break
        }
    }

    // MARK: - Findings

    private static func showFinding(_ state: inout State, _ plan: TrainingPlan) -> [Effect] {
        guard let index = selectedFinding(state)?.index else { return [] }
        state.overlay = nil
        state.part = .record
        state.recordIndex = index
        return [.dataset(.viewRecord(plan, index: index))]
    }

    /// The finding under the cursor.
    static func selectedFinding(_ state: State) -> DataReport.Finding? {
        guard case .findings(let findings) = state.overlay, let report = state.report.value else {
            return nil
        }
        let shown = findings.shown(report)
        return findings.list.selected(of: shown.count).map { shown[$0] }
    }

    // MARK: - Adding

    private static func propose(
        _ path: String, _ result: Result<DatasetProposal, KernelError>, _ state: inout State
    ) {
        guard state.part == .folder, state.folder.text == path else { return }
        switch result {
        case .success(let proposal): state.overlay = .adding(DatasetForm(proposal))
        case .failure: break
        }
    }

    /// Takes a file by its path, without an entry in a list.
    private static func take(
        _ path: String, _ state: inout State, _ plan: inout TrainingPlan
    ) -> [Effect] {
        state.overlay = nil
        state.part = .list
        state.folder.setText(plan.data.folder)
        if !plan.data.names.contains(path) { turn(path, &plan.data) }
        return list(&state, plan) + inspect(&state, plan)
    }

    /// The entry was written: the set is marked. Sets of another folder cannot stay marked by name.
    private static func defined(
        _ definition: DatasetDefinition, _ fault: KernelError?, _ state: inout State,
        _ plan: inout TrainingPlan
    ) -> [Effect] {
        guard case .adding(var form) = state.overlay, form.definition == definition else {
            return []
        }
        if let fault {
            form.fault = tr(fault.sentence)
            state.overlay = .adding(form)
            return []
        }
        if definition.folder != plan.data.folder {
            let listed = Set((state.listing.value ?? []).map(\.name))
            for name in plan.data.names where listed.contains(name) { turn(name, &plan.data) }
            plan.data.folder = definition.folder
        }
        if !plan.data.names.contains(definition.name) { turn(definition.name, &plan.data) }
        state.overlay = nil
        state.part = .list
        state.folder.setText(plan.data.folder)
        (state.listedFolder, state.watched) = (nil, nil)
        return list(&state, plan) + inspect(&state, plan)
    }
}
