// Signals that a terminal program handles, as numbers that are waited for like keys. It does not
// decide what they mean.

import Foundation

/// SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP and SIGCONT through a pipe.
public enum Signals {
    /// From here on these signals only appear in `wait`, for the rest of the process.
    public static func watch() {
        guard Curses.watchSignals() else {
            preconditionFailure("no pipe for signals: errno \(errno)")
        }
    }

    /// Waits until a signal came or one of the descriptors is readable; returns which.
    public static func wait(
        _ descriptors: [Int32], for limit: Duration? = nil
    ) -> (ready: Set<Int32>, signals: [Int32]) {
        let reader = Curses.signalReader
        let own = reader >= 0 ? [reader] : []
        let ready = Wake.wait(descriptors + own, for: limit)
        // A signal that interrupted the wait is in the pipe already.
        let numbers = reader >= 0 ? Wake.drain(reader).map { Int32($0) } : []
        return (ready.subtracting(own), numbers)
    }
}
