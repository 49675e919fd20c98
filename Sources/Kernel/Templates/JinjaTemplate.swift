// A Jinja template of the subset that chat templates use: parsed once, rendered within a budget.
// It renders strings from plain data; who may be trusted in them is ModelChatTemplate's business.

/// A parsed template.
public struct JinjaTemplate: Sendable {
    private let statements: [JinjaStatement]
    private let limits: JinjaLimits
    /// The longest source in bytes.
    public static let sourceBytesMax = 1 << 20

    /// Parses a template; what the subset lacks is refused with its line.
    public init(_ source: String, limits: JinjaLimits = JinjaLimits()) throws(KernelError) {
        guard source.utf8.count <= Self.sourceBytesMax else {
            throw Self.error(
                "cannot read the chat template",
                JinjaFailure(line: 1, reason: "\(source.utf8.count) bytes"))
        }
        do {
            statements = try JinjaParser.parse(source)
        } catch {
            throw Self.error("cannot read the chat template", error)
        }
        self.limits = limits
    }

    /// The text for the values of the template's names.
    public func render(_ context: [String: JSONValue]) throws(KernelError) -> String {
        var interpreter = JinjaInterpreter(context.mapValues(JinjaValue.init), limits: limits)
        do {
            return try interpreter.run(statements)
        } catch {
            throw Self.error("cannot apply the chat template", error)
        }
    }

    private static func error(_ what: String, _ failure: JinjaFailure) -> KernelError {
        KernelError(
            .badData, what, at: "chat template, line \(failure.line)",
            because: "found \(String(failure.reason.prefix(400)).escapedForDisplay)",
            hint: "Name one of the built-in templates instead")
    }
}
