// One finding about a plan: which setting, what is wrong, how bad.
// It knows no file and no form: both show the same issues, each beside its own field.

/// A finding about one setting of a plan.
public struct PlanIssue: Sendable, Equatable, Codable {
    /// How much a finding matters: an error stops the run, a warning does not, a note informs.
    public enum Severity: String, Sendable, Codable, CaseIterable {
        case error, warning, note
    }

    /// The key of the setting as the plan file spells it: "lora_rank".
    public var field: String
    /// What is wrong and what to do about it, as full sentences without the field's name in front.
    public var message: String
    /// Whether it stops the run.
    public var severity: Severity

    public init(field: String, message: String, severity: Severity = .error) {
        self.field = field
        self.message = message
        self.severity = severity
    }
}

extension PlanIssue: CustomStringConvertible {
    /// One line: severity, field, message.
    public var description: String { "\(severity.rawValue): \(field): \(message)" }
}

extension Sequence where Element == PlanIssue {
    /// Whether any of the findings stops the run.
    public var containsErrors: Bool { contains { $0.severity == .error } }
}
