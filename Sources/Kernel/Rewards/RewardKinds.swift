// The kinds of rules that need the texts alone. Each gives 1 for an answer that is as wanted.

extension RewardKind {
    /// The answer is the record's, but for blanks around it.
    static let exact = RewardKind(
        name: "exact", argument: nil, help: "the answer is that of the record"
    ) { _ in
        { $0.answer.trimmingSpaces == $0.reference.trimmingSpaces ? 1 : 0 }
    }

    /// The last number of the answer is the last one of the record's.
    static let number = RewardKind(
        name: "number", argument: nil, help: "its last number is the last of the record's"
    ) { _ in
        {
            guard let wanted = Self.lastNumber($0.reference) else { return 0 }
            return Self.lastNumber($0.answer) == wanted ? 1 : 0
        }
    }

    /// A regular expression is found in the answer.
    static let pattern = RewardKind(
        name: "regex", argument: "EXPRESSION", help: "the expression is found in it"
    ) { (argument) throws(RewardRule.Fault) in
        guard !argument.isEmpty else { throw RewardRule.Fault(why: "regex wants an expression") }
        do {
            _ = try Regex(argument)
        } catch {
            throw RewardRule.Fault(
                why: "\(argument.escapedForDisplay) is no regular expression")
        }
        // An expression is no value that threads may share.
        return { text in
            guard let expression = try? Regex(argument) else { return 0 }
            return ((try? expression.firstMatch(in: text.answer)) ?? nil) == nil ? 0 : 1
        }
    }

    /// The answer has so many characters; it loses with each that is missing or too many.
    static let length = RewardKind(
        name: "length", argument: "FROM..TO",
        help: "it has so many characters; less, the farther off"
    ) { (argument) throws(RewardRule.Fault) in
        let bounds = argument.split(separator: ".", omittingEmptySubsequences: true).map {
            Int($0.trimmingSpaces)
        }
        guard argument.contains(".."), bounds.count == 2, let least = bounds[0],
            let most = bounds[1], least >= 0, most >= max(1, least)
        else {
            throw RewardRule.Fault(why: "length wants two numbers, as 20..200")
        }
        return { text in
            let count = text.answer.count
            if count < least { return Double(count) / Double(least) }
            return count <= most ? 1 : max(0, 1 - Double(count - most) / Double(most))
        }
    }

    /// The answer has the sections, each once, in this order.
    static let tags = RewardKind(
        name: "tags", argument: "NAME,NAME", help: "it has these <NAME>…</NAME> sections, in order"
    ) { (argument) throws(RewardRule.Fault) in
        let names = argument.split(separator: ",").map(\.trimmingSpaces)
        guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty }) else {
            throw RewardRule.Fault(why: "tags wants names, as think,answer")
        }
        let marks = names.flatMap { ["<\($0)>", "</\($0)>"] }
        return { text in
            var rest = text.answer[...]
            for mark in marks {
                guard let found = rest.firstRange(of: mark) else { return 0 }
                rest = rest[found.upperBound...]
            }
            return marks.allSatisfy { text.answer.ranges(of: $0).count == 1 } ? 1 : 0
        }
    }

    /// The answer is a JSON text, and of a schema if one is named.
    static let json = RewardKind(
        name: "json", argument: "SCHEMA.json", help: "it is JSON, of that schema if one is named"
    ) { _ in
        { text in (try? JSONValue(parsing: text.answer, source: "answer")) == nil ? 0 : 1 }
    } read: { (path) throws(KernelError) in
        let schema = try JSONSchema(JSONValue(contentsOf: path))
        return { text in
            guard let value = try? JSONValue(parsing: text.answer, source: "answer") else {
                return 0
            }
            return schema.accepts(value) ? 1 : 0
        }
    }

    /// Another program judges: it reads answers as JSON lines and writes a number for each.
    static let command = RewardKind(
        name: "command", argument: "PROGRAM", help: "what a program of yours says, given JSON lines"
    ) { (argument) throws(RewardRule.Fault) in
        guard !argument.isEmpty else { throw RewardRule.Fault(why: "command wants a program") }
        return nil
    }

    /// The last decimal number of a text; commas between its digits do not count.
    static func lastNumber(_ text: String) -> Double? {
        var (last, current): (Double?, String) = (nil, "")
        func close() {
            var digits = current
            while let end = digits.last, end == "." || end == "-" { digits.removeLast() }
            if let value = Double(digits), value.isFinite { last = value }
            current = ""
        }
        for character in text + " " {
            switch character {
            case "0"..."9": current.append(character)
            case "." where !current.isEmpty && !current.contains("."): current.append(character)
            case "-" where current.isEmpty: current.append(character)
            case "," where current.last?.isNumber == true: break
            default: close()
            }
        }
        return last
    }
}
