// What a gated unit saves in bf16, and values that are recomputed, against what they stand for.

import TestSupport
import Testing

@testable import Kernel

struct SavedGatesTests {
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

    @Test(arguments: [(1, 1), (3, 17), (33, 127)], [Activation.silu, .geluTanh])
    func bfloat16GivesTheGradientsOfRoundedGates(
        _ shape: (rows: Int, columns: Int), activation: Activation
    ) {
        let (rows, columns) = shape
        let (gate, up) = (tensor(rows, columns, salt: 1), tensor(rows, columns, salt: 2))
        let dY = tensor(rows, columns, salt: 3)
        let saved = GatedLinearUnit.Saved.bfloat16(rows, columns, arena)
        let (y, again, expected) = (
            Tensor(rows, columns, in: arena), Tensor(rows, columns, in: arena),
            Tensor(rows, columns, in: arena)
        )
        GatedLinearUnit.forward(
            activation, gate: gate, up: up, into: y, saving: saved)
        let exact = GatedLinearUnit.Saved.floats(gate: rounded(gate), up: rounded(up))
        GatedLinearUnit.forward(
            activation, exact, into: expected, arena: arena)
        GatedLinearUnit.forward(
            activation, saved, into: again, arena: arena)
        #expect(again.values == expected.values)
        // The way forward itself sees the gates unrounded.
        GatedLinearUnit.forward(
            activation, .floats(gate: gate, up: up), into: expected, arena: arena)
        #expect(y.values == expected.values)
        func gradients(_ saved: GatedLinearUnit.Saved) -> [[Float]] {
            let (dGate, dUp) = (Tensor(rows, columns, in: arena), Tensor(rows, columns, in: arena))
            GatedLinearUnit.backward(activation, dY, saved, dGate: dGate, dUp: dUp)
            return [dGate.values, dUp.values]
        }
        #expect(gradients(saved) == gradients(exact))
    }

    @Test func aFreedValueIsRecomputedOnce() {
        var count = 0
        let source = tensor(2, 3, salt: 4)
        let value = Value(source, requiresGrad: true) {
            count += 1
            return source
        }
        #expect(value.tensor.values == source.values && count == 0)
        value.free()
        #expect(value.rows == 2 && value.columns == 3 && count == 0)
        #expect(value.tensor.values == source.values && count == 1)
        _ = value.tensor
        #expect(count == 1)
    }
}
