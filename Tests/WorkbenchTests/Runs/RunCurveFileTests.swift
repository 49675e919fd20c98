// Logs of runs read back as curves: what lines mean, and what damaged ones do.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite struct RunCurveFileTests {
    private static let log = """
        {"current_steps": 10, "total_steps": 40, "loss": 2.5, "lr": 0.0001, "epoch": 0.5, \
        "elapsed_time": "0:01:05", "remaining_time": "0:03:15", "total_tokens": 7000, \
        "grad_norm": 0.75, "tokens_per_second": 120.5, "memory_bytes": 1048576}
        {"current_steps": 10, "total_steps": 40, "eval_loss": 2.25, "epoch": 0.5}
        {"event": "learning_rate", "current_steps": 11, "total_steps": 40, "factor": 0.5, \
        "peak_lr": 0.00005, "lr": 0.00004}
        {"current_steps": 20, "total_steps": 40, "loss": 2, "lr": 0.00005, "epoch": 1, \
        "elapsed_time": "1 day, 2:03:04", "throughput": 99}

        """

    @Test func linesBecomeMeasurements() {
        let curve = RunCurveFile.curve(Data(Self.log.utf8))
        #expect(curve.steps.map(\.step) == [10, 20] && curve.steps.map(\.loss) == [2.5, 2])
        #expect(curve.steps[0].elapsedSeconds == 65 && curve.steps[0].remainingSeconds == 195)
        // 1 day + 2 h + 3 min + 4 s.
        #expect(curve.steps[1].elapsedSeconds == 93_784)
        #expect(curve.steps[0][.memory] == 1_048_576 && curve.steps[1].values[.memory] == nil)
        #expect(curve.steps.map { $0[.tokensPerSecond] } == [120.5, 99])
        #expect(curve.steps[1][.gradientNorm].isNaN)
        #expect(curve.evaluations.map(\.loss) == [2.25])
        #expect(curve.rateChanges.map(\.factor) == [0.5] && curve.damagedLines == 0)
    }

    /// Logs of other programs measure what no row here declares.
    @Test func numbersOfOtherProgramsKeepTheirNames() {
        let log =
            #"{"current_steps": 1, "loss": 0.7, "score": 0.5, "bonus": -0.25, "note": "x"}"#
            + "\n"
            + #"{"current_steps": 1, "eval_loss": 0.6, "eval_score": 0.75}"# + "\n"
        let curve = RunCurveFile.curve(Data(log.utf8))
        #expect(curve.steps[0].values == [.loss: 0.7, "score": 0.5, "bonus": -0.25])
        #expect(curve.evaluations[0].values == [.loss: 0.6, "score": 0.75])
        #expect(curve.others == ["bonus", "score"] && !curve.leavesMetricsOut)
        // A log that names another one in each line does not fill the memory, and it is told.
        let many = (1...200).map { "{\"current_steps\": \($0), \"loss\": 1, \"m\($0)\": 2}\n" }
        let limited = RunCurveFile.curve(Data(many.joined().utf8))
        #expect(limited.others.count == RunCurve.othersMax && limited.leavesMetricsOut)
        #expect(limited.steps.count == 200 && limited.steps[199].values == [.loss: 1])
    }

    @Test func damageIsCountedAndATornEndIsNone() {
        let torn = Self.log + "{\"current_steps\": 30, \"lo"
        let whole = RunCurveFile.curve(Data(torn.utf8))
        #expect(whole.steps.map(\.step) == [10, 20] && whole.damagedLines == 0)
        let damaged = "[1]\nrubbish\n\u{0}\u{1B}\n{\"loss\": 3}\n" + Self.log
        let curve = RunCurveFile.curve(Data(damaged.utf8))
        #expect(curve.damagedLines == 4 && curve.steps.count == 2)
        let odd =
            #"{"current_steps": -1, "loss": 3}"# + "\n" + #"{"current_steps": 5, "loss": "x"}"#
        let read = RunCurveFile.curve(Data((odd + "\n").utf8))
        #expect(read.steps.count == 1 && read.steps[0].loss.isNaN && read.damagedLines == 1)
    }

    /// However the bytes are cut, the same lines come out.
    @Test(arguments: [1, 7, 64, 333]) func piecesOfAnySizeAreTheSameLog(size: Int) {
        let bytes = Array(Self.log.utf8)
        var intake = RunCurveIntake()
        for start in stride(from: 0, to: bytes.count, by: size) {
            bytes[start..<min(bytes.count, start + size)].withUnsafeBytes { intake.add($0) }
        }
        #expect(intake.curve.steps.map(\.step) == [10, 20] && intake.curve.damagedLines == 0)
        #expect(intake.curve.evaluations.count == 1 && intake.curve.rateChanges.count == 1)
    }

    @Test func aLineWithoutEndTakesNoMemory() {
        var intake = RunCurveIntake()
        let zeros = [UInt8](repeating: 0, count: 1 << 16)
        for _ in 0..<64 { zeros.withUnsafeBytes { intake.add($0) } }
        Array(("\n" + Self.log).utf8).withUnsafeBytes { intake.add($0) }
        #expect(intake.curve.damagedLines == 1)
        #expect(intake.curve.steps.map(\.step) == [10, 20])
    }

    @Test func aLongLogIsThinnedAndEndsWithItsNewestStep() {
        var intake = RunCurveIntake(stepsMax: 100)
        for step in 1...1_001 {
            let held = step % 250 == 0 ? "{\"current_steps\": \(step), \"eval_loss\": 1}\n" : ""
            let line = "{\"current_steps\": \(step), \"loss\": 2}\n" + held
            Array(line.utf8).withUnsafeBytes { intake.add($0) }
            intake.settle()
            #expect(intake.curve.steps.last?.step == step)
        }
        let curve = intake.curve
        #expect(curve.everyNth == 16 && curve.evaluations.map(\.step) == [250, 500, 750, 1_000])
        #expect(curve.steps.map(\.step) == Array(stride(from: 16, through: 992, by: 16)) + [1_001])
    }

    @Test func aFolderWithoutALogHasNoMeasurements() throws {
        #expect(try RunCurveFile.read(folder: "/nowhere/at/all") == RunCurve())
    }
}
