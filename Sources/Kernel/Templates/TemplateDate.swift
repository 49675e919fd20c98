// The day and time that a chat template may write, and Python's `strftime` of it.
// It reads no clock: the caller hands the date in, so that the same call writes the same.

/// A day and time without a zone.
public struct TemplateDate: Sendable, Equatable {
    public var year: Int
    /// From 1.
    public var month: Int
    /// From 1.
    public var day: Int
    public var hour: Int
    public var minute: Int
    public var second: Int

    public init(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0
    ) {
        self.year = year
        self.month = min(max(month, 1), 12)
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    private static let days = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    /// From 0.
    private var dayOfYear: Int {
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        let isLeap = year.isMultiple(of: 4) && !year.isMultiple(of: 100) || year.isMultiple(of: 400)
        return before[month - 1] + day - 1 + (isLeap && month > 2 ? 1 : 0)
    }

    /// From 0, which is Sunday.
    private var weekday: Int {
        let past = year - 1
        return (past * 365 + past / 4 - past / 100 + past / 400 + dayOfYear + 1) % 7
    }

    /// The date as a format says, in English.
    func text(
        _ format: String, _ interpreter: JinjaInterpreter
    ) throws(JinjaFailure) -> String {
        var result = ""
        var scalars = format.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            var padding: Unicode.Scalar?
            if let flag = scalars.first, flag == "-" || flag == "_" || flag == "0" {
                padding = flag
                scalars.removeFirst()
            }
            guard let letter = scalars.popFirst(), let part = part(letter, padding) else {
                throw interpreter.failure("a format of the date that is not supported: \(format)")
            }
            result += part
        }
        return result
    }

    private func part(_ letter: Unicode.Scalar, _ padding: Unicode.Scalar?) -> String? {
        func padded(_ number: Int, _ width: Int, _ usual: String = "0") -> String {
            let digits = String(number)
            let fill = padding == "-" ? "" : padding == "_" ? " " : padding == "0" ? "0" : usual
            return String(repeating: fill, count: max(width - digits.count, 0)) + digits
        }
        func joined(_ letters: String) -> String? {
            letters.unicodeScalars.reduce(into: "") { text, letter in
                let isLetter = letter.properties.isAlphabetic
                text += isLetter ? part(letter, nil) ?? "" : String(letter)
            }
        }
        let twelve = hour % 12 == 0 ? 12 : hour % 12
        switch letter {
        case "Y": return String(year)
        case "C": return padded(year / 100, 2)
        case "y": return padded(year % 100, 2)
        case "m": return padded(month, 2)
        case "d": return padded(day, 2)
        case "e": return padded(day, 2, " ")
        case "j": return padded(dayOfYear + 1, 3)
        case "B": return Self.months[month - 1]
        case "b", "h": return String(Self.months[month - 1].prefix(3))
        case "A": return Self.days[weekday]
        case "a": return String(Self.days[weekday].prefix(3))
        case "u": return String(weekday == 0 ? 7 : weekday)
        case "w": return String(weekday)
        case "H": return padded(hour, 2)
        case "k": return padded(hour, 2, " ")
        case "I": return padded(twelve, 2)
        case "l": return padded(twelve, 2, " ")
        case "M": return padded(minute, 2)
        case "S": return padded(second, 2)
        case "f": return "000000"
        case "p": return hour < 12 ? "AM" : "PM"
        case "P": return hour < 12 ? "am" : "pm"
        case "F": return joined("Y-m-d")
        case "D", "x": return joined("m/d/y")
        case "T", "X": return joined("H:M:S")
        case "R": return joined("H:M")
        case "r": return joined("I:M:S p")
        case "c": return joined("a b e H:M:S Y")
        case "z", "Z": return ""
        case "n": return "\n"
        case "t": return "\t"
        case "%": return "%"
        default: return nil
        }
    }
}
