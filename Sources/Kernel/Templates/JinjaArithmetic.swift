// Operators of the template language, with Python's results.
// No operation traps: integers that overflow are refused.

/// Operators and slices.
enum JinjaArithmetic {
    static func apply(
        _ kind: JinjaOperator, _ left: JinjaValue, _ right: JinjaValue,
        _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        switch kind {
        case .equal: return .bool(left.isEqual(to: right))
        case .unequal: return .bool(!left.isEqual(to: right))
        case .contained: return .bool(try contains(right, left, &interpreter))
        case .notContained: return .bool(!(try contains(right, left, &interpreter)))
        case .join:
            let text = try interpreter.printed(left) + interpreter.printed(right)
            return try interpreter.made(text)
        case .less: return .bool(try isLess(left, right, interpreter))
        case .greater: return .bool(try isLess(right, left, interpreter))
        case .lessOrEqual:
            return .bool(try isLess(left, right, interpreter) || left.isEqual(to: right))
        case .greaterOrEqual:
            return .bool(try isLess(right, left, interpreter) || left.isEqual(to: right))
        case .add: return try sum(left, right, &interpreter)
        default: return try number(kind, left, right, interpreter)
        }
    }

    static func negated(
        _ value: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        if case .number(let number) = value { return .number(-number) }
        guard let number = value.asInteger, number != .min else {
            throw interpreter.failure("minus of \(value.kindName)")
        }
        return .integer(-number)
    }

    private static func sum(
        _ left: JinjaValue, _ right: JinjaValue, _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        switch (left, right) {
        case (.string(let a), .string(let b)): return try interpreter.made(a + b)
        case (.list(let a), .list(let b)):
            let items = a.items + b.items
            return try interpreter.made(.array(items), count: items.count)
        default: return try number(.add, left, right, interpreter)
        }
    }

    private static func number(
        _ kind: JinjaOperator, _ left: JinjaValue, _ right: JinjaValue,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        if let a = left.asInteger, let b = right.asInteger, kind != .divide {
            guard let result = integer(kind, a, b) else {
                throw interpreter.failure("\(a) \(kind.rawValue) \(b), which has no result")
            }
            return .integer(result)
        }
        guard let a = left.asDouble, let b = right.asDouble else {
            throw interpreter.failure(
                "\(left.kindName) \(kind.rawValue) \(right.kindName), which do not go together")
        }
        if b == 0, kind == .divide || kind == .floorDivide || kind == .remainder {
            throw interpreter.failure("a division by zero")
        }
        switch kind {
        case .add: return .number(a + b)
        case .subtract: return .number(a - b)
        case .multiply: return .number(a * b)
        case .divide: return .number(a / b)
        case .floorDivide: return .number((a / b).rounded(.down))
        default: return .number(a - (a / b).rounded(.down) * b)
        }
    }

    /// Integer arithmetic, nil on overflow and division by zero; division rounds down.
    private static func integer(_ kind: JinjaOperator, _ a: Int, _ b: Int) -> Int? {
        let (result, overflows): (Int, Bool)
        switch kind {
        case .add: (result, overflows) = a.addingReportingOverflow(b)
        case .subtract: (result, overflows) = a.subtractingReportingOverflow(b)
        case .multiply: (result, overflows) = a.multipliedReportingOverflow(by: b)
        case .floorDivide:
            (result, overflows) = a.dividedReportingOverflow(by: b)
            let isInexact = !overflows && a.remainderReportingOverflow(dividingBy: b).0 != 0
            return overflows ? nil : isInexact && (a < 0) != (b < 0) ? result - 1 : result
        default:
            (result, overflows) = a.remainderReportingOverflow(dividingBy: b)
            return overflows ? nil : result != 0 && (result < 0) != (b < 0) ? result + b : result
        }
        return overflows ? nil : result
    }

    private static func isLess(
        _ left: JinjaValue, _ right: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Bool {
        if let a = left.asDouble, let b = right.asDouble { return a < b }
        guard case .string(let a) = left, case .string(let b) = right else {
            throw interpreter.failure("\(left.kindName) compared with \(right.kindName)")
        }
        return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
    }

    static func contains(
        _ container: JinjaValue, _ value: JinjaValue, _ interpreter: inout JinjaInterpreter
    ) throws(JinjaFailure) -> Bool {
        switch container {
        case .string(let text):
            guard case .string(let part) = value else {
                throw interpreter.failure("\(value.kindName) looked for in a string")
            }
            return !PythonText.places(of: part, in: text, limit: 1).isEmpty
        case .map(let map):
            guard case .string(let key) = value else { return false }
            return map.members[key] != nil
        case .namespace: throw interpreter.failure("a value looked for in a namespace")
        default:
            for item in try interpreter.items(of: container) where item.isEqual(to: value) {
                return true
            }
            return false
        }
    }

    /// The indices that a Python slice picks.
    static func indices(_ count: Int, _ from: Int?, _ to: Int?, _ step: Int) -> [Int] {
        func clamped(_ index: Int, _ low: Int, _ high: Int) -> Int {
            let at = index < 0 ? max(index, -count - 1) + count : index
            return min(max(at, low), high)
        }
        if step > 0 {
            let start = from.map { clamped($0, 0, count) } ?? 0
            let end = to.map { clamped($0, 0, count) } ?? count
            return Array(stride(from: start, to: end, by: step))
        }
        let start = from.map { clamped($0, -1, count - 1) } ?? count - 1
        let end = to.map { clamped($0, -1, count - 1) } ?? -1
        return Array(stride(from: start, to: end, by: step))
    }

    /// How many values are inside, counted up to the limit.
    static func size(of value: JinjaValue, limit: Int) -> Int {
        var total = 1
        switch value {
        case .list(let list):
            for item in list.items where total <= limit { total += size(of: item, limit: limit) }
        case .map(let map):
            for item in map.members.values where total <= limit {
                total += size(of: item, limit: limit)
            }
        case .string(let text): total += text.utf8.count / 16
        default: break
        }
        return total
    }
}
