// Filters that make numbers.

import Foundation

extension JinjaFilters {
    static func number(
        _ name: String, _ value: JinjaValue, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        switch name {
        case "abs":
            if case .number(let number) = value { return .number(number.magnitude) }
            guard let number = value.asInteger, number != .min else {
                throw interpreter.failure("abs of \(value.kindName)")
            }
            return .integer(abs(number))
        case "int":
            let otherwise = try arguments.take("default", interpreter) ?? .integer(0)
            let base = try arguments.integer("base", interpreter) ?? 10
            return try integer(value, otherwise, base, interpreter)
        case "float":
            let otherwise = try arguments.take("default", interpreter) ?? .number(0)
            if case .undefined(let name) = value {
                throw interpreter.failure("float of \(name), which is undefined")
            }
            if case .bigInteger(let digits) = value { return .number(Double(digits) ?? .infinity) }
            if let text = value.text {
                try check(text, interpreter)
                return PythonNumber.double(text).map { .number($0) } ?? otherwise
            }
            return value.asDouble.map { .number($0) } ?? otherwise
        case "round": return try rounded(value, &arguments, interpreter)
        default: return nil
        }
    }

    /// Refuses texts that are far too long for a number.
    private static func check(
        _ text: String, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) {
        guard text.utf8.count <= 1 << 16 else {
            throw interpreter.failure("\(text.utf8.count) bytes of text as a number")
        }
        try interpreter.make(8 * text.utf8.count)
    }

    private static func integer(
        _ value: JinjaValue, _ otherwise: JinjaValue, _ base: Int, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        func whole(_ number: Double) throws(JinjaFailure) -> JinjaValue {
            guard let result = Int(exactly: number.rounded(.towardZero)) else {
                throw interpreter.failure("int of \(number), which is too large")
            }
            return .integer(result)
        }
        if let text = value.text {
            try check(text, interpreter)
            switch PythonNumber.integer(text, base: base) {
            case .value(let number): return .integer(number)
            case .tooLarge: throw interpreter.failure("int of a number that is too large")
            case .none: break
            }
            guard let number = PythonNumber.double(text), number.isFinite else { return otherwise }
            return try whole(number)
        }
        switch value {
        case .undefined(let name): throw interpreter.failure("int of \(name), which is undefined")
        case .number(let number): return number.isNaN ? otherwise : try whole(number)
        case .bigInteger: return value
        default: return value.asInteger.map { .integer($0) } ?? otherwise
        }
    }

    private static func rounded(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let places = try arguments.integer("precision", interpreter) ?? 0
        let method = try arguments.text("method", interpreter) ?? "common"
        guard let number = value.asDouble else {
            throw interpreter.failure("round of \(value.kindName)")
        }
        switch method {
        case "common":
            if let whole = value.asInteger {
                guard places >= 0 else {
                    throw interpreter.failure("an integer rounded to \(places) places")
                }
                return .integer(whole)
            }
            return .number(PythonNumber.rounded(number, places: places))
        case "ceil", "floor":
            guard (0...15).contains(places), number.magnitude < 1e15 else {
                throw interpreter.failure("\(method) of \(number) to \(places) places")
            }
            let power = pow(10, Double(places))
            let whole = (number * power).rounded(method == "ceil" ? .up : .down)
            return .number(whole / power)
        default: throw interpreter.failure("the method \(method) of round")
        }
    }
}
