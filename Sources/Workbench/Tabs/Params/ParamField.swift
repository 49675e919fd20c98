// One setting of a plan as a form shows it: how its value is written, how typed text goes back into
// the plan, what it means, and when it has no effect. Reading and checking are the plan file's.

import Kernel
import Panels

/// A setting in the parameter form; its id is the key that plan files use.
struct ParamField: Sendable {
    /// The key of plan files, which findings about a plan also use.
    let key: String
    /// The name in the form.
    let label: String
    /// How it is edited.
    let editor: Form.Editor
    /// What it does and how to choose it, in a few sentences.
    let help: String
    /// The value as the form shows it.
    let value: @Sendable (TrainingPlan) -> String
    /// Takes typed text into the plan; empty text is the default.
    var set: @Sendable (String, inout TrainingPlan) -> [PlanIssue]
    /// A remark behind the value.
    var note: @Sendable (TrainingPlan) -> String = { _ in "" }
    /// Why the setting has no effect with this plan.
    var disabled: @Sendable (TrainingPlan) -> String? = { _ in nil }
    /// Other keys whose findings belong to this field.
    var otherKeys: [String] = []

    init(
        _ key: String, _ label: String, _ editor: Form.Editor, _ help: String,
        value: @escaping @Sendable (TrainingPlan) -> String
    ) {
        (self.key, self.label, self.editor, self.help) = (key, label, editor, help)
        self.value = value
        set = { TrainingKeys.table.set(key, to: $0, in: &$1) }
    }

    /// Whether a finding about a key belongs to this field.
    func owns(_ issueField: String) -> Bool {
        issueField == key || otherKeys.contains(issueField)
    }

    /// The name in the reader's language; an indent stays.
    var shownLabel: String {
        let name = String(label.drop(while: \.isWhitespace))
        return String(repeating: " ", count: label.count - name.count) + tr(name)
    }

    /// What its numbers count, in English; empty for those without a unit.
    var unit: String { Self.units[key] ?? "" }

    private static let units: [String: String] = [
        "cutoff_len": phrase("tokens"), "sample_max_new_tokens": phrase("tokens"),
        "max_samples": phrase("examples"),
        "num_train_epochs": phrase("epochs"), "max_steps": phrase("steps"),
        "warmup_steps": phrase("steps"), "eval_steps": phrase("steps"),
        "save_steps": phrase("steps"), "logging_steps": phrase("steps"),
        "save_total_limit": phrase("saved states"), "early_stopping_steps": phrase("evaluations"),
        "per_device_train_batch_size": phrase("examples"),
        "per_device_eval_batch_size": phrase("examples"),
        "gradient_accumulation_steps": phrase("micro-batches"),
        "freeze_trainable_layers": phrase("blocks"),
    ]

    /// The value of an untouched plan.
    var standard: String { value(TrainingPlan()) }

    // MARK: - Refinements

    func noted(_ note: @escaping @Sendable (TrainingPlan) -> String) -> ParamField {
        var field = self
        field.note = note
        return field
    }

    func off(_ reason: @escaping @Sendable (TrainingPlan) -> String?) -> ParamField {
        var field = self
        field.disabled = reason
        return field
    }

    func also(_ keys: String...) -> ParamField {
        var field = self
        field.otherKeys = keys
        return field
    }

    func written(
        _ set: @escaping @Sendable (String, inout TrainingPlan) -> [PlanIssue]
    ) -> ParamField {
        var field = self
        field.set = set
        return field
    }

    // MARK: - Kinds

    static func count(
        _ key: String, _ label: String, _ range: ClosedRange<Int>,
        _ path: KeyPath<TrainingPlan, Int> & Sendable, _ help: String
    ) -> ParamField {
        ParamField(key, label, .integer(range), help) { String($0[keyPath: path]) }
    }

    /// A number whose key must be left out for none: in the form 0 is none, and `zero` is the word for that.
    static func countOrNone(
        _ key: String, _ label: String, _ range: ClosedRange<Int>,
        _ path: KeyPath<TrainingPlan, Int?> & Sendable, zero: String, _ help: String
    ) -> ParamField {
        ParamField(key, label, .integer(range), help) { String($0[keyPath: path] ?? 0) }
            .noted { $0[keyPath: path] == nil ? tr(zero) : "" }
            .written { typed, plan in
                TrainingKeys.table.set(key, to: typed == "0" ? "" : typed, in: &plan)
            }
    }

    static func number(
        _ key: String, _ label: String, _ range: ClosedRange<Double>,
        _ path: KeyPath<TrainingPlan, Double> & Sendable, _ help: String
    ) -> ParamField {
        ParamField(key, label, .real(range), help) { NumberText.setting($0[keyPath: path]) }
    }

    static func toggle(
        _ key: String, _ label: String, _ path: KeyPath<TrainingPlan, Bool> & Sendable,
        _ help: String
    ) -> ParamField {
        ParamField(key, label, .toggle, help) { $0[keyPath: path] ? "true" : "false" }
    }

    /// Names with commas between; the empty list is shown as the placeholder.
    static func names(
        _ key: String, _ label: String, _ path: KeyPath<TrainingPlan, [String]> & Sendable,
        placeholder: String, _ help: String
    ) -> ParamField {
        ParamField(key, label, .text(placeholder: placeholder), help) {
            $0[keyPath: path].joined(separator: ",")
        }
    }

    static func choice<Choice: CaseIterable & RawRepresentable & SendableMetatype>(
        _ key: String, _ label: String, _ path: KeyPath<TrainingPlan, Choice> & Sendable,
        among choices: [Choice]? = nil, _ help: String
    ) -> ParamField where Choice.RawValue == String {
        let words = (choices ?? Array(Choice.allCases)).map(\.rawValue)
        return ParamField(key, label, .choice(words), help) { $0[keyPath: path].rawValue }
    }

    /// A choice whose words are not those of the settings file; what is emptied becomes `standard`.
    static func choice<Choice: CaseIterable & Sendable>(
        _ key: String, _ label: String, _ path: WritableKeyPath<TrainingPlan, Choice> & Sendable,
        standard: Choice, _ help: String, word: @escaping @Sendable (Choice) -> String
    ) -> ParamField {
        let words = Choice.allCases.map(word)
        return ParamField(key, label, .choice(words), help) { word($0[keyPath: path]) }
            .written { typed, plan in
                guard
                    let choice = typed.isEmpty
                        ? standard : Choice.allCases.first(where: { word($0) == typed })
                else {
                    return [PlanIssue(field: key, message: "there is no choice \(typed).")]
                }
                plan[keyPath: path] = choice
                return []
            }
    }
}
