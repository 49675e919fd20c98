// One key of a settings file as data: its name, its help, and what becomes of its value.
// Tables of rows read files, write them, fill forms and check for completeness.

import Kernel

/// A key that settings files may hold, and what this program does with it.
struct SettingRow<Plan: Sendable>: Sendable {
    /// Reads a value into the plan; the issues are notes and contradictions.
    typealias Reader = @Sendable (SettingNode, inout Plan) throws(SettingMismatch) -> [PlanIssue]

    /// What becomes of the key's value.
    enum Meaning: Sendable {
        /// It is a setting of the plan.
        case honoured(read: Reader, text: @Sendable (Plan) -> String)
        /// It is accepted and has no effect, for this reason; the values say nothing anyway.
        case ignored(Sentence, silently: Set<String>)
        /// It stops the run, for this reason, unless it has one of these values.
        case refused(Sentence, unless: Set<String>)
    }

    /// The key's name.
    var name: String
    /// One sentence for forms and help; empty for keys without effect.
    var help = ""
    /// What values it takes.
    var kind = "text"
    /// The words it may be, when there are only a few.
    var choices: [String] = []
    /// What becomes of its value.
    var meaning: Meaning
    /// Whether null is a value of its own, and not the same as leaving the key out.
    var acceptsNull = false
    /// Whether a written file always has it.
    var isRequired = false
    /// Whether another key is the one that is written.
    var isAlias = false
    /// The keys that a key without effect belongs to: it is not reported where one of them stops the run.
    var owners: [Owner] = []

    /// A key with which a key without effect would have one, and why it stops the run then.
    var refusal: (owner: Owner, reason: Sentence)?

    /// A key that others depend on.
    struct Owner: Sendable {
        var key: String
        /// The values at which it stops the run; nil for all that mean "used".
        var values: Set<String>?
    }

    /// Values that mean "not used", as YAML spells them.
    static var unused: Set<String> {
        ["false", "no", "off", "null", "none", "", "0", "0.0", "[]", "{}"]
    }

    /// The row as one that a written file always has.
    var required: SettingRow {
        var row = self
        row.isRequired = true
        return row
    }

    /// The row as one that is read but not written.
    var alias: SettingRow {
        var row = self
        row.isAlias = true
        return row
    }
}

extension SettingRow {
    /// A key whose value is one property of the plan.
    static func field<Value: SettingValue>(
        _ name: String, _ path: WritableKeyPath<Plan, Value> & Sendable, _ help: String
    ) -> SettingRow {
        SettingRow(
            name: name, help: help, kind: Value.kind, choices: Value.choices,
            meaning: .honoured(
                read: { node, plan throws(SettingMismatch) in
                    plan[keyPath: path] = try Value(setting: node)
                    return []
                }, text: { $0[keyPath: path].settingText }), acceptsNull: Value.acceptsNull)
    }

    /// A key whose `true` is the property's `false`.
    static func inverted(
        _ name: String, _ path: WritableKeyPath<Plan, Bool> & Sendable, _ help: String
    ) -> SettingRow {
        SettingRow(
            name: name, help: help, kind: Bool.kind, choices: Bool.choices,
            meaning: .honoured(
                read: { node, plan throws(SettingMismatch) in
                    plan[keyPath: path] = !(try Bool(setting: node))
                    return []
                }, text: { (!$0[keyPath: path]).settingText }))
    }

    /// A key with a list of names, whose word `all` is the empty list.
    static func names(
        _ name: String, _ path: WritableKeyPath<Plan, [String]> & Sendable, _ help: String
    ) -> SettingRow {
        SettingRow(
            name: name, help: help, kind: "all, or names with commas between",
            meaning: .honoured(
                read: { node, plan throws(SettingMismatch) in
                    let names = try [String](setting: node)
                    plan[keyPath: path] = names == ["all"] ? [] : names
                    return []
                },
                text: { plan in
                    let names = plan[keyPath: path]
                    return names.isEmpty ? "all" : names.settingText
                }))
    }

    /// A key with rules of its own.
    static func custom(
        _ name: String, kind: String, choices: [String] = [], _ help: String,
        text: @escaping @Sendable (Plan) -> String, read: @escaping Reader
    ) -> SettingRow {
        SettingRow(
            name: name, help: help, kind: kind, choices: choices,
            meaning: .honoured(read: read, text: text))
    }

    /// Keys without effect here, and why.
    static func ignored(
        _ names: [String], because reason: Sentence, silently quiet: Set<String> = [],
        of owners: [Owner] = []
    ) -> [SettingRow] {
        names.map {
            SettingRow(name: $0, meaning: .ignored(reason, silently: quiet), owners: owners)
        }
    }

    /// Keys that stop the run beside another key, and why; without it they have no effect.
    static func refused(
        _ names: [String], because reason: Sentence, with owner: Owner, otherwise idle: Sentence,
        unless harmless: Set<String> = unused
    ) -> [SettingRow] {
        names.map {
            var row = SettingRow(name: $0, meaning: .ignored(idle, silently: harmless))
            row.refusal = (owner, reason)
            return row
        }
    }

    /// Keys that stop the run when used, and why.
    static func refused(
        _ names: [String], because reason: Sentence, unless harmless: Set<String> = unused
    ) -> [SettingRow] {
        names.map { SettingRow(name: $0, meaning: .refused(reason, unless: harmless)) }
    }
}
