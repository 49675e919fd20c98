// Reads themes: lines of `role = [foreground] [on background] [attributes]`. Every mistake is
// reported with its line, all at once. It opens no files; text comes in.

/// A parsed theme file.
public enum ThemeFile {
    /// A mistake in a theme file.
    public struct Issue: Error, Equatable, Sendable, CustomStringConvertible {
        /// The line, from 1.
        public let line: Int
        /// What is wrong and what would be right.
        public let message: String
        /// Line and message.
        public var description: String { "line \(line): \(message)" }
    }

    /// All mistakes of a theme file.
    public struct Invalid: Error, Equatable, Sendable, CustomStringConvertible {
        /// The mistakes in order of lines, at least one.
        public let issues: [Issue]
        /// One mistake a line.
        public var description: String { issues.map(\.description).joined(separator: "\n") }
    }

    /// Longer texts are no themes.
    static let bytesMax = 64 * 1024

    /// Parses a theme; `base` gives the roles that the text leaves out.
    public static func parse(
        _ text: String, name: String, base: Theme? = nil
    ) throws(Invalid) -> Theme {
        guard text.utf8.count <= bytesMax else {
            throw Invalid(issues: [Issue(line: 1, message: "longer than \(bytesMax) bytes")])
        }
        var theme = base ?? Theme(name: name, styles: [:])
        theme.name = name
        var issues: [Issue] = []
        var seen: [Role: Int] = [:]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, raw) in lines.enumerated() {
            let content = raw.prefix { $0 != "#" }
            let line = trimmed(content)
            guard !line.isEmpty else { continue }
            let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            do throws(Issue) {
                guard sides.count == 2 else {
                    throw Issue(line: index + 1, message: "expected “role = style”")
                }
                let key = trimmed(sides[0])
                guard let role = Role(rawValue: key) else {
                    throw Issue(line: index + 1, message: "unknown role “\(key.prefix(40))”")
                }
                if let first = seen[role] {
                    throw Issue(
                        line: index + 1, message: "“\(key)” was already set in line \(first)")
                }
                seen[role] = index + 1
                theme[role] = try style(trimmed(sides[1]), line: index + 1)
            } catch {
                issues.append(error)
            }
        }
        guard issues.isEmpty else { throw Invalid(issues: issues) }
        return theme
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var part = text[...]
        while part.first?.isWhitespace == true { part.removeFirst() }
        while part.last?.isWhitespace == true { part.removeLast() }
        return String(part)
    }

    private static func style(_ text: String, line: Int) throws(Issue) -> Style {
        var style = Style.plain
        var hasForeground = false
        var words = text.split(whereSeparator: \.isWhitespace).map(String.init)[...]
        while let word = words.popFirst() {
            if word == "on" {
                guard let next = words.popFirst(), let color = color(next) else {
                    throw Issue(line: line, message: "“on” needs a colour behind it")
                }
                style.background = color
            } else if let attribute = attributeNames[word] {
                style.attributes.formUnion(attribute)
            } else if let color = color(word) {
                guard !hasForeground else {
                    throw Issue(line: line, message: "a second foreground “\(word.prefix(40))”")
                }
                style.foreground = color
                hasForeground = true
            } else {
                throw Issue(
                    line: line,
                    message:
                        "“\(word.prefix(40))” is no colour (name, 0–255, RRGGBB in hexadecimal "
                        + "behind 0x) and no attribute (bold, dim, reverse, underline, italic)")
            }
        }
        return style
    }

    private static let attributeNames: [String: Attributes] = [
        "bold": .bold, "dim": .dim, "reverse": .reverse, "underline": .underline,
        "italic": .italic, "plain": [],
    ]

    private static let colorNames = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "brightblack",
        "brightred", "brightgreen", "brightyellow", "brightblue", "brightmagenta", "brightcyan",
        "brightwhite",
    ]

    private static func color(_ word: String) -> Color? {
        if word == "default" { return .standard }
        if let index = colorNames.firstIndex(of: word) { return .indexed(UInt8(index)) }
        if word.hasPrefix("0x"), word.count == 8, let value = UInt32(word.dropFirst(2), radix: 16) {
            return .rgb(
                UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
        }
        guard word.allSatisfy(\.isNumber) else { return nil }
        return UInt8(word).map { .indexed($0) }
    }
}
