// What a tokenizer does to a text before it is cut into words, step by step, as Hugging Face's
// tokenizers do it. Steps that cannot be done exactly are refused by their name.

/// One step.
public enum TextNormalizer: Sendable, Equatable {
    /// Unicode's normalization forms.
    case nfc, nfd, nfkc, nfkd
    /// Each character in lower case, whatever stands beside it.
    case lowercase
    /// Marks are left out.
    case stripAccents
    /// One text in place of another, wherever it stands.
    case replace(String, with: String)

    /// Whether text of ASCII alone stays as it is.
    var keepsASCII: Bool {
        switch self {
        case .nfc, .nfd, .nfkc, .nfkd, .stripAccents: true
        case .lowercase, .replace: false
        }
    }

    /// Whether it is one of Unicode's normalization forms.
    var isOfUnicode: Bool {
        switch self {
        case .nfc, .nfd, .nfkc, .nfkd: true
        case .lowercase, .stripAccents, .replace: false
        }
    }

    /// The name in files, for messages.
    var name: String {
        switch self {
        case .nfc: "NFC"
        case .nfd: "NFD"
        case .nfkc: "NFKC"
        case .nfkd: "NFKD"
        case .lowercase: "Lowercase"
        case .stripAccents: "StripAccents"
        case .replace: "Replace"
        }
    }

    /// The step's result.
    func apply(_ text: String) -> String {
        switch self {
        case .nfc: CanonicalText.composed(text, by: .tokenizers)
        case .nfd: CanonicalText.decomposed(text, by: .tokenizers)
        case .nfkc: CanonicalText.compatiblyComposed(text, by: .tokenizers)
        case .nfkd: CanonicalText.decomposed(text, compatibly: true, by: .tokenizers)
        case .lowercase: Self.lowered(text)
        case .stripAccents: Self.withoutMarks(text)
        case .replace(let old, let new): Self.replacing(old, by: new, in: text)
        }
    }

    private static func lowered(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars { result += scalar.properties.lowercaseMapping }
        return result
    }

    private static func withoutMarks(_ text: String) -> String {
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isMark(scalar) { view.append(scalar) }
        return String(view)
    }

    /// A mark of Unicode 9.0, which tokenizers know; two of them are letters since.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x300 { return false }
        if scalar.value == 0x1CF2 || scalar.value == 0x1CF3 { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark:
            return scalar.properties.age.map { $0.major <= 9 } ?? false
        default: return false
        }
    }

    private static func replacing(_ old: String, by new: String, in text: String) -> String {
        let (bytes, wanted) = (Array(text.utf8), Array(old.utf8))
        guard let first = wanted.first, bytes.count >= wanted.count else { return text }
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count {
            if bytes[at] == first, bytes[at...].starts(with: wanted) {
                result += new.utf8
                at += wanted.count
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension TextNormalizer {
    /// A step that is not here, by its name and the reason.
    struct Refusal: Error, Equatable {
        var name: String
        var expected: String
    }

    /// The steps that a tokenizer.json names, sequences taken apart.
    static func steps(_ json: JSONValue?) throws(Refusal) -> [TextNormalizer] {
        guard let json, !json.isNull else { return [] }
        switch json["type"]?.string {
        case "Sequence":
            var steps: [TextNormalizer] = []
            for part in json["normalizers"]?.array ?? [] { steps += try Self.steps(part) }
            return steps
        case "NFC": return [.nfc]
        case "NFD": return [.nfd]
        case "NFKC": return [.nfkc]
        case "NFKD": return [.nfkd]
        case "Lowercase": return [.lowercase]
        case "StripAccents": return [.stripAccents]
        case "Replace":
            guard let old = json["pattern"]?["String"]?.string, !old.isEmpty,
                let new = json["content"]?.string
            else {
                throw Refusal(
                    name: "Replace with \(json["pattern"]?.text() ?? "no pattern")",
                    expected: "a pattern that is a plain text")
            }
            return [.replace(old, with: new)]
        case let other:
            throw Refusal(
                name: other ?? json.text(),
                expected: "none, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents or Replace")
        }
    }

    /// The step as a tokenizer.json has it.
    var json: JSONValue {
        switch self {
        case .replace(let old, let new):
            [
                "type": "Replace", "pattern": ["String": .string(old)], "content": .string(new),
            ]
        default: ["type": .string(name)]
        }
    }
}
