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
        #expect(curve.steps[0].memoryBytes == 1 << 20 && curve.steps[1].memoryBytes == nil)
        #expect(curve.steps[0].tokensPerSecond == 120.5 && curve.steps[1].tokensPerSecond == 99)
        #expect(curve.steps[1].gradientNorm.isNaN)
        #expect(curve.evaluations.map(\.loss) == [2.25])
        #expect(curve.rateChanges.map(\.factor) == [0.5] && curve.damagedLines == 0)
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

    @Test func aFolderWithoutALogHasNoMeasurements() throws {
        #expect(try RunCurveFile.read(folder: "/nowhere/at/all") == RunCurve())
    }
}
