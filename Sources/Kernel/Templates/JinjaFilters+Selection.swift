// Filters that visit items one by one and make a generator: map, select, reject, unique, batch,
// slice. Nothing is made before it is asked for, and it is made once.

extension JinjaFilters {
    static func selection(
        _ name: String, _ value: JinjaValue, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        switch name {
        case "map": return .generator(try mapped(value, &arguments, interpreter))
        case "select", "reject", "selectattr", "rejectattr":
            return .generator(try picked(name, value, &arguments, interpreter))
        case "unique": return .generator(try unique(value, &arguments, interpreter))
        case "batch", "slice":
            let count = try arguments.integer(
                name == "batch" ? "linecount" : "slices", interpreter)
            let fill = try arguments.take("fill_with", interpreter) ?? .none
            guard let count, count > 0 || name == "slice" && count < 0 else {
                throw interpreter.failure("the filter \(name) without a number of items")
            }
            let items = try interpreter.items(of: value)
            let parts =
                name == "batch"
                ? try batches(items, count, fill, interpreter)
                : try slices(items, count, fill, interpreter)
            var at = 0
            return .generator(
                JinjaGenerator { _ throws(JinjaFailure) in
                    guard at < parts.count else { return nil }
                    at += 1
                    return .array(parts[at - 1])
                })
        default: return nil
        }
    }

    private static func empty() -> JinjaGenerator {
        JinjaGenerator { _ throws(JinjaFailure) in nil }
    }

    private static func mapped(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaGenerator {
        if !arguments.hasMore, let attribute = try arguments.take("attribute", interpreter) {
            let otherwise = try arguments.take("default", interpreter)
            guard value.isTrue else { return empty() }
            let path = try AttributePath(attribute, otherwise: otherwise, interpreter)
            let items = try interpreter.iterator(of: value)
            return JinjaGenerator { interpreter throws(JinjaFailure) in
                guard let item = try items.next(interpreter) else { return nil }
                return try path.value(of: item, interpreter)
            }
        }
        let (filter, rest) = try function(&arguments, interpreter)
        guard value.isTrue else { return empty() }
        guard let filter else { throw interpreter.failure("map without the name of a filter") }
        let items = try interpreter.iterator(of: value)
        return JinjaGenerator { interpreter throws(JinjaFailure) in
            guard let item = try items.next(interpreter) else { return nil }
            return try interpreter.deeper { () throws(JinjaFailure) in
                try apply(filter, to: item, rest, interpreter)
            }
        }
    }

    /// The name of a filter or test in the arguments, and the arguments behind it.
    private static func function(
        _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> (name: String?, rest: JinjaArguments) {
        var positional = arguments.takeRest()
        let named = arguments.takeNamed()
        guard !positional.isEmpty else {
            guard named.isEmpty else {
                throw interpreter.failure(
                    "the argument \(named.keys[0]) of \(arguments.owner) without a name to apply")
            }
            return (nil, JinjaArguments(""))
        }
        let name = positional.removeFirst()
        guard let name = name.text else {
            throw interpreter.failure("\(name.kindName) as the name of a filter or test")
        }
        var rest = JinjaArguments(name)
        rest.positional = positional
        rest.named = named
        return (name, rest)
    }

    private static func picked(
        _ name: String, _ value: JinjaValue, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaGenerator {
        var attribute = JinjaValue.none
        if name.hasSuffix("attr") {
            guard arguments.hasMore else {
                throw interpreter.failure("the filter \(name) without the name of an attribute")
            }
            attribute = try arguments.needed("attribute", interpreter)
        }
        let (test, rest) = try function(&arguments, interpreter)
        guard value.isTrue else { return empty() }
        let path = try AttributePath(attribute, interpreter)
        let wanted = name.hasPrefix("select")
        let items = try interpreter.iterator(of: value)
        return JinjaGenerator { interpreter throws(JinjaFailure) in
            while let item = try items.next(interpreter) {
                let own = try path.value(of: item, interpreter)
                var holds = own.isTrue
                if let test { holds = try JinjaTests.check(test, own, rest, interpreter) }
                if holds == wanted { return item }
            }
            return nil
        }
    }

    private static func unique(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaGenerator {
        let isCaseSensitive = try arguments.flag("case_sensitive", interpreter)
        let path = try AttributePath(
            try arguments.take("attribute", interpreter) ?? .none, interpreter)
        let items = try interpreter.iterator(of: value)
        var seen: Set<JinjaKey> = []
        return JinjaGenerator { interpreter throws(JinjaFailure) in
            while let item = try items.next(interpreter) {
                let own = try path.value(of: item, interpreter)
                let key = try interpreter.key(try folded(own, isCaseSensitive, interpreter))
                if seen.insert(key).inserted { return item }
            }
            return nil
        }
    }

    private static func batches(
        _ items: [JinjaValue], _ count: Int, _ fill: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> [[JinjaValue]] {
        var result: [[JinjaValue]] = []
        for item in items {
            if let last = result.last, last.count < count {
                result[result.count - 1].append(item)
            } else {
                result.append([item])
            }
        }
        if let last = result.last, last.count < count, !fill.isNone {
            try interpreter.spend(count)
            result[result.count - 1] += Array(repeating: fill, count: count - last.count)
        }
        return result
    }

    private static func slices(
        _ items: [JinjaValue], _ count: Int, _ fill: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> [[JinjaValue]] {
        guard count > 0 else { return [] }
        try interpreter.spend(count)
        let (each, more) = items.count.quotientAndRemainder(dividingBy: count)
        var result: [[JinjaValue]] = []
        var at = 0
        for number in 0..<count {
            let size = each + (number < more ? 1 : 0)
            var part = Array(items[at..<at + size])
            at += size
            if number >= more, !fill.isNone { part.append(fill) }
            result.append(part)
        }
        return result
    }
}
