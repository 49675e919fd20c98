// Values that a template visits one by one: iterators, generators and the state of loops.
// Nothing is made before it is asked for, as in Python; what was visited is gone.

/// A source of values that can be visited once.
final class JinjaGenerator {
    typealias Step = (JinjaInterpreter) throws(JinjaFailure) -> JinjaValue?

    private var step: Step?
    /// How many values there are in all, where the source knows it.
    let count: Int?

    init(count: Int? = nil, _ step: @escaping Step) {
        self.count = count
        self.step = step
    }

    /// The next value; nil at the end and ever after.
    func next(_ interpreter: JinjaInterpreter) throws(JinjaFailure) -> JinjaValue? {
        guard let step else { return nil }
        try interpreter.spend()
        if let value = try step(interpreter) { return value }
        self.step = nil
        return nil
    }
}

/// What `loop` stands for inside of a loop.
final class JinjaLoopState {
    /// The statement and the names around it, for loops that call themselves.
    let loop: JinjaLoop
    let scope: JinjaScope
    let depth: Int
    private let source: JinjaGenerator
    /// Values that were looked at ahead of their turn.
    private var ahead: [JinjaValue] = []
    private var aheadAt = 0
    private var known: Int?
    private(set) var index = -1
    private(set) var current: JinjaValue?
    private(set) var before: JinjaValue?
    /// What `loop.changed` saw last.
    var changed: JinjaValue?

    init(_ loop: JinjaLoop, _ scope: JinjaScope, _ source: JinjaGenerator, depth: Int) {
        self.loop = loop
        self.scope = scope
        self.source = source
        self.depth = depth
        known = source.count
    }

    func advance(_ interpreter: JinjaInterpreter) throws(JinjaFailure) -> JinjaValue? {
        let value: JinjaValue?
        if aheadAt < ahead.count {
            value = ahead[aheadAt]
            aheadAt += 1
        } else {
            ahead = []
            aheadAt = 0
            value = try source.next(interpreter)
        }
        guard let value else { return nil }
        index += 1
        before = current
        current = value
        return value
    }

    func next(_ interpreter: JinjaInterpreter) throws(JinjaFailure) -> JinjaValue? {
        if aheadAt == ahead.count {
            ahead = []
            aheadAt = 0
            guard let value = try source.next(interpreter) else { return nil }
            ahead.append(value)
        }
        return ahead[aheadAt]
    }

    func count(_ interpreter: JinjaInterpreter) throws(JinjaFailure) -> Int {
        if let known { return known }
        while let value = try source.next(interpreter) { ahead.append(value) }
        let total = index + 1 + ahead.count - aheadAt
        known = total
        return total
    }
}

/// Names and their values, inside of the names around.
final class JinjaScope {
    let parent: JinjaScope?
    private var names: [String: JinjaValue]

    init(_ parent: JinjaScope?, _ names: [String: JinjaValue] = [:]) {
        self.parent = parent
        self.names = names
    }

    /// The value of a name here or around.
    func value(_ name: String) -> JinjaValue? {
        var scope: JinjaScope? = self
        while let here = scope {
            if let value = here.names[name] { return value }
            scope = here.parent
        }
        return nil
    }

    func set(_ name: String, _ value: JinjaValue) { names[name] = value }
}
