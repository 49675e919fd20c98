// What the program needs of a terminal: a picture out, input in. Two conform: ncurses and memory.
// It knows no application.

import Foundation

/// What a terminal reports while it is waited for.
public enum TerminalInput: Equatable, Sendable {
    /// A key, a paste or the mouse.
    case key(Key)
    /// The terminal has another size now.
    case resize(Size)
    /// There is a screen, of so many colours; its size follows.
    case shown(ColorDepth)
    /// There is no screen any more; the program goes on without until the next.
    case hidden
    /// The wake pipe is readable: messages wait.
    case woken
    /// The process was asked to stop for a while, as Control-Z does.
    case stopRequested
    /// The session ends.
    case closing(Closing)
}

/// Why the session ends from outside.
public enum Closing: Equatable, Sendable {
    /// SIGINT from outside; Control-C at the keyboard is a key.
    case interrupt
    /// SIGTERM.
    case terminate
    /// The terminal is gone.
    case hangup

    /// The exit code that shells expect.
    public var exitCode: Int32 {
        switch self {
        case .interrupt: 130
        case .terminate: 143
        case .hangup: 129
        }
    }
}

/// Why no full-screen interface is possible.
public enum TerminalError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Input or output is a file or a pipe.
    case notATerminal
    /// Another process group has the terminal, and nothing continues this one.
    case inBackground
    /// The terminal cannot move its cursor.
    case dumb(String)
    /// The terminal type is not in the database.
    case unknownType(String)

    /// What is wrong, in one sentence.
    public var description: String {
        switch self {
        case .notATerminal: "input or output is not a terminal"
        case .inBackground: "it was started in the background of its terminal"
        case .dumb(let name): "the terminal type “\(name)” cannot show a full screen"
        case .unknownType(let name): "the terminal type “\(name)” is not known on this machine"
        }
    }
}

/// A screen with a keyboard.
public protocol Terminal: AnyObject {
    /// Columns and rows now.
    var size: Size { get }
    /// How many colours it shows.
    var colorDepth: ColorDepth { get }
    /// Whether it shows more than ASCII.
    var isUTF8: Bool { get }
    /// Whether a picture would be seen.
    var isVisible: Bool { get }
    /// Shows a frame; only what changed is sent.
    func draw(_ frame: Frame)
    /// Waits for input, or for the wake descriptor, or until the time is over.
    func wait(timeout: Duration?, wake: Int32) -> [TerminalInput]
    /// Gives the terminal back for another program, such as an editor.
    func suspend()
    /// Takes the terminal again and repaints.
    func restore()
    /// Does what Control-Z means: the process that keeps the terminal gives it back to the shell for a while.
    func stopProcess()
    /// Sends everything anew with the next frame.
    func repaint()
    /// Listens to clicks and the wheel, or leaves the mouse to the terminal.
    func setMouse(_ isOn: Bool)
    /// Rings the bell.
    func ring()
    /// Names the window.
    func setTitle(_ title: DisplayText)
    /// Ends the session; doing it again does nothing.
    func close()
}

extension Terminal {
    /// A terminal is visible unless it says otherwise.
    public var isVisible: Bool { true }
}
