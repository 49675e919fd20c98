// Reads a settings file, YAML or JSON, into entries, within limits that hostile files cannot pass.
// It checks form only: which keys exist and what they mean is defined by the tables.

import Foundation
import Kernel
import Yams

/// The entries of one settings file, with assignments from the command line laid over them.
struct SettingDocument: Sendable, Equatable {
    /// Bounds that keep reading fast and shallow; real files stay far below them.
    enum Limit {
        static let bytes = 1 << 20
        static let depth = 64
        static let nodes = 10_000
        /// A plan needs none; a chain of them can multiply without end.
        static let aliases = 8
    }

    /// Keys and values in the file's order.
    private(set) var entries: [SettingEntry] = []

    init() {}

    /// Reads a file; JSON when its name ends so, else YAML.
    init(path: String) throws(KernelError) {
        let bytes = try BoundedFile.read(path, limit: Limit.bytes)
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw KernelError(.configuration, "the file is not UTF-8 text", at: path)
        }
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        let isJSON = path.lowercased().hasSuffix(".json")
        try self.init(text: text, isJSON: isJSON, name: path)
    }

    /// Reads text; `name` is what errors call it.
    init(text: String, isJSON: Bool = false, name: String) throws(KernelError) {
        guard text.utf8.count <= Limit.bytes else {
            throw KernelError(
                .configuration, "the settings are too large", at: name,
                because: "\(text.utf8.count) bytes, at most \(Limit.bytes) are read")
        }
        let root = isJSON ? try Self.json(text, name: name) : try Self.yaml(text, name: name)
        switch root.content {
        case .null: break
        case .mapping(let found): entries = found
        case .list, .scalar:
            throw KernelError(
                .configuration, "the settings are not a list of `key: value` lines",
                at: "\(name):\(root.line ?? 1)", because: "found \(root.summary)")
        }
    }

    /// Lays `key=value` assignments over the entries, in order; values are YAML.
    mutating func assign(_ assignments: [String]) throws(KernelError) {
        for assignment in assignments {
            guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
                throw KernelError(
                    .usage, "\"\(assignment)\" is no setting",
                    hint: "Write key=value, as in stage=sft.")
            }
            let key = assignment[..<equals].trimmingCharacters(in: .whitespaces)
            let node = try Self.value(of: String(assignment[assignment.index(after: equals)...]))
            entries.removeAll { $0.key == key }
            entries.append(SettingEntry(key: key, node: node))
        }
    }

    /// One value written as YAML on a line; text that is no YAML stands for itself.
    static func value(of text: String) throws(KernelError) -> SettingNode {
        let opensStructure = "[{\"'".contains(text.first ?? " ")
        guard opensStructure else {
            let isNull = ["", "~", "null", "Null", "NULL"].contains(text)
            return SettingNode(content: isNull ? .null : .scalar(text))
        }
        var node = try yaml(text, name: "the command line")
        node.forgetLines()
        return node
    }

    // MARK: - YAML

    private static func yaml(_ text: String, name: String) throws(KernelError) -> SettingNode {
        guard aliasCount(in: text) <= Limit.aliases else {
            throw KernelError(
                .configuration, "the settings use too many aliases", at: name,
                because: "at most \(Limit.aliases) are followed", hint: "Write the values out.")
        }
        let root: Node?
        do {
            root = try Parser(yaml: text, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw KernelError(
                .configuration, "the settings are not valid YAML", at: name,
                because: Sentence(verbatim: "\(error)".replacing("\n", with: " ")))
        } catch {
            throw KernelError(
                .configuration, "the settings are not valid YAML", at: name,
                because: Sentence(verbatim: "\(error)"))
        }
        guard let root else { return SettingNode(content: .null) }
        var budget = Limit.nodes
        return try convert(root, depth: 1, budget: &budget, name: name)
    }

    /// An upper bound of the aliases in a text: stars where a value may start.
    private static func aliasCount(in text: String) -> Int {
        var count = 0
        var previous = UInt8(ascii: "\n")
        for byte in text.utf8 {
            if byte == UInt8(ascii: "*"), " \t\r\n[{,:-?".utf8.contains(previous) { count += 1 }
            previous = byte
        }
        return count
    }

    private static func convert(
        _ node: Node, depth: Int, budget: inout Int, name: String
    ) throws(KernelError) -> SettingNode {
        let line = node.mark?.line
        budget -= 1
        guard depth <= Limit.depth, budget >= 0 else {
            throw KernelError(
                .configuration, "the settings are too deep or too many", at: "\(name):\(line ?? 1)",
                because: "at most \(Limit.depth) levels and \(Limit.nodes) values are read")
        }
        switch node {
        case .scalar(let scalar):
            let isNull =
                scalar.style == .plain
                && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return SettingNode(
                content: isNull ? .null : .scalar(Self.unmarked(scalar.string)), line: line)
        case .sequence(let sequence):
            var items: [SettingNode] = []
            for item in sequence {
                items.append(try convert(item, depth: depth + 1, budget: &budget, name: name))
            }
            return SettingNode(content: .list(items), line: line)
        case .mapping(let mapping):
            var entries: [SettingEntry] = []
            for (key, value) in mapping {
                guard case .scalar(let word) = key else {
                    throw KernelError(
                        .configuration, "a key is not a word", at: "\(name):\(line ?? 1)")
                }
                var value = try convert(value, depth: depth + 1, budget: &budget, name: name)
                value.line = key.mark?.line
                entries.append(SettingEntry(key: word.string, node: value))
            }
            return SettingNode(content: .mapping(entries), line: line)
        case .alias:
            throw KernelError(.configuration, "an alias is not defined", at: "\(name):\(line ?? 1)")
        }
    }

    /// A text without the byte order marks in front of it. YAML's reader removes only the first one, so
    /// that such a text could not be written to a file with the same meaning.
    private static func unmarked(_ text: String) -> String {
        var scalars = Substring(text).unicodeScalars
        while scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        return String(scalars)
    }

    // MARK: - JSON

    private static func json(_ text: String, name: String) throws(KernelError) -> SettingNode {
        let value: JSONValue
        do throws(KernelError) {
            value = try JSONValue(parsing: text, source: name)
        } catch {
            throw KernelError(
                .configuration, "the settings are not valid JSON", at: error.place ?? name,
                because: error.why ?? error.what)
        }
        var budget = Limit.nodes
        guard let node = convert(value, depth: 1, budget: &budget) else {
            throw KernelError(
                .configuration, "the settings are too deep or too many", at: name,
                because: "at most \(Limit.depth) levels and \(Limit.nodes) values are read")
        }
        return node
    }

    /// The value as a settings node, or nil beyond the limits of a settings file.
    private static func convert(_ value: JSONValue, depth: Int, budget: inout Int) -> SettingNode? {
        budget -= 1
        guard depth <= Limit.depth, budget >= 0 else { return nil }
        switch value {
        case .null: return SettingNode(content: .null)
        case .bool(let value): return SettingNode(content: .scalar(value ? "true" : "false"))
        case .integer(let value): return SettingNode(content: .scalar(String(value)))
        case .bigInteger(let digits): return SettingNode(content: .scalar(digits))
        case .number(let value): return SettingNode(content: .scalar(value.settingText))
        case .string(let value): return SettingNode(content: .scalar(Self.unmarked(value)))
        case .array(let values):
            var items: [SettingNode] = []
            for value in values {
                guard let item = convert(value, depth: depth + 1, budget: &budget) else {
                    return nil
                }
                items.append(item)
            }
            return SettingNode(content: .list(items))
        case .object(let members):
            var entries: [SettingEntry] = []
            for (key, value) in members {
                guard let node = convert(value, depth: depth + 1, budget: &budget) else {
                    return nil
                }
                entries.append(SettingEntry(key: key, node: node))
            }
            return SettingNode(content: .mapping(entries))
        }
    }
}

extension SettingNode {
    /// Takes away the line: the value was not read from a file.
    fileprivate mutating func forgetLines() {
        line = nil
        switch content {
        case .null, .scalar: break
        case .list(var items):
            for index in items.indices { items[index].forgetLines() }
            content = .list(items)
        case .mapping(var entries):
            for index in entries.indices { entries[index].node.forgetLines() }
            content = .mapping(entries)
        }
    }
}
