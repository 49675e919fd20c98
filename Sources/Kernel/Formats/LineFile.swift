// Files that grow by a line of JSON at a time: readers see whole lines, a crash tears at most the last one,
// and a full disk leaves no part of a line behind.

import Foundation

/// Appends to files of JSON lines.
enum LineFile {
    /// Adds an object as one line, with one write; `what` names the file in an error.
    static func append(_ line: JSONObject, to path: String, what: String) throws(KernelError) {
        let calls = DiskCalls.current
        // A pipe in the log's place is refused below instead of waited for.
        let descriptor = DiskCalls.repeating {
            calls.open(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK)
        }
        guard descriptor >= 0 else {
            let code = errno
            guard code != ENOSPC, code != EDQUOT else {
                throw calls.writeError(path: path, needed: 4_096, code: code)
            }
            throw KernelError.system("cannot open \(what)", path: path, code: code)
        }
        defer { _ = calls.close(descriptor) }
        try append(line, to: descriptor, path: path)
    }

    /// Adds an object as one line to a file that is open for appending.
    static func append(
        _ line: JSONObject, to descriptor: Int32, path: String
    ) throws(KernelError) {
        let calls = DiskCalls.current
        let bytes = Array((JSONValue.object(line).text() + "\n").utf8)
        let end = lseek(descriptor, 0, SEEK_END)
        let written = DiskCalls.repeating { calls.write(descriptor, bytes, bytes.count) }
        guard written != bytes.count else { return }
        // A part of a line means that the disk is full; it would spoil the next line as well.
        let code = written < 0 ? errno : ENOSPC
        if written > 0, end >= 0 {
            _ = DiskCalls.repeating { calls.truncate(descriptor, Int(end)) }
        }
        throw calls.writeError(path: path, needed: bytes.count, code: code)
    }
}

/// A file of lines that a run keeps: a line that could not be written waits, and comes before the next one.
final class LineQueue {
    private let path: String
    private let what: String
    private var waiting: [JSONObject] = []

    /// `what` names the file in an error.
    init(_ path: String, what: String) { (self.path, self.what) = (path, what) }

    /// Adds a line and all that wait; throws when they still have to.
    func append(_ line: JSONObject) throws(KernelError) {
        waiting.append(line)
        try flush()
    }

    /// Writes what waits.
    func flush() throws(KernelError) {
        while let line = waiting.first {
            try LineFile.append(line, to: path, what: what)
            waiting.removeFirst()
        }
    }

    /// Writes what waits and brings all lines to the disk.
    func synchronize() throws(KernelError) {
        try flush()
        try DiskCalls.current.synchronize(file: path)
    }
}
