// The functions that a model may call, as JSON text: checked while they are typed. It runs none.

import Kernel

/// A list of functions as chat interfaces write it.
enum ToolList {
    private static var limits: JSONLimits {
        var limits = JSONLimits()
        (limits.bytes, limits.depth) = (1 << 20, 32)
        return limits
    }

    /// The functions, each in the wrapping that templates read; empty for a blank text.
    static func parse(_ text: String) throws(KernelError) -> [JSONValue] {
        guard !text.allSatisfy(\.isWhitespace) else { return [] }
        let value = try JSONValue(parsing: text, source: "tools", limits: limits)
        guard let list = value.array else {
            throw fault("expected a list of functions, found \(value.kindName)")
        }
        var tools: [JSONValue] = []
        for (index, tool) in list.enumerated() {
            let isWrapped = tool["function"]?.object != nil
            let function = tool["function"] ?? tool
            guard let name = function["name"]?.string, !name.isEmpty else {
                throw fault("function \(index + 1) has no name")
            }
            tools.append(isWrapped ? tool : ["type": "function", "function": tool])
        }
        return tools
    }

    /// What is wrong with a text; nil when nothing is.
    static func problem(_ text: String) -> String? {
        do throws(KernelError) {
            _ = try parse(text)
            return nil
        } catch {
            return [error.place, error.why.map { tr($0) }].compactMap(\.self)
                .joined(separator: ": ")
        }
    }

    private static func fault(_ why: Sentence) -> KernelError {
        KernelError(
            .badData, "cannot read the tools", because: why,
            hint: "Write [{\"name\": …, \"description\": …, \"parameters\": {…}}].")
    }
}
