// Files that grow by a line of JSON at a time: readers see whole lines, a crash tears at most the last one,
// and a full disk leaves no part of a line behind.

import Foundation

/// Appends to files of JSON lines.
enum LineFile {
    /// Adds an object as one line, with one write; `what` names the file in an error.
    static func append(_ line: JSONObject, to path: String, what: String) throws(KernelError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw KernelError.system("cannot open \(what)", path: path, code: errno)
        }
        defer { close(descriptor) }
        let bytes = Array((JSONValue.object(line).text() + "\n").utf8)
        let end = lseek(descriptor, 0, SEEK_END)
        let written = write(descriptor, bytes, bytes.count)
        guard written != bytes.count else { return }
        // A part of a line means that the disk is full; it would spoil the next line as well.
        let code = written < 0 ? errno : ENOSPC
        if written > 0, end >= 0 { ftruncate(descriptor, end) }
        throw DiskCalls.real.writeError(path: path, needed: bytes.count, code: code)
    }
}
