// A training plan as a file: reads LLaMA-Factory's YAML or JSON with assignments over it, and
// writes a plan back so that a run folder records it and a form can save it.

import Foundation
import Kernel

/// The contents of a settings file: the plan, and all remarks about it.
struct PlanReading<Plan: Sendable & Equatable>: Sendable, Equatable {
    /// The plan; fields that could not be read keep their defaults.
    var plan: Plan
    /// Errors, warnings and notes of the file, then of the plan itself.
    var issues: [PlanIssue]
    /// What the file asks for; nil where there is only one possibility.
    var purpose: PlanPurpose?

    /// The plan, unless an error stands against it.
    func checked(at place: String) throws(KernelError) -> Plan {
        let errors = issues.filter { $0.severity == .error }
        if errors.isEmpty { return plan }
        let list = errors.map { "\n  \($0.field): \($0.message)" }.joined()
        let count = errors.count == 1 ? "an error" : "\(errors.count) errors"
        throw KernelError(
            .configuration, "the settings have \(count)", at: place,
            because: Sentence(verbatim: list))
    }
}

/// Training plans as YAML and JSON files.
enum PlanFile {
    /// Reads a file and lays `key=value` assignments over it.
    static func read(
        path: String, assignments: [String] = []
    ) throws(KernelError) -> PlanReading<TrainingPlan> {
        var document = try SettingDocument(path: path)
        if let kind = ForeignFile.kind(of: document) { throw kind.error(at: path, document) }
        try document.assign(assignments)
        return reading(document)
    }

    /// Reads a file that the interface is to show as a plan; one for chat, an export or predictions
    /// is refused with the command that takes it.
    static func open(path: String) throws(KernelError) -> PlanReading<TrainingPlan> {
        var reading = try read(path: path)
        try reading.purpose?.checkOpening(path)
        if let remark = reading.purpose?.openingRemark { reading.issues.append(remark) }
        return reading
    }

    /// Reads assignments alone.
    static func read(assignments: [String]) throws(KernelError) -> PlanReading<TrainingPlan> {
        var document = SettingDocument()
        try document.assign(assignments)
        return reading(document)
    }

    /// Reads YAML text; `name` is what errors call it.
    static func read(
        yaml text: String, name: String = "the plan"
    ) throws(KernelError) -> PlanReading<TrainingPlan> {
        try read(text: text, isJSON: false, name: name)
    }

    /// Reads YAML or JSON text; `name` is what errors call it.
    static func read(
        text: String, isJSON: Bool, name: String
    ) throws(KernelError) -> PlanReading<TrainingPlan> {
        reading(try SettingDocument(text: text, isJSON: isJSON, name: name))
    }

    /// The plan as YAML: required keys, and those that differ from the defaults.
    static func yaml(for plan: TrainingPlan) -> String { TrainingKeys.table.yaml(of: plan) }

    private static func reading(_ document: SettingDocument) -> PlanReading<TrainingPlan> {
        var plan = TrainingPlan()
        let purpose = PlanPurpose(document)
        var issues = TrainingKeys.table.read(document.entries, into: &plan)
        // A file that asks for an evaluation, and does not mention training, evaluates only.
        if plan.evaluates, !document.has("do_train") { plan.trains = false }
        if let node = document.node("deepspeed") {
            issues += DeepSpeedFile.issues(node, plan: plan)
        }
        // What could not be read is reported once, not again for its default's sake.
        let failed = Set(issues.filter { $0.severity == .error }.map(\.field))
        issues += (plan.issues() + plan.pathIssues()).filter { !failed.contains($0.field) }
        return PlanReading(plan: plan, issues: issues, purpose: purpose)
    }
}
