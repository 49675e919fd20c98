// The only file that sees ncurses: thin calls, no policy. It stands in Screen because the width of
// a character comes from the same C library that ncurses asks. It knows no frames and no keys.
import CCurses
import Foundation

/// The calls to ncurses and to what stands around it, as plain functions.
enum Curses {
    /// Columns of a scalar as the C library sees it in a UTF-8 locale; -1 when not printable.
    static func width(_ scalar: Unicode.Scalar) -> Int {
        let before = uselocale(utf8Locale)
        defer { uselocale(before) }
        return Int(cc_width(wchar_t(bitPattern: scalar.value)))
    }

    /// A locale object of our own: widths do not depend on the program's global locale.
    private nonisolated(unsafe) static let utf8Locale: locale_t? =
        newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) ?? newlocale(LC_CTYPE_MASK, "en_US.UTF-8", nil)

    /// Sets the character type locale for ncurses; true when it is UTF-8 in the end.
    static func chooseLocale() -> Bool {
        for name in ["", "C.UTF-8", "en_US.UTF-8"] {
            if setlocale(LC_CTYPE, name) != nil, cc_codeset_is_utf8() != 0 { return true }
        }
        return false
    }

    // MARK: - Session

    /// A screen of ncurses on some terminal.
    struct Screen { fileprivate let pointer: UnsafeMutablePointer<cc_screen> }

    /// Starts ncurses on a terminal descriptor; nil when the terminal type is unknown. Only one screen can be open
    /// at a time: what is drawn after one of two is closed goes nowhere.
    static func open(_ descriptor: Int32, type: String) -> Screen? {
        cc_open(descriptor, type).map(Screen.init)
    }

    /// Whether the terminal type is in the database; an open screen does not notice.
    static func knows(type: String, _ descriptor: Int32) -> Bool { cc_knows(type, descriptor) != 0 }

    /// Leaves the alternate screen and gives the terminal its modes back.
    static func leave() { _ = endwin() }

    /// Forgets a screen that was left.
    static func close(_ screen: Screen) { cc_close(screen.pointer) }

    // MARK: - Signals and the terminal of another process

    /// Makes signals do nothing but write their number into the pipe of `signalReader`.
    static func watchSignals() -> Bool { cc_signals_watch() == 0 }

    /// The end of the pipe into which signal handlers write the signal's number; -1 before.
    static var signalReader: Int32 { cc_signals_reader() }

    /// Stops the process group as Control-Z does; returns when it is continued.
    static func stop(as signal: Int32) { cc_stop_group(signal) }

    /// Whether this process group is in the foreground of its terminal.
    static func isInFront(_ descriptor: Int32) -> Bool { cc_is_in_front(descriptor) != 0 }

    /// Leaves the full screen that another process drew, and puts the modes back.
    static func leaveScreen(_ descriptor: Int32, modes: inout termios) {
        cc_leave_screen(descriptor, &modes)
    }

    // MARK: - Capabilities

    /// Colours that the terminal type claims; 0 for a monochrome terminal.
    static var colorCount: Int { Int(cc_colors()) }

    /// Colour pairs that the terminal type allows.
    static var pairCount: Int { Int(cc_pairs()) }

    /// Defines a colour pair; -1 is the terminal's own colour.
    static func definePair(_ pair: Int, _ foreground: Int, _ background: Int) {
        _ = init_extended_pair(Int32(pair), Int32(foreground), Int32(background))
    }

    // MARK: - Drawing

    /// Writes one cell into ncurses' screen; `text` ends with a zero.
    static func put(row: Int, column: Int, text: [wchar_t], attributes: UInt8, pair: Int) {
        cc_put(Int32(row), Int32(column), text, UInt32(attributes), Int32(pair))
    }

    /// Sends what changed to the terminal and leaves the cursor at the given cell, or hides it.
    static func flush(cursorRow: Int, cursorColumn: Int, isVisible: Bool) {
        cc_flush(Int32(cursorRow), Int32(cursorColumn), isVisible ? 1 : 0)
    }

    /// Makes the next flush repaint everything.
    static func repaint() { cc_repaint() }

    /// Blanks ncurses' picture of the screen.
    static func erase() { cc_erase() }

    /// Rows and columns as the terminal reports them now; nil when it reports none.
    static func windowSize(_ descriptor: Int32) -> (rows: Int, columns: Int)? {
        var rows: Int32 = 0
        var columns: Int32 = 0
        guard cc_window_size(descriptor, &rows, &columns) == 0 else { return nil }
        return (Int(rows), Int(columns))
    }

    /// Rows and columns that ncurses believes in.
    static var believedSize: (rows: Int, columns: Int) { (Int(cc_lines()), Int(cc_columns())) }

    /// Tells ncurses the new size.
    static func resize(rows: Int, columns: Int) { _ = resizeterm(Int32(rows), Int32(columns)) }
}
