// The functions that every template has: Jinja's own and those of transformers.

import OrderedCollections

/// Functions by name.
enum JinjaGlobals {
    static let names: Set<String> = [
        "range", "dict", "lipsum", "cycler", "joiner", "namespace", "raise_exception",
        "strftime_now",
    ]
    /// The longest range, as Jinja's sandbox has it.
    private static let rangeMax = 100_000

    static func call(
        _ name: String, _ given: JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        var arguments = given
        let result: JinjaValue
        switch name {
        case "range": result = try range(&arguments, interpreter)
        case "dict": result = .map(JinjaMap(try members(&arguments, interpreter)))
        case "namespace": result = try namespace(&arguments, interpreter)
        case "cycler":
            let items = arguments.takeRest()
            guard !items.isEmpty else { throw interpreter.failure("a cycler of nothing") }
            result = .cycler(JinjaCounter(items))
        case "joiner":
            let separator = try arguments.take("sep", interpreter) ?? .string(", ")
            result = .function(.joiner(JinjaCounter([separator])))
        case "raise_exception":
            let message = try interpreter.printed(try arguments.needed("message", interpreter))
            try arguments.finish(interpreter)
            throw interpreter.failure("the template refuses the conversation: \(message)")
        case "strftime_now":
            let format = try arguments.needed("format", interpreter)
            guard let format = format.text else {
                throw interpreter.failure("\(format.kindName) as a format of the date")
            }
            guard let date = interpreter.date else {
                throw interpreter.failure("strftime_now, but no date was given")
            }
            try interpreter.make(8 * format.utf8.count)
            result = .string(try date.text(format, interpreter))
        default: throw interpreter.failure("the function \(name), which is not supported")
        }
        try arguments.finish(interpreter)
        return result
    }

    private static func range(
        _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let values = arguments.takeRest()
        let bounds = values.compactMap(\.asInteger)
        guard bounds.count == values.count, (1...3).contains(bounds.count) else {
            throw interpreter.failure("a range without integers as bounds")
        }
        let start = bounds.count > 1 ? bounds[0] : 0
        let stop = bounds.count > 1 ? bounds[1] : bounds[0]
        let step = bounds.count == 3 ? bounds[2] : 1
        guard step != 0 else { throw interpreter.failure("a range with step 0") }
        guard step > 0 ? start < stop : start > stop else {
            return .range(JinjaRange(start: start, stop: stop, step: step, count: 0))
        }
        let (distance, overflows) = stop.subtractingReportingOverflow(start)
        let width = distance.magnitude
        let count = overflows ? .max : (width - 1) / step.magnitude + 1
        guard count <= UInt(rangeMax) else {
            throw interpreter.failure("a range of more than \(rangeMax) numbers")
        }
        return .range(JinjaRange(start: start, stop: stop, step: step, count: Int(count)))
    }

    /// What `dict` and `namespace` are made of: a dictionary or pairs, and named arguments.
    private static func members(
        _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> OrderedDictionary<JinjaKey, JinjaMap.Entry> {
        var entries: OrderedDictionary<JinjaKey, JinjaMap.Entry> = [:]
        if arguments.hasMore {
            let first = try arguments.needed("mapping", interpreter)
            if case .map(let map) = first {
                try interpreter.spend(map.entries.count)
                entries = map.entries
            } else {
                for pair in try interpreter.items(of: first) {
                    let both = try interpreter.items(of: pair)
                    guard both.count == 2 else {
                        throw interpreter.failure("a dictionary of something that is no pair")
                    }
                    let key = try interpreter.key(both[0])
                    entries[key] = JinjaMap.Entry(key: both[0], value: both[1])
                }
            }
        }
        for (name, value) in arguments.takeNamed() {
            entries[JinjaKey(name)] = JinjaMap.Entry(key: .string(name), value: value)
        }
        _ = try interpreter.nested(.map(JinjaMap(entries)), count: entries.count)
        return entries
    }

    private static func namespace(
        _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        var values: OrderedDictionary<String, JinjaValue> = [:]
        for entry in try members(&arguments, interpreter).values {
            guard let name = entry.key.text, !name.hasPrefix("_") else {
                throw interpreter.failure("a namespace with a member that is hidden or no name")
            }
            values[name] = entry.value
        }
        interpreter.namespaces.append(values)
        return .namespace(interpreter.namespaces.count - 1)
    }
}
