// One value as Python formats it by a width, a precision and a letter; the two ways to say so are in
// the files beside this one. Widths are checked against the budget before anything is written.

import Foundation

/// Formats values into text.
enum JinjaFormat {
    /// What stands between `%` or `:` and the letter of a conversion.
    struct Options {
        var fill = " "
        /// `<`, `>`, `^` or `=`; nil for the usual side.
        var alignment: Character?
        var sign: Character?
        var isAlternate = false
        var grouping = ""
        var width = 0
        var precision: Int?
        var letter: Character = "s"
    }

    static func cut(_ text: String, _ precision: Int?) -> String {
        guard let precision else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(max(precision, 0))))
    }

    /// A number by the options.
    static func formatted(
        _ value: JinjaValue, _ options: Options, digits minimum: Int = 0,
        _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> String {
        var text: String
        var prefix = ""
        var isNegative = false
        switch options.letter {
        case "d", "x", "X", "o", "b":
            guard let number = value.asInteger else {
                throw interpreter.failure("\(value.kindName) as an integer")
            }
            isNegative = number < 0
            let radix = ["d": 10, "o": 8, "b": 2][options.letter] ?? 16
            text = String(number.magnitude, radix: radix, uppercase: options.letter == "X")
            try interpreter.make(max(minimum, 0))
            text = PythonText.padded(text, to: minimum, .left, "0")
            if options.isAlternate, radix != 10 { prefix = "0\(options.letter)" }
        case "e", "E", "f", "F", "g", "G", "%":
            guard let number = value.asDouble else {
                throw interpreter.failure("\(value.kindName) as a number")
            }
            let precision = options.precision ?? 6
            guard (0...350).contains(precision), !options.isAlternate else {
                throw interpreter.failure("a number with \(precision) places")
            }
            isNegative = number.sign == .minus && !number.isNaN
            let letter = options.letter == "%" ? "f" : String(options.letter)
            let shown = number.magnitude * (options.letter == "%" ? 100 : 1)
            text = String(format: "%.\(precision)\(letter)", shown)
            if options.letter == "%" { text += "%" }
        default: throw interpreter.failure("the format \(options.letter) of \(value.kindName)")
        }
        if !options.grouping.isEmpty {
            let whole = text.prefix {
                $0.isHexDigit && ($0.isNumber || "xXob".contains(options.letter))
            }
            var grouped = ""
            let size = "xXob".contains(options.letter) ? 4 : 3
            for (index, digit) in whole.enumerated() {
                if index > 0, (whole.count - index).isMultiple(of: size) {
                    grouped += options.grouping
                }
                grouped.append(digit)
            }
            text = grouped + text.dropFirst(whole.count)
        }
        let sign = isNegative ? "-" : options.sign.map { $0 == "-" ? "" : String($0) } ?? ""
        return try aligned(sign + prefix, text, options, interpreter)
    }

    /// A number or text within its width; `front` stays in front of zeros.
    static func aligned(
        _ front: String, _ text: String, _ options: Options, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> String {
        let missing = options.width - (front + text).unicodeScalars.count
        guard missing > 0 else { return front + text }
        try interpreter.make(missing * max(options.fill.utf8.count, 1))
        func fill(_ count: Int) -> String { String(repeating: options.fill, count: count) }
        switch options.alignment {
        case "<": return front + text + fill(missing)
        case "^": return fill(missing / 2) + front + text + fill(missing - missing / 2)
        case ">": return fill(missing) + front + text
        default:
            return options.fill == "0" ? front + fill(missing) + text : fill(missing) + front + text
        }
    }
}
