// Runs the tree of a template within a budget of steps, output and memory.
// It reaches nothing but the values it is given: no host objects, no clock, no files.

import OrderedCollections

/// What a template may use up.
public struct JinjaLimits: Sendable, Equatable {
    /// Statements and expressions that are evaluated.
    public var steps = 1_000_000
    /// Bytes of the result, and of any single string on the way.
    public var outputBytes = 4 << 20
    /// Bytes of all strings made on the way.
    public var madeBytes = 64 << 20

    /// The usual limits.
    public init() {}
}

/// Evaluates one template once.
struct JinjaInterpreter {
    private enum Flow { case onward, stop, skip }

    let limits: JinjaLimits
    private var steps = 0
    private var madeBytes = 0
    private var output = ""
    private var outputBytes = 0
    /// Names by scope, the innermost last.
    var scopes: [[String: JinjaValue]]
    /// The namespaces that the template made; values refer to them by number.
    var namespaces: [OrderedDictionary<String, JinjaValue>] = []
    /// The line of the statement that runs.
    private(set) var line = 1

    init(_ context: [String: JinjaValue], limits: JinjaLimits) {
        self.limits = limits
        scopes = [context]
    }

    mutating func run(_ statements: [JinjaStatement]) throws(JinjaFailure) -> String {
        _ = try execute(statements)
        return output
    }

    // MARK: - Budget

    func failure(_ reason: String) -> JinjaFailure { JinjaFailure(line: line, reason: reason) }

    mutating func spend(_ count: Int = 1) throws(JinjaFailure) {
        steps += count
        guard steps <= limits.steps else { throw failure("more than \(limits.steps) steps") }
    }

    /// Counts the bytes of a new string.
    mutating func made(_ text: String) throws(JinjaFailure) -> JinjaValue {
        madeBytes += text.utf8.count
        guard text.utf8.count <= limits.outputBytes, madeBytes <= limits.madeBytes else {
            throw failure("strings larger than \(limits.outputBytes) bytes, or too many")
        }
        return .string(text)
    }

    /// Checks the nesting of a new list or dictionary and counts its members.
    mutating func made(_ value: JinjaValue, count: Int) throws(JinjaFailure) -> JinjaValue {
        try spend(count)
        // Messages nest too: 128 is what the JSON reader lets through.
        guard value.depth <= 128 + JinjaParser.depthMax else {
            throw failure("a value nested \(value.depth) deep")
        }
        return value
    }

    private mutating func write(_ text: String) throws(JinjaFailure) {
        outputBytes += text.utf8.count
        guard outputBytes <= limits.outputBytes else {
            throw failure("more than \(limits.outputBytes) bytes of output")
        }
        output += text
    }

    // MARK: - Statements

    private mutating func execute(_ statements: [JinjaStatement]) throws(JinjaFailure) -> Flow {
        for statement in statements {
            try spend()
            if statement.line > 0 { line = statement.line }
            switch statement.kind {
            case .text(let text): try write(text)
            case .output(let expression): try write(printed(try value(of: expression)))
            case .set(let target, let expression): try assign(try value(of: expression), to: target)
            case .setBlock(let name, let body):
                let (before, bytes) = (output, outputBytes)
                output = ""
                let flow = try execute(body)
                let text = try made(output)
                (output, outputBytes) = (before, bytes)
                scopes[scopes.count - 1][name] = text
                if flow != .onward { return flow }
            case .branch(let branches, let otherwise):
                var body = otherwise
                for branch in branches where try value(of: branch.condition).isTrue {
                    body = branch.body
                    break
                }
                let flow = try execute(body)
                if flow != .onward { return flow }
            case .loop(let loop): try execute(loop)
            case .stop: return .stop
            case .skip: return .skip
            }
        }
        return .onward
    }

    private mutating func execute(_ loop: JinjaLoop) throws(JinjaFailure) {
        var items = try self.items(of: try value(of: loop.sequence))
        if let condition = loop.condition {
            var kept: [JinjaValue] = []
            for item in items {
                scopes.append([:])
                try assign(item, to: .names(loop.names))
                if try value(of: condition).isTrue { kept.append(item) }
                scopes.removeLast()
            }
            items = kept
        }
        if items.isEmpty {
            _ = try execute(loop.otherwise)
            return
        }
        for (index, item) in items.enumerated() {
            try spend()
            scopes.append(["loop": Self.state(index, items)])
            try assign(item, to: .names(loop.names))
            let flow = try execute(loop.body)
            scopes.removeLast()
            if flow == .stop { break }
        }
    }

    private static func state(_ index: Int, _ items: [JinjaValue]) -> JinjaValue {
        let last = items.count - 1
        return .map(
            JinjaMap([
                "index": .integer(index + 1), "index0": .integer(index),
                "revindex": .integer(last - index + 1), "revindex0": .integer(last - index),
                "first": .bool(index == 0), "last": .bool(index == last),
                "length": .integer(items.count),
                "previtem": index > 0 ? items[index - 1] : .undefined("loop.previtem"),
                "nextitem": index < last ? items[index + 1] : .undefined("loop.nextitem"),
            ]))
    }

    private mutating func assign(
        _ value: JinjaValue, to target: JinjaTarget
    ) throws(JinjaFailure) {
        switch target {
        case .member(let name, let member):
            guard case .namespace(let index) = lookUp(name) else {
                throw failure("a member set on \(name), which is no namespace")
            }
            namespaces[index][member] = value
        case .names(let names):
            if names.count == 1 {
                scopes[scopes.count - 1][names[0]] = value
                return
            }
            let items = try self.items(of: value)
            guard items.count == names.count else {
                throw failure("\(items.count) values for \(names.count) names")
            }
            for (name, item) in zip(names, items) { scopes[scopes.count - 1][name] = item }
        }
    }
}
