// How many terminal columns a character takes. The answer is libc's, the same that ncurses uses,
// so that layout and terminal agree. It does not know what may be shown: that is DisplayText.

/// Columns of characters: 0 for combining marks, 2 for CJK and emoji, else 1.
public enum TextWidth {
    /// Columns of one scalar; -1 when the C library calls it unprintable.
    public static func columns(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20..<0x7F, 0xA0..<0x300: scalar.value == 0xAD ? 0 : 1
        case 0..<0xA0: -1
        case 0x2500...0x259F, 0x2800...0x28FF: 1
        default: Curses.width(scalar)
        }
    }

    /// Columns of a text once sanitised.
    public static func columns(of text: String) -> Int { DisplayText(text).width }
}
