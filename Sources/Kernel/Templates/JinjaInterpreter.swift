// Runs the tree of a template within a budget of work.
// It reaches nothing but the values it is given: no host objects, no clock, no files.

import OrderedCollections

/// Evaluates one template once.
final class JinjaInterpreter {
    enum Flow { case onward, stop, skip }

    /// A macro and the names around it.
    struct BoundMacro {
        let macro: JinjaMacro
        let scope: JinjaScope
    }

    private var budget: JinjaBudget
    private var output = ""
    private var depth = 0
    /// The names that are visible.
    var scope: JinjaScope
    /// The namespaces that the template made; values refer to them by number.
    var namespaces: [OrderedDictionary<String, JinjaValue>] = []
    /// The macros that the template made, and bodies handed over by calls.
    var macros: [BoundMacro] = []
    /// Texts of bodies whose filters are applied.
    var captured: [JinjaValue] = []
    /// The day and time for templates that ask; nil when there is none to tell.
    let date: TemplateDate?
    /// The line of the statement that runs.
    private(set) var line = 1

    init(
        _ context: [String: JSONValue], limits: JinjaLimits, date: TemplateDate?
    ) {
        self.date = date
        var names: [String: JinjaValue] = [:]
        var bytes = 0
        for (name, value) in context {
            names[name] = JinjaValue(value)
            bytes += value.sizeInBytes
        }
        budget = JinjaBudget(limits, inputBytes: bytes)
        scope = JinjaScope(nil, names)
    }

    func run(_ statements: [JinjaStatement]) throws(JinjaFailure) -> String {
        _ = try execute(statements)
        return output
    }

    // MARK: - Budget

    func failure(_ reason: Sentence) -> JinjaFailure { JinjaFailure(line: line, reason: reason) }

    func spend(_ count: Int = 1) throws(JinjaFailure) {
        if let reason = budget.spend(count) { throw failure(reason) }
    }

    /// Counts characters that are looked at.
    func scan(_ bytes: Int) throws(JinjaFailure) { try spend(bytes / 32) }

    /// Counts bytes of text before they are made.
    func make(_ bytes: Int) throws(JinjaFailure) {
        if let reason = budget.make(bytes) { throw failure(reason) }
    }

    /// The longest string there may be.
    var textBytesMax: Int { budget.textBytes }

    /// Counts the bytes of a new string.
    func made(_ text: String) throws(JinjaFailure) -> JinjaValue {
        try make(text.utf8.count)
        return .string(text)
    }

    /// A new list of values, counted.
    func list(_ items: [JinjaValue]) throws(JinjaFailure) -> JinjaValue {
        try nested(.array(items), count: items.count)
    }

    /// Checks the nesting of a new list or dictionary and counts its members.
    func nested(_ value: JinjaValue, count: Int) throws(JinjaFailure) -> JinjaValue {
        try spend(count)
        guard value.depth <= JinjaBudget.nestingMax else {
            throw failure("a value nested \(value.depth) deep")
        }
        return value
    }

    /// Counts one level of evaluation around some work.
    func deeper<Result>(
        _ work: () throws(JinjaFailure) -> Result
    ) throws(JinjaFailure) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= JinjaBudget.depthMax else {
            throw failure("macros, loops or expressions nested more than \(depth - 1) deep")
        }
        return try work()
    }

    /// The text that some statements write, kept from the output.
    func capture(
        _ work: () throws(JinjaFailure) -> Flow
    ) throws(JinjaFailure) -> (text: String, flow: Flow) {
        let before = output
        output = ""
        let flow = try work()
        let text = output
        output = before
        return (text, flow)
    }

    func write(_ text: String) throws(JinjaFailure) {
        try make(text.utf8.count)
        output += text
        if output.utf8.count > budget.textBytes {
            throw failure("more than \(budget.textBytes) bytes of output")
        }
    }

    // MARK: - Statements

    /// Runs statements with names of their own.
    func execute(
        _ statements: [JinjaStatement], in inner: JinjaScope
    ) throws(JinjaFailure) -> Flow {
        let before = scope
        scope = inner
        defer { scope = before }
        return try execute(statements)
    }

    func execute(_ statements: [JinjaStatement]) throws(JinjaFailure) -> Flow {
        try deeper { () throws(JinjaFailure) in
            for statement in statements {
                try spend()
                if statement.line > 0 { line = statement.line }
                let flow = try execute(statement.kind)
                if flow != .onward { return flow }
            }
            return .onward
        }
    }

    private func execute(_ kind: JinjaStatement.Kind) throws(JinjaFailure) -> Flow {
        switch kind {
        case .text(let text): try write(text)
        case .output(let expression): try write(printed(try value(of: expression)))
        case .set(let target, let expression): try assign(try value(of: expression), to: target)
        case .setBlock(let target, let filters, let body):
            return try setBlock(target, filters, body)
        case .branch(let branches, let otherwise):
            for branch in branches where try value(of: branch.condition).isTrue {
                return try execute(branch.body)
            }
            return try execute(otherwise)
        case .loop(let loop):
            let items = try iterator(of: try value(of: loop.sequence))
            return try run(loop, over: items, in: scope, depth: 1)
        case .with(let values, let body):
            let inner = JinjaScope(scope)
            for entry in values {
                try assign(try value(of: entry.value), to: entry.target, in: inner)
            }
            return try execute(body, in: inner)
        case .macro(let macro): scope.set(macro.name, bound(macro))
        case .call(let expression, let caller):
            try write(printed(try call(expression, caller: bound(caller))))
        case .filter(let filters, let body):
            let inner = JinjaScope(scope)
            let (text, flow) = try capture { () throws(JinjaFailure) in
                try execute(body, in: inner)
            }
            let result = try filtered(text, by: filters, in: inner)
            guard let text = result.text else {
                throw failure("\(result.kindName) as the text of a filter block")
            }
            try write(text)
            return flow
        case .scope(let macro):
            let inner = JinjaScope(scope)
            if macro.reads.contains("caller") { inner.set("caller", .undefined("caller")) }
            if macro.reads.contains("varargs") { inner.set("varargs", .tuple(JinjaList([]))) }
            if macro.reads.contains("kwargs") {
                inner.set("kwargs", .map(JinjaMap(OrderedDictionary<String, JinjaValue>())))
            }
            return try execute(macro.body, in: inner)
        case .stop: return .stop
        case .skip: return .skip
        }
        return .onward
    }

    private func setBlock(
        _ target: JinjaTarget, _ filters: JinjaExpression?, _ body: [JinjaStatement]
    ) throws(JinjaFailure) -> Flow {
        let inner = JinjaScope(scope)
        let (text, flow) = try capture { () throws(JinjaFailure) in try execute(body, in: inner) }
        if flow != .onward { return flow }
        if let filters {
            try assign(try filtered(text, by: filters, in: inner), to: target)
        } else {
            try assign(.string(text), to: target)
        }
        return .onward
    }

    private func filtered(
        _ text: String, by filters: JinjaExpression, in inner: JinjaScope
    ) throws(JinjaFailure) -> JinjaValue {
        let before = scope
        scope = inner
        captured.append(.string(text))
        defer {
            captured.removeLast()
            scope = before
        }
        return try value(of: filters)
    }
}
