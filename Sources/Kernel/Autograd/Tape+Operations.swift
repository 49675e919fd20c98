// The operations of a decoder as the tape records them: each runs forward at once and leaves a closure
// that turns the gradient of its result into gradients of its inputs.

extension Tape {
    /// RMS normalization with a gain. The result can be released.
    func rmsNorm(_ x: Value, gain: Vector, epsilon: Float) -> Value {
        let needs = tracks(x.needsGradient || gain.parameter != nil)
        let inverse = needs ? Tensor(1, x.rows, in: arena) : nil
        let run = { [arena] in
            let y = Tensor(x.rows, x.columns, in: arena)
            RMSNormalization.forward(
                x.tensor, gain: gain.pointer, epsilon: epsilon, into: y,
                inverseRMS: inverse?.pointer)
            return y
        }
        let result = Value(run(), needsGradient: needs, remake: run)
        guard let inverse else { return result }
        record { [arena] in
            result.release()
            guard let dY = result.takeGradient() else { return }
            // A frozen input still needs somewhere to write when only the gain is trained.
            let sink =
                x.needsGradient
                ? x.gradientSink(arena) : (Tensor(dY.rows, dY.columns, in: arena), false)
            RMSNormalization.backward(
                dY, x: x.tensor, gain: gain.pointer, inverseRMS: inverse.pointer, into: sink.0,
                accumulate: sink.1, dGain: gain.parameter?.gradient.pointer, arena: arena)
        }
        return result
    }

    /// RMS normalization of each head of x (T, heads · D) on its own, with one gain (D).
    func headNorm(_ x: Value, gain: Vector, epsilon: Float) -> Value {
        let heads = x.tensor.columns / gain.count
        let flat = x.tensor.reshaped(x.tensor.rows * heads, gain.count)
        let y = Tensor(x.tensor.rows, x.tensor.columns, in: arena)
        let result = Value(y, needsGradient: tracks(x.needsGradient || gain.parameter != nil))
        let inverse = Tensor(1, flat.rows, in: arena)
        RMSNormalization.forward(
            flat, gain: gain.pointer, epsilon: epsilon, into: y.reshaped(flat.rows, gain.count),
            inverseRMS: inverse.pointer)
        guard result.needsGradient else { return result }
        record { [arena] in
            guard let dY = result.takeGradient() else { return }
            let sink =
                x.needsGradient
                ? x.gradientSink(arena) : (Tensor(dY.rows, dY.columns, in: arena), false)
            RMSNormalization.backward(
                dY.reshaped(flat.rows, gain.count), x: flat, gain: gain.pointer,
                inverseRMS: inverse.pointer,
                into: sink.0.reshaped(flat.rows, gain.count), accumulate: sink.1,
                dGain: gain.parameter?.gradient.pointer, arena: arena)
        }
        return result
    }

    /// Turns the heads of x to their positions, in place: x must be the fresh result of a projection or norm.
    func rotate(_ x: Value, table: Tensor) -> Value {
        Rotary.apply(x.tensor, table: table, direction: 1)
        let result = Value(x.tensor, needsGradient: x.needsGradient)
        guard result.needsGradient else { return result }
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
        let o = Tensor(q.tensor.rows, q.tensor.columns, in: arena)
        let needs = tracks(q.needsGradient || k.needsGradient || v.needsGradient)
        let result = Value(o, needsGradient: needs)
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
            if q.needsGradient { q.addGradient(dQ) }
            if k.needsGradient { k.addGradient(dK) }
            if v.needsGradient { v.addGradient(dV) }
        }
        return result
    }

    /// silu(gate) · up, of the fresh results of two projections that nobody else reads. The result can be
    /// released. What is kept of gate and up has the width of the products' factors.
    func swiGLU(gate: Value, up: Value, precision: Precision) -> Value {
        let (rows, columns) = (gate.rows, gate.columns)
        let needs = tracks(gate.needsGradient || up.needsGradient)
        let kept: SwiGLU.Kept =
            needs && precision == .bfloat16
            ? .halves(rows, columns, arena) : .floats(gate: gate.tensor, up: up.tensor)
        let y = Tensor(rows, columns, in: arena)
        SwiGLU.forward(gate: gate.tensor, up: up.tensor, into: y, keeping: kept)
        gate.forget()
        up.forget()
        guard needs else { return Value(y, needsGradient: false) }
        let result = Value(y, needsGradient: true) { [arena] in
            let again = Tensor(rows, columns, in: arena)
            SwiGLU.forward(kept, into: again, arena: arena)
            return again
        }
        record { [arena] in
            result.release()
            guard let dY = result.takeGradient() else { return }
            let (dGate, dUp) =
                switch kept {
                case .floats(let gate, let up): (gate, up)
                case .halves: (Tensor(rows, columns, in: arena), Tensor(rows, columns, in: arena))
                }
            SwiGLU.backward(dY, kept, dGate: dGate, dUp: dUp)
            if gate.needsGradient { gate.addGradient(dGate) }
            if up.needsGradient { up.addGradient(dUp) }
        }
        return result
    }

    /// stream + update, written over the update. The gradient of the sum serves both: the update's
    /// producer reads it before anything is added to the stream's.
    func addResidual(_ update: Value, to stream: Value) -> Value {
        Elementwise.add(stream.tensor, to: update.tensor)
        let result = Value(
            update.tensor, needsGradient: tracks(stream.needsGradient || update.needsGradient))
        guard result.needsGradient else { return result }
        record {
            guard let dY = result.takeGradient() else { return }
            if update.needsGradient { update.addGradient(dY) }
            if stream.needsGradient { stream.addGradient(dY) }
        }
        return result
    }

    /// Runs `body` without saving anything, and again when its gradient is wanted.
    /// Paper: arXiv 1604.06174. The second run repeats the first bit for bit, dropout included.
    func recomputing(
        _ x: Value, _ context: ForwardContext, trains: Bool,
        _ body: @escaping (Value, ForwardContext) -> Value
    ) -> Value {
        guard isRecording, x.needsGradient || trains else { return body(x, context) }
        let silent = context.with(Tape(in: arena, isRecording: false))
        let y = body(Value(x.tensor, needsGradient: false), silent).tensor
        let result = Value(y, needsGradient: true)
        record { [arena] in
            guard let dY = result.takeGradient() else { return }
            let tape = Tape(in: arena, isRecording: true)
            let input = Value(x.tensor, needsGradient: x.needsGradient)
            body(input, context.with(tape)).addGradient(dY)
            tape.runBackward()
            if x.needsGradient, let dX = input.takeGradient() { x.addGradient(dX) }
        }
        return result
    }
}
