// Some elements of a run's parameters as an optimizer's loop takes them: plain floats, whatever they are held
// in. It knows where numbers lie and how they are rounded, not what an optimizer does to them.

/// Values, gradients and up to two buffers of the same elements.
struct OptimizerPiece {
    let value: UnsafeMutablePointer<Float>
    let gradient: UnsafeMutablePointer<Float>
    /// The optimizer's first buffer; the values again when it has none.
    let first: UnsafeMutablePointer<Float>
    /// Its second one; the first again when it has none.
    let second: UnsafeMutablePointer<Float>
    let count: Int
    let decays: Bool
}

extension Optimizer {
    /// Runs `body` on all parameters, piece by piece, shared by the threads. A piece never straddles the border
    /// between decaying and other parameters.
    ///
    /// What is held in bf16 is decoded into scratch that stays in a core's cache and rounded by chance on the
    /// way back: to the nearest, almost every step of fine-tuning would be lost, being smaller than half of a
    /// weight's last digit. The bits depend on `seed`, the optimizer's step and the element only.
    func forEachPiece(
        of parameters: ParameterStore, _ buffers: [HeldNumbers], seed: UInt64,
        _ body: (OptimizerPiece) -> Void
    ) {
        precondition(buffers.count <= 2, "\(buffers.count) buffers")
        let halves = parameters.numbers.halves.count
        precondition(
            buffers.allSatisfy {
                $0.halves.count == halves && $0.floats.count == parameters.values.count
            }, "an optimizer of other parameters")
        roundedPieces(parameters, buffers, seed, body)
        let border = parameters.decayingCount
        let floats = [parameters.values] + buffers.map(\.floats)
        let (value, first, second) = (
            floats[0].pointer, floats[min(1, buffers.count)].pointer, floats[buffers.count].pointer
        )
        for (whole, decays) in [(halves..<border, true), (border..<parameters.count, false)] {
            Parallel.ranges(whole.count, grain: 1 << 14) { part in
                let start = whole.lowerBound + part.lowerBound
                let own = start - halves
                body(
                    OptimizerPiece(
                        value: value + own, gradient: parameters.gradients.pointer + start,
                        first: first + own, second: second + own, count: part.count,
                        decays: decays))
            }
        }
    }

    /// Elements of a rounded piece: three such pieces stay in a second-level cache. It divides 2³², as rounding
    /// asks.
    private var roundedLength: Int { 1 << 13 }

    private func roundedPieces(
        _ parameters: ParameterStore, _ buffers: [HeldNumbers], _ seed: UInt64,
        _ body: (OptimizerPiece) -> Void
    ) {
        let held = [parameters.numbers.halves] + buffers.map(\.halves)
        let (total, length) = (held[0].count, roundedLength)
        guard total > 0 else { return }
        let keys = held.indices.map { Self.roundingKey(seed, step: stepCount, buffer: $0) }
        let scratch = Tensor(
            Parallel.threadCount, held.count * length, in: parameters.gradients.storage.arena)
        Parallel.run((total + length - 1) / length) { part, worker in
            let range = part * length..<min(total, (part + 1) * length)
            let floats = scratch.row(worker)
            for (index, numbers) in held.enumerated() {
                numbers.read(range, into: floats + index * length)
            }
            body(
                OptimizerPiece(
                    value: floats, gradient: parameters.gradients.pointer + range.lowerBound,
                    first: floats + min(1, buffers.count) * length,
                    second: floats + buffers.count * length, count: range.count, decays: true))
            for (index, numbers) in held.enumerated() {
                numbers.writeRounding(floats + index * length, to: range, key: keys[index])
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
