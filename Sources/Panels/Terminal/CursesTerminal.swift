// The terminal of the person, through ncurses: pictures out by ncurses, bytes in by our decoder,
// signals as events through a pipe. It leaves the terminal as it found it, also after a crash.
// It knows nothing of what is drawn.

import Foundation

/// The controlling terminal in full-screen mode.
public final class CursesTerminal: Terminal {
    public private(set) var size: Size
    public let colorDepth: ColorDepth
    public let isUTF8: Bool

    private let descriptor: Int32
    private var decoder = KeyDecoder()
    private var pairs: ColorPairs
    private var shown: Frame?
    private var isOpen = true
    private var usesMouse = false
    /// When the terminal was asked for its background; nil when it was not, or has answered.
    private var asked: ContinuousClock.Instant?

    /// How long a lone Escape waits for the rest of a sequence.
    private static let escapePause = Duration.milliseconds(25)
    /// An answer that comes later is not believed: the person has begun to look.
    private static let answerLimit = Duration.seconds(2)
    private static let startModes = "\u{1B}[?2004h\u{1B}[?1004h"
    private static let mouseModes = "\u{1B}[?1000h\u{1B}[?1006h"
    private static let mouseEndModes = "\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l"
    private static let endModes = mouseEndModes + "\u{1B}[?1004l\u{1B}[?2004l"

    /// Takes the terminal; throws when there is none that can show a full screen.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(TerminalError) {
        guard isatty(0) == 1, isatty(1) == 1 else { throw .notATerminal }
        let type = environment["TERM"] ?? ""
        guard type != "dumb", !type.isEmpty else { throw .dumb(type) }
        let descriptor = Foundation.open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw .notATerminal }
        let hasUTF8 = Curses.chooseLocale()
        // Handlers go in first: ncurses leaves signals alone that are already taken.
        guard Curses.arm(descriptor) else {
            Foundation.close(descriptor)
            throw .notATerminal
        }
        guard Curses.open(descriptor) else {
            Curses.disarm()
            Foundation.close(descriptor)
            throw .unknownType(type)
        }
        self.descriptor = descriptor
        isUTF8 = hasUTF8 && !Self.asksForASCII(environment)
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

    /// A person who sets the C locale expects ASCII, whatever the library falls back to.
    private static func asksForASCII(_ environment: [String: String]) -> Bool {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        let chosen = names.compactMap { environment[$0] }.first { !$0.isEmpty }
        return chosen == "C" || chosen == "POSIX"
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

    public func draw(_ frame: Frame) {
        guard isOpen else { return }
        let frame = isUTF8 ? frame : frame.inASCII()
        let diff = FrameDiff(from: shown, to: frame)
        guard !diff.isEmpty || shown?.cursor != frame.cursor || shown == nil else { return }
        for run in diff.runs where run.y < size.height {
            for (offset, cell) in run.cells.enumerated() where cell.glyph.width > 0 {
                let x = run.x + offset
                guard x + cell.glyph.width <= size.width else { break }
                put(cell, x: x, y: run.y)
            }
        }
        let cursor = frame.cursor.flatMap { Rect(size).contains($0) ? $0 : nil }
        send("\u{1B}[?2026h")
        Curses.flush(
            cursorRow: cursor?.y ?? 0, cursorColumn: cursor?.x ?? 0, isVisible: cursor != nil)
        send("\u{1B}[?2026l")
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
        var ready = Wake.wait([descriptor, Curses.signalReader, wake], for: limit)
        if ready.isEmpty {
            // Interrupted by a signal: its number may be in the pipe already.
            ready = Wake.wait([Curses.signalReader], for: .zero)
        }
        var inputs: [TerminalInput] = []
        if ready.contains(Curses.signalReader) { inputs += takeSignals() }
        if ready.contains(descriptor) {
            inputs += takeBytes()
        } else if decoder.isWaiting {
            inputs += decoder.flush().map(TerminalInput.key)
        }
        if ready.contains(wake) { inputs.append(.woken) }
        return inputs
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

    private func takeSignals() -> [TerminalInput] {
        Wake.drain(Curses.signalReader).compactMap { number in
            switch Int32(number) {
            case SIGINT: return .closing(.interrupt)
            case SIGTERM: return .closing(.terminate)
            case SIGHUP: return .closing(.hangup)
            case SIGTSTP: return .stopRequested
            case SIGCONT:
                repaint()
                return .resize(size)
            case SIGWINCH:
                adoptSize()
                return .resize(size)
            default: return nil
            }
        }
    }

    private func adoptSize() {
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
        guard isOpen else { return }
        send(Self.endModes)
        Curses.leave()
    }

    public func restore() {
        guard isOpen else { return }
        adoptSize()
        Curses.repaint()
        draw(Frame(size: size))
        shown = nil
        send(startModes)
    }

    public func stopProcess() {
        suspend()
        Curses.stop()
        restore()
    }

    public func repaint() {
        shown = nil
        Curses.repaint()
    }

    public func setMouse(_ isOn: Bool) {
        guard isOpen, isOn != usesMouse else { return }
        usesMouse = isOn
        send(isOn ? Self.mouseModes : Self.mouseEndModes)
    }

    public func ring() {
        guard isOpen else { return }
        send("\u{07}")
    }

    /// Asks for the colour behind the text; the answer comes as a key, if ever. Terminals of few
    /// colours are not asked: some would show the question.
    public func askBackground() {
        guard isOpen, colorDepth >= .palette else { return }
        asked = .now
        send("\u{1B}]11;?\u{1B}\\")
    }

    public func setTitle(_ title: DisplayText) {
        guard isOpen else { return }
        send("\u{1B}]2;" + String(title.string.prefix(120)) + "\u{07}")
    }

    /// Lets what others write to standard output and error go to a file while the session lasts, so
    /// that it does not spoil the screen. After a crash `note` stands on the terminal.
    public func divertOutput(to descriptor: Int32, note: String) {
        guard isOpen else { return }
        _ = Curses.divertOutput(to: descriptor, note: note)
    }

    public func close() {
        guard isOpen else { return }
        takeLateAnswer()
        suspend()
        isOpen = false
        Curses.restoreOutput()
        Curses.disarm()
        Foundation.close(descriptor)
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
