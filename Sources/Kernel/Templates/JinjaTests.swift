// The tests that templates may use: Jinja's own, complete.

/// `value is name(arguments)`
enum JinjaTests {
    /// All names that Jinja knows; a template with another does not compile.
    static let names: Set<String> = [
        "odd", "even", "divisibleby", "defined", "undefined", "filter", "test", "none", "boolean",
        "false", "true", "integer", "float", "lower", "upper", "string", "mapping", "number",
        "sequence", "iterable", "callable", "sameas", "escaped", "in", "==", "eq", "equalto",
        "!=", "ne", ">", "gt", "greaterthan", "ge", ">=", "<", "lt", "lessthan", "<=", "le",
    ]

    static func check(
        _ name: String, _ value: JinjaValue, _ given: JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Bool {
        var arguments = given
        let result =
            if let result = kind(name, value) {
                result
            } else if let kind = operators[name] {
                try JinjaArithmetic.apply(
                    kind, value, try arguments.needed("other", interpreter), interpreter
                ).isTrue
            } else {
                try other(name, value, &arguments, interpreter)
            }
        try arguments.finish(interpreter)
        return result
    }

    private static let operators: [String: JinjaOperator] = [
        "==": .equal, "eq": .equal, "equalto": .equal, "!=": .unequal, "ne": .unequal,
        ">": .greater, "gt": .greater, "greaterthan": .greater, ">=": .greaterOrEqual,
        "ge": .greaterOrEqual, "<": .less, "lt": .less, "lessthan": .less, "<=": .lessOrEqual,
        "le": .lessOrEqual, "in": .contained,
    ]

    /// Tests of the type; nil for others.
    private static func kind(_ name: String, _ value: JinjaValue) -> Bool? {
        switch name {
        case "defined": return !value.isUndefined
        case "undefined": return value.isUndefined
        case "none": return value.isNone
        case "string": return value.text != nil
        case "escaped": return value.isMarkup
        default: break
        }
        switch (name, value) {
        case ("boolean", .bool), ("mapping", .map), ("integer", .integer),
            ("integer", .bigInteger), ("float", .number):
            return true
        case ("number", .integer), ("number", .bigInteger), ("number", .number), ("number", .bool):
            return true
        case ("true", .bool(let flag)): return flag
        case ("false", .bool(let flag)): return !flag
        case ("sequence", .string), ("sequence", .markup), ("sequence", .list),
            ("sequence", .tuple), ("sequence", .map), ("sequence", .range),
            ("sequence", .undefined):
            return true
        case ("iterable", .string), ("iterable", .markup), ("iterable", .list),
            ("iterable", .tuple), ("iterable", .map), ("iterable", .range), ("iterable", .view),
            ("iterable", .generator), ("iterable", .loop), ("iterable", .undefined):
            return true
        case ("callable", .function), ("callable", .loop), ("callable", .undefined): return true
        case ("boolean", _), ("mapping", _), ("integer", _), ("float", _), ("number", _),
            ("true", _), ("false", _), ("sequence", _), ("iterable", _), ("callable", _):
            return false
        default: return nil
        }
    }

    private static func other(
        _ name: String, _ value: JinjaValue, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Bool {
        func remainder(_ by: JinjaValue) throws(JinjaFailure) -> JinjaValue {
            guard value.text == nil else {
                throw interpreter.failure("\(name) of \(value.kindName)")
            }
            return try JinjaArithmetic.apply(.remainder, value, by, interpreter)
        }
        switch name {
        case "odd": return try remainder(.integer(2)).asDouble == 1
        case "even": return try remainder(.integer(2)).asDouble == 0
        case "divisibleby":
            return try remainder(try arguments.needed("num", interpreter)).asDouble == 0
        case "lower", "upper":
            let text = try interpreter.printed(value)
            try interpreter.make(text.utf8.count)
            return PythonText.belongs(text, to: "is" + name) ?? false
        case "filter", "test":
            _ = try interpreter.key(value)
            let known = name == "filter" ? JinjaFilters.names : names
            return value.text.map(known.contains) ?? false
        case "sameas":
            switch (value, try arguments.needed("other", interpreter)) {
            case (.none, .none): return true
            case (.bool(let a), .bool(let b)): return a == b
            case (.none, _), (_, .none), (.bool, _), (_, .bool): return false
            case (.namespace(let a), .namespace(let b)): return a == b
            default: throw interpreter.failure("sameas of \(value.kindName)")
            }
        default: throw interpreter.failure("the test \(name), which does not exist")
        }
    }
}
