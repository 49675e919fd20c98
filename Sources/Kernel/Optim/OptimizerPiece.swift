// Some elements of a run's parameters as an optimizer's loop takes them: plain floats, whatever their type.
// It knows where numbers lie and how they are rounded, not what an optimizer does to them.

/// Values, gradients and state of the same elements, which are of one group.
struct OptimizerPiece {
    let value: UnsafeMutablePointer<Float>
    let gradient: UnsafeMutablePointer<Float>
    /// The optimizer's buffers, in their order.
    let state: [UnsafeMutablePointer<Float>]
    let count: Int
    let group: ParameterGroup

    /// The learning rate of these elements, given the run's.
    func rate(_ rate: Double) -> Float { Float(rate * group.learningRateScale) }
    /// The weight decay of these elements, given the run's.
    func decay(_ weightDecay: Double) -> Float { group.appliesWeightDecay ? Float(weightDecay) : 0 }
}

extension Optimizer {
    /// Runs `body` on all parameters, piece by piece, shared by the threads. A piece is of one group.
    ///
    /// bf16 is decoded into scratch that stays in a core's cache and rounded stochastically when it is written
    /// back: to the nearest, almost every step of fine-tuning would be lost, being smaller than half of a
    /// weight's last digit. The bits depend on `seed`, the optimizer's step and the element only.
    func forEachPiece(
        of parameters: ParameterStore, _ state: ElementwiseState, seed: UInt64,
        _ body: (OptimizerPiece) -> Void
    ) {
        let numbers = [parameters.numbers] + state.buffers.map(\.numbers)
        precondition(
            numbers.allSatisfy {
                $0.bfloat16.count == numbers[0].bfloat16.count && $0.count == numbers[0].count
            }, "an optimizer of other parameters")
        for segment in parameters.segments {
            switch segment.dtype {
            case .bfloat16: roundedPieces(segment, parameters, numbers, seed, body)
            case .float32: plainPieces(segment, parameters, numbers, body)
            }
        }
    }

    private func plainPieces(
        _ segment: ParameterStore.Segment, _ parameters: ParameterStore,
        _ numbers: [ParameterBuffer], _ body: (OptimizerPiece) -> Void
    ) {
        let float32 = numbers.map(\.float32.pointer)
        let inFront = numbers[0].bfloat16.count
        Parallel.ranges(segment.range.count, grain: 1 << 14) { part in
            let start = segment.range.lowerBound + part.lowerBound
            let place = start - inFront
            body(
                OptimizerPiece(
                    value: float32[0] + place, gradient: parameters.gradients.pointer + start,
                    state: float32.dropFirst().map { $0 + place }, count: part.count,
                    group: segment.group))
        }
    }

    /// Elements of a rounded piece: three such pieces stay in a second-level cache. It divides 2³², and pieces
    /// begin at its multiples, as rounding asks.
    private var roundedLength: Int { 1 << 13 }

    private func roundedPieces(
        _ segment: ParameterStore.Segment, _ parameters: ParameterStore,
        _ numbers: [ParameterBuffer], _ seed: UInt64, _ body: (OptimizerPiece) -> Void
    ) {
        let (whole, length) = (segment.range, roundedLength)
        let keys = numbers.indices.map { Self.roundingKey(seed, step: stepCount, buffer: $0) }
        let scratch = Tensor(
            Parallel.threadCount, numbers.count * length, in: parameters.gradients.storage.arena)
        let first = whole.lowerBound / length
        Parallel.run((whole.upperBound + length - 1) / length - first) { part, worker in
            let start = (first + part) * length
            let range = whole.clamped(to: start..<start + length)
            let floats = scratch.row(worker)
            for (index, numbers) in numbers.enumerated() {
                numbers.bfloat16.read(range, into: floats + index * length)
            }
            body(
                OptimizerPiece(
                    value: floats, gradient: parameters.gradients.pointer + range.lowerBound,
                    state: numbers.indices.dropFirst().map { floats + $0 * length },
                    count: range.count, group: segment.group))
            for (index, numbers) in numbers.enumerated() {
                numbers.bfloat16.writeStochastically(
                    floats + index * length, to: range, key: keys[index])
            }
        }
    }

    /// What the rounding of a step is drawn from: values are buffer 0.
    static func roundingKey(_ seed: UInt64, step: Int, buffer: Int) -> UInt64 {
        let purpose: UInt64 = 0x726f_756e_6469_6e67
        return ForwardContext.mix(
            seed ^ purpose ^ ForwardContext.mix(UInt64(step) << 8 | UInt64(buffer)))
    }
}
