// How values are printed: Python's str and repr, written within the budget, so that a value that
// holds another many times cannot grow without end.

extension JinjaInterpreter {
    /// What `{{ value }}` prints.
    func printed(_ value: JinjaValue) throws(JinjaFailure) -> String {
        switch value {
        case .string(let text), .markup(let text): return text
        case .undefined: return ""
        case .bool(let flag): return flag ? "True" : "False"
        case .integer(let number): return String(number)
        default: return try represented(value)
        }
    }

    /// Python's `repr`.
    func represented(_ value: JinjaValue) throws(JinjaFailure) -> String {
        var text = ""
        try represent(value, 0, to: &text)
        try make(text.utf8.count)
        return text
    }

    private func represent(
        _ value: JinjaValue, _ level: Int, to text: inout String
    ) throws(JinjaFailure) {
        try spend()
        guard level <= JinjaBudget.nestingMax else { throw failure("a value nested \(level) deep") }
        guard text.utf8.count <= textBytesMax else {
            throw failure("a text of more than \(textBytesMax) bytes")
        }
        switch value {
        case .undefined: text += "Undefined"
        case .none: text += "None"
        case .bool(let flag): text += flag ? "True" : "False"
        case .integer(let number): text += String(number)
        case .bigInteger(let digits):
            try scan(digits.utf8.count)
            text += digits
        case .number(let number): text += PythonNumber.text(of: number)
        case .string(let string): try quote(string, to: &text)
        case .markup(let string):
            text += "Markup("
            try quote(string, to: &text)
            text += ")"
        case .list(let list): try represent(list.items, "[", "]", level, to: &text)
        case .tuple(let list):
            try represent(list.items, "(", list.items.count == 1 ? ",)" : ")", level, to: &text)
        case .map(let map): try represent(map, level, to: &text)
        case .range(let range):
            text += "range(\(range.start), \(range.stop)"
            text += range.step == 1 ? ")" : ", \(range.step))"
        case .view(let view):
            text += "dict_\(view.kind.rawValue)("
            var items: [JinjaValue] = []
            for index in view.map.entries.values.indices { items.append(view.item(index)) }
            try represent(items, "[", "]", level + 1, to: &text)
            text += ")"
        case .namespace(let index):
            text += "<Namespace "
            try represent(JinjaMap(namespaces[index]), level + 1, to: &text)
            text += ">"
        case .loop(let state):
            text += "<LoopContext \(state.index + 1)/\(try state.count(self))>"
        case .function(.macro(let index)):
            let name = macros[index].macro.name
            text += name.isEmpty ? "<Macro anonymous>" : "<Macro '\(name)'>"
        case .generator, .cycler, .function:
            throw failure("printing of \(value.kindName), which has no text")
        }
    }

    private func represent(
        _ items: [JinjaValue], _ open: String, _ close: String, _ level: Int,
        to text: inout String
    ) throws(JinjaFailure) {
        text += open
        for (index, item) in items.enumerated() {
            if index > 0 { text += ", " }
            try represent(item, level + 1, to: &text)
        }
        text += close
    }

    private func represent(
        _ map: JinjaMap, _ level: Int, to text: inout String
    ) throws(JinjaFailure) {
        text += "{"
        for (index, entry) in map.entries.values.enumerated() {
            if index > 0 { text += ", " }
            try represent(entry.key, level + 1, to: &text)
            text += ": "
            try represent(entry.value, level + 1, to: &text)
        }
        text += "}"
    }

    private func quote(_ string: String, to text: inout String) throws(JinjaFailure) {
        try make(string.utf8.count)
        PythonText.quote(string, to: &text)
    }
}
