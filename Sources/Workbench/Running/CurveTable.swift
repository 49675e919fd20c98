// The measurements of a run as a table of comma-separated values, one row a step, for other
// programs to plot. What was not measured is an empty cell.

import Foundation
import Kernel
import Panels

/// Curves as text.
enum CurveTable {
    /// A heading, then every step in full precision; evaluations stand in the row of their step.
    static func csv(_ curves: TrainCurves) -> String {
        var held: [Int: Double] = [:]
        for evaluation in curves.evaluations { held[evaluation.step] = evaluation.loss }
        var average = MovingAverage(beta: curves.strength)
        var text = "step,epoch,seconds,tokens,loss,ema,lr,grad_norm,tokens_per_second,"
        text += "memory_bytes,eval_loss\n"
        // An evaluation before the first step has no step to stand beside.
        if let start = held[0] { text += "0,0,0,0,,,,,,,\(start)\n" }
        for record in curves.records {
            let cells = [
                "\(record.step)", cell(record.epoch), cell(record.elapsedSeconds),
                "\(record.tokensSeen)", cell(record.loss), cell(average.next(record.loss)),
                cell(record.learningRate), cell(record.gradientNorm),
                cell(record.tokensPerSecond), record.memoryBytes.map(String.init) ?? "",
                held[record.step].map(cell) ?? "",
            ]
            text += cells.joined(separator: ",") + "\n"
        }
        return text
    }

    /// A number that reads back to the same bits; nothing for what is none.
    private static func cell(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }
}
