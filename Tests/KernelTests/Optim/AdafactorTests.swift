// Adafactor beside its parity with transformers (TinyParityTests): bf16 and threads.

import Microkernels
import Testing

@testable import Kernel
import TestSupport

@Suite struct AdafactorTests {
    private func store(_ dtype: Precision) -> ParameterStore {
        let specs = [("a", [37, 29]), ("b", [5, 301]), ("c", [41])].map { name, shape in
            var spec = ParameterSpec(name: name, shape: shape)
            if shape.count > 1 { spec.dtype = dtype }
            return spec
        }
        let store = ParameterStore(specs, in: Arena(reserving: 1 << 26))
        for (salt, parameter) in store.parameters.enumerated() {
            // Numbers that bf16 has.
            let values = patternFill(parameter.count, salt: salt, scale: 1).map {
                Float(bitPattern: $0.bitPattern & 0xffff_0000)
            }
            switch parameter.stored {
            case .float32(let tensor):
                for (i, value) in values.enumerated() { tensor.pointer[i] = value }
            case .bfloat16(let matrix):
                for (i, value) in values.enumerated() {
                    matrix.numbers.pointer[i] = UInt16(value.bitPattern >> 16)
                }
            }
            let gradient = patternFill(parameter.count, salt: salt + 7, scale: 0.3)
            for (i, value) in gradient.enumerated() { parameter.gradient.pointer[i] = value }
        }
        return store
    }

    /// Matrices in bf16 take the step of fp32 numbers and are rounded stochastically; their state is the same.
    @Test func halvesTakeTheFloatStepRounded() throws {
        let (halves, floats) = (store(.bfloat16), store(.float32))
        let mixed = Adafactor(halves, weightDecay: 0.1, seed: 5)
        let exact = Adafactor(floats, weightDecay: 0.1, seed: 5)
        mixed.step(halves, rate: 0.02, gradientScale: 0.5)
        exact.step(floats, rate: 0.02, gradientScale: 0.5)
        let key = Adafactor.roundingKey(5, step: 1, buffer: 0)
        for (index, (half, float)) in zip(halves.parameters, floats.parameters).enumerated() {
            guard case .bfloat16(let matrix) = half.stored else {
                #expect(half.value.values == float.value.values)
                continue
            }
            var expected = [UInt16](repeating: 0, count: float.count)
            mk_round_bf16_stochastically(
                mk_level(), float.value.values, &expected, float.count,
                ForwardContext.mix(key ^ UInt64(index)), 0)
            #expect((0..<float.count).map { matrix.numbers.pointer[$0] } == expected)
        }
        for (a, b) in zip(mixed.stateItems, exact.stateItems) {
            #expect(a.name == b.name && a.values == b.values)
        }
    }

    /// A step of a rank-one gradient is the rate in every element, but for what clipping by the mean square takes.
    @Test func aRankOneGradientStepsByItsSign() {
        let store = store(.float32)
        let a = store.parameters[0]
        for r in 0..<a.rows {
            for c in 0..<a.columns {
                a.gradient.row(r)[c] = Float((r % 3 + 1) * (c % 5 + 1)) * (r % 2 == 0 ? 1 : -1)
            }
        }
        let before = a.value.values
        Adafactor(store).step(store, rate: 0.01, gradientScale: 1)
        for (i, (old, new)) in zip(before, a.value.values).enumerated() {
            let sign: Float = i / a.columns % 2 == 0 ? 1 : -1
            #expect(abs(old - new - sign * 0.01) < 1e-5)
        }
    }
}
