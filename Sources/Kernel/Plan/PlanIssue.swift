// One finding about a plan: which setting, what is wrong, how bad.
// It knows no file and no form: both show the same issues, each beside its own field.

/// A finding about one setting of a plan.
public struct PlanIssue: Sendable, Equatable, Encodable {
    /// How much a finding matters: an error stops the run, a warning does not, a note informs.
    public enum Severity: String, Sendable, Encodable, CaseIterable {
        case error, warning, note
    }

    /// The key of the setting as the plan file spells it: "lora_rank".
    public var field: String
    /// The line of the file that it was found on, counted from 1; nil when it comes from no file.
    public var line: Int?
    /// What is wrong and what to do about it, as full sentences without the field's name in front.
    public var reason: Sentence
    /// Whether it stops the run.
    public var severity: Severity

    public init(field: String, message: Sentence, severity: Severity = .error) {
        self.field = field
        self.reason = message
        self.severity = severity
    }

    /// The reason with the line in front where there is one.
    public var message: Sentence { line.map { "line \($0): \(reason)" } ?? reason }

    private enum CodingKeys: String, CodingKey { case field, message, severity }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(field, forKey: .field)
        try container.encode(message, forKey: .message)
        try container.encode(severity, forKey: .severity)
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
