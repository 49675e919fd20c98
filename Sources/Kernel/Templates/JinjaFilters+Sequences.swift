// Filters over whole sequences: ends, order, groups, sums.

import OrderedCollections

extension JinjaFilters {
    static func sequence(
        _ name: String, _ value: JinjaValue, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue? {
        switch name {
        case "first":
            return try interpreter.iterator(of: value).next(interpreter) ?? .undefined("first")
        case "last":
            if case .generator = value { throw interpreter.failure("the last of a generator") }
            if let text = value.text {
                try interpreter.scan(text.utf8.count)
                return text.unicodeScalars.last.map { .string(String($0)) } ?? .undefined("last")
            }
            guard let count = JinjaInterpreter.count(value) else {
                throw interpreter.failure("the last of \(value.kindName)")
            }
            return count > 0 ? JinjaInterpreter.item(count - 1, value) : .undefined("last")
        case "list": return try interpreter.list(try interpreter.items(of: value))
        case "reverse": return try reversed(value, interpreter)
        case "join": return try joined(value, &arguments, interpreter)
        case "sum": return try sum(value, &arguments, interpreter)
        case "min", "max": return try extreme(name, value, &arguments, interpreter)
        case "sort": return try sorted(value, &arguments, interpreter)
        case "dictsort": return try sortedMembers(value, &arguments, interpreter)
        case "groupby": return try grouped(value, &arguments, interpreter)
        default: return nil
        }
    }

    private static func reversed(
        _ value: JinjaValue, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        if let text = value.text {
            try interpreter.make(4 * text.utf8.count)
            let result = String(String.UnicodeScalarView(text.unicodeScalars.reversed()))
            return value.isMarkup ? .markup(result) : .string(result)
        }
        if case .generator(let generator) = value {
            return try interpreter.list(
                try interpreter.items(of: .generator(generator)).reversed())
        }
        guard var at = JinjaInterpreter.count(value) else {
            throw interpreter.failure("the reverse of \(value.kindName)")
        }
        return .generator(
            JinjaGenerator { _ throws(JinjaFailure) in
                at -= 1
                return at >= 0 ? JinjaInterpreter.item(at, value) : nil
            })
    }

    private static func joined(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let separator = try interpreter.printed(
            try arguments.take("d", interpreter) ?? .string(""))
        let path = try AttributePath(
            try arguments.take("attribute", interpreter) ?? .none, interpreter)
        let items = try interpreter.iterator(of: value)
        var text = ""
        var isFirst = true
        while let item = try items.next(interpreter) {
            let part = try interpreter.printed(try path.value(of: item, interpreter))
            try interpreter.make(part.utf8.count + (isFirst ? 0 : separator.utf8.count))
            if !isFirst { text += separator }
            text += part
            isFirst = false
            guard text.utf8.count <= interpreter.textBytesMax else {
                throw interpreter.failure("a join of more than \(interpreter.textBytesMax) bytes")
            }
        }
        return .string(text)
    }

    private static func sum(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let path = try AttributePath(
            try arguments.take("attribute", interpreter) ?? .none, interpreter)
        var total = try arguments.take("start", interpreter) ?? .integer(0)
        guard total.text == nil else { throw interpreter.failure("the sum of strings") }
        let items = try interpreter.iterator(of: value)
        while let item = try items.next(interpreter) {
            let next = try path.value(of: item, interpreter)
            total = try JinjaArithmetic.sum(total, next, interpreter)
        }
        return total
    }

    private static func extreme(
        _ name: String, _ value: JinjaValue, _ arguments: inout JinjaArguments,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let isCaseSensitive = try arguments.flag("case_sensitive", interpreter)
        let path = try AttributePath(
            try arguments.take("attribute", interpreter) ?? .none, interpreter)
        let items = try interpreter.iterator(of: value)
        var best: (key: JinjaValue, item: JinjaValue)?
        while let item = try items.next(interpreter) {
            let own = try path.value(of: item, interpreter)
            let key = try folded(own, isCaseSensitive, interpreter)
            guard let known = best else {
                best = (key, item)
                continue
            }
            let order = try JinjaArithmetic.order(key, known.key, interpreter) ?? 0
            if name == "min" ? order < 0 : order > 0 { best = (key, item) }
        }
        return best?.item ?? .undefined("the \(name) of nothing")
    }

    /// Items with the keys that they are sorted by.
    private static func keyed(
        _ value: JinjaValue, _ attribute: JinjaValue, _ isCaseSensitive: Bool,
        otherwise: JinjaValue? = nil, listsKeys: Bool, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> [(key: JinjaValue, item: JinjaValue)] {
        var paths: [AttributePath] = []
        if let text = attribute.text, listsKeys {
            for part in PythonText.split(text, at: ",", limit: -1) {
                paths.append(
                    try AttributePath(.string(part), otherwise: otherwise, interpreter))
            }
        } else {
            paths = [try AttributePath(attribute, otherwise: otherwise, interpreter)]
        }
        var result: [(key: JinjaValue, item: JinjaValue)] = []
        for item in try interpreter.items(of: value) {
            var keys: [JinjaValue] = []
            for path in paths {
                let own = try path.value(of: item, interpreter)
                keys.append(try folded(own, isCaseSensitive, interpreter))
            }
            // Lists compare equal items first, which may have no order.
            result.append((listsKeys ? .array(keys) : keys[0], item))
        }
        return result
    }

    private static func sorted(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let isReversed = try arguments.flag("reverse", interpreter)
        let isCaseSensitive = try arguments.flag("case_sensitive", interpreter)
        let attribute = try arguments.take("attribute", interpreter) ?? .none
        let pairs = try keyed(value, attribute, isCaseSensitive, listsKeys: true, interpreter)
        return try interpreter.list(
            try JinjaOrder.sorted(pairs, interpreter, isReversed: isReversed))
    }

    private static func sortedMembers(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let isCaseSensitive = try arguments.flag("case_sensitive", interpreter)
        let by = try arguments.text("by", interpreter) ?? "key"
        let isReversed = try arguments.flag("reverse", interpreter)
        guard case .map(let map) = value else {
            throw interpreter.failure("dictsort of \(value.kindName)")
        }
        guard by == "key" || by == "value" else {
            throw interpreter.failure("dictsort by \(by)")
        }
        var pairs: [(key: JinjaValue, item: JinjaValue)] = []
        for entry in map.entries.values {
            let own = by == "key" ? entry.key : entry.value
            let item = JinjaValue.tuple(JinjaList([entry.key, entry.value]))
            pairs.append((try folded(own, isCaseSensitive, interpreter), item))
        }
        return try interpreter.list(
            try JinjaOrder.sorted(pairs, interpreter, isReversed: isReversed))
    }

    private static func grouped(
        _ value: JinjaValue, _ arguments: inout JinjaArguments, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> JinjaValue {
        let attribute = try arguments.needed("attribute", interpreter)
        let otherwise = try arguments.take("default", interpreter)
        let isCaseSensitive = try arguments.flag("case_sensitive", interpreter)
        let pairs = try keyed(
            value, attribute, isCaseSensitive, otherwise: otherwise, listsKeys: false,
            interpreter)
        let path = try AttributePath(attribute, otherwise: otherwise, interpreter)
        var groups: [(key: JinjaValue, items: [JinjaValue])] = []
        let order = try JinjaOrder.sorted(pairs.map { ($0.key, $0) }, interpreter)
        for pair in order {
            if let last = groups.last,
                try JinjaArithmetic.isEqual(last.key, pair.key, interpreter)
            {
                groups[groups.count - 1].items.append(pair.item)
            } else {
                groups.append((pair.key, [pair.item]))
            }
        }
        var result: [JinjaValue] = []
        for group in groups {
            let first = try path.value(of: group.items[0], interpreter)
            let items = [isCaseSensitive ? group.key : first, .array(group.items)]
            result.append(.tuple(JinjaList(items, names: ["grouper", "list"])))
        }
        return try interpreter.list(result)
    }
}
