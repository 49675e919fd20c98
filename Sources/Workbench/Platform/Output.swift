// Standard output and error of the commands: whole lines, sanitised for a terminal, quiet when a pipe closes.
// The caller decides whether a lost line matters: a run goes on without it, an answer is worth nothing without it.

import Foundation
import Kernel
import Panels
import Synchronization

enum Output {
    /// What became of some text.
    enum Outcome: Equatable {
        case written
        /// The other end of the pipe was closed: there is no reader left.
        case readerGone
        /// It could not be written: errno.
        case failed(Int32)
    }

    /// Writes a line of our own JSON or numbers.
    static func line(_ text: String) { write(shown(text + "\n")) }

    static func json(_ value: JSONValue) { line(value.line) }

    /// Writes text from outside: control characters are made visible when a terminal reads it.
    static func text(_ text: String) { write(shown(text)) }

    /// Writes one line of text from outside: on a terminal a name cannot begin a line of its own.
    static func row(_ text: String) {
        write(isTerminal ? ErrorReport.visible(text) + "\n" : text + "\n")
    }

    /// The same for a caller that has work to finish, whether or not the line is written.
    static func offer(_ text: String) -> Outcome { put(shown(text), to: STDOUT_FILENO) }

    /// Writes what the program drew itself, with the codes for colours and places that it put there.
    static func drawing(_ text: String) { write(text) }

    /// Writes a sentence in the reader's language, as a line on standard error.
    static func note(_ sentence: Sentence) { note(tr(sentence)) }

    static func note(_ text: String) { error(ErrorReport.visible(text, keepsLines: true) + "\n") }

    /// Writes to standard error; without a reader, as after a hang-up, the text is lost.
    static func error(_ text: String) { _ = put(text, to: STDERR_FILENO) }

    private static func shown(_ text: String) -> String {
        isTerminal ? answers.withLock { $0.visible(text, keepsLines: true) } : text
    }

    /// What was written so far: an answer comes in pieces, and a letter's marks may be in the next.
    private static let answers = Mutex(TerminalText())

    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Columns and rows of the terminal that reads; nil when none does, or it reports none.
    static var terminalSize: Size? {
        var size = winsize()
        guard isTerminal, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0,
            size.ws_row > 0
        else { return nil }
        return Size(Int(size.ws_col), Int(size.ws_row))
    }

    /// Writes bytes that are no text, for scripts.
    static func bytes(_ bytes: [UInt8]) {
        end(bytes.withUnsafeBytes { put($0, to: STDOUT_FILENO) })
    }

    /// Writes an answer; the program ends when it cannot be written.
    private static func write(_ text: String) { end(put(text, to: STDOUT_FILENO)) }

    private static func end(_ outcome: Outcome) {
        switch outcome {
        case .written: break
        // There is no reader left for a message.
        case .readerGone: exit(128 + SIGPIPE)
        case .failed(let code):
            let fault = fault(code)
            error(ErrorReport.text(fault))
            exit(ExitStatus(fault.kind).rawValue)
        }
    }

    /// The error for a failed write to standard output.
    static func fault(_ code: Int32) -> KernelError {
        KernelError(
            .inputOutput, "standard output cannot be written",
            because: ProcessStart.wasClosed(STDOUT_FILENO)
                ? "it is closed" : Sentence(verbatim: String(cString: strerror(code))),
            hint: "Send it to a file on a disk with room, to a pipe, or to /dev/null.")
    }

    private static func put(_ text: String, to descriptor: Int32) -> Outcome {
        var text = encoded(text, for: descriptor)
        return text.withUTF8 { put(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    /// Writes all bytes, however slowly the other end takes them.
    private static func put(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Outcome {
        // In its place is /dev/null, which takes everything.
        if ProcessStart.wasClosed(descriptor) { return .failed(EBADF) }
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = Foundation.write(descriptor, start, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var polls = [pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)]
                _ = poll(&polls, 1, -1)
            case EPIPE: return .readerGone
            case let code: return .failed(code)
            }
        }
        return .written
    }

    /// Text as its reader takes it: files and pipes always get UTF-8, a terminal what its locale names.
    private static func encoded(_ text: String, for descriptor: Int32) -> String {
        guard locale == .ascii, isatty(descriptor) == 1 else { return text }
        return locale.shown(text)
    }

    private static let locale = TerminalLocale(environment: ProcessInfo.processInfo.environment)

    // MARK: - Standard input

    /// All of standard input as text.
    static func standardInput() throws(KernelError) -> String {
        try checkInput()
        var data = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count == 0 { break }
            if count > 0 {
                data.append(contentsOf: buffer[..<count])
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var polls = [pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)]
                _ = poll(&polls, 1, -1)
            case let code: throw inputFault(code)
            }
        }
        // Byte for byte: Foundation's reader would drop a leading U+FEFF.
        guard let text = String(validating: data, as: UTF8.self) else {
            throw KernelError(
                .badData, "standard input is not UTF-8 text",
                hint: "Convert it first: iconv -f latin1 -t utf-8")
        }
        return text
    }

    /// Throws where there is no standard input: it is closed, or a folder, which a line reader would take for its end.
    static func checkInput() throws(KernelError) {
        if ProcessStart.wasClosed(STDIN_FILENO) { throw inputFault(EBADF) }
        var status = stat()
        guard fstat(STDIN_FILENO, &status) == 0 else { throw inputFault(errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw inputFault(EISDIR) }
        if fcntl(STDIN_FILENO, F_GETFL) & O_ACCMODE == O_WRONLY { throw inputFault(EBADF) }
    }

    private static func inputFault(_ code: Int32) -> KernelError {
        let isClosed = ProcessStart.wasClosed(STDIN_FILENO)
        return KernelError(
            isClosed || code == EISDIR ? .missingInput : .inputOutput,
            "standard input cannot be read",
            because: isClosed
                ? "it is closed" : Sentence(verbatim: String(cString: strerror(code))),
            hint: "Give the text by a file or a pipe: < FILE")
    }
}
