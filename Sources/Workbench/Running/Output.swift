// Standard output and error of the commands: whole lines, sanitised for a terminal, quiet when a pipe closes.

import Foundation
import Kernel
import Panels

enum Output {
    /// Writes a line of our own JSON or numbers.
    static func line(_ text: String) { write(text + "\n", to: .standardOutput) }

    static func json(_ value: JSONValue) { line(value.text()) }

    /// Writes text from outside: control characters are made visible when a terminal reads it.
    static func text(_ text: String) { write(shown(text), to: .standardOutput) }

    /// The same for whoever has work to bring to an end first: false when the reader has gone.
    static func offer(_ text: String) -> Bool { offer(shown(text), to: .standardOutput) }

    /// Writes what the program drew itself, with the codes for colours and places that it put there.
    static func drawing(_ text: String) { write(text, to: .standardOutput) }

    static func note(_ text: String) { error(ErrorReport.visible(text, keepsLines: true) + "\n") }

    /// Writes to standard error; without a reader, as after a hang-up, the text is lost.
    static func error(_ text: String) { _ = offer(text, to: .standardError) }

    private static func shown(_ text: String) -> String {
        isTerminal ? ErrorReport.visible(text, keepsLines: true) : text
    }

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Columns and rows of the terminal that reads; nil when none does, or it does not say.
    static var terminalSize: Size? {
        var size = winsize()
        guard isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0,
            size.ws_row > 0
        else { return nil }
        return Size(Int(size.ws_col), Int(size.ws_row))
    }

    private static func write(_ text: String, to handle: FileHandle) {
        // The reader has gone: there is nobody left to tell.
        if !offer(text, to: handle) { exit(128 + SIGPIPE) }
    }

    private static func offer(_ text: String, to handle: FileHandle) -> Bool {
        (try? handle.write(contentsOf: Data(text.utf8))) != nil
    }

    /// All of standard input as text, whatever it begins with.
    static func standardInput() throws(KernelError) -> String {
        let data = FileHandle.standardInput.readDataToEndOfFile()
        // Byte for byte: Foundation's reader would drop a leading U+FEFF.
        guard let text = String(validating: data, as: UTF8.self) else {
            throw KernelError(.badData, "standard input is not UTF-8 text")
        }
        return text
    }
}
