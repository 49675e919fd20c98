// Optimizers over parameters that are held in bf16, in part or all of them: what a step does to each element,
// and why it is rounded by chance.

import Microkernels
import TestSupport
import Testing

@testable import Kernel

@Suite struct HeldOptimizerTests {
    private let arena = Arena(reserving: 1 << 28)

    /// A matrix in bf16 that is longer than a piece, one in fp32, and a vector that does not decay.
    private func store() -> ParameterStore {
        var half = ParameterSpec(name: "half", shape: [131, 157], decays: true)
        half.heldIn = .bfloat16
        let store = ParameterStore(
            [
                ParameterSpec(name: "norm", shape: [33], decays: false), half,
                ParameterSpec(name: "adapter", shape: [7, 19], decays: true),
            ], in: arena)
        let halves = store.numbers.halves
        halves.set(
            bits: patternFill(halves.count, salt: 1).map {
                UInt16(truncatingIfNeeded: $0.bitPattern >> 16)
            })
        store.values.copy(
            from: tensor(patternFill(store.values.count, salt: 2), store.values.count))
        store.gradients.copy(from: tensor(patternFill(store.count, salt: 3), store.count))
        return store
    }

    private func tensor(_ values: [Float], _ count: Int) -> Tensor {
        Tensor(values, rows: 1, columns: count, in: arena)
    }

    private func float(_ half: UInt16) -> Float { Float(bitPattern: UInt32(half) << 16) }

    @Test func theStoreLaysHalvesInFront() throws {
        let store = store()
        #expect(store.parameters.map(\.name) == ["norm", "half", "adapter"])
        #expect(store.numbers.halves.count == 131 * 157 && store.values.count == 7 * 19 + 33)
        #expect(store.count == 131 * 157 + 7 * 19 + 33 && store.decayingCount == store.count - 33)
        let half = try #require(store["half"])
        #expect(half.gradient.pointer == store.gradients.pointer && half.dtype == .bf16)
        let adapter = try #require(store["adapter"])
        #expect(adapter.value.pointer == store.values.pointer && adapter.dtype == .f32)
        #expect(adapter.gradient.pointer == store.gradients.pointer + 131 * 157)
        // Rows come out as they lie.
        let panel = Tensor(2, 157, in: arena)
        half.decode(3..<5, into: panel)
        #expect(panel.values == store.numbers.halves.bits[3 * 157..<5 * 157].map(float))
        let row = Tensor(1, 19, in: arena)
        adapter.decode(2..<3, into: row)
        #expect(row.values == Array(store.values.values[38..<57]))
    }

    /// Every element takes the step of fp32 numbers, then values and buffers are rounded under their own keys.
    @Test(arguments: ["adamw", "sgd", "momentum"]) func aStepIsTheFloatStepRounded(_ kind: String) {
        let store = store()
        let (count, halves) = (store.count, store.numbers.halves.count)
        func make(_ count: Int, _ halves: Int, _ seed: UInt64) -> any Optimizer {
            switch kind {
            case "adamw":
                AdamW(count, halves: halves, weightDecay: 0.1, seed: seed, arena: arena)
            case "sgd": SGD(count, halves: halves, weightDecay: 0.1, seed: seed, arena: arena)
            default:
                SGD(
                    count, halves: halves, momentum: 0.9, weightDecay: 0.1, seed: seed,
                    arena: arena)
            }
        }
        let optimizer = make(count, halves, 5)
        // The same numbers in fp32; before each step it takes over what the other one has rounded.
        let exact = ParameterStore(
            [
                ParameterSpec(name: "all", shape: [store.decayingCount], decays: true),
                ParameterSpec(name: "norm", shape: [33], decays: false),
            ], in: arena)
        let twin = make(count, 0, 0)
        func copy(_ numbers: HeldNumbers, to floats: Tensor) {
            let all = numbers.halves.bits.map(float) + numbers.floats.values
            floats.copy(from: tensor(all, all.count))
        }
        for step in 1...3 {
            copy(store.numbers, to: exact.values)
            for (a, b) in zip(optimizer.state, twin.state) { copy(a.numbers, to: b.numbers.floats) }
            exact.gradients.copy(from: store.gradients)
            optimizer.step(store, rate: 1e-3, gradientScale: 0.5)
            twin.step(exact, rate: 1e-3, gradientScale: 0.5)
            let pairs =
                [(store.numbers, exact.values)]
                + zip(optimizer.state, twin.state).map { ($0.numbers, $1.numbers.floats) }
            for (buffer, (held, floats)) in pairs.enumerated() {
                var expected = [UInt16](repeating: 0, count: halves)
                mk_round_bf16_randomly(
                    mk_level(), floats.pointer, &expected, halves,
                    AdamW.roundingKey(5, step: step, buffer: buffer), 0)
                #expect(held.halves.bits == expected, "step \(step), buffer \(buffer)")
                #expect(held.floats.values == Array(floats.values[halves...]), "step \(step)")
            }
        }
        #expect(optimizer.state.count == (kind == "adamw" ? 2 : kind == "sgd" ? 0 : 1))
    }

    /// A weight of 1 that AdamW moves by 1e-5 a step: half of bf16's step there is 2⁻⁹ below it, 200 times as
    /// much. To the nearest it never moves; by chance it moves as fast as in fp32, on average.
    @Test func nearestRoundingStandsStillWhereChanceFollows() throws {
        let (count, steps, rate) = (1 << 14, 300, 1e-5)
        func spec(_ held: Precision) -> ParameterSpec {
            var spec = ParameterSpec(name: "w", shape: [128, 128], decays: true)
            spec.heldIn = held
            return spec
        }
        let store = ParameterStore([spec(.bfloat16)], in: arena)
        let halves = store.numbers.halves
        halves.set(bits: [UInt16](repeating: 0x3f80, count: count))
        store.gradients.fill(1)
        let optimizer = AdamW(count, halves: count, seed: 1, arena: arena)

        let nearest = ParameterStore([spec(.float32)], in: arena)
        nearest.values.fill(1)
        nearest.gradients.fill(1)
        let plain = AdamW(count, arena: arena)
        for _ in 0..<steps {
            optimizer.step(store, rate: rate, gradientScale: 1)
            plain.step(nearest, rate: rate, gradientScale: 1)
            BFloat16Rounding.round(
                UnsafeMutableBufferPointer(start: nearest.values.pointer, count: count))
        }
        #expect(nearest.values.values.allSatisfy { $0 == 1 })
        let mean = halves.bits.reduce(0.0) { $0 + Double(float($1)) } / Double(count)
        // In fp32 each of the 300 steps is 1e-5 (the gradient never changes): 1 − 3e-3. Steps of 2⁻⁸ that add up
        // to it have the variance 3e-3 · 2⁻⁸; five deviations of the mean of 16,384, and 1e-4 for the buffers.
        let bound = 5 * (3e-3 / 256 / Double(count)).squareRoot()
        #expect(abs(mean - (1 - 3e-3)) < bound + 1e-4, "\(mean) ± \(bound)")
        #expect(halves.bits.allSatisfy { (0x3f70...0x3f80).contains($0) })
    }
}
