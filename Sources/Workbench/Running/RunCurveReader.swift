// The log of a run that may be growing: what was appended is read, what was read is not read again. A log
// that was cut back, as when a run goes on from a checkpoint, is read anew. It waits for nothing.

import Foundation
import Kernel

/// A run's measurements, brought up to date when asked.
struct RunCurveReader {
    /// What bytes a file had when it was last looked at.
    private struct Place: Equatable {
        var inode: UInt64 = 0
        var offset: UInt64 = 0
    }

    private(set) var curve = RunCurve()
    private let path: String
    private var place = Place()

    init(folder: String) { path = "\(folder)/trainer_log.jsonl" }

    /// Reads whole lines that are new. False when there are none; a log that is not there yet has none.
    mutating func read() throws(KernelError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        let (inode, size) = (UInt64(status.st_ino), UInt64(status.st_size))
        guard size <= UInt64(RunCurveFile.bytesMax) else {
            throw KernelError(
                .badData, "the log is too large to plot", at: path,
                because: "\(size) bytes of at most \(RunCurveFile.bytesMax)")
        }
        if inode != place.inode || size < place.offset {
            (curve, place) = (RunCurve(), Place(inode: inode))
        }
        guard size > place.offset else { return false }
        let bytes = try newBytes()
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return false }
        let lines = bytes[...end]
        RunCurveFile.add(lines, to: &curve)
        place.offset += UInt64(lines.count)
        return true
    }

    private func newBytes() throws(KernelError) -> Data {
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            try file.seek(toOffset: place.offset)
            return try file.readToEnd() ?? Data()
        } catch {
            throw KernelError(
                .inputOutput, "cannot read the log", at: path, because: error.localizedDescription)
        }
    }
}
