// A terminal that was handed to us, through ncurses: pictures out by ncurses, bytes in by our decoder. It
// leaves the terminal as it found it when it is closed. It knows nothing of what is drawn, nor of the
// process that keeps the terminal, which reports sizes and performs Control-Z.

import Foundation

/// An open terminal in full-screen mode. There may be one at a time, after another was closed.
public final class CursesTerminal: Terminal {
    public private(set) var size: Size
    public let colorDepth: ColorDepth
    public let isUTF8: Bool

    private let descriptor: Int32
    private let screen: Curses.Screen
    private var decoder = KeyDecoder()
    private var pairs: ColorPairs
    private var shown: Frame?
    private var isOpen = true
    private var isSuspended = false
    private var usesMouse = false
    /// When the terminal was asked for its background; nil when it was not, or has answered.
    private var asked: ContinuousClock.Instant?

    /// How long a lone Escape waits for the rest of a sequence.
    private static let escapePause = Duration.milliseconds(25)
    /// A later answer is ignored: the user has begun to look.
    private static let answerLimit = Duration.seconds(2)
    /// Larger changes are bracketed as one picture (synchronized output).
    private static let tearingCells = 160
    private static let startModes = "\u{1B}[?2004h\u{1B}[?1004h"
    private static let mouseModes = "\u{1B}[?1000h\u{1B}[?1006h"
    private static let mouseEndModes = "\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l"
    private static let endModes = mouseEndModes + "\u{1B}[?1004l\u{1B}[?2004l"

    /// Opens a full screen on an open terminal, which it does not close; throws when the terminal cannot show
    /// one. `environment` is that of the user at the terminal.
    public init(
        descriptor: Int32, environment: [String: String]
    ) throws(TerminalError) {
        guard isatty(descriptor) == 1 else { throw .notATerminal }
        let type = environment["TERM"] ?? ""
        guard type != "dumb", !type.isEmpty else { throw .dumb(type) }
        // Before ncurses: it asks for the locale once.
        isUTF8 = Self.showsUTF8(environment)
        guard let screen = Curses.open(descriptor, type: type) else { throw .unknownType(type) }
        self.screen = screen
        self.descriptor = descriptor
        colorDepth = Self.depth(environment)
        pairs = ColorPairs(depth: colorDepth)
        size = Size(80, 24)
        adoptSize()
        send(startModes)
        draw(Frame(size: size))
    }

    deinit { close() }

    private var startModes: String {
        Self.startModes + (usesMouse ? Self.mouseModes : "")
    }

    /// Whether a user with these variables sees more than ASCII.
    public static func showsUTF8(_ environment: [String: String]) -> Bool {
        Curses.chooseLocale() && TerminalLocale(environment: environment) == .utf8
    }

    private static func depth(_ environment: [String: String]) -> ColorDepth {
        if environment["NO_COLOR"].map({ !$0.isEmpty }) == true { return .monochrome }
        switch Curses.colorCount {
        case (1 << 24)...: return .full
        case 256...: return .palette
        case 8...: return .sixteen
        default: return .monochrome
        }
    }

    // MARK: - Drawing

    public var isVisible: Bool { isOpen && !isSuspended }

    public func draw(_ frame: Frame) {
        guard isVisible else { return }
        let frame = isUTF8 ? frame : frame.inASCII()
        let diff = FrameDiff(from: shown, to: frame)
        guard !diff.isEmpty || shown?.cursor != frame.cursor || shown == nil else { return }
        for run in diff.joined(in: frame) where run.y < size.height {
            for (offset, cell) in run.cells.enumerated() where cell.glyph.width > 0 {
                let x = run.x + offset
                guard x + cell.glyph.width <= size.width else { break }
                put(cell, x: x, y: run.y)
            }
        }
        let cursor = frame.cursor.flatMap { Rect(size).contains($0) ? $0 : nil }
        // A few cells are there at once anyway; of a large part half would be seen.
        let isLarge = diff.cellCount > Self.tearingCells
        if isLarge { send("\u{1B}[?2026h") }
        Curses.flush(
            cursorRow: cursor?.y ?? 0, cursorColumn: cursor?.x ?? 0, isVisible: cursor != nil)
        if isLarge { send("\u{1B}[?2026l") }
        shown = frame
    }

    private func put(_ cell: Cell, x: Int, y: Int) {
        let text = cell.glyph.scalars.map { wchar_t(bitPattern: $0.value) } + [0]
        Curses.put(
            row: y, column: x, text: text, attributes: cell.style.attributes.rawValue,
            pair: pairs.number(for: cell.style))
    }

    // MARK: - Input

    public func wait(timeout: Duration?, wake: Int32) -> [TerminalInput] {
        let limit = decoder.isWaiting ? Self.escapePause : timeout
        let (ready, signals) = Signals.wait(isVisible ? [descriptor, wake] : [wake], for: limit)
        var inputs = signals.compactMap(Self.input)
        if ready.contains(descriptor) {
            inputs += takeBytes()
        } else if decoder.isWaiting {
            inputs += decoder.flush().map(TerminalInput.key)
        }
        if ready.contains(wake) { inputs.append(.woken) }
        return inputs
    }

    /// What a signal to this process means; signals of a terminal go to its terminal proxy.
    static func input(_ signal: Int32) -> TerminalInput? {
        switch signal {
        case SIGINT: .closing(.interrupt)
        case SIGTERM: .closing(.terminate)
        default: nil
        }
    }

    private func takeBytes() -> [TerminalInput] {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 {
            return decoder.take(buffer[..<count]).filter(isTimely).map(TerminalInput.key)
        }
        if count < 0 && (errno == EINTR || errno == EAGAIN) { return [] }
        return [.closing(.hangup)]
    }

    /// The answer about the background counts once and only soon after the question.
    private func isTimely(_ key: Key) -> Bool {
        guard case .background = key else { return true }
        defer { asked = nil }
        return asked.map { ContinuousClock.now - $0 < Self.answerLimit } ?? false
    }

    /// Whether a terminal of this type can show a full screen here.
    public static func knows(type: String, on descriptor: Int32) -> Bool {
        Curses.knows(type: type, descriptor)
    }

    /// Asks the terminal for its size again.
    public func adoptSize() {
        if let (rows, columns) = Curses.windowSize(descriptor) {
            Curses.resize(rows: rows, columns: columns)
        }
        let (rows, columns) = Curses.believedSize
        size = Size(columns, rows)
        shown = nil
        Curses.erase()
    }

    // MARK: - Session

    public func suspend() {
        guard isVisible else { return }
        isSuspended = true
        send(Self.endModes)
        Curses.leave()
    }

    public func restore() {
        guard isOpen else { return }
        if !isSuspended {
            // It was taken from us unasked: the next flush must set its modes anew.
            Curses.leave()
        }
        isSuspended = false
        adoptSize()
        Curses.repaint()
        draw(Frame(size: size))
        shown = nil
        send(startModes)
    }

    /// Only the process that keeps the terminal can stop: nothing happens.
    public func stopProcess() {}

    public func repaint() {
        shown = nil
        Curses.repaint()
    }

    public func setMouse(_ isOn: Bool) {
        guard isVisible, isOn != usesMouse else { return }
        usesMouse = isOn
        send(isOn ? Self.mouseModes : Self.mouseEndModes)
    }

    public func ring() {
        guard isVisible else { return }
        send("\u{07}")
    }

    /// Asks for the colour behind the text; the answer comes as a key, if ever. Terminals of few
    /// colours are not asked: some would show the question.
    public func askBackground() {
        guard isVisible, colorDepth >= .palette else { return }
        asked = .now
        send("\u{1B}]11;?\u{1B}\\")
    }

    /// Bytes of text that terminals are known to take at once.
    private static let copiedMax = 48 << 10

    /// Hands text to the terminal's clipboard (OSC 52), which it may refuse silently; false
    /// when nothing was sent: too much, or a terminal that might show it instead.
    public func copy(_ text: String) -> Bool {
        let bytes = Data(text.utf8)
        guard isVisible, colorDepth >= .palette, bytes.count <= Self.copiedMax else { return false }
        send("\u{1B}]52;c;" + bytes.base64EncodedString() + "\u{07}")
        return true
    }

    public func setTitle(_ title: DisplayText) {
        guard isVisible else { return }
        send("\u{1B}]2;" + String(title.string.prefix(120)) + "\u{07}")
    }

    public func close() {
        guard isOpen else { return }
        if isVisible { takeLateAnswer() }
        suspend()
        isOpen = false
        Curses.close(screen)
    }

    /// An answer that is still on its way would be typed into the shell.
    private func takeLateAnswer() {
        guard let asked, ContinuousClock.now - asked < Self.answerLimit else { return }
        guard Wake.wait([descriptor], for: .milliseconds(100)).contains(descriptor) else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        _ = read(descriptor, &buffer, buffer.count)
    }

    /// Writes a control string of our own; ncurses has flushed what came before.
    private func send(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
