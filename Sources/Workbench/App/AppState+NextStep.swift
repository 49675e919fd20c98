// What stands between the plan and a run, in one line: ready only where a start would begin.

import Kernel
import Panels

extension AppState {
    /// The estimate of exactly this plan.
    var knownEstimate: PlanEstimate? {
        params.estimated == plan ? params.estimate.value : nil
    }

    /// What stands between this plan and a run, in one line.
    var nextStep: (text: String, isReady: Bool) {
        if let obstacle { return (obstacle, false) }
        guard let facts else { return (tr("Looking at model, data and folder…"), false) }
        let key = isTyping ? "F5" : tr("S or F5")
        if facts.content != .nothing {
            let name = PathText.isSame(chosenFolder ?? "", plan.output.folder)
            // The program's own folder is about to be exchanged for the next one.
            guard !name else { return (tr("Looking at model, data and folder…"), false) }
            return (tr("{1} is taken: {2} asks what to do", plan.output.folder, key), false)
        }
        if let missing = facts.missingBytes {
            return (
                tr("The disk lacks {1} for this run; {2} asks", NumberText.bytes(missing), key),
                false
            )
        }
        return (tr("Ready: press {1} to start {2}", key, runWords), true)
    }

    /// The run that would begin: its name, how it trains, on what, and how long.
    private var runWords: String {
        let name = plan.output.runName ?? PathText.lastPart(of: plan.output.folder)
        var parts = [name, TrainTab.methodText(plan), plan.data.names.joined(separator: ", ")]
        if let steps = knownEstimate?.steps {
            parts.append(tr("{1} steps", NumberText.count(steps)))
        }
        return parts.joined(separator: " · ")
    }

    /// Why a start would not begin; nil when it would.
    private var obstacle: String? {
        let errors = issues.filter { $0.severity == .error }
        if errors.contains(where: { $0.field == "model_name_or_path" }) {
            return tr("Next: choose a model (1)")
        }
        if errors.contains(where: { $0.field == "dataset" }) {
            return tr("Next: mark a data set (2)")
        }
        if errors.count == 1 { return tr("Next: {1} in Params (3)", errors[0].field) }
        if errors.count > 1 { return tr("Next: {1} things to fix in Params (3)", errors.count) }
        return missing ?? unusable ?? failure
    }

    /// What the plan names and does not exist.
    private var missing: String? {
        guard let fault = facts?.faults.first else { return nil }
        let why = tr(fault.message)
        return switch fault.field {
        case "model_name_or_path", "adapter_name_or_path":
            tr("Next: another model (1): {1}", why)
        case "dataset": tr("Next: other data (2): {1}", why)
        default: tr("Next: {1} in Params (3): {2}", fault.field, why)
        }
    }

    /// What exists and cannot be used.
    private var unusable: String? {
        if case .failed(let error)? = model.inspections[plan.model.path] {
            return tr("Next: another model (1): {1}", tr(error.sentence))
        }
        guard dataset.question == plan.dataQuestion else { return nil }
        switch dataset.report {
        case .failed(let error) where error.kind != .temporary:
            return tr("Next: other data (2): {1}", tr(error.sentence))
        case .done(let report) where report.records == 0:
            return tr("Next: other data (2): {1}", tr("no record can be used"))
        default: return nil
        }
    }

    /// The same plan has just failed.
    private var failure: String? {
        guard let (name, tried, error) = TrainTab.lastFailure(train),
            tried?.withoutFolder == plan.withoutFolder
        else { return nil }
        return tr("{1} failed: {2}; S tries again", name, tr(error.what))
    }
}
