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

    private let limits: JinjaLimits
    private var steps = 0
    private var madeBytes = 0
    private var output = ""
    private var outputBytes = 0
    private var scopes: [[String: JinjaValue]]
    private var namespaces: [OrderedDictionary<String, JinjaValue>] = []
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

    // MARK: - Expressions

    private func lookUp(_ name: String) -> JinjaValue {
        for scope in scopes.reversed() {
            if let value = scope[name] { return value }
        }
        return .undefined(name)
    }

    mutating func value(of expression: JinjaExpression) throws(JinjaFailure) -> JinjaValue {
        try spend()
        switch expression {
        case .constant(let value): return value
        case .name(let name): return lookUp(name)
        case .list(let items): return try made(.array(try values(of: items)), count: items.count)
        case .map(let members): return try map(members)
        case .member(let base, let name):
            // First the value: evaluating it may make namespaces that `member` must see.
            let base = try value(of: base)
            return try member(name, of: base)
        case .element(let base, let index):
            let base = try value(of: base)
            let index = try value(of: index)
            return try element(index, of: base)
        case .slice(let base, let from, let to, let step):
            let base = try value(of: base)
            return try slice(base, try bound(from), try bound(to), try bound(step))
        case .call(let name, let arguments): return try call(name, try values(of: arguments))
        case .method(let base, let name, let arguments):
            let base = try value(of: base)
            return try JinjaMethods.call(name, on: base, try values(of: arguments), &self)
        case .filter(let base, let name, let arguments):
            let base = try value(of: base)
            return try JinjaFilters.apply(name, to: base, try values(of: arguments), &self)
        case .test(let base, let name, let arguments, let isNegated):
            let base = try value(of: base)
            let result = try JinjaTests.check(name, base, try values(of: arguments), &self)
            return .bool(result != isNegated)
        case .not(let operand): return .bool(!(try value(of: operand).isTrue))
        case .negative(let operand):
            return try JinjaArithmetic.negated(try value(of: operand), self)
        case .binary(let kind, let left, let right): return try binary(kind, left, right)
        case .choice(let result, let condition, let other):
            if try value(of: condition).isTrue { return try value(of: result) }
            return try other.map { other throws(JinjaFailure) in try value(of: other) }
                ?? .undefined("an if without else")
        }
    }

    private mutating func binary(
        _ kind: JinjaOperator, _ left: JinjaExpression, _ right: JinjaExpression
    ) throws(JinjaFailure) -> JinjaValue {
        let first = try value(of: left)
        switch kind {
        case .and: return first.isTrue ? try value(of: right) : first
        case .or: return first.isTrue ? first : try value(of: right)
        default: return try JinjaArithmetic.apply(kind, first, try value(of: right), &self)
        }
    }

    private mutating func values(
        of expressions: [JinjaExpression]
    ) throws(JinjaFailure) -> [JinjaValue] {
        var result: [JinjaValue] = []
        for expression in expressions { result.append(try value(of: expression)) }
        return result
    }

    private mutating func values(
        of arguments: [JinjaArgument]
    ) throws(JinjaFailure) -> JinjaArguments {
        var result = JinjaArguments()
        for argument in arguments {
            let value = try value(of: argument.value)
            if let name = argument.name {
                result.named[name] = value
            } else {
                result.positional.append(value)
            }
        }
        return result
    }

    private mutating func map(
        _ members: [(key: JinjaExpression, value: JinjaExpression)]
    ) throws(JinjaFailure) -> JinjaValue {
        var result: OrderedDictionary<String, JinjaValue> = [:]
        for member in members {
            guard case .string(let key) = try value(of: member.key) else {
                throw failure("a dictionary key that is no string")
            }
            result[key] = try value(of: member.value)
        }
        return try made(.map(JinjaMap(result)), count: result.count)
    }

    private mutating func bound(_ expression: JinjaExpression?) throws(JinjaFailure) -> Int? {
        guard let expression else { return nil }
        let value = try value(of: expression)
        if case .none = value { return nil }
        guard let index = value.asInteger else {
            throw failure("\(value.kindName) as the bound of a slice")
        }
        return index
    }

    // MARK: - Members

    private func member(_ name: String, of base: JinjaValue) throws(JinjaFailure) -> JinjaValue {
        switch base {
        case .map(let map): return map.members[name] ?? .undefined(name)
        case .namespace(let index): return namespaces[index][name] ?? .undefined(name)
        case .undefined(let owner):
            throw failure("the member \(name) of \(owner), which is undefined")
        default: return .undefined(name)
        }
    }

    private func element(
        _ index: JinjaValue, of base: JinjaValue
    ) throws(JinjaFailure) -> JinjaValue {
        if case .string(let name) = index { return try member(name, of: base) }
        guard let number = index.asInteger else {
            throw failure("\(index.kindName) as an index")
        }
        func place(_ count: Int) -> Int? {
            let at = number < 0 ? number + count : number
            return (0..<count).contains(at) ? at : nil
        }
        switch base {
        case .list(let list):
            return place(list.items.count).map { list.items[$0] } ?? .undefined("index \(number)")
        case .string(let text):
            let scalars = Array(text.unicodeScalars)
            return place(scalars.count).map { .string(String(scalars[$0])) }
                ?? .undefined("index \(number)")
        case .undefined(let owner): throw failure("an element of \(owner), which is undefined")
        default: return .undefined("index \(number)")
        }
    }

    private mutating func slice(
        _ base: JinjaValue, _ from: Int?, _ to: Int?, _ step: Int?
    ) throws(JinjaFailure) -> JinjaValue {
        guard step != 0 else { throw failure("a slice with step 0") }
        switch base {
        case .list(let list):
            let picked = JinjaArithmetic.indices(list.items.count, from, to, step ?? 1)
            return try made(.array(picked.map { list.items[$0] }), count: picked.count)
        case .string(let text):
            let scalars = Array(text.unicodeScalars)
            try spend(scalars.count / 64)
            var view = String.UnicodeScalarView()
            for index in JinjaArithmetic.indices(scalars.count, from, to, step ?? 1) {
                view.append(scalars[index])
            }
            return try made(String(view))
        default: throw failure("a slice of \(base.kindName)")
        }
    }

    /// What a loop visits: items, keys, characters; nothing for an undefined value.
    mutating func items(of value: JinjaValue) throws(JinjaFailure) -> [JinjaValue] {
        let items: [JinjaValue]
        switch value {
        case .list(let list): items = list.items
        case .map(let map): items = map.members.keys.map { .string($0) }
        case .string(let text): items = text.unicodeScalars.map { .string(String($0)) }
        case .undefined: items = []
        default: throw failure("a loop over \(value.kindName)")
        }
        try spend(items.count)
        return items
    }

    /// What is printed, within the budget: large values are refused before they are written out.
    mutating func printed(_ value: JinjaValue) throws(JinjaFailure) -> String {
        if case .string(let text) = value { return text }
        try spend(JinjaArithmetic.size(of: value, limit: limits.steps))
        return value.printed
    }

    // MARK: - Functions

    private mutating func call(
        _ name: String, _ arguments: JinjaArguments
    ) throws(JinjaFailure) -> JinjaValue {
        switch name {
        case "namespace":
            namespaces.append(arguments.named)
            return .namespace(namespaces.count - 1)
        case "raise_exception":
            let message = arguments.positional.first?.printed ?? ""
            throw failure("the template refuses the conversation: \(message)")
        case "range": return try range(arguments.positional)
        case "dict": return try made(.map(JinjaMap(arguments.named)), count: arguments.named.count)
        default: throw failure("a call of \(name), which is no function here")
        }
    }

    private mutating func range(_ arguments: [JinjaValue]) throws(JinjaFailure) -> JinjaValue {
        let bounds = arguments.compactMap(\.asInteger)
        guard bounds.count == arguments.count, (1...3).contains(bounds.count),
            bounds.allSatisfy({ abs($0) <= 100_000 }), bounds.count < 3 || bounds[2] != 0
        else { throw failure("a range of more than 100,000 numbers, or without bounds") }
        let from = bounds.count > 1 ? bounds[0] : 0
        let to = bounds.count > 1 ? bounds[1] : bounds[0]
        let numbers = stride(from: from, to: to, by: bounds.count == 3 ? bounds[2] : 1)
        let items = numbers.map { JinjaValue.integer($0) }
        return try made(.array(items), count: items.count)
    }
}

/// The arguments of a call, evaluated.
struct JinjaArguments {
    var positional: [JinjaValue] = []
    var named: OrderedDictionary<String, JinjaValue> = [:]

    /// The argument at a place or of a name.
    func value(_ index: Int, _ name: String) -> JinjaValue? {
        index < positional.count ? positional[index] : named[name]
    }
}
