// Text for man: the few requests of the man macros that a manual page needs, and the escapes that keep
// ordinary text from being taken for requests. It knows no commands.

/// A manual page that grows from its top to its end.
struct Roff {
    private(set) var text = ""

    /// The heading line of the page.
    init(title: String, section: Int, version: String) {
        // Hyphens stay hyphens, so that options can be copied from the page.
        text += ".\\\" Written by `workbench man`.\n"
        text +=
            ".TH \(Self.quoted(title)) \(section) \"\" \(Self.quoted(version)) \"User Commands\"\n"
        text += ".nh\n.ad l\n"
    }

    /// Begins a section.
    mutating func section(_ title: String) { text += ".SH \(Self.quoted(title))\n" }

    /// Begins a part of a section.
    mutating func part(_ title: String) { text += ".SS \(Self.quoted(title))\n" }

    /// A paragraph; blank lines in it separate paragraphs.
    mutating func paragraph(_ words: String) {
        for part in words.split(separator: "\n\n") { text += ".PP\n" + Self.lines(String(part)) }
    }

    /// A term in bold with its explanation below.
    mutating func term(_ term: String, _ words: String) {
        text += ".TP\n\\fB\(Self.escaped(term))\\fR\n"
        text += words.isEmpty ? "\\ \n" : Self.lines(words)
    }

    /// Lines that are shown as they are.
    mutating func literal(_ lines: [String]) {
        text += ".PP\n.RS 4\n.nf\n" + lines.map { Self.line($0) }.joined() + ".fi\n.RE\n"
    }

    /// Every line of a text begins a line; blank ones would be requests for space and are left out.
    private static func lines(_ words: String) -> String {
        words.split(separator: "\n").map { line(String($0)) }.joined(separator: ".br\n")
    }

    /// A line of text; one that begins like a request is kept from being one.
    private static func line(_ words: String) -> String {
        let text = escaped(words)
        return (text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" : "") + text + "\n"
    }

    /// A word of a request in quotes.
    private static func quoted(_ words: String) -> String {
        "\"" + escaped(words).replacing("\"", with: "\\(dq") + "\""
    }

    /// Ordinary characters as roff spells them; others stand by their code.
    static func escaped(_ words: String) -> String {
        var result = ""
        for scalar in words.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "\n", "\t": result += " "
            case " "..."\u{7E}": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0xA0: break
            default: result += "\\[u\(hexadecimal(scalar.value))]"
            }
        }
        return result
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
