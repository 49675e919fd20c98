// Which field of a form is selected and what is being typed. Verbs return what changed; the owner
// keeps the values and hands them in again.

import Foundation

/// The selection and the draft of a form.
public struct FormState: Equatable, Sendable {
    /// What a key did to a form.
    public enum Outcome: Equatable, Sendable {
        /// The form does not know the key.
        case unused
        /// The selection or the draft changed.
        case used
        /// A field has a new value.
        case changed(id: String, value: String)
    }

    /// The selected field, counted over all sections.
    public private(set) var selection = 0
    /// The text while a field is being typed in.
    public private(set) var draft: TextField.State?
    /// Why the draft was not taken.
    public private(set) var problem: DisplayText?

    /// A state on the first field.
    public init() {}

    /// True while typed keys go into a field.
    public var isEditing: Bool { draft != nil }

    /// Selects a field and drops what was typed.
    public mutating func select(_ index: Int, count: Int) {
        selection = min(max(0, index), max(0, count - 1))
        draft = nil
        problem = nil
    }

    /// Selects the field of a name, if there is one.
    public mutating func select(id: String, in fields: [Form.Field]) {
        if let index = fields.firstIndex(where: { $0.id == id }) {
            select(index, count: fields.count)
        }
    }

    /// Does what a key means for the fields.
    public mutating func handle(_ key: Key, fields: [Form.Field]) -> Outcome {
        guard fields.indices.contains(selection) else { return .unused }
        let field = fields[selection]
        if draft != nil { return edit(key, field, count: fields.count) }
        switch key {
        case .up, .character("k"), .backtab: select(selection - 1, count: fields.count)
        case .down, .character("j"), .tab: select(selection + 1, count: fields.count)
        case .home: select(0, count: fields.count)
        case .end: select(fields.count - 1, count: fields.count)
        case .pageUp: select(selection - 8, count: fields.count)
        case .pageDown: select(selection + 8, count: fields.count)
        case .row(let row): select(row, count: fields.count)
        case .mouse(let mouse) where mouse.kind == .wheelUp:
            select(selection - 1, count: fields.count)
        case .mouse(let mouse) where mouse.kind == .wheelDown:
            select(selection + 1, count: fields.count)
        default: return field.disabledReason == nil ? start(key, field) : .unused
        }
        return .used
    }

    // MARK: - Without a draft

    private mutating func start(_ key: Key, _ field: Form.Field) -> Outcome {
        switch (field.editor, key) {
        case (.fold, .enter), (.fold, .character(" ")):
            return .changed(id: field.id, value: field.value == "true" ? "false" : "true")
        case (.fold, .left), (.fold, .character("h")):
            return field.value == "true" ? .changed(id: field.id, value: "false") : .used
        case (.fold, .right), (.fold, .character("l")):
            return field.value == "true" ? .used : .changed(id: field.id, value: "true")
        case (.toggle, .enter), (.toggle, .character(" ")), (.toggle, .left), (.toggle, .right),
            (.toggle, .character("h")), (.toggle, .character("l")):
            return .changed(id: field.id, value: field.value == "true" ? "false" : "true")
        case (.choice(let words), .enter), (.choice(let words), .right),
            (.choice(let words), .character(" ")), (.choice(let words), .character("l")):
            return turn(field, words, by: 1)
        case (.choice(let words), .left), (.choice(let words), .character("h")):
            return turn(field, words, by: -1)
        case (.integer(let range), .left), (.integer(let range), .character("h")):
            return count(field, range, by: -1)
        case (.integer(let range), .right), (.integer(let range), .character("l")):
            return count(field, range, by: 1)
        case (.real(let range), .left), (.real(let range), .character("h")):
            return scale(field, range, by: 0.8)
        case (.real(let range), .right), (.real(let range), .character("l")):
            return scale(field, range, by: 1.25)
        case (.toggle, _), (.choice, _), (.fold, _), (.lines, _): return .unused
        case (_, .enter):
            draft = TextField.State(text: field.value)
        case (.integer, .character(let typed)) where typed.isNumber || typed == "-",
            (.real, .character(let typed)) where typed.isNumber || typed == "-" || typed == ".":
            draft = TextField.State(text: String(typed))
        case (.text, .paste):
            draft = TextField.State(text: field.value)
            _ = draft?.handle(key)
        case (.integer, .paste), (.real, .paste):
            draft = TextField.State()
            _ = draft?.handle(key)
        default: return .unused
        }
        return .used
    }

    private func turn(_ field: Form.Field, _ words: [String], by step: Int) -> Outcome {
        guard !words.isEmpty else { return .unused }
        let index = words.firstIndex(of: field.value) ?? (step > 0 ? -1 : words.count)
        return .changed(id: field.id, value: words[(index + step + words.count) % words.count])
    }

    private func count(_ field: Form.Field, _ range: ClosedRange<Int>, by step: Int) -> Outcome {
        guard let value = Int(field.value) else { return .unused }
        let (next, overflow) = value.addingReportingOverflow(step)
        let bounded = min(max(overflow ? value : next, range.lowerBound), range.upperBound)
        return .changed(id: field.id, value: String(bounded))
    }

    private func scale(_ field: Form.Field, _ range: ClosedRange<Double>, by factor: Double)
        -> Outcome
    {
        guard let value = Double(field.value), value.isFinite else { return .unused }
        let next = min(max(value * factor, range.lowerBound), range.upperBound)
        return .changed(id: field.id, value: Self.short(next))
    }

    /// Three significant digits, without zeros at the end, as people write them: 0.25, 2.5e-4.
    static func short(_ value: Double) -> String {
        let isSmall = value != 0 && abs(value) < 0.001
        // Without a locale the spelling is C's; with one, exponents would be written E-04.
        let text = String(format: isSmall ? "%.2e" : "%.3g", value)
        guard let mark = text.firstIndex(of: "e"),
            let power = Int(text[text.index(after: mark)...])
        else { return text }
        var digits = text[..<mark]
        if digits.contains(".") {
            while digits.hasSuffix("0") { digits.removeLast() }
            if digits.hasSuffix(".") { digits.removeLast() }
        }
        return digits + "e\(power)"
    }

    // MARK: - With a draft

    private mutating func edit(_ key: Key, _ field: Form.Field, count: Int) -> Outcome {
        switch key {
        case .escape, .control("c"):
            draft = nil
            problem = nil
        case .enter, .tab, .backtab, .up, .down: return commit(key, field, count: count)
        case .row(let row):
            let outcome = commit(.enter, field, count: count)
            if draft == nil { select(row, count: count) }
            return outcome
        default:
            guard draft?.handle(key) == true else { return .unused }
            problem = nil
        }
        return .used
    }

    /// Takes the draft if it can be a value at all; else the focus stays and the reason is shown.
    private mutating func commit(_ key: Key, _ field: Form.Field, count: Int) -> Outcome {
        let raw = draft?.text ?? ""
        let text = String(
            raw.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        if let problem = Self.problem(of: text, editor: field.editor) {
            self.problem = problem
            return .used
        }
        let step = key == .backtab || key == .up ? -1 : key == .enter ? 0 : 1
        select(selection + step, count: count)
        return text == field.value ? .used : .changed(id: field.id, value: text)
    }

    private static func problem(of text: String, editor: Form.Editor) -> DisplayText? {
        switch editor {
        case .integer(let range):
            guard let value = Int(text) else { return Wording.of("a whole number is needed") }
            return range.contains(value)
                ? nil
                : Wording.of("must lie between {1} and {2}", range.lowerBound, range.upperBound)
        case .real(let range):
            guard let value = Double(text), value.isFinite else {
                return Wording.of("a number is needed")
            }
            return range.contains(value)
                ? nil
                : Wording.of(
                    "must lie between {1} and {2}", short(range.lowerBound), short(range.upperBound)
                )
        case .text, .choice, .toggle, .fold, .lines: return nil
        }
    }
}
