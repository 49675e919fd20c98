// Loops, and where values are put: in the innermost names, which a loop makes anew for each item.

extension JinjaInterpreter {
    /// Visits values with the body of a loop.
    func run(
        _ loop: JinjaLoop, over items: JinjaGenerator, in outer: JinjaScope, depth: Int
    ) throws(JinjaFailure) -> Flow {
        let source = loop.condition.map { JinjaInterpreter.kept(items, loop, $0, outer) } ?? items
        let state = JinjaLoopState(loop, outer, source, depth: depth)
        // As in Jinja, an iteration that was left early does not count for `else`.
        var completes = false
        while let item = try state.advance(self) {
            try spend(3)
            let inner = JinjaScope(outer)
            inner.set("loop", .loop(state))
            try assign(item, to: loop.target, in: inner)
            let flow = try execute(loop.body, in: inner)
            if flow == .stop { break }
            if flow == .onward { completes = true }
        }
        guard !completes else { return .onward }
        return try execute(loop.otherwise, in: JinjaScope(outer))
    }

    /// The values that meet the condition of a loop, each tried when its turn comes.
    private static func kept(
        _ items: JinjaGenerator, _ loop: JinjaLoop, _ condition: JinjaExpression,
        _ outer: JinjaScope
    ) -> JinjaGenerator {
        JinjaGenerator { interpreter throws(JinjaFailure) in
            while let item = try items.next(interpreter) {
                let inner = JinjaScope(outer)
                try interpreter.assign(item, to: loop.target, in: inner)
                let before = interpreter.scope
                interpreter.scope = inner
                defer { interpreter.scope = before }
                if try interpreter.value(of: condition).isTrue { return item }
            }
            return nil
        }
    }

    /// Puts a value where a target says, in the innermost names unless others are given.
    func assign(
        _ value: JinjaValue, to target: JinjaTarget, in names: JinjaScope? = nil
    ) throws(JinjaFailure) {
        switch target {
        case .name(let name): (names ?? scope).set(name, value)
        case .member(let name, let member):
            guard case .namespace(let index)? = scope.value(name) else {
                throw failure("a member set on \(name), which is no namespace")
            }
            guard !member.hasPrefix("_") else {
                throw failure("the member \(member) set on a namespace")
            }
            namespaces[index][member] = value
        case .tuple(let targets):
            let items = try iterator(of: value)
            for (index, target) in targets.enumerated() {
                guard let item = try items.next(self) else {
                    throw failure("\(index) values for \(targets.count) names")
                }
                try assign(item, to: target, in: names)
            }
            guard try items.next(self) == nil else {
                throw failure("more values than \(targets.count) names")
            }
        }
    }

    func bound(_ macro: JinjaMacro) -> JinjaValue {
        macros.append(BoundMacro(macro: macro, scope: scope))
        return .function(.macro(macros.count - 1))
    }
}
