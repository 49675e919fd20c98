// The language-model head and the log probabilities of its targets in one: logits exist for a chunk of labelled
// rows at a time, turn into their own gradient in place, and flow back at once. Rows without a label never get here.
// Legend: R labelled rows, C channels, V vocabulary.

import Microkernels

/// −log softmax(cap(h_r Wᵀ))[label_r] of each row and its gradient. Shapes: h (R, C); W (V, C).
enum CrossEntropy {
    /// What the backward pass multiplies the gradient of each row's −log p with.
    enum Scales {
        /// The same for all rows, known before anything is computed.
        case uniform(Float)
        /// One for each row, a function of what was measured on it.
        case each((Row) -> Float)
        /// One for each row, a function of what all rows hold.
        case rows((Rows) -> [Float])
    }

    /// What is measured besides the loss.
    struct Extras: OptionSet {
        let rawValue: Int

        static let meanLogit = Extras(rawValue: 1)
        static let topEntropy = Extras(rawValue: 2)
    }

    /// What was measured on a row.
    struct Row {
        /// −log p of the label.
        var loss: Double
        /// The entropy of the distribution over the `topCount` likeliest tokens, in nats; 0 unless it was asked for.
        var topEntropy = 0.0
    }

    /// Tokens that `topEntropy` looks at.
    static let topCount = 20

    /// What was measured on all rows.
    struct Rows {
        /// −log p of the row's label, or the smoothed loss.
        var losses: [Double]
        /// The mean of the row's logits; empty unless it was asked for.
        var meanLogits: [Double] = []
        var topEntropies: [Double] = []
        /// How far the row's distribution is from the other model's; empty without one.
        var divergences: [Double] = []

        /// Σ −log p.
        var sum: Double { losses.reduce(0, +) }
    }

    /// Rows of logits held at once for a vocabulary. In fp32 the head is decoded again for each chunk, so
    /// that few large ones are better; in bf16 its panels serve all of them.
    static func chunkRows(vocabulary: Int, _ backend: MatmulBackend) -> Int {
        let floats = backend.precision == .float32 ? 24 << 20 : 8 << 20
        return max(16, floats / max(1, vocabulary))
    }

    /// Measures every row. With `dH`, the gradient of Σ scale · −log p is written to it (and added to the head's
    /// own gradient when it is trained). Scales that depend on the measures of all rows need the logits twice: those of
    /// more rows than `chunkRows` are computed again. With `smoothing` ε the loss of a row is
    /// (1 − ε) · −log p[label] + ε · the mean of −log p over the vocabulary (Szegedy et al. 2016, arXiv 1512.00567).
    /// With `other`, the weighted divergence from that model is added to the gradient.
    static func run(
        _ h: Tensor, head: Projection, softCap: Float? = nil, labels: [Int32], scales: Scales,
        smoothing: Float = 0, against other: Other? = nil, dH: Tensor?, extras: Extras = [],
        chunkRows: Int? = nil, backend: MatmulBackend, arena: Arena
    ) -> Rows {
        precondition(labels.count == h.rows, "\(labels.count) labels for \(h.rows) rows")
        guard h.rows > 0 else { return Rows(losses: []) }
        let phase = arena.enter(.forward)
        defer { arena.leave(to: phase) }
        let pass = HeadPass(
            h: h, head: head, softCap: softCap, labels: labels, hasGradient: dH != nil,
            smoothing: smoothing, other: other, extras: extras, chunkRows: chunkRows,
            backend: backend, arena: arena)
        guard let dH else {
            return pass.measure { _, _ in }
        }
        switch scales {
        case .uniform(let scale):
            return pass.measure(turningWith: { _ in scale }) { range, logits in
                pass.flow(logits, range, into: dH)
            }
        case .each(let scale):
            return pass.measure(turningWith: scale) { range, logits in
                pass.flow(logits, range, into: dH)
            }
        case .rows(let scales):
            precondition(
                smoothing == 0 && other == nil,
                "smoothed losses and divergences have scales of their own rows only")
            let measured = pass.measure { _, _ in }
            let own = scales(measured)
            precondition(own.count == h.rows, "\(own.count) scales for \(h.rows) rows")
            for range in pass.ranges {
                let logits = pass.isOneChunk ? pass.chunk(range) : pass.logits(range)
                pass.turn(logits, range, own, isCapped: pass.isOneChunk, measured.losses)
                pass.flow(logits, range, into: dH)
            }
            return measured
        }
    }
}

/// The head over chunks of rows, with the scratch that they share.
private struct HeadPass {
    let h: Tensor
    let head: Projection
    let softCap: Float?
    let labels: [Int32]
    let smoothing: Float
    let extras: CrossEntropy.Extras
    let backend: MatmulBackend
    let arena: Arena
    /// Rows that are held at once.
    let chunkRows: Int
    private let scratch: Tensor
    /// Derivatives of the cap of each logit; nil without a cap or a gradient.
    private let slopes: Tensor?
    private let panels: WeightPanels?
    private let other: OtherHead?
    private let hasGradient: Bool

    init(
        h: Tensor, head: Projection, softCap: Float?, labels: [Int32], hasGradient: Bool,
        smoothing: Float, other: CrossEntropy.Other?, extras: CrossEntropy.Extras,
        chunkRows: Int?, backend: MatmulBackend, arena: Arena
    ) {
        (self.h, self.head, self.softCap, self.labels) = (h, head, softCap, labels)
        (self.backend, self.arena) = (backend, arena)
        (self.smoothing, self.extras) = (smoothing, extras)
        self.chunkRows = min(
            h.rows, chunkRows ?? CrossEntropy.chunkRows(vocabulary: head.outputs, backend))
        scratch = Tensor(self.chunkRows, head.outputs, in: arena)
        slopes =
            hasGradient && softCap != nil ? Tensor(self.chunkRows, head.outputs, in: arena) : nil
        panels = head.panels(backend, withGradient: hasGradient, arena: arena)
        self.hasGradient = hasGradient
        self.other = other.map { [rows = self.chunkRows] in
            OtherHead($0, chunkRows: rows, vocabulary: head.outputs, arena: arena)
        }
    }

    var isOneChunk: Bool { chunkRows == h.rows }

    var ranges: [Range<Int>] {
        stride(from: 0, to: h.rows, by: chunkRows).map { $0..<min(h.rows, $0 + chunkRows) }
    }

    /// The scratch of a chunk.
    func chunk(_ range: Range<Int>) -> Tensor { scratch.rows(0..<range.count) }

    /// The logits of a chunk, without the cap.
    func logits(_ range: Range<Int>) -> Tensor {
        let logits = chunk(range)
        head.baseProduct(h.rows(range), into: logits, backend, panels, arena: arena)
        return logits
    }

    /// Measures all rows; with scales, each row of logits becomes its gradient while it is in the cache. `body`
    /// gets each chunk.
    func measure(
        turningWith scale: ((CrossEntropy.Row) -> Float)? = nil,
        _ body: (Range<Int>, Tensor) -> Void
    ) -> CrossEntropy.Rows {
        let vocabulary = head.outputs
        var rows = CrossEntropy.Rows(
            losses: [Double](repeating: 0, count: h.rows),
            meanLogits: [Double](
                repeating: 0, count: extras.contains(.meanLogit) ? h.rows : 0),
            topEntropies: [Double](
                repeating: 0, count: extras.contains(.topEntropy) ? h.rows : 0),
            divergences: [Double](repeating: 0, count: other == nil ? 0 : h.rows))
        for range in ranges {
            let logits = logits(range)
            other?.compute(range)
            var found = [(row: CrossEntropy.Row, mean: Double, divergence: Double)](
                repeating: (CrossEntropy.Row(loss: 0), 0, 0), count: range.count)
            each(of: &found) { r in
                let (row, label) = (logits.row(r), label(range.lowerBound + r))
                if let softCap { mk_soft_cap(row, slopes?.row(r), vocabulary, 1, softCap) }
                let sum = mk_logsumexp(row, vocabulary)
                var measured = CrossEntropy.Row(loss: sum - Double(row[label]))
                var mean = 0.0
                if smoothing > 0 || extras.contains(.meanLogit) {
                    mean = mk_sum(row, vocabulary) / Double(vocabulary)
                }
                if smoothing > 0 {
                    measured.loss += Double(smoothing) * (Double(row[label]) - mean)
                }
                if extras.contains(.topEntropy) {
                    measured.topEntropy = TopEntropy.of(
                        UnsafeBufferPointer(start: row, count: vocabulary),
                        top: CrossEntropy.topCount)
                }
                let divergence = other?.measure(row, r, hasGradient: hasGradient) ?? 0
                if let scale { turn(row, r, label, sum, scale(measured)) }
                return (measured, mean, divergence)
            }
            for (r, one) in zip(range, found) {
                rows.losses[r] = one.row.loss
                if !rows.meanLogits.isEmpty { rows.meanLogits[r] = one.mean }
                if !rows.topEntropies.isEmpty { rows.topEntropies[r] = one.row.topEntropy }
                if !rows.divergences.isEmpty { rows.divergences[r] = one.divergence }
            }
            body(range, logits)
        }
        return rows
    }

    /// Computes each element from its place, on all threads.
    private func each<Element>(of elements: inout [Element], _ body: (Int) -> Element) {
        elements.withUnsafeMutableBufferPointer { elements in
            guard let base = elements.baseAddress else { return }
            Parallel.ranges(elements.count) { places in
                for place in places { base[place] = body(place) }
            }
        }
    }

    /// Turns a chunk of logits into their gradient, row by row with its own scale.
    func turn(
        _ logits: Tensor, _ range: Range<Int>, _ scales: [Float], isCapped: Bool,
        _ losses: [Double]
    ) {
        let vocabulary = head.outputs
        Parallel.ranges(range.count) { rows in
            for r in rows {
                let (row, place) = (logits.row(r), range.lowerBound + r)
                if let softCap, !isCapped {
                    mk_soft_cap(row, slopes?.row(r), vocabulary, 1, softCap)
                }
                let label = label(place)
                turn(row, r, label, losses[place] + Double(row[label]), scales[place])
            }
        }
    }

    /// scale · (softmax − the target distribution) and the gradient of the divergence, times the derivative of the cap.
    /// The target is one at the label, smoothed over the vocabulary.
    private func turn(
        _ row: UnsafeMutablePointer<Float>, _ r: Int, _ label: Int, _ logSumExp: Double,
        _ scale: Float
    ) {
        mk_softmax_scaled(row, logSumExp, scale, head.outputs)
        row[label] -= scale * (1 - smoothing)
        if smoothing > 0 {
            let share = scale * smoothing / Float(head.outputs)
            for v in 0..<head.outputs { row[v] -= share }
        }
        other?.add(r, to: row)
        if let slope = slopes?.row(r) { mk_multiply(row, slope, head.outputs) }
    }

    /// The gradient of a chunk's logits on to the rows of `dH` and to the head.
    func flow(_ gradient: Tensor, _ range: Range<Int>, into dH: Tensor) {
        head.baseGradient(
            gradient, input: h.rows(range), into: dH.rows(range), accumulate: false, backend,
            panels, arena: arena)
    }

    private func label(_ row: Int) -> Int {
        let label = Int(labels[row])
        precondition(
            label >= 0 && label < head.outputs, "label \(label) of \(head.outputs)")
        return label
    }
}
