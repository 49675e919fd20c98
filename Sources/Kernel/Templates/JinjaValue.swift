// The values a chat template computes with: Python's, as far as templates need them.
// Plain data and the interpreter's own functions; no object of the host can be reached from here.

import OrderedCollections

/// A list or tuple with its nesting depth, so that no value can nest without bound.
struct JinjaList {
    let items: [JinjaValue]
    let depth: Int
    /// Names of the items, for tuples that have some.
    let names: [String]

    init(_ items: [JinjaValue], names: [String] = []) {
        self.items = items
        self.names = names
        var deepest = 0
        for item in items { deepest = max(deepest, item.depth) }
        depth = 1 + deepest
    }
}

/// A dictionary with its nesting depth.
struct JinjaMap {
    struct Entry {
        let key: JinjaValue
        let value: JinjaValue
    }

    let entries: OrderedDictionary<JinjaKey, Entry>
    let depth: Int

    init(_ entries: OrderedDictionary<JinjaKey, Entry>) {
        self.entries = entries
        var deepest = 0
        for entry in entries.values { deepest = max(deepest, entry.value.depth) }
        depth = 1 + deepest
    }

    init(_ members: OrderedDictionary<String, JinjaValue>) {
        var entries: OrderedDictionary<JinjaKey, Entry> = [:]
        for (name, value) in members {
            entries[JinjaKey(name)] = Entry(key: .string(name), value: value)
        }
        self.init(entries)
    }

    subscript(name: String) -> JinjaValue? { entries[JinjaKey(name)]?.value }
}

/// `range(…)`: numbers that are made when they are visited.
struct JinjaRange {
    let start: Int
    let stop: Int
    let step: Int
    let count: Int

    subscript(index: Int) -> Int { start + index * step }
}

/// What `keys()`, `values()` and `items()` of a dictionary return.
struct JinjaView {
    enum Kind: String { case keys, values, items }

    let kind: Kind
    let map: JinjaMap

    func item(_ index: Int) -> JinjaValue {
        let entry = map.entries.values[index]
        return switch kind {
        case .keys: entry.key
        case .values: entry.value
        case .items: .tuple(JinjaList([entry.key, entry.value]))
        }
    }
}

/// What can be called.
indirect enum JinjaFunction {
    /// A function that every template has.
    case global(String)
    /// The number of a macro that the interpreter keeps.
    case macro(Int)
    /// A method with its value.
    case method(JinjaValue, String)
    case joiner(JinjaCounter)
}

/// What `cycler` and `joiner` count on.
final class JinjaCounter {
    let items: [JinjaValue]
    var position = 0

    init(_ items: [JinjaValue]) { self.items = items }
}

/// One value.
enum JinjaValue {
    /// The value of a name that was never set; the name is for messages.
    case undefined(String)
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer of the data beyond Int, as it is written: it can be printed, not computed with.
    case bigInteger(String)
    case number(Double)
    case string(String)
    /// Text that is marked as safe: what is added to it is escaped for HTML.
    case markup(String)
    case list(JinjaList)
    case tuple(JinjaList)
    case map(JinjaMap)
    case range(JinjaRange)
    case view(JinjaView)
    /// The number of a `namespace` that the interpreter keeps.
    case namespace(Int)
    /// Values that are made one by one and only once.
    case generator(JinjaGenerator)
    case loop(JinjaLoopState)
    case cycler(JinjaCounter)
    case function(JinjaFunction)

    static func array(_ items: [JinjaValue]) -> JinjaValue { .list(JinjaList(items)) }

    init(_ json: JSONValue) {
        switch json {
        case .null: self = .none
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .bigInteger(let text): self = .bigInteger(text)
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .array(let items): self = .array(items.map(JinjaValue.init))
        case .object(let members):
            var entries: OrderedDictionary<JinjaKey, JinjaMap.Entry> = [:]
            for (name, value) in members {
                entries[JinjaKey(name)] = JinjaMap.Entry(
                    key: .string(name), value: JinjaValue(value))
            }
            self = .map(JinjaMap(entries))
        }
    }

    init(_ constant: JinjaConstant) {
        switch constant {
        case .none: self = .none
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        }
    }

    /// How deep lists and dictionaries nest.
    var depth: Int {
        switch self {
        case .list(let list), .tuple(let list): list.depth
        case .map(let map): map.depth
        case .view(let view): view.map.depth
        case .function(.method(let base, _)): 1 + base.depth
        default: 0
        }
    }

    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .number(let value): value != 0
        case .string(let value), .markup(let value): !value.isEmpty
        case .list(let list), .tuple(let list): !list.items.isEmpty
        case .map(let map): !map.entries.isEmpty
        case .range(let range): range.count > 0
        case .view(let view): !view.map.entries.isEmpty
        case .bigInteger, .namespace, .generator, .loop, .cycler, .function: true
        }
    }

    /// The value as an integer where Python would take it for one.
    var asInteger: Int? {
        switch self {
        case .integer(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    var asDouble: Double? {
        if case .number(let value) = self { return value }
        return asInteger.map(Double.init)
    }

    /// The characters of a string, marked as safe or not.
    var text: String? {
        switch self {
        case .string(let text), .markup(let text): text
        default: nil
        }
    }

    var isUndefined: Bool {
        if case .undefined = self { return true }
        return false
    }

    var isNone: Bool {
        if case .none = self { return true }
        return false
    }

    var isMarkup: Bool {
        if case .markup = self { return true }
        return false
    }

    /// The type, for messages.
    var kindName: String {
        switch self {
        case .undefined(let name): "undefined (\(name))"
        case .none: "none"
        case .bool: "a boolean"
        case .integer, .number, .bigInteger: "a number"
        case .string, .markup: "a string"
        case .list: "a list"
        case .tuple: "a tuple"
        case .map: "a dictionary"
        case .range: "a range"
        case .view(let view): "the \(view.kind) of a dictionary"
        case .namespace: "a namespace"
        case .generator: "values that are made one by one (use the filter list)"
        case .loop: "a loop"
        case .cycler: "a cycler"
        case .function: "a function"
        }
    }
}
