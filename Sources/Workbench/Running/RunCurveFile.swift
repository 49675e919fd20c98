// Reads the curve of a run from trainer_log.jsonl, within bounds. Lines that are no measurements
// are passed over, a torn last line is no damage: a run may be writing it right now.

import Foundation
import Kernel

/// The log of a run as measurements.
enum RunCurveFile {
    /// A log beyond this is refused: some millions of lines.
    static let bytesMax = 1 << 30

    /// Reads the log in a run's folder; a folder without one has no measurements.
    static func read(folder: String) throws(KernelError) -> RunCurve {
        var curve = try measurements(folder: folder)
        curve.samples = try SampleLog.read(folder: folder)
        return curve
    }

    private static func measurements(folder: String) throws(KernelError) -> RunCurve {
        let path = "\(folder)/trainer_log.jsonl"
        guard FileManager.default.fileExists(atPath: path) else { return RunCurve() }
        let file = try MappedFile(path: path)
        guard file.bytes.count <= bytesMax else {
            throw KernelError(
                .badData, "the log is too large to plot", at: path,
                because: "\(file.bytes.count) bytes of at most \(bytesMax)")
        }
        let bytes = Data(file.bytes)
        try file.checkUnchanged()
        return curve(bytes)
    }

    /// The measurements in the bytes of a log.
    static func curve(_ bytes: Data) -> RunCurve {
        var curve = RunCurve()
        let isTorn = bytes.last.map { $0 != UInt8(ascii: "\n") } ?? false
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        for (index, line) in lines.enumerated() {
            let text = String(decoding: line, as: UTF8.self)
            if let json = try? JSONValue(parsing: text, source: "trainer_log.jsonl"),
                take(json, into: &curve)
            {
                continue
            }
            if !isTorn || index < lines.count - 1 { curve.damagedLines += 1 }
        }
        return curve
    }

    private static func take(_ json: JSONValue, into curve: inout RunCurve) -> Bool {
        guard let step = json["current_steps"]?.integer, step >= 0 else { return false }
        let total = json["total_steps"]?.integer ?? 0
        let epoch = json["epoch"]?.double ?? 0
        if json["event"] != nil {
            guard json["event"] == "learning_rate" else { return true }
            curve.rateChanges.append(
                RateRecord(
                    firstStep: step, totalSteps: total, factor: json["factor"]?.double ?? .nan,
                    peak: json["peak_lr"]?.double ?? .nan, rate: json["lr"]?.double ?? .nan))
            return true
        }
        if let loss = json["eval_loss"]?.double {
            curve.evaluations.append(
                EvaluationRecord(step: step, epoch: epoch, loss: loss, tokens: 0, seconds: 0))
            return true
        }
        guard let loss = json["loss"] else { return true }
        curve.steps.append(
            StepRecord(
                step: step, totalSteps: total, epoch: epoch, loss: loss.double ?? .nan,
                learningRate: json["lr"]?.double ?? .nan,
                gradientNorm: json["grad_norm"]?.double ?? .nan,
                tokensPerSecond: json["tokens_per_second"]?.double
                    ?? json["throughput"]?.double ?? .nan,
                tokens: 0, trainedTokens: json["trained_tokens"]?.integer ?? 0,
                tokensSeen: json["total_tokens"]?.integer ?? 0,
                elapsedSeconds: seconds(json["elapsed_time"]?.string ?? "") ?? 0,
                remainingSeconds: seconds(json["remaining_time"]?.string ?? ""),
                memoryBytes: json["memory_bytes"]?.integer))
        return true
    }

    /// Reads `1:02:03`, with `2 days, ` in front of longer times.
    static func seconds(_ text: String) -> Double? {
        guard
            let match = text.wholeMatch(
                of: /(?:(\d{1,6}) days?, )?(\d{1,6}):(\d\d):(\d\d)/)
        else { return nil }
        func number(_ part: Substring?) -> Double { part.flatMap { Double($0) } ?? 0 }
        return number(match.1) * 86_400 + number(match.2) * 3600 + number(match.3) * 60
            + number(match.4)
    }
}
