// Standard output and error of the commands: whole lines, sanitised for a terminal, quiet when a pipe closes.

import Foundation
import Kernel

enum Output {
    /// Writes a line of our own JSON or numbers.
    static func line(_ text: String) { write(text + "\n", to: .standardOutput) }

    static func json(_ value: JSONValue) { line(value.text()) }

    /// Writes text from outside: control characters are made visible when a terminal reads it.
    static func text(_ text: String) {
        write(
            isatty(STDOUT_FILENO) == 1 ? ErrorReport.visible(text, keepsLines: true) : text,
            to: .standardOutput)
    }

    static func note(_ text: String) {
        write(ErrorReport.visible(text, keepsLines: true) + "\n", to: .standardError)
    }

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    private static func write(_ text: String, to handle: FileHandle) {
        do {
            try handle.write(contentsOf: Data(text.utf8))
        } catch {
            // The reader has gone: there is nobody left to tell.
            exit(128 + SIGPIPE)
        }
    }

    /// All of standard input as text.
    static func standardInput() throws(KernelError) -> String {
        let data = FileHandle.standardInput.readDataToEndOfFile()
        guard let text = String(data: data, encoding: .utf8) else {
            throw KernelError(.badData, "standard input is not UTF-8 text")
        }
        return text
    }
}
