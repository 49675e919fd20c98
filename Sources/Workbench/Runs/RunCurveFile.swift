// Reads the curve of a run from trainer_log.jsonl, within bounds. Lines that are no measurements
// are skipped, a torn last line is no damage: a run may be writing it right now.

import Foundation
import Kernel

/// The log of a run as measurements.
enum RunCurveFile {
    /// A log beyond this is refused: some millions of lines.
    static let bytesMax = 1 << 30

    /// Reads the log in a run's folder; a folder without one has no measurements. For a long log `progress`
    /// receives the share that was read.
    static func read(
        folder: String, progress: (Double) -> Void = { _ in }
    ) throws(KernelError) -> RunCurve {
        var curve = try measurements(folder: folder, progress)
        curve.samples = try SampleLog.read(folder: folder)
        return curve
    }

    private static func measurements(
        folder: String, _ progress: (Double) -> Void
    ) throws(KernelError) -> RunCurve {
        let path = "\(folder)/\(RunLogLine.fileName)"
        guard FileManager.default.fileExists(atPath: path) else { return RunCurve() }
        var intake = RunCurveIntake(stepsMax: RunCurveIntake.stepsDrawn)
        var told: UInt64 = 0
        try pieces(of: path, from: 0) { bytes, place, size in
            intake.add(bytes)
            guard place - told >= bytesOfProgress, size > 0 else { return }
            told = place
            progress(Double(place) / Double(size))
        }
        intake.settle()
        intake.takeRest()
        return intake.curve
    }

    /// The measurements in the bytes of a log.
    static func curve(_ bytes: Data) -> RunCurve {
        var intake = RunCurveIntake()
        bytes.withUnsafeBytes { intake.add($0) }
        intake.takeRest()
        return intake.curve
    }

    /// Bytes between two reports of progress: some tenths of a second.
    private static let bytesOfProgress: UInt64 = 1 << 24
    private static let pieceBytes = 1 << 22

    /// Hands over a plain file from `offset` on, a piece at a time, with the place behind it and the file's size.
    static func pieces(
        of path: String, from offset: UInt64,
        _ body: (_ bytes: UnsafeRawBufferPointer, _ end: UInt64, _ size: UInt64) -> Void
    ) throws(KernelError) {
        func fault(_ why: Sentence) -> KernelError {
            KernelError(.inputOutput, "cannot read the log", at: path, because: why)
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw fault(Sentence(verbatim: String(cString: strerror(errno))))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw fault(Sentence(verbatim: String(cString: strerror(errno))))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw fault("it is not a regular file") }
        let size = UInt64(max(0, status.st_size))
        guard size <= UInt64(bytesMax) else {
            throw KernelError(
                .badData, "the log is too large to plot", at: path,
                because: "\(size) bytes of at most \(bytesMax)")
        }
        var buffer = [UInt8](
            repeating: 0, count: Int(min(UInt64(pieceBytes), max(1, size - min(offset, size)))))
        var place = offset
        while true {
            let count = pread(descriptor, &buffer, buffer.count, off_t(place))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw fault(Sentence(verbatim: String(cString: strerror(errno))))
            }
            guard count > 0 else { return }
            place += UInt64(count)
            buffer.withUnsafeBytes {
                body(UnsafeRawBufferPointer(rebasing: $0[..<count]), place, size)
            }
        }
    }

    /// Adds the measurements of a line; false when it is no line of a log.
    static func take(_ json: JSONValue, into curve: inout RunCurve) -> Bool {
        var hasOthers = false
        switch RunLogLine(json, hasOthers: &hasOthers) {
        case nil: return false
        case .step(let record): curve.add(record, hasOthers: hasOthers)
        case .evaluation(let record): curve.add(record, hasOthers: hasOthers)
        case .rate(let change): curve.rateChanges.append(change)
        case .other: break
        }
        return true
    }
}
