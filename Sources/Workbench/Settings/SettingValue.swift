// How each Swift type of a plan reads from a setting and writes itself as YAML.
// Numbers follow YAML 1.1 users' habits: 1e-4 is a number, although that standard makes it text.

import Foundation
import Kernel

/// A type that a settings file can hold.
protocol SettingValue: Equatable, Sendable {
    /// What a message calls the type: "a whole number".
    static var kind: String { get }
    /// The words it may be, when there are only a few.
    static var choices: [String] { get }
    /// Whether null is a value of the type.
    static var acceptsNull: Bool { get }
    /// Reads the value, or returns what was expected.
    init(setting node: SettingNode) throws(SettingMismatch)
    /// The value as YAML on one line.
    var settingText: String { get }
}

extension SettingValue {
    static var choices: [String] { [] }
    static var acceptsNull: Bool { false }
}

/// Words as YAML, transformers and people write them.
extension Bool: SettingValue {
    static var kind: String { "true or false" }
    static var choices: [String] { ["true", "false"] }
    var settingText: String { self ? "true" : "false" }

    init(setting node: SettingNode) throws(SettingMismatch) {
        guard case .scalar(let text) = node.content else {
            throw SettingMismatch(expected: Self.kind, found: node)
        }
        switch text.lowercased() {
        case "true", "yes", "on", "y", "t", "1": self = true
        case "false", "no", "off", "n", "f", "0": self = false
        default: throw SettingMismatch(expected: Self.kind, found: node)
        }
    }
}

extension Int: SettingValue {
    static var kind: String { "a whole number" }
    var settingText: String { String(self) }

    init(setting node: SettingNode) throws(SettingMismatch) {
        guard case .scalar(let text) = node.content else {
            throw SettingMismatch(expected: Self.kind, found: node)
        }
        let digits = text.replacing("_", with: "")
        if let value = Int(digits) {
            self = value
        } else if let number = SettingNumber.parse(text), let value = Int(exactly: number) {
            self = value  // 1e4 and 10.0 are whole numbers too.
        } else {
            throw SettingMismatch(expected: Self.kind, found: node)
        }
    }
}

extension Double: SettingValue {
    static var kind: String { "a number" }

    /// With a dot and a signed exponent, as YAML 1.1 needs to see a number: 5.0e-05.
    var settingText: String {
        if let whole = Int(exactly: self), whole.magnitude < 1_000_000_000 { return String(whole) }
        let text = String(self)
        guard let exponent = text.firstIndex(of: "e") else { return text }
        return text[..<exponent].contains(".")
            ? text : text[..<exponent] + ".0" + text[exponent...]
    }

    init(setting node: SettingNode) throws(SettingMismatch) {
        guard case .scalar(let text) = node.content, let value = SettingNumber.parse(text) else {
            throw SettingMismatch(expected: Self.kind, found: node)
        }
        self = value
    }
}

extension String: SettingValue {
    static var kind: String { "text" }
    var settingText: String { SettingText.quoted(self) }

    init(setting node: SettingNode) throws(SettingMismatch) {
        guard case .scalar(let text) = node.content else {
            throw SettingMismatch(expected: Self.kind, found: node)
        }
        self = text
    }
}

extension Optional: SettingValue where Wrapped: SettingValue {
    static var kind: String { Wrapped.kind }
    static var choices: [String] { Wrapped.choices }
    static var acceptsNull: Bool { true }
    var settingText: String { self?.settingText ?? "null" }

    init(setting node: SettingNode) throws(SettingMismatch) {
        // LLaMA-Factory's board and command lines spell it as Python does; text may be that word.
        if case .scalar(let word) = node.content, Wrapped.self != String.self,
            word.lowercased() == "none"
        {
            self = nil
        } else if case .null = node.content {
            self = nil
        } else {
            self = try Wrapped(setting: node)
        }
    }
}

extension Array: SettingValue where Element: SettingValue {
    static var kind: String { "a list, or \(Element.kind) with commas between" }

    /// Joined by commas; as a list where a comma or a blank belongs to an item.
    var settingText: String {
        let items = map(\.settingText)
        let isPlain = items.allSatisfy { text in
            // By bytes: a mark that combines makes one letter with the sign before it.
            !text.isEmpty && !text.utf8.contains(UInt8(ascii: ","))
                && text.utf8.first != UInt8(ascii: "\"")
        }
        if isPlain, !isEmpty { return items.joined(separator: ",") }
        return "[" + items.joined(separator: ", ") + "]"
    }

    init(setting node: SettingNode) throws(SettingMismatch) {
        self = []
        switch node.content {
        case .null: break
        case .list(let nodes):
            for item in nodes { append(try Element(setting: item)) }
        case .scalar(let text):
            for part in text.split(separator: ",", omittingEmptySubsequences: true) {
                let trimmed = part.trimmingCharacters(in: .whitespaces)
                if trimmed.isEmpty { continue }
                append(
                    try Element(setting: SettingNode(content: .scalar(trimmed), line: node.line)))
            }
        case .mapping: throw SettingMismatch(expected: Self.kind, found: node)
        }
    }
}

extension TrainingPlan.StepInterval: SettingValue {
    static var kind: String { "a number of steps, or a part of the run below 1" }
    var settingText: String { value.settingText }

    init(setting node: SettingNode) throws(SettingMismatch) {
        guard case .scalar(let text) = node.content, let value = SettingNumber.parse(text) else {
            throw SettingMismatch(expected: Self.kind, found: node)
        }
        self.init(value)
    }
}

/// A closed set of words; conformers get everything from their raw values.
protocol SettingChoice: SettingValue, CaseIterable, RawRepresentable where RawValue == String {}

extension SettingChoice {
    static var kind: String { "one of " + choices.joined(separator: ", ") }
    static var choices: [String] { allCases.map(\.rawValue) }
    var settingText: String { rawValue.settingText }

    init(setting node: SettingNode) throws(SettingMismatch) {
        guard case .scalar(let text) = node.content, let value = Self(rawValue: text) else {
            throw SettingMismatch(expected: Self.kind, found: node)
        }
        self = value
    }
}

extension Language.Choice: SettingChoice {}
extension MouseChoice: SettingChoice {}
extension TrainingStage: SettingChoice {}
extension PairLoss: SettingChoice {}
extension TrainingPlan.Tuning.Method: SettingChoice {}
extension TrainingPlan.DataSources.Mixing: SettingChoice {}
extension ScheduleSettings.Kind: SettingChoice {}
extension ScheduleSettings.Bend: SettingChoice {}

extension TrainingPlan.Cadence: SettingChoice {
    /// YAML 1.1 reads a plain `no` as false, so files that went through Python may contain that.
    init(setting node: SettingNode) throws(SettingMismatch) {
        guard case .scalar(let text) = node.content,
            let value = Self(rawValue: text == "false" ? "no" : text)
        else { throw SettingMismatch(expected: Self.kind, found: node) }
        self = value
    }
}
