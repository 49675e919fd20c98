// The measurements of a run as a table of comma-separated values, one row a step, for other
// programs to plot. What was not measured is an empty cell.

import Foundation
import Kernel
import Panels

/// Curves as text.
enum CurveTable {
    /// A heading, then every step in full precision; evaluations stand in the row of their step.
    static func csv(_ curves: TrainCurves) -> String {
        let beside = Metrics.beside(curves.measured)
        let held = Metrics.rows(of: curves.measuredHeldOut)
        var evaluations: [Int: EvaluationRecord] = [:]
        for evaluation in curves.evaluations { evaluations[evaluation.step] = evaluation }
        func cells(_ evaluation: EvaluationRecord?) -> [String] {
            held.map { row in evaluation.map { row.cell($0[row.key]) } ?? "" }
        }
        var average = MovingAverage(beta: curves.strength)
        let heading =
            ["step", "epoch", "seconds", "tokens", "loss", "ema"] + beside.map(\.key.rawValue)
            + held.map(\.evaluationName)
        var text = heading.joined(separator: ",") + "\n"
        // An evaluation before the first step has no step to stand beside.
        if let start = evaluations[0] {
            let blanks = Array(repeating: "", count: 2 + beside.count)
            text += (["0", "0", "0", "0"] + blanks + cells(start)).joined(separator: ",") + "\n"
        }
        for record in curves.records {
            var row = [
                "\(record.step)", cell(record.epoch), cell(record.elapsedSeconds),
                "\(record.tokensSeen)", cell(record.loss), cell(average.next(record.loss)),
            ]
            row += beside.map { $0.cell(record[$0.key]) } + cells(evaluations[record.step])
            text += row.joined(separator: ",") + "\n"
        }
        return text
    }

    /// A number that reads back to the same bits; nothing for what is none.
    private static func cell(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }
}
