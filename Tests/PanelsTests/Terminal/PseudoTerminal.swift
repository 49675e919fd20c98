// Both ends of a pseudo terminal for tests of what is drawn: one for the program, one that is read as it comes. It
// knows no sequences.

import Foundation
import Panels
import Synchronization

/// Both ends of a pseudo terminal; its reader never lets the writer wait.
final class PseudoTerminal: Sendable {
    /// The end for the program.
    let slave: Int32
    private let master: Int32
    private let pending = Mutex<[UInt8]>([])
    private let arrived = DispatchSemaphore(value: 0)

    init?(_ size: Size) {
        // Swift's module of libc lacks posix_openpt: these are the system's own calls behind it.
        let master = Foundation.open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (isLocked, number): (Int32, Int32) = (0, 0)
        guard master >= 0, ioctl(master, 0x4004_5431, &isLocked) == 0,
            ioctl(master, 0x8004_5430, &number) == 0
        else { return nil }
        self.master = master
        slave = Foundation.open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        guard slave >= 0 else { return nil }
        var window = winsize()
        (window.ws_col, window.ws_row) = (UInt16(size.width), UInt16(size.height))
        guard ioctl(slave, UInt(TIOCSWINSZ), &window) == 0 else { return nil }
        var modes = termios()
        tcgetattr(slave, &modes)
        cfmakeraw(&modes)
        tcsetattr(slave, TCSANOW, &modes)
        Thread.detachNewThread { [self] in listen() }
    }

    private func listen() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(master, &buffer, buffer.count)
            guard count > 0 else { return }
            pending.withLock { $0 += buffer[..<count] }
            arrived.signal()
        }
    }

    /// What came up to and with the next BEL, by which the writer says that a picture is complete.
    func picture() -> [UInt8]? {
        while true {
            let whole: [UInt8]? = pending.withLock { bytes in
                guard let bell = bytes.firstIndex(of: 0x07) else { return nil }
                let whole = Array(bytes[...bell])
                bytes.removeFirst(bell + 1)
                return whole
            }
            if let whole { return whole }
            guard arrived.wait(timeout: .now() + 20) == .success else { return nil }
        }
    }

    /// What came since.
    func rest() -> [UInt8] {
        usleep(50_000)
        return pending.withLock { bytes in
            defer { bytes = [] }
            return bytes
        }
    }

    func close() {
        Foundation.close(slave)
        Foundation.close(master)
    }
}
