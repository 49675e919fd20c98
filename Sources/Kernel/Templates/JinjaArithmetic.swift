// Operators of the template language, with Python's results.
// No operation traps: integers that Python would make larger than Int are refused.

import Foundation

/// Operators and slices.
enum JinjaArithmetic {
    static func apply(
        _ kind: JinjaOperator, _ left: JinjaValue, _ right: JinjaValue,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        switch kind {
        case .equal: return .bool(try isEqual(left, right, interpreter))
        case .unequal: return .bool(!(try isEqual(left, right, interpreter)))
        case .contained: return .bool(try contains(right, left, interpreter))
        case .notContained: return .bool(!(try contains(right, left, interpreter)))
        case .less: return .bool(try order(left, right, interpreter).map { $0 < 0 } ?? false)
        case .greater: return .bool(try order(left, right, interpreter).map { $0 > 0 } ?? false)
        case .lessOrEqual:
            return .bool(try order(left, right, interpreter).map { $0 <= 0 } ?? false)
        case .greaterOrEqual:
            return .bool(try order(left, right, interpreter).map { $0 >= 0 } ?? false)
        case .add: return try sum(left, right, interpreter)
        case .multiply:
            if let result = try repeated(left, right, interpreter) { return result }
            if let result = try repeated(right, left, interpreter) { return result }
            return try number(kind, left, right, interpreter)
        case .remainder:
            if let pattern = left.text {
                let text = try JinjaFormat.percent(
                    pattern, right, escapes: left.isMarkup, interpreter)
                return left.isMarkup ? .markup(text) : .string(text)
            }
            return try number(kind, left, right, interpreter)
        default: return try number(kind, left, right, interpreter)
        }
    }

    static func signed(
        _ value: JinjaValue, isNegative: Bool, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        if case .number(let number) = value { return .number(isNegative ? -number : number) }
        guard let number = value.asInteger, !isNegative || number != .min else {
            throw interpreter.failure("\(isNegative ? "minus" : "plus") of \(value.kindName)")
        }
        return .integer(isNegative ? -number : number)
    }

    static func sum(
        _ left: JinjaValue, _ right: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        if let a = left.text, let b = right.text {
            if left.isMarkup || right.isMarkup {
                let text =
                    (left.isMarkup ? a : PythonText.escaped(a))
                    + (right.isMarkup ? b : PythonText.escaped(b))
                try interpreter.make(text.utf8.count)
                return .markup(text)
            }
            try interpreter.make(a.utf8.count + b.utf8.count)
            return .string(a + b)
        }
        switch (left, right) {
        case (.list(let a), .list(let b)):
            try interpreter.spend(a.items.count + b.items.count)
            return try interpreter.list(a.items + b.items)
        case (.tuple(let a), .tuple(let b)):
            try interpreter.spend(a.items.count + b.items.count)
            return .tuple(JinjaList(a.items + b.items))
        default: return try number(.add, left, right, interpreter)
        }
    }

    /// A string or list several times; nil when these are no such operands.
    private static func repeated(
        _ value: JinjaValue, _ times: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        guard let times = times.asInteger.map({ max($0, 0) }) else { return nil }
        func total(_ count: Int) throws(JinjaFailure) -> Int {
            let (total, overflows) = count.multipliedReportingOverflow(by: times)
            guard !overflows else { throw interpreter.failure("\(times) times a value") }
            return total
        }
        switch value {
        case .string(let text), .markup(let text):
            try interpreter.make(try total(text.utf8.count))
            let result = text.isEmpty ? "" : String(repeating: text, count: times)
            return value.isMarkup ? .markup(result) : .string(result)
        case .list(let list), .tuple(let list):
            try interpreter.spend(try total(list.items.count))
            var items: [JinjaValue] = []
            if !list.items.isEmpty { for _ in 0..<times { items += list.items } }
            if case .tuple = value { return .tuple(JinjaList(items)) }
            return .array(items)
        default: return nil
        }
    }

    private static func number(
        _ kind: JinjaOperator, _ left: JinjaValue, _ right: JinjaValue,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        if let a = left.asInteger, let b = right.asInteger, kind != .divide,
            kind != .power || b >= 0
        {
            guard let result = integer(kind, a, b) else {
                throw interpreter.failure("\(a) \(kind.rawValue) \(b), which has no result")
            }
            return .integer(result)
        }
        guard let a = left.asDouble, let b = right.asDouble else {
            throw interpreter.failure(
                "\(left.kindName) \(kind.rawValue) \(right.kindName), which do not go together")
        }
        let isDivision = kind == .divide || kind == .floorDivide || kind == .remainder
        if b == 0, isDivision || kind == .power && a == 0 && b < 0 {
            throw interpreter.failure("a division by zero")
        }
        let isInexact = [left, right].contains { ($0.asInteger?.magnitude ?? 0) > 1 << 53 }
        if kind == .divide, isInexact {
            throw interpreter.failure("a division of integers that large")
        }
        switch kind {
        case .add: return .number(a + b)
        case .subtract: return .number(a - b)
        case .multiply: return .number(a * b)
        case .divide: return .number(a / b)
        case .power:
            let result = pow(a, b)
            guard result.isFinite || !a.isFinite || !b.isFinite, !(a == 0 && b < 0) else {
                throw interpreter.failure("\(a) ** \(b), which has no result")
            }
            return .number(result)
        default:
            var rest = fmod(a, b)
            if rest != 0, (rest < 0) != (b < 0) { rest += b }
            return .number(kind == .remainder ? rest : ((a - rest) / b).rounded())
        }
    }

    /// Integer arithmetic, nil on overflow and division by zero; division rounds down.
    private static func integer(_ kind: JinjaOperator, _ a: Int, _ b: Int) -> Int? {
        let (result, overflows): (Int, Bool)
        switch kind {
        case .add: (result, overflows) = a.addingReportingOverflow(b)
        case .subtract: (result, overflows) = a.subtractingReportingOverflow(b)
        case .multiply: (result, overflows) = a.multipliedReportingOverflow(by: b)
        case .power:
            if a == 0 || a == 1 { return b == 0 ? 1 : a }
            if a == -1 { return b.isMultiple(of: 2) ? 1 : -1 }
            guard b < 64 else { return nil }
            var power: Int? = 1
            for _ in 0..<b {
                power = power.flatMap {
                    let (next, overflows) = $0.multipliedReportingOverflow(by: a)
                    return overflows ? nil : next
                }
            }
            return power
        case .floorDivide:
            (result, overflows) = a.dividedReportingOverflow(by: b)
            let isInexact = !overflows && a.remainderReportingOverflow(dividingBy: b).0 != 0
            return overflows ? nil : isInexact && (a < 0) != (b < 0) ? result - 1 : result
        default:
            if b == -1 { return 0 }
            (result, overflows) = a.remainderReportingOverflow(dividingBy: b)
            return overflows ? nil : result != 0 && (result < 0) != (b < 0) ? result + b : result
        }
        return overflows ? nil : result
    }

    /// The indices that a Python slice picks.
    static func indices(_ count: Int, _ from: Int?, _ to: Int?, _ step: Int) -> [Int] {
        func clamped(_ index: Int, _ low: Int, _ high: Int) -> Int {
            let at = index < 0 ? max(index, -count - 1) + count : index
            return min(max(at, low), high)
        }
        // A step wider than everything picks one item, whatever its size.
        let step = max(min(step, count + 1), -count - 1)
        if step > 0 {
            let start = from.map { clamped($0, 0, count) } ?? 0
            let end = to.map { clamped($0, 0, count) } ?? count
            return Array(stride(from: start, to: end, by: step))
        }
        let start = from.map { clamped($0, -1, count - 1) } ?? count - 1
        let end = to.map { clamped($0, -1, count - 1) } ?? -1
        return Array(stride(from: start, to: end, by: step))
    }
}
