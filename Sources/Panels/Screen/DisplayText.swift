// The only text that a cell takes. Whatever comes from models, files and peers is sanitised here:
// no control, escape, bidirectional override or invisible character passes. It knows no styles.

/// Text that is safe to show: one line, printable, of known width.
public struct DisplayText: Hashable, Sendable, ExpressibleByStringInterpolation,
    CustomStringConvertible
{
    /// What becomes of format characters such as bidirectional overrides and tags.
    public enum Invisibles: Sendable {
        /// Shown by code point, as in `<U+202E>`.
        case named
        /// Left out; for chat and prose.
        case dropped
    }

    /// The sanitised text.
    public let string: String
    /// Terminal columns that it takes.
    public let width: Int

    /// Sanitises one line; a line feed inside is shown as a picture.
    public init(_ raw: String, invisibles: Invisibles = .named) {
        if Self.isPlain(raw) {
            string = raw
            width = raw.utf8.count
        } else {
            var sanitizer = Sanitizer(invisibles: invisibles)
            for scalar in raw.unicodeScalars { sanitizer.take(scalar) }
            string = sanitizer.output
            width = sanitizer.width
        }
    }

    /// Sanitises bytes of unknown encoding; what is not UTF-8 becomes U+FFFD.
    public init(bytes: some Sequence<UInt8>, invisibles: Invisibles = .named) {
        self.init(String(decoding: Array(bytes), as: UTF8.self), invisibles: invisibles)
    }

    /// Literals are sanitised like everything else.
    public init(stringLiteral value: String) { self.init(value) }

    /// Joins sanitised pieces; nothing needs a second look.
    init(sanitized string: String, width: Int) {
        self.string = string
        self.width = width
    }

    /// Splits at line feeds (LF, CR LF or CR) and sanitises each line.
    public static func lines(_ raw: String, invisibles: Invisibles = .named) -> [DisplayText] {
        // CR LF is one grapheme, so splitting by Character handles all three endings.
        raw.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
            .map { DisplayText(String($0), invisibles: invisibles) }
    }

    /// True when nothing is shown.
    public var isEmpty: Bool { string.isEmpty }

    /// The sanitised text.
    public var description: String { string }

    /// Two texts behind each other.
    public static func + (left: DisplayText, right: DisplayText) -> DisplayText {
        DisplayText(left.string + right.string)
    }

    /// The text cut to some columns, its end replaced by `…` when something is lost.
    public func truncated(to columns: Int) -> DisplayText {
        guard width > columns else { return self }
        guard columns > 1 else { return columns == 1 ? DisplayText(sanitized: "…", width: 1) : "" }
        var kept = String.UnicodeScalarView()
        var used = 0
        for glyph in glyphs {
            guard used + glyph.width <= columns - 1 else { break }
            kept.append(contentsOf: glyph.scalars)
            used += glyph.width
        }
        return DisplayText(sanitized: String(kept) + "…", width: used + 1)
    }

    /// The text filled up with spaces to some columns; longer text stays as it is.
    public func padded(to columns: Int) -> DisplayText {
        guard width < columns else { return self }
        return DisplayText(
            sanitized: string + String(repeating: " ", count: columns - width), width: columns)
    }

    /// The text as glyphs, each one or two columns wide.
    var glyphs: [Glyph] {
        var result: [Glyph] = []
        result.reserveCapacity(width)
        for scalar in string.unicodeScalars {
            let columns = TextWidth.columns(of: scalar)
            if columns > 0 {
                result.append(Glyph(scalar, width: columns))
            } else if !result.isEmpty {
                result[result.count - 1].addMark(scalar)
            }
        }
        return result
    }

    /// True when all bytes are printable ASCII: the common case, checked without decoding.
    private static func isPlain(_ raw: String) -> Bool {
        raw.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}
