// The rules of what may be shown, applied one scalar at a time. Terminals disagree about joined
// emoji, so a joined sequence is reduced to its first picture. It does not know about cells.

/// Turns arbitrary scalars into printable text of known width.
struct Sanitizer {
    /// What becomes of format characters.
    let invisibles: DisplayText.Invisibles
    /// The printable text so far.
    private(set) var output = ""
    /// Columns of the text so far.
    private(set) var width = 0

    private var marks = 0
    private var hasBase = false
    private var afterJoiner = false
    private var afterEmoji = false

    /// Starts with no text.
    init(invisibles: DisplayText.Invisibles) { self.invisibles = invisibles }

    /// Takes the next scalar of the raw text.
    mutating func take(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x20..<0x7F: base(scalar, columns: 1)
        case 0x09: for _ in 0..<4 { base(" ", columns: 1) }
        case 0..<0x20: picture(0x2400 + scalar.value)
        case 0x7F: picture(0x2421)
        case 0x80..<0xA0: spell("\\x" + String(scalar.value, radix: 16, uppercase: true))
        case 0x200D: afterJoiner = true
        case 0x200C, 0xFE00...0xFE0F, 0xE0100...0xE01EF: break
        default: takeByCategory(scalar)
        }
    }

    private mutating func takeByCategory(_ scalar: Unicode.Scalar) {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .format, .lineSeparator, .paragraphSeparator, .control: invisible(scalar)
        // Joiners of graphemes and selectors of variants: of no consequence in cells.
        case .nonspacingMark where properties.isDefaultIgnorableCodePoint: break
        case .otherLetter where properties.isDefaultIgnorableCodePoint: invisible(scalar)
        case .unassigned, .privateUse, .surrogate:
            base("\u{FFFD}", columns: 1)
        default:
            let columns = TextWidth.columns(of: scalar)
            if columns < 0 {
                base("\u{FFFD}", columns: 1)
            } else if columns == 0 {
                mark(scalar)
            } else if afterEmoji
                && (properties.isEmojiModifier || afterJoiner && properties.isEmoji)
            {
                afterJoiner = false
            } else {
                base(scalar, columns: columns)
                afterEmoji = properties.isEmoji
            }
        }
    }

    private mutating func invisible(_ scalar: Unicode.Scalar) {
        guard invisibles == .named else { return }
        spell("<U+" + String(scalar.value, radix: 16, uppercase: true) + ">")
    }

    private mutating func base(_ scalar: Unicode.Scalar, columns: Int) {
        output.unicodeScalars.append(scalar)
        width += columns
        marks = 0
        hasBase = true
        afterJoiner = false
        afterEmoji = false
    }

    /// A mark without a letter gets a space to stand on; too many marks are left out.
    private mutating func mark(_ scalar: Unicode.Scalar) {
        if !hasBase { base(" ", columns: 1) }
        guard marks < Glyph.marksMax else { return }
        output.unicodeScalars.append(scalar)
        marks += 1
    }

    private mutating func picture(_ value: UInt32) {
        base(Unicode.Scalar(value) ?? "\u{FFFD}", columns: 1)
    }

    private mutating func spell(_ text: String) {
        for scalar in text.unicodeScalars { base(scalar, columns: 1) }
    }
}
