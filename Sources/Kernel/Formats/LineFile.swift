// Files that grow by a line of JSON, or by a record of bytes, at a time: readers see whole lines, a crash tears at most
// the last one, and a full disk leaves no part of a line behind.

import Foundation

/// Appends to files of JSON lines.
enum LineFile {
    /// Adds an object as one line to a file that is open for appending.
    static func append(
        _ line: JSONObject, to descriptor: Int32, path: String
    ) throws(KernelError) {
        try append(bytes(line), to: descriptor, path: path)
    }

    /// The line of an object with its end.
    static func bytes(_ line: JSONObject) -> [UInt8] {
        Array((JSONValue.object(line).text() + "\n").utf8)
    }

    /// Adds bytes with one write; `what` names the file in an error.
    static func append(_ bytes: [UInt8], to path: String, what: Sentence) throws(KernelError) {
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
        try append(bytes, to: descriptor, path: path)
    }

    private static func append(
        _ bytes: [UInt8], to descriptor: Int32, path: String
    ) throws(KernelError) {
        let calls = DiskCalls.current
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

/// A file that a run appends to: what could not be written waits, and comes before the next.
final class AppendQueue {
    private let path: String
    private let what: Sentence
    private var waiting: [[UInt8]] = []

    /// `what` names the file in an error.
    init(_ path: String, what: Sentence) { (self.path, self.what) = (path, what) }

    /// Adds a line and all that wait; throws when they still have to.
    func append(_ line: JSONObject) throws(KernelError) { try append(LineFile.bytes(line)) }

    /// Adds bytes and all that wait; throws when they still have to.
    func append(_ bytes: [UInt8]) throws(KernelError) {
        waiting.append(bytes)
        try flush()
    }

    /// Writes what waits.
    func flush() throws(KernelError) {
        while let bytes = waiting.first {
            try LineFile.append(bytes, to: path, what: what)
            waiting.removeFirst()
        }
    }

    /// Writes what waits and brings all of it to the disk.
    func synchronize() throws(KernelError) {
        try flush()
        try DiskCalls.current.synchronize(file: path)
    }
}
