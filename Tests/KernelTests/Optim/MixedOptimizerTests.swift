// Optimizers over parameters of both types and several groups: what a step does to each element, and why bf16
// is rounded stochastically.

import Microkernels
import TestSupport
import Testing

@testable import Kernel

@Suite struct MixedOptimizerTests {
    private let arena = Arena(reserving: 1 << 28)

    /// A matrix in bf16 that is longer than a piece, one in fp32, and a vector that does not decay.
    private func store() -> ParameterStore {
        var half = ParameterSpec(name: "half", shape: [131, 157])
        half.dtype = .bfloat16
        let store = ParameterStore(
            [
                ParameterSpec(name: "norm", shape: [33], group: .vectors), half,
                ParameterSpec(name: "adapter", shape: [7, 19]),
            ], in: arena)
        let halves = store.numbers.bfloat16
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
        #expect(store.numbers.bfloat16.count == 131 * 157 && store.values.count == 7 * 19 + 33)
        #expect(store.count == 131 * 157 + 7 * 19 + 33)
        let half = try #require(store["half"])
        #expect(half.gradient.pointer == store.gradients.pointer && half.dtype == .bf16)
        let adapter = try #require(store["adapter"])
        #expect(adapter.value.pointer == store.values.pointer && adapter.dtype == .f32)
        #expect(adapter.gradient.pointer == store.gradients.pointer + 131 * 157)
        // Rows come out as they lie.
        let panel = Tensor(2, 157, in: arena)
        half.decode(3..<5, into: panel)
        #expect(panel.values == store.numbers.bfloat16.bits[3 * 157..<5 * 157].map(float))
        let row = Tensor(1, 19, in: arena)
        adapter.decode(2..<3, into: row)
        #expect(row.values == Array(store.values.values[38..<57]))
    }

    /// Types in front, groups within them; specs keep their order.
    @Test func segmentsAreOfOneTypeAndGroup() {
        let fast = ParameterGroup(learningRateScale: 16)
        let bare = ParameterGroup(learningRateScale: 16, appliesWeightDecay: false)
        func spec(_ name: String, _ count: Int, _ group: ParameterGroup, _ dtype: Precision)
            -> ParameterSpec
        {
            var spec = ParameterSpec(name: name, shape: [count], group: group)
            spec.dtype = dtype
            return spec
        }
        let store = ParameterStore(
            [
                spec("a", 1, bare, .float32), spec("b", 2, fast, .float32),
                spec("c", 4, .vectors, .float32), spec("d", 8, fast, .bfloat16),
                spec("e", 16, .matrices, .float32), spec("f", 32, .matrices, .bfloat16),
                spec("g", 64, fast, .float32),
            ], in: arena)
        #expect(store.parameters.map(\.name) == ["a", "b", "c", "d", "e", "f", "g"])
        #expect(
            store.segments == [
                .init(dtype: .bfloat16, group: .matrices, range: 0..<32),
                .init(dtype: .bfloat16, group: fast, range: 32..<40),
                .init(dtype: .float32, group: .matrices, range: 40..<56),
                .init(dtype: .float32, group: fast, range: 56..<122),
                .init(dtype: .float32, group: .vectors, range: 122..<126),
                .init(dtype: .float32, group: bare, range: 126..<127),
            ])
        #expect(store["g"]?.gradient.pointer == store.gradients.pointer + 58)
    }

    /// Every element takes the step of fp32 numbers, then values and state are rounded under their own keys.
    @Test(arguments: OptimizerKind.allCases.filter { $0 != .adafactor }, [0, 0.9])
    func aStepIsTheFloatStepRounded(_ kind: OptimizerKind, momentum: Double) {
        let store = store()
        var settings = OptimizerSettings()
        settings.momentum = momentum
        settings.weightDecay = 0.1
        let optimizer = kind.make(settings, store, 5)
        // The same numbers in fp32; before each step it takes over what the other one has rounded.
        let halves = store.numbers.bfloat16.count
        let exact = ParameterStore(
            [
                ParameterSpec(name: "all", shape: [store.count - 33]),
                ParameterSpec(name: "norm", shape: [33], group: .vectors),
            ], in: arena)
        let twin = kind.make(settings, exact, 0)
        func values(_ store: ParameterStore, _ optimizer: any Optimizer) -> [[Float]] {
            let (numbers, items) = (store.numbers, optimizer.stateItems)
            let state = stride(from: 0, to: items.count, by: numbers.bfloat16.count > 0 ? 2 : 1)
                .map { items[$0].values + (numbers.bfloat16.count > 0 ? items[$0 + 1].values : []) }
            return [numbers.bfloat16.bits.map(float) + numbers.float32.values] + state
        }
        for step in 1...3 {
            let before = values(store, optimizer)
            exact.values.copy(from: tensor(before[0], store.count))
            for (item, values) in zip(twin.stateItems, before.dropFirst()) { item.set(values) }
            exact.gradients.copy(from: store.gradients)
            optimizer.step(store, rate: 1e-3, gradientScale: 0.5)
            twin.step(exact, rate: 1e-3, gradientScale: 0.5)
            let (mixed, floats) = (values(store, optimizer), values(exact, twin))
            #expect(mixed.count == floats.count && mixed[0] != before[0])
            for (buffer, (a, b)) in zip(mixed, floats).enumerated() {
                var expected = [UInt16](repeating: 0, count: halves)
                mk_round_bf16_stochastically(
                    mk_level(), b, &expected, halves,
                    AdamW.roundingKey(5, step: step, buffer: buffer), 0)
                #expect(Array(a[..<halves]) == expected.map(float), "step \(step), \(buffer)")
                #expect(a[halves...] == b[halves...], "step \(step), \(buffer)")
            }
        }
        // What the estimate counts is what the state takes.
        let specs = store.parameters.map { parameter in
            var spec = ParameterSpec(name: parameter.name, shape: parameter.shape)
            spec.dtype = parameter.dtype == .bf16 ? .bfloat16 : .float32
            return spec
        }
        #expect(
            optimizer.stateItems.reduce(0) { $0 + $1.byteCount }
                == kind.stateBytes(settings, specs))
    }

    /// Groups scale the rate and leave decay out: elements with the same numbers show it.
    @Test(arguments: OptimizerKind.allCases, [Precision.float32, .bfloat16])
    func groupsScaleTheRate(_ kind: OptimizerKind, _ dtype: Precision) throws {
        func store(_ group: ParameterGroup) -> ParameterStore {
            // Longer than a piece, so that the second one begins inside of one.
            let specs = [(9000, ParameterGroup.matrices), (5000, group)].enumerated().map {
                var spec = ParameterSpec(name: "\($0)", shape: [$1.0], group: $1.1)
                spec.dtype = dtype
                return spec
            }
            let store = ParameterStore(specs, in: arena)
            store.gradients.fill(0.25)
            store.numbers.float32.fill(1)
            store.numbers.bfloat16.set(
                bits: [UInt16](repeating: 0x3f80, count: store.numbers.bfloat16.count))
            return store
        }
        var settings = OptimizerSettings()
        settings.weightDecay = 0.5
        func moved(_ group: ParameterGroup, _ rate: Double) throws -> (first: Double, last: Double)
        {
            let store = store(group)
            kind.make(settings, store, 3).step(store, rate: rate, gradientScale: 1)
            func mean(_ name: String) throws -> Double {
                let parameter = try #require(store[name])
                let panel = Tensor(1, parameter.count, in: arena)
                parameter.decode(0..<1, into: panel)
                return panel.values.reduce(0) { $0 + Double(1 - $1) } / Double(parameter.count)
            }
            return (try mean("0"), try mean("1"))
        }
        let (base, fast) = try moved(ParameterGroup(learningRateScale: 4), 1e-2)
        let (bare, _) = try moved(.vectors, 1e-2)
        let (alone, _) = try moved(.matrices, 4e-2)
        let (_, undecayed) = try moved(.vectors, 1e-2)
        // In bf16 the mean of thousands of draws: a step of 2⁻⁸ around 1, five deviations.
        let tolerance = dtype == .float32 ? 1e-6 : 5 * (0.25 / 256 / 256 / 5000).squareRoot()
        #expect(abs(base - bare) < tolerance && abs(fast - alone) < tolerance)
        #expect(abs(fast - 4 * base) < 5 * tolerance && base > 4e-3)
        // Decay of a value of 1 at this rate, whether it joins the gradient or not.
        #expect(undecayed < base - 1e-3)
    }

    /// A weight of 1 that AdamW moves by 1e-5 a step: half of bf16's step there is 2⁻⁹ below it, 200 times as
    /// much. To the nearest it never moves; stochastically it moves as fast as in fp32, on average.
    @Test func nearestRoundingStandsStillWhereStochasticFollows() throws {
        let (count, steps, rate) = (1 << 14, 300, 1e-5)
        func spec(_ held: Precision) -> ParameterSpec {
            var spec = ParameterSpec(name: "w", shape: [128, 128])
            spec.dtype = held
            return spec
        }
        let store = ParameterStore([spec(.bfloat16)], in: arena)
        let halves = store.numbers.bfloat16
        halves.set(bits: [UInt16](repeating: 0x3f80, count: count))
        store.gradients.fill(1)
        let optimizer = AdamW(store, seed: 1)

        let nearest = ParameterStore([spec(.float32)], in: arena)
        nearest.values.fill(1)
        nearest.gradients.fill(1)
        let plain = AdamW(nearest)
        for _ in 0..<steps {
            optimizer.step(store, rate: rate, gradientScale: 1)
            plain.step(nearest, rate: rate, gradientScale: 1)
            BFloat16Twin.round(
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

extension TensorFile.Item {
    /// Its numbers as floats.
    var values: [Float] {
        switch numbers {
        case .float32(let tensor): tensor.values
        case .bfloat16(let buffer): buffer.bits.map { Float(bitPattern: UInt32($0) << 16) }
        }
    }

    /// Sets fp32 numbers.
    fileprivate func set(_ values: [Float]) {
        guard case .float32(let tensor) = numbers else { return }
        for (index, value) in values.enumerated() { tensor.pointer[index] = value }
    }
}
