// The operations of a decoder as the tape records them: each runs forward at once and leaves a closure
// that turns the gradient of its result into gradients of its inputs.

import Microkernels

extension Tape {
    /// A norm of each row. The result can be freed: it is recomputed from x; `isKept` if it will not be.
    func norm(_ x: Value, _ norm: Norm, isKept: Bool = false) -> Value {
        let needs = tracks(x.requiresGrad || norm.requiresGrad)
        let inverse = needs ? Tensor(1, x.rows, in: arena, isKept: true) : nil
        let gain = norm.gain(in: arena)
        let run = { [arena] in
            let y = Tensor(x.rows, x.columns, in: arena, isKept: isKept)
            RMSNormalization.forward(
                x.tensor, gain: gain.pointer, epsilon: norm.spec.epsilon, into: y,
                inverseRMS: inverse?.pointer)
            return y
        }
        let result = Value(run(), requiresGrad: needs, recompute: run)
        guard let inverse else { return result }
        record { [arena] in
            result.free()
            guard let dY = result.takeGradient() else { return }
            // A frozen input still needs somewhere to write when only the gain is trained.
            let sink =
                x.requiresGrad
                ? x.gradientSink(arena) : (Tensor(dY.rows, dY.columns, in: arena), false)
            RMSNormalization.backward(
                dY, x: x.tensor, gain: gain.pointer, inverseRMS: inverse.pointer, into: sink.0,
                accumulate: sink.1, dGain: norm.weightGradient, arena: arena)
        }
        return result
    }

    /// A norm of each head of x (T, heads · D) on its own, with one gain (D).
    func headNorm(_ x: Value, _ norm: Norm) -> Value {
        let gain = norm.gain(in: arena)
        let heads = x.tensor.columns / gain.count
        let flat = x.tensor.reshaped(x.tensor.rows * heads, gain.count)
        let y = Tensor(x.tensor.rows, x.tensor.columns, in: arena, isKept: true)
        let result = Value(y, requiresGrad: tracks(x.requiresGrad || norm.requiresGrad))
        let inverse = Tensor(1, flat.rows, in: arena, isKept: true)
        RMSNormalization.forward(
            flat, gain: gain.pointer, epsilon: norm.spec.epsilon,
            into: y.reshaped(flat.rows, gain.count),
            inverseRMS: inverse.pointer)
        guard result.requiresGrad else { return result }
        record { [arena] in
            guard let dY = result.takeGradient() else { return }
            let sink =
                x.requiresGrad
                ? x.gradientSink(arena) : (Tensor(dY.rows, dY.columns, in: arena), false)
            RMSNormalization.backward(
                dY.reshaped(flat.rows, gain.count), x: flat, gain: gain.pointer,
                inverseRMS: inverse.pointer,
                into: sink.0.reshaped(flat.rows, gain.count), accumulate: sink.1,
                dGain: norm.weightGradient, arena: arena)
        }
        return result
    }

    /// Turns the heads of x to their positions, in place: x must be the fresh result of a projection or norm.
    func rotate(_ x: Value, table: Tensor) -> Value {
        Rotary.apply(x.tensor, table: table, direction: 1)
        let result = Value(x.tensor, requiresGrad: x.requiresGrad)
        guard result.requiresGrad else { return result }
        record {
            guard let dY = result.takeGradient() else { return }
            Rotary.apply(dY, table: table, direction: -1)
            x.addGradient(dY)
        }
        return result
    }

    /// Causal attention within each segment; keys and values lie in the same rows as the queries.
    func attention(
        q: Value, k: Value, v: Value, shape: AttentionShape, segments: [Attention.Segment]
    ) -> Value {
        let o = Tensor(q.tensor.rows, q.tensor.columns, in: arena, isKept: true)
        let needs = tracks(q.requiresGrad || k.requiresGrad || v.requiresGrad)
        let result = Value(o, requiresGrad: needs)
        Attention.forward(
            q: q.tensor, k: k.tensor, v: v.tensor, segments: segments, shape: shape, into: o,
            arena: arena)
        guard needs else { return result }
        record { [arena] in
            guard let dO = result.takeGradient() else { return }
            let dQ = Tensor(q.tensor.rows, q.tensor.columns, in: arena)
            let dK = Tensor(k.tensor.rows, k.tensor.columns, in: arena)
            let dV = Tensor(v.tensor.rows, v.tensor.columns, in: arena)
            Attention.backward(
                dO: dO, q: q.tensor, k: k.tensor, v: v.tensor, o: o, segments: segments,
                shape: shape,
                dQ: dQ, dK: dK, dV: dV, arena: arena)
            if q.requiresGrad { q.addGradient(dQ) }
            if k.requiresGrad { k.addGradient(dK) }
            if v.requiresGrad { v.addGradient(dV) }
        }
        return result
    }

    /// activation(gate) · up, of the fresh results of two projections that no other operation reads. The
    /// result can be freed. What is saved of gate and up has the width of the products' factors.
    func gated(_ activation: Activation, gate: Value, up: Value, precision: Precision) -> Value {
        let (rows, columns) = (gate.rows, gate.columns)
        let needs = tracks(gate.requiresGrad || up.requiresGrad)
        let saved: GatedLinearUnit.Saved =
            needs && precision == .bfloat16
            ? .bfloat16(rows, columns, arena) : .floats(gate: gate.tensor, up: up.tensor)
        let y = Tensor(rows, columns, in: arena)
        GatedLinearUnit.forward(
            activation, gate: gate.tensor, up: up.tensor, into: y, saving: saved)
        gate.discard()
        up.discard()
        guard needs else { return Value(y, requiresGrad: false) }
        let result = Value(y, requiresGrad: true) { [arena] in
            let again = Tensor(rows, columns, in: arena)
            GatedLinearUnit.forward(activation, saved, into: again, arena: arena)
            return again
        }
        record { [arena] in
            result.free()
            guard let dY = result.takeGradient() else { return }
            let (dGate, dUp) =
                switch saved {
                case .floats(let gate, let up): (gate, up)
                case .bfloat16: (Tensor(rows, columns, in: arena), Tensor(rows, columns, in: arena))
                }
            GatedLinearUnit.backward(activation, dY, saved, dGate: dGate, dUp: dUp)
            if gate.requiresGrad { gate.addGradient(dGate) }
            if up.requiresGrad { up.addGradient(dUp) }
        }
        return result
    }

    /// stream + update, written over the update. The gradient of the sum serves both: the update's
    /// producer reads it before anything is added to the stream's.
    func addResidual(_ update: Value, to stream: Value) -> Value {
        Elementwise.add(stream.tensor, to: update.tensor)
        let result = Value(
            update.tensor, requiresGrad: tracks(stream.requiresGrad || update.requiresGrad))
        guard result.requiresGrad else { return result }
        record {
            guard let dY = result.takeGradient() else { return }
            if update.requiresGrad { update.addGradient(dY) }
            if stream.requiresGrad { stream.addGradient(dY) }
        }
        return result
    }

    /// x (T, N) with each column times its factor (1, N); `gradient` takes the factors' gradients (1, N). The result
    /// can be freed: it is recomputed from x; `isKept` if it will not be.
    func scaleColumns(
        _ x: Value, by factors: Tensor, isKept: Bool, gradient: @escaping (Tensor) -> Void
    ) -> Value {
        let run = { [arena] in
            let y = Tensor(x.rows, x.columns, in: arena, isKept: isKept)
            Elementwise.scaleColumns(x.tensor, by: factors, into: y)
            return y
        }
        let result = Value(run(), requiresGrad: isRecording, recompute: run)
        guard result.requiresGrad else { return result }
        record { [arena] in
            result.free()
            guard let dY = result.takeGradient() else { return }
            let sums = Tensor(1, factors.count, in: arena)
            sums.fill(0)
            let product = Tensor(1, factors.count, in: arena)
            for r in 0..<dY.rows {
                product.pointer.update(from: dY.row(r), count: dY.columns)
                mk_multiply(product.pointer, x.tensor.row(r), dY.columns)
                mk_axpy(sums.pointer, 1, product.pointer, dY.columns)
            }
            gradient(sums)
            guard x.requiresGrad else { return }
            let dX = Tensor(dY.rows, dY.columns, in: arena)
            Elementwise.scaleColumns(dY, by: factors, into: dX)
            x.addGradient(dX)
        }
        return result
    }

    /// y += bias for every row, over the fresh result of another operation.
    func addBias(_ bias: Vector, to y: Value) -> Value {
        Elementwise.addBias(bias.pointer, to: y.tensor)
        let result = Value(
            y.tensor, requiresGrad: tracks(y.requiresGrad || bias.parameter != nil))
        guard result.requiresGrad else { return result }
        record {
            guard let dY = result.takeGradient() else { return }
            if let parameter = bias.parameter {
                Elementwise.addColumnSums(of: dY, to: parameter.gradient.pointer)
            }
            if y.requiresGrad { y.addGradient(dY) }
        }
        return result
    }

    /// a + factor · b, written over a: both must be fresh results that no other operation reads.
    func sum(_ a: Value, _ b: Value, times factor: Float = 1) -> Value {
        let y = a.tensor
        for r in 0..<y.rows { mk_axpy(y.row(r), factor, b.tensor.row(r), y.columns) }
        a.discard()
        b.discard()
        let result = Value(y, requiresGrad: tracks(a.requiresGrad || b.requiresGrad))
        guard result.requiresGrad else { return result }
        record { [arena] in
            guard let dY = result.takeGradient() else { return }
            if b.requiresGrad {
                let dB = Tensor(dY.rows, dY.columns, in: arena)
                dB.copy(from: dY)
                Elementwise.scale(dB, by: factor)
                b.addGradient(dB)
            }
            if a.requiresGrad { a.addGradient(dY) }
        }
        return result
    }

    /// x with elements dropped at a probability, the others scaled up; which ones is a function of `key`. The result
    /// can be freed: it is recomputed from x.
    func dropout(_ x: Value, probability: Float, key: UInt64) -> Value {
        let run = { [arena] in
            let y = Tensor(x.rows, x.columns, in: arena)
            Dropout.apply(
                x.tensor, into: y, probability: probability, key: key, accumulate: false)
            return y
        }
        let result = Value(run(), requiresGrad: tracks(x.requiresGrad), recompute: run)
        guard result.requiresGrad else { return result }
        record { [arena] in
            result.free()
            guard let dY = result.takeGradient() else { return }
            let sink = x.gradientSink(arena)
            Dropout.apply(
                dY, into: sink.tensor, probability: probability, key: key,
                accumulate: sink.accumulate)
        }
        return result
    }

    /// Chosen rows of x, in their order.
    func gather(_ x: Value, rows: [Int]) -> Value {
        let picked = Tensor(rows.count, x.columns, in: arena)
        for (i, r) in rows.enumerated() {
            picked.row(i).update(from: x.tensor.row(r), count: x.columns)
        }
        let result = Value(picked, requiresGrad: tracks(x.requiresGrad))
        guard result.requiresGrad else { return result }
        record { [arena] in
            guard let dY = result.takeGradient() else { return }
            let dX = Tensor(x.rows, x.columns, in: arena)
            dX.fill(0)
            for (i, r) in rows.enumerated() { mk_axpy(dX.row(r), 1, dY.row(i), dY.columns) }
            x.addGradient(dX)
        }
        return result
    }

    /// Runs `body` without saving anything, and again when its gradient is wanted.
    /// Paper: arXiv 1604.06174. The second run repeats the first bit for bit, dropout included.
    func recomputing(
        _ x: Value, _ context: ForwardContext, requiresGrad: Bool,
        _ body: @escaping (Value, ForwardContext) -> Value
    ) -> Value {
        guard isRecording, x.requiresGrad || requiresGrad else { return body(x, context) }
        let silent = context.with(Tape(in: arena, isRecording: false))
        let y = body(Value(x.tensor, requiresGrad: false), silent).tensor
        let result = Value(y, requiresGrad: true)
        record { [arena] in
            guard let dY = result.takeGradient() else { return }
            let tape = Tape(in: arena, isRecording: true)
            let input = Value(x.tensor, requiresGrad: x.requiresGrad)
            body(input, context.with(tape)).addGradient(dY)
            tape.runBackward()
            if x.requiresGrad, let dX = input.takeGradient() { x.addGradient(dX) }
        }
        return result
    }
}
