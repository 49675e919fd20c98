// How values compare: Python's equality, order and membership. Every value and character that is
// looked at is counted, since values may hold one another many times.

extension JinjaArithmetic {
    /// `==`: 1 == 1.0 == True, strings by code points, lists and dictionaries by what they hold.
    static func isEqual(
        _ left: JinjaValue, _ right: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Bool {
        try interpreter.spend()
        if let a = left.text, let b = right.text {
            guard a.utf8.count == b.utf8.count else { return false }
            try interpreter.scan(a.utf8.count)
            return PythonText.isEqual(a, b)
        }
        switch (left, right) {
        case (.undefined, .undefined), (.none, .none): return true
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
            guard a.items.count == b.items.count else { return false }
            for (one, other) in zip(a.items, b.items) {
                guard try isEqual(one, other, interpreter) else { return false }
            }
            return true
        case (.map(let a), .map(let b)):
            guard a.entries.count == b.entries.count else { return false }
            for (key, entry) in a.entries {
                try interpreter.scan(key.bytes)
                guard let other = b.entries[key] else { return false }
                guard try isEqual(entry.value, other.value, interpreter) else { return false }
            }
            return true
        case (.range(let a), .range(let b)):
            guard a.count == b.count else { return false }
            return a.count == 0 || a.start == b.start && (a.count == 1 || a.step == b.step)
        case (.namespace(let a), .namespace(let b)): return a == b
        case (.bigInteger(let a), .bigInteger(let b)): return a == b
        case (.view, .view), (.function, .function), (.generator, .generator), (.loop, .loop),
            (.cycler, .cycler):
            throw interpreter.failure("\(left.kindName) compared with \(right.kindName)")
        case (.bigInteger(let digits), .number(let number)),
            (.number(let number), .bigInteger(let digits)):
            return Double(digits) == number
        default: return (try? numbers(left, right)) == .some(.some(0))
        }
    }

    /// The order of two numbers: nil beside a NaN; an error when they are no numbers.
    private static func numbers(_ left: JinjaValue, _ right: JinjaValue) throws -> Int? {
        struct NoNumbers: Error {}
        switch (left.asInteger, right.asInteger) {
        case (let a?, let b?): return a < b ? -1 : a > b ? 1 : 0
        case (let a?, nil):
            guard let b = right.asDouble else { throw NoNumbers() }
            return order(a, b)
        case (nil, let b?):
            guard let a = left.asDouble else { throw NoNumbers() }
            return order(b, a).map { -$0 }
        default:
            guard let a = left.asDouble, let b = right.asDouble else { throw NoNumbers() }
            if a.isNaN || b.isNaN { return nil }
            return a < b ? -1 : a > b ? 1 : 0
        }
    }

    /// An integer beside a float, exactly.
    private static func order(_ integer: Int, _ number: Double) -> Int? {
        if number.isNaN { return nil }
        guard let whole = Int(exactly: number.rounded(.down)) else { return number > 0 ? -1 : 1 }
        if integer != whole { return integer < whole ? -1 : 1 }
        return number > number.rounded(.down) ? -1 : 0
    }

    /// Negative, zero or positive as the left is less, equal or greater; nil beside a NaN.
    static func order(
        _ left: JinjaValue, _ right: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Int? {
        try interpreter.spend()
        if let a = left.text, let b = right.text {
            try interpreter.scan(min(a.utf8.count, b.utf8.count))
            if PythonText.isEqual(a, b) { return 0 }
            return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
        }
        switch (left, right) {
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
            for (one, other) in zip(a.items, b.items) {
                if try isEqual(one, other, interpreter) { continue }
                return try order(one, other, interpreter)
            }
            return a.items.count - b.items.count
        default: break
        }
        do {
            return try numbers(left, right)
        } catch {
            throw interpreter.failure("\(left.kindName) compared with \(right.kindName)")
        }
    }

    /// `value in container`
    static func contains(
        _ container: JinjaValue, _ value: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> Bool {
        switch container {
        case .string(let text), .markup(let text):
            guard let part = value.text else {
                throw interpreter.failure("\(value.kindName) looked for in a string")
            }
            try interpreter.scan(text.utf8.count + part.utf8.count)
            return !PythonText.places(of: part, in: text, limit: 1).isEmpty
        case .map(let map): return map.entries[try interpreter.key(value)] != nil
        case .view(let view) where view.kind == .keys:
            return view.map.entries[try interpreter.key(value)] != nil
        case .undefined: return false
        case .namespace, .function, .cycler:
            throw interpreter.failure("a value looked for in \(container.kindName)")
        default:
            let items = try interpreter.iterator(of: container)
            while let item = try items.next(interpreter) {
                if try isEqual(item, value, interpreter) { return true }
            }
            return false
        }
    }
}
