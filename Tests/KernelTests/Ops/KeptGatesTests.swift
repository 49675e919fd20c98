// What SwiGLU keeps at half the size, and values that are made again, against what they stand for.

import TestSupport
import Testing

@testable import Kernel

struct KeptGatesTests {
    private let arena = Arena()

    private func tensor(_ rows: Int, _ columns: Int, salt: Int) -> Tensor {
        Tensor(
            patternFill(rows * columns, salt: salt, scale: 2), rows: rows, columns: columns,
            in: arena)
    }

    /// Rounds to the nearest bf16, ties to even.
    private func rounded(_ x: Tensor) -> Tensor {
        let values = x.values.map { value -> Float in
            let bits = value.bitPattern
            return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
        }
        return Tensor(values, rows: x.rows, columns: x.columns, in: arena)
    }

    @Test(arguments: [(1, 1), (3, 17), (33, 127)])
    func halvesGiveTheGradientsOfRoundedGates(_ rows: Int, _ columns: Int) {
        let (gate, up) = (tensor(rows, columns, salt: 1), tensor(rows, columns, salt: 2))
        let dY = tensor(rows, columns, salt: 3)
        let kept = SwiGLU.Kept.halves(rows, columns, arena)
        let (y, again, expected) = (
            Tensor(rows, columns, in: arena), Tensor(rows, columns, in: arena),
            Tensor(rows, columns, in: arena)
        )
        SwiGLU.forward(gate: gate, up: up, into: y, keeping: kept)
        let exact = SwiGLU.Kept.floats(gate: rounded(gate), up: rounded(up))
        SwiGLU.forward(exact, into: expected, arena: arena)
        SwiGLU.forward(kept, into: again, arena: arena)
        #expect(again.values == expected.values)
        // The way forward itself sees the gates unrounded.
        SwiGLU.forward(.floats(gate: gate, up: up), into: expected, arena: arena)
        #expect(y.values == expected.values)
        func gradients(_ kept: SwiGLU.Kept) -> [[Float]] {
            let (dGate, dUp) = (Tensor(rows, columns, in: arena), Tensor(rows, columns, in: arena))
            SwiGLU.backward(dY, kept, dGate: dGate, dUp: dUp)
            return [dGate.values, dUp.values]
        }
        #expect(gradients(kept) == gradients(exact))
    }

    @Test func aReleasedValueIsMadeAgainOnce() {
        var count = 0
        let source = tensor(2, 3, salt: 4)
        let value = Value(source, needsGradient: true) {
            count += 1
            return source
        }
        #expect(value.tensor.values == source.values && count == 0)
        value.release()
        #expect(value.rows == 2 && value.columns == 3 && count == 0)
        #expect(value.tensor.values == source.values && count == 1)
        _ = value.tensor
        #expect(count == 1)
    }
}
