// The third use of the table of operations: how much processor time the fast paths take at the sizes of a model.
// OP_BENCHMARKS=1 prints a line for each; no figure is compared with anything, which machine would it be?

import Foundation
import TestSupport
import Testing

@testable import Fuzzing
@testable import Kernel

@Suite(.serialized) struct OpBenchmarks {
    private static let isAsked =
        ProcessInfo.processInfo.environment["OP_BENCHMARKS"]?.isEmpty == false

    /// Forward and backward apart, the best of five turns.
    @Test(.enabled(if: isAsked, "OP_BENCHMARKS=1 measures"), arguments: opBenchmarks)
    func measures(_ op: OpCase) {
        var best = (forward: Double.infinity, backward: Double.infinity)
        for _ in 0..<5 {
            let arena = Arena()
            let inputs = op.inputs.enumerated().map { index, input in
                Tensor(
                    patternFill(input.rows * input.columns, salt: index, scale: input.scale),
                    rows: input.rows, columns: input.columns, in: arena)
            }
            let begin = ProcessMemory.processSeconds()
            let (y, backward) = op.run(inputs, arena)
            let middle = ProcessMemory.processSeconds()
            let dY = Tensor(
                patternFill(y.count, salt: 77), rows: y.rows, columns: y.columns, in: arena)
            let start = ProcessMemory.processSeconds()
            let gradients = backward(dY)
            best.forward = min(best.forward, middle - begin)
            best.backward = min(best.backward, ProcessMemory.processSeconds() - start)
            #expect(gradients.count == op.inputs.count)
            #expect(y.values.allSatisfy { $0.isFinite })
        }
        let figures = [best.forward, best.backward].map { String(format: "%9.1f us", $0 * 1e6) }
        print("\(figures.joined(separator: " "))  \(op)")
    }

    /// What is measured is what is checked: every operation of the one list is in the other.
    @Test func everyCheckedOperationIsMeasured() {
        func kinds(_ cases: [OpCase]) -> Set<Substring> {
            Set(cases.map { $0.description.prefix { !"(0123456789[".contains($0) } })
        }
        let missing = kinds(opCases).subtracting(kinds(opBenchmarks))
        #expect(
            missing.subtracting(["views: rms norm ", "views: low rank "]).isEmpty, "\(missing)")
    }
}
