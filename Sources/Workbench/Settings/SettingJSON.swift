// Any JSON value, decoded with its kinds kept apart, on its way to a settings node.

import Foundation

/// A JSON value of any kind.
enum SettingJSON: Decodable {
    case null
    case bool(Bool)
    case whole(Int)
    case number(Double)
    case text(String)
    case list([SettingJSON])
    case object([String: SettingJSON])

    init(from decoder: any Decoder) throws {
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .null
        } else if let value = try? single.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? single.decode(Int.self) {
            self = .whole(value)
        } else if let value = try? single.decode(Double.self) {
            self = .number(value)
        } else if let value = try? single.decode(String.self) {
            self = .text(value)
        } else if let value = try? single.decode([SettingJSON].self) {
            self = .list(value)
        } else {
            self = .object(try single.decode([String: SettingJSON].self))
        }
    }

    /// The value as a settings node, or nil beyond the limits of a settings file.
    func node(depth: Int, budget: inout Int) -> SettingNode? {
        budget -= 1
        guard depth <= SettingDocument.Limit.depth, budget >= 0 else { return nil }
        switch self {
        case .null: return SettingNode(content: .null)
        case .bool(let value): return SettingNode(content: .scalar(value ? "true" : "false"))
        case .whole(let value): return SettingNode(content: .scalar(String(value)))
        case .number(let value): return SettingNode(content: .scalar(value.settingText))
        case .text(let value): return SettingNode(content: .scalar(value))
        case .list(let values):
            var items: [SettingNode] = []
            for value in values {
                guard let item = value.node(depth: depth + 1, budget: &budget) else { return nil }
                items.append(item)
            }
            return SettingNode(content: .list(items))
        case .object(let values):
            var entries: [SettingEntry] = []
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                guard let node = value.node(depth: depth + 1, budget: &budget) else { return nil }
                entries.append(SettingEntry(key: key, node: node))
            }
            return SettingNode(content: .mapping(entries))
        }
    }
}
