// What Python's string functions do to letters: their case, their classes, padding, quoting.
// They know nothing of templates.

extension PythonText {
    static func upper(_ text: String) -> String { text.uppercased() }

    /// `lower`: a sigma at the end of a word has a form of its own.
    static func lower(_ text: String) -> String {
        guard text.unicodeScalars.contains("Σ") else { return text.lowercased() }
        let scalars = Array(text.unicodeScalars)
        var result = ""
        for (index, scalar) in scalars.enumerated() {
            guard scalar == "Σ" else {
                result += scalar.properties.lowercaseMapping
                continue
            }
            func meetsCased(_ rest: some Sequence<Unicode.Scalar>) -> Bool {
                rest.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
            }
            let isFinal =
                meetsCased(scalars[..<index].reversed()) && !meetsCased(scalars[(index + 1)...])
            result += isFinal ? "ς" : "σ"
        }
        return result
    }

    /// `capitalize`
    static func capitalized(_ text: String) -> String {
        guard let first = text.unicodeScalars.first else { return "" }
        let rest = lower(text).unicodeScalars.dropFirst(
            first.properties.lowercaseMapping.unicodeScalars.count)
        return first.properties.titlecaseMapping + String(String.UnicodeScalarView(rest))
    }

    /// `title`: the method, for which each run of letters is a word.
    static func titled(_ text: String) -> String {
        let lowered = lower(text)
        var result = ""
        var isInside = false
        if lowered.unicodeScalars.count == text.unicodeScalars.count {
            for (scalar, low) in zip(text.unicodeScalars, lowered.unicodeScalars) {
                result += isInside ? String(low) : scalar.properties.titlecaseMapping
                isInside = scalar.properties.isCased
            }
            return result
        }
        for scalar in text.unicodeScalars {
            let letter = scalar.properties
            result += isInside ? letter.lowercaseMapping : letter.titlecaseMapping
            isInside = letter.isCased
        }
        return result
    }

    /// The filter `title`, for which blanks, hyphens and opening brackets part words.
    static func titledWords(_ text: String) -> String {
        var result = ""
        var word = ""
        func flush() {
            guard let first = word.unicodeScalars.first else { return }
            result += upper(String(first))
            result += lower(String(word.unicodeScalars.dropFirst()))
            word = ""
        }
        var wasBreak = false
        for scalar in text.unicodeScalars {
            let isBreak = isSpace(scalar) || "-({[<".unicodeScalars.contains(scalar)
            if isBreak != wasBreak { flush() }
            word.unicodeScalars.append(scalar)
            wasBreak = isBreak
        }
        flush()
        return result
    }

    static func caseSwapped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            let letter = scalar.properties
            result +=
                letter.isUppercase
                ? letter.lowercaseMapping
                : letter.isLowercase ? letter.uppercaseMapping : String(scalar)
        }
    }

    /// `isdigit`, `isalpha` and their relatives; nil for another name.
    static func belongs(_ text: String, to name: String) -> Bool? {
        let scalars = text.unicodeScalars
        func all(_ test: (Unicode.Scalar.Properties) -> Bool) -> Bool {
            !scalars.isEmpty && scalars.allSatisfy { test($0.properties) }
        }
        func isDigit(_ letter: Unicode.Scalar.Properties) -> Bool {
            letter.numericType == .decimal || letter.numericType == .digit
        }
        func isAlpha(_ letter: Unicode.Scalar.Properties) -> Bool {
            switch letter.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter:
                true
            default: false
            }
        }
        switch name {
        case "isdigit": return all(isDigit)
        case "isdecimal": return all { $0.numericType == .decimal }
        case "isnumeric": return all { $0.numericType != nil }
        case "isalpha": return all(isAlpha)
        case "isalnum": return all { isAlpha($0) || $0.numericType != nil }
        case "isspace": return !scalars.isEmpty && scalars.allSatisfy(isSpace)
        case "isascii": return text.utf8.allSatisfy { $0 < 128 }
        case "isprintable": return scalars.allSatisfy(isPrintable)
        case "isupper", "islower":
            let cased = scalars.filter { $0.properties.isCased }
            return !cased.isEmpty
                && cased.allSatisfy {
                    name == "isupper" ? $0.properties.isUppercase : $0.properties.isLowercase
                }
        case "istitle":
            let isCased = scalars.contains { $0.properties.isCased }
            return isCased && isEqual(titled(text), text)
        default: return nil
        }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    /// Text with blanks, or another character, around it.
    static func padded(_ text: String, to width: Int, _ side: Side, _ fill: String) -> String {
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return text }
        let left: Int
        switch side {
        case .left: left = missing
        case .right: left = 0
        // Python puts the odd one to the left when the width is odd.
        case .both: left = missing / 2 + (missing & width & 1)
        }
        return String(repeating: fill, count: left) + text
            + String(repeating: fill, count: missing - left)
    }

    /// `zfill`
    static func zeroFilled(_ text: String, to width: Int) -> String {
        let hasSign = text.hasPrefix("+") || text.hasPrefix("-")
        let sign = hasSign ? String(text.prefix(1)) : ""
        let rest = hasSign ? String(text.dropFirst()) : text
        return sign + padded(rest, to: width - sign.count, .left, "0")
    }

    /// Characters that mean something in HTML, as MarkupSafe writes them.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "'": result += "&#39;"
            case "\"": result += "&#34;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A Python string literal: single quotes unless only those occur.
    static func quote(_ text: String, to result: inout String) {
        let scalars = text.unicodeScalars
        let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
        result.unicodeScalars.append(quote)
        for scalar in scalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case quote:
                result += "\\"
                result.unicodeScalars.append(quote)
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                let (mark, width) =
                    scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
                result += "\\\(mark)" + String(repeating: "0", count: width - digits.count) + digits
            }
        }
        result.unicodeScalars.append(quote)
    }
}
