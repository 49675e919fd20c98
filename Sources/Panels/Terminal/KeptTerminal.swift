// The terminal in the process that the shell started and that draws nothing itself: its modes, to be
// restored whatever happens to the process that draws, and Control-Z.

import Foundation

/// The controlling terminal of this process, kept for another one.
public final class KeptTerminal {
    /// The open terminal, to be handed over.
    public let descriptor: Int32
    private var modes = termios()

    /// Opens the controlling terminal; throws when it cannot show a full screen.
    public init(environment: [String: String]) throws(TerminalError) {
        guard isatty(0) == 1, isatty(1) == 1 else { throw .notATerminal }
        let type = environment["TERM"] ?? ""
        guard type != "dumb", !type.isEmpty else { throw .dumb(type) }
        descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw .notATerminal }
        // The modes of a shell that edits its line are not ours to take, nor are its keys.
        guard Self.waitForFront(descriptor) else {
            close(descriptor)
            throw .inBackground
        }
        guard tcgetattr(descriptor, &modes) == 0 else {
            close(descriptor)
            throw .notATerminal
        }
    }

    deinit { close(descriptor) }

    /// Stops this process group until it is in the foreground, as the system stops one that writes to a terminal
    /// with `tostop` set; false when no shell stops and continues it.
    private static func waitForFront(_ descriptor: Int32) -> Bool {
        for _ in 0..<50 {
            if Curses.isInFront(descriptor) { return true }
            Curses.stop(as: SIGTTOU)
            if Curses.isInFront(descriptor) { return true }
            usleep(20_000)
        }
        return false
    }

    /// Leaves the full screen and restores the modes, for a process that can no longer do it.
    public func restore() { Curses.leaveScreen(descriptor, modes: &modes) }

    /// Stops this process group as Control-Z does; returns when it is in the foreground again.
    public func stopProcess() {
        // A shell's `bg` continues us in the background: not yet. A process whose shell is gone is not stopped.
        for _ in 0..<50 {
            Curses.stop(as: SIGTSTP)
            if Curses.isInFront(descriptor) { return }
            usleep(100_000)
        }
    }
}
