// From an English text to the reader's. English is the key; what a catalogue does not have stays
// English. Texts that were made elsewhere with their values inside are recognised by patterns.

import Panels

/// An English text in the reader's language, with values in the places `{1}`, `{2}`.
func tr(_ english: String, _ values: any CustomStringConvertible...) -> String {
    Wording.fill(Translation.of(english, in: .current), values.map(\.description))
}

/// The same as text to show. Where both would do, the plain text is meant.
@_disfavoredOverload
func tr(_ english: String, _ values: any CustomStringConvertible...) -> DisplayText {
    DisplayText(Wording.fill(Translation.of(english, in: .current), values.map(\.description)))
}

/// A text that was made elsewhere in English, such as a finding of the kernel, in the reader's
/// language; unknown ones stay as they are.
func trRendered(_ text: String) -> String { Translation.ofFound(text, in: .current) }

/// Marks an English text that is translated later, where it is shown.
func phrase(_ english: String) -> String { english }

/// Looks texts up.
enum Translation {
    /// The entry of an English text, or the text itself.
    static func of(_ english: String, in language: Language) -> String {
        switch language {
        case .english: english
        case .chinese: Chinese.entries[english] ?? english
        }
    }

    /// The entry of a text with its values already inside.
    static func ofFound(_ text: String, in language: Language) -> String {
        guard language == .chinese, !text.isEmpty else { return text }
        if let entry = Chinese.entries[text] ?? Chinese.plainFindings[text] { return entry }
        for (pattern, entry) in Chinese.findingPatterns {
            if let values = pattern.values(in: text) { return Wording.fill(entry, values) }
        }
        return ofFault(text, in: language) ?? text
    }

    /// A fault in one line, "what (place): why. hint", part by part; nil where its first part has no entry.
    private static func ofFault(_ text: String, in language: Language) -> String? {
        guard let open = text.firstRange(of: " ("),
            let close = text[open.upperBound...].firstRange(of: "): ")
        else { return nil }
        let what = String(text[..<open.lowerBound])
        let found = ofFound(what, in: language)
        guard found != what else { return nil }
        let place = text[open.upperBound..<close.lowerBound]
        let rest = String(text[close.upperBound...])
        // The hint begins behind the first full stop that leaves one that is known.
        for stop in rest.ranges(of: ". ") {
            let (why, hint) = (String(rest[..<stop.lowerBound]), String(rest[stop.upperBound...]))
            let said = ofFound(hint, in: language)
            guard said != hint else { continue }
            return "\(found)（\(place)）：\(ofFound(why, in: language))。\(said)"
        }
        return "\(found)（\(place)）：\(ofFound(rest, in: language))"
    }
}

/// A text with places for values, to recognise what was made from it.
struct TextPattern: Sendable {
    /// What stands before, between and behind the places.
    private let pieces: [String]
    /// The number of the value at each place, from 1.
    private let numbers: [Int]

    /// Reads `{1}`, `{2}` as places.
    init(_ text: String) {
        var pieces = [""]
        var numbers: [Int] = []
        var rest = text[...]
        while let first = rest.first {
            let mark = rest.prefix(3)
            if first == "{", mark.last == "}", let number = mark.dropFirst().first?.wholeNumberValue
            {
                numbers.append(number)
                pieces.append("")
                rest = rest.dropFirst(3)
            } else {
                pieces[pieces.count - 1].append(first)
                rest = rest.dropFirst()
            }
        }
        (self.pieces, self.numbers) = (pieces, numbers)
    }

    /// The values of a text that was made from the pattern, by number; nil when it was not.
    func values(in text: String) -> [String]? {
        guard let first = pieces.first, let last = pieces.last, text.hasPrefix(first) else {
            return nil
        }
        guard pieces.count > 1 else { return text == first ? [] : nil }
        var values = [String](repeating: "", count: numbers.max() ?? 0)
        var rest = text.dropFirst(first.count)
        for (index, piece) in pieces.dropFirst().enumerated() {
            let isLast = index == pieces.count - 2
            if isLast {
                guard rest.hasSuffix(last) else { return nil }
                values[numbers[index] - 1] = String(rest.dropLast(last.count))
            } else {
                guard !piece.isEmpty, let place = rest.firstRange(of: piece) else { return nil }
                values[numbers[index] - 1] = String(rest[..<place.lowerBound])
                rest = rest[place.upperBound...]
            }
        }
        return values
    }
}
