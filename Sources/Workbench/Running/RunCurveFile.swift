// Reads the curve of a run from trainer_log.jsonl, within bounds. Lines that are no measurements
// are passed over, a torn last line is no damage: a run may be writing it right now.

import Foundation
import Kernel

/// The log of a run as measurements.
enum RunCurveFile {
    /// A log beyond this is refused: some millions of lines.
    static let bytesMax = 1 << 30

    /// Reads the log in a run's folder; a folder without one has no measurements. Of a long log `progress` is
    /// told which part is read.
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
        return curve(bytes, progress: progress)
    }

    /// The measurements in the bytes of a log.
    static func curve(_ bytes: Data, progress: (Double) -> Void = { _ in }) -> RunCurve {
        var curve = RunCurve()
        let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.startIndex
        add(bytes[..<end], to: &curve, progress: progress)
        // What stands behind the last line's end is torn or about to be written; whole, it counts.
        var rest = RunCurve()
        add(bytes[end...], to: &rest)
        if rest.damagedLines == 0 { add(bytes[end...], to: &curve) }
        return curve
    }

    /// Bytes between two words about the progress: some tenths of a second.
    private static let bytesOfProgress = 1 << 24

    /// Adds the measurements of lines, the last of which is whole.
    static func add(
        _ bytes: Data, to curve: inout RunCurve, progress: (Double) -> Void = { _ in }
    ) {
        bytes.withUnsafeBytes { bytes in
            var (start, told) = (0, 0)
            while start < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
                let line = rest.firstIndex(of: UInt8(ascii: "\n")).map { rest[..<$0] } ?? rest[...]
                start += line.count + 1
                if start - told >= bytesOfProgress {
                    told = start
                    progress(Double(start) / Double(bytes.count))
                }
                if line.isEmpty { continue }
                let text = UnsafeRawBufferPointer(rebasing: line)
                guard let json = try? JSONValue(parsing: text, source: "trainer_log.jsonl"),
                    take(json, into: &curve)
                else {
                    curve.damagedLines += 1
                    continue
                }
            }
        }
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
        var rest = Substring(text)
        var days = 0
        if let comma = rest.firstIndex(of: ",") {
            let words = rest[..<comma].split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, words[1] == "day" || words[1] == "days",
                let count = number(words[0], 1...6), rest[comma...].hasPrefix(", ")
            else { return nil }
            (days, rest) = (count, rest[comma...].dropFirst(2))
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hours = number(parts[0], 1...6),
            let minutes = number(parts[1], 2...2), let seconds = number(parts[2], 2...2)
        else { return nil }
        return Double(days * 86_400 + hours * 3600 + minutes * 60 + seconds)
    }

    private static func number(_ text: Substring, _ digits: ClosedRange<Int>) -> Int? {
        guard digits.contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }
}
