// All keys of one kind of file: reads a document into a plan, and writes a plan as YAML.
// A key outside the table is an error that names its nearest neighbour.

import Kernel

/// The keys of one kind of settings file, in the order they are written.
struct SettingTable<Plan: Sendable>: Sendable {
    /// A headed part of a written file.
    struct Section: Sendable {
        var title: String
        var rows: [SettingRow<Plan>]
    }

    /// The parts of a written file, in order.
    let sections: [Section]
    /// Names that belong to another kind of file, with the reason why they have no effect here.
    let foreign: [String: Sentence]
    /// The plan of an empty file.
    let blank: Plan
    private let rows: [String: SettingRow<Plan>]

    init(_ sections: [Section], foreign: [String: Sentence] = [:], blank: Plan) {
        self.sections = sections
        self.foreign = foreign
        self.blank = blank
        var rows: [String: SettingRow<Plan>] = [:]
        for row in sections.flatMap(\.rows) {
            let previous = rows.updateValue(row, forKey: row.name)
            precondition(previous == nil, "the key \(row.name) is in its table twice")
        }
        self.rows = rows
    }

    /// Every name of the table itself.
    var names: [String] { sections.flatMap(\.rows).map(\.name) }

    private var honouredNames: [String] {
        sections.flatMap(\.rows).compactMap { row in
            if case .honoured = row.meaning { row.name } else { nil }
        }
    }

    /// The row of a key, or nil when the table has none.
    func row(named name: String) -> SettingRow<Plan>? { rows[name] }

    // MARK: - Reading

    /// Reads all entries; what cannot be read keeps its value and leaves an issue.
    func read(_ entries: [SettingEntry], into plan: inout Plan) -> [PlanIssue] {
        var issues: [PlanIssue] = []
        var nodes: [String: SettingNode] = [:]
        for entry in entries {
            if rows[entry.key] != nil {
                nodes[entry.key] = entry.node
            } else {
                issues.append(unlisted(entry))
            }
        }
        // Rows are read in the table's order, because some refine what an earlier one said.
        for row in sections.flatMap(\.rows) {
            guard let node = nodes[row.name] else { continue }
            var row = row
            if let refusal = row.refusal, case .ignored(_, let harmless) = row.meaning,
                nodes[refusal.owner.key].map(refusal.owner.isUsed) ?? false
            {
                row.meaning = .refused(refusal.reason, unless: harmless)
            }
            // What belongs to a key that stops the run would have an effect with it.
            if row.owners.contains(where: { owner in nodes[owner.key].map(owner.isUsed) ?? false })
            {
                continue
            }
            issues += read(node, of: row, into: &plan)
        }
        return issues
    }

    /// Sets one key from text as a user types it into a form; empty text is the default.
    func set(_ name: String, to typed: String, in plan: inout Plan) -> [PlanIssue] {
        var node = SettingNode(content: .scalar(typed))
        if typed.isEmpty {
            let text = text(of: name, in: blank) ?? "null"
            guard let value = try? SettingDocument.value(of: text) else { return [] }
            node = value
        }
        return read([SettingEntry(key: name, node: node)], into: &plan)
    }

    private func read(
        _ node: SettingNode, of row: SettingRow<Plan>, into plan: inout Plan
    ) -> [PlanIssue] {
        // A key without a value is one that is not set, unless null is a value of its own.
        if node.content == .null, !row.acceptsNull { return [] }
        switch row.meaning {
        case .honoured(let read, _):
            do throws(SettingMismatch) {
                return try read(node, &plan).map { $0.at(node.line) }
            } catch {
                let message: Sentence = "expected \(error.expected), found \(error.found)."
                return [PlanIssue(field: row.name, message: message).at(node.line)]
            }
        case .ignored(let reason, let quiet):
            if node.isAmong(quiet) { return [] }
            return [PlanIssue(field: row.name, message: reason, severity: .note).at(node.line)]
        case .refused(let reason, let harmless):
            if node.isAmong(harmless) { return [] }
            return [PlanIssue(field: row.name, message: reason).at(node.line)]
        }
    }

    private func unlisted(_ entry: SettingEntry) -> PlanIssue {
        if let reason = foreign[entry.key] {
            return PlanIssue(field: entry.key, message: reason, severity: .note).at(entry.node.line)
        }
        var message: Sentence = "unknown key."
        // What a name means is a better guess than how it is spelled, and a supported key is a
        // better one than a key that is only known.
        let meant = SettingSynonyms.key(for: entry.key).flatMap { rows[$0] == nil ? nil : $0 }
        if let near = meant ?? EditDistance.nearest(to: entry.key, among: honouredNames) {
            message = "unknown key; did you mean \(near)?"
        } else if let remark = SettingSynonyms.remark(on: entry.key) {
            message = "unknown key; \(remark)"
        } else if let near = EditDistance.nearest(
            to: entry.key, among: names + foreign.keys.sorted())
        {
            message = "unknown key; did you mean \(near)?"
        }
        return PlanIssue(field: entry.key, message: message).at(entry.node.line)
    }

    // MARK: - Writing

    /// The plan as YAML: required keys and those that differ from the defaults, under headings.
    func yaml(of plan: Plan) -> String {
        var blocks: [String] = []
        for section in sections {
            let lines = section.rows.compactMap { line(of: $0, plan: plan) }
            if lines.isEmpty { continue }
            blocks.append((["### " + section.title] + lines).joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    /// A key's value as text, or nil when it has no effect here.
    func text(of name: String, in plan: Plan) -> String? {
        guard case .honoured(_, let text)? = rows[name]?.meaning else { return nil }
        return text(plan)
    }

    /// The values of all keys as text, those of aliases excepted.
    func texts(of plan: Plan) -> [String: String] {
        var texts: [String: String] = [:]
        for row in sections.flatMap(\.rows) where !row.isAlias {
            if case .honoured(_, let text) = row.meaning { texts[row.name] = text(plan) }
        }
        return texts
    }

    private func line(of row: SettingRow<Plan>, plan: Plan) -> String? {
        guard case .honoured(_, let text) = row.meaning, !row.isAlias else { return nil }
        let value = text(plan)
        return row.isRequired || value != text(blank) ? "\(row.name): \(value)" : nil
    }
}

extension SettingNode {
    /// The value's text for comparison with words of a table.
    fileprivate var plainText: String {
        switch content {
        case .null: "null"
        case .scalar(let text): SettingNumber.parse(text) == 0 ? "0" : text.lowercased()
        case .list(let items): items.isEmpty ? "[]" : "[…]"
        case .mapping(let entries): entries.isEmpty ? "{}" : "{…}"
        }
    }

    /// Whether the value is one of the words; a truth value also in another spelling.
    fileprivate func isAmong(_ words: Set<String>) -> Bool {
        if words.contains(plainText) { return true }
        guard let isOn = try? Bool(setting: self) else { return false }
        return words.contains(isOn ? "true" : "false")
    }
}

extension SettingRow.Owner {
    /// Whether its value stops the run.
    fileprivate func isUsed(_ node: SettingNode) -> Bool {
        if let values { return values.contains(node.plainText) }
        return !node.isAmong(SettingRow<Plan>.unused)
    }
}

extension PlanIssue {
    /// The issue with the line that it was found on.
    fileprivate func at(_ line: Int?) -> PlanIssue {
        var issue = self
        issue.line = line ?? issue.line
        return issue
    }
}
