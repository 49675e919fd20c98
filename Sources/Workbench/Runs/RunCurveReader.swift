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

    /// What was read so far.
    var curve: RunCurve { intake.curve }
    private var intake: RunCurveIntake
    private let path: String
    private let stepsMax: Int?
    private var place = Place()

    /// With `stepsMax` a long log is held thinned, as for a drawing.
    init(folder: String, stepsMax: Int? = nil) {
        path = "\(folder)/\(RunLogLine.fileName)"
        self.stepsMax = stepsMax
        intake = RunCurveIntake(stepsMax: stepsMax)
    }

    /// Reads whole lines that are new. False when there are none; a log that is not there yet has none.
    mutating func read() throws(KernelError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        let (inode, size) = (UInt64(status.st_ino), UInt64(status.st_size))
        if inode != place.inode || size < place.offset {
            intake = RunCurveIntake(stepsMax: stepsMax)
            place = Place(inode: inode)
        }
        guard size > place.offset else { return false }
        var (hasLine, end) = (false, place.offset)
        try RunCurveFile.pieces(of: path, from: place.offset) { bytes, place, _ in
            if let start = bytes.baseAddress, memchr(start, 0x0A, bytes.count) != nil {
                hasLine = true
            }
            intake.add(bytes)
            end = place
        }
        place.offset = end
        intake.settle()
        return hasLine
    }
}
