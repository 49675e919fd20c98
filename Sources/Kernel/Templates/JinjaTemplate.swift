// A Jinja template as chat templates use it: parsed once, rendered within a budget.
// It renders strings from plain data; ModelChatTemplate decides which of them may be trusted.

/// A parsed template.
public struct JinjaTemplate: Sendable {
    private let statements: [JinjaStatement]
    private let limits: JinjaLimits
    /// The longest source in bytes.
    public static let sourceBytesMax = 1 << 20

    /// Parses a template; what is not supported is refused with its line.
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

    /// The text for the values of the template's names; `date` is for templates that write the
    /// day, and those are refused without one.
    public func render(
        _ context: [String: JSONValue], date: TemplateDate? = nil
    ) throws(KernelError) -> String {
        let interpreter = JinjaInterpreter(context, limits: limits, date: date)
        do {
            return try interpreter.run(statements)
        } catch {
            throw Self.error("cannot apply the chat template", error)
        }
    }

    private static func error(_ what: Sentence, _ failure: JinjaFailure) -> KernelError {
        KernelError(
            .badData, what, at: "chat template, line \(failure.line)",
            because: "found \(String(failure.reason.description.prefix(400)).escapedForDisplay)",
            hint: "Name one of the built-in templates instead")
    }
}

extension JSONValue {
    /// About how much memory the value takes.
    var sizeInBytes: Int {
        switch self {
        case .null, .bool, .integer, .number: 16
        case .string(let text), .bigInteger(let text): 16 + text.utf8.count
        case .array(let items): items.reduce(16) { $0 + $1.sizeInBytes }
        case .object(let members):
            members.reduce(16) { $0 + 16 + $1.key.utf8.count + $1.value.sizeInBytes }
        }
    }
}
