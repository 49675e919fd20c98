// Adafactor: the mean of squared gradients as a row and a column for each matrix, and its row in the table.

import Foundation

/// Adam without a first moment whose second one is factored, with a given rate. Paper: arXiv 1804.04235; arithmetic of
/// transformers' Adafactor as its Trainer makes it (scale_parameter and relative_step off).
///
/// With β = 1 − t^−0.8, of a matrix G (R, C), averaging G² + 10⁻³⁰:
///
///     r ← β r + (1 − β) mean over columns,   c ← β c + (1 − β) mean over rows
///     U = G / √(r cᵀ / mean(r)),   U ← U / max(1, RMS(U)),   θ ← θ · (1 − rate · decay) − rate · U
///
/// Vectors keep their squares whole.
public final class Adafactor: Optimizer {
    private let weightDecay: Double
    private let seed: UInt64
    /// What is kept of each parameter, in the store's order; fp32 whatever the parameter's type.
    private let moments: [Moments]
    public var stepCount = 0
    public var stateItems: [TensorFile.Item] { moments.flatMap(\.items) }

    /// What is added to squares, and the power of the step by which old ones fade.
    private static let guardTerm: Float = 1e-30
    private static let fading = -0.8

    /// `seed` decides how bf16 numbers are rounded.
    public init(_ parameters: ParameterStore, weightDecay: Double = 0, seed: UInt64 = 0) {
        self.weightDecay = weightDecay
        self.seed = seed
        // One buffer for all: most parameters have few numbers.
        let counts = parameters.parameters.map { Moments.count($0.shape) }
        let buffer = Tensor(1, counts.reduce(0, +), in: parameters.gradients.storage.arena)
        buffer.fill(0)
        var end = 0
        moments = zip(parameters.parameters, counts).map { parameter, count in
            defer { end += count }
            return Moments(parameter, buffer.window(at: end, 1, count))
        }
    }

    public func step(_ parameters: ParameterStore, rate: Double, gradientScale: Double) {
        stepCount += 1
        let kept = Float(1 - pow(Double(stepCount), Self.fading))
        let key = Self.roundingKey(seed, step: stepCount, buffer: 0)
        let arena = parameters.gradients.storage.arena
        for (index, (parameter, moments)) in zip(parameters.parameters, moments).enumerated() {
            let factors = moments.update(
                with: parameter.gradient, scale: Float(gradientScale), kept: kept,
                guardTerm: Self.guardTerm, in: arena)
            let size = (factors.sumOfSquares / Double(parameter.count)).squareRoot()
            let rate = rate * parameter.group.learningRateScale
            let decay = parameter.group.appliesWeightDecay ? weightDecay : 0
            let step = Float(rate / max(1, size)) * Float(gradientScale)
            parameter.updateRows(key: ForwardContext.mix(key ^ UInt64(index)), in: arena) {
                r, values in
                let gradient = parameter.gradient.row(r)
                let (keep, step) = (Float(1 - rate * decay), step * factors.row(r))
                let columns = factors.columns.pointer
                for c in 0..<parameter.columns {
                    values[c] = values[c] * keep - step * gradient[c] * columns[c]
                }
            }
        }
    }
}

/// The second moments of one parameter.
private struct Moments {
    /// Means over columns (1, R) and over rows (1, C) of a matrix; the squares themselves (1, C) of a vector.
    let rows: Tensor?
    let columns: Tensor
    let name: String

    init(_ parameter: Parameter, _ numbers: Tensor) {
        name = parameter.name
        let inFront = numbers.count - parameter.columns
        rows = inFront > 0 ? numbers.window(at: 0, 1, inFront) : nil
        columns = numbers.window(at: inFront, 1, parameter.columns)
    }

    /// How many numbers are kept of a parameter of this shape.
    static func count(_ shape: [Int]) -> Int {
        (shape.count > 1 ? shape[0] : 0) + (shape.last ?? 1)
    }

    var items: [TensorFile.Item] {
        guard let rows else {
            return [.init(name: "exp_avg_sq.\(name)", shape: [columns.count], tensor: columns)]
        }
        return [
            .init(name: "exp_avg_sq_row.\(name)", shape: [rows.count], tensor: rows),
            .init(name: "exp_avg_sq_col.\(name)", shape: [columns.count], tensor: columns),
        ]
    }

    /// What a gradient is multiplied by, element by element, and the sum of squares of the products.
    struct Factors {
        let rows: Tensor?
        let columns: Tensor
        var sumOfSquares = 0.0

        func row(_ r: Int) -> Float { rows?.pointer[r] ?? 1 }
    }

    /// Takes a gradient times `scale` into the moments. Every sum is taken in one order, whatever the threads.
    func update(
        with gradient: Tensor, scale: Float, kept: Float, guardTerm: Float, in arena: Arena
    ) -> Factors {
        let (count, width) = (gradient.rows, gradient.columns)
        func square(_ r: Int, _ c: Int) -> Float {
            let g = gradient.row(r)[c] * scale
            return g * g + guardTerm
        }
        if let rows {
            Parallel.ranges(count, grain: 16) { range in
                for r in range {
                    var sum = 0.0
                    for c in 0..<width { sum += Double(square(r, c)) }
                    rows.pointer[r] =
                        kept * rows.pointer[r] + (1 - kept) * Float(sum / Double(width))
                }
            }
        }
        Parallel.ranges(width, grain: 64) { range in
            var sums = [Double](repeating: 0, count: range.count)
            for r in 0..<count {
                for c in range { sums[c - range.lowerBound] += Double(square(r, c)) }
            }
            for c in range {
                columns.pointer[c] =
                    kept * columns.pointer[c]
                    + (1 - kept) * Float(sums[c - range.lowerBound] / Double(count))
            }
        }
        var factors = Factors(
            rows: rows.map { Tensor(1, $0.count, in: arena) }, columns: Tensor(1, width, in: arena))
        if let rows, let factor = factors.rows {
            let mean = Float(rows.values.reduce(0.0) { $0 + Double($1) } / Double(count))
            for r in 0..<count { factor.pointer[r] = 1 / (rows.pointer[r] / mean).squareRoot() }
        }
        for c in 0..<width { factors.columns.pointer[c] = 1 / columns.pointer[c].squareRoot() }
        let sums = Tensor(1, count, in: arena)
        Parallel.ranges(count, grain: 16) { [factors] range in
            for r in range {
                let (g, row, columns) = (
                    gradient.row(r), scale * factors.row(r), factors.columns.pointer
                )
                var sum = 0.0
                for c in 0..<width {
                    let u = Double(g[c] * row * columns[c])
                    sum += u * u
                }
                sums.pointer[r] = Float(sum)
            }
        }
        factors.sumOfSquares = sums.values.reduce(0.0) { $0 + Double($1) }
        return factors
    }
}

extension Parameter {
    /// Changes the values row by row, shared by the threads; `body` has a row as floats. bf16 is rounded stochastically
    /// by `key` and the place.
    func updateRows(
        key: UInt64, in arena: Arena, _ body: (_ row: Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        switch stored {
        case .float32(let tensor):
            Parallel.ranges(rows, grain: 16) { range in
                for r in range { body(r, tensor.row(r)) }
            }
        case .bfloat16(let matrix):
            let scratch = Tensor(Parallel.threadCount, columns, in: arena)
            Parallel.run(rows) { r, worker in
                let (floats, place) = (scratch.row(worker), r * columns..<(r + 1) * columns)
                matrix.numbers.read(place, into: floats)
                body(r, floats)
                matrix.numbers.writeStochastically(floats, to: place, key: key)
            }
        }
    }
}

extension OptimizerKind {
    /// Squares of gradients as a row and a column for each matrix: hardly any state.
    public static let adafactor = OptimizerKind(
        "adafactor", title: "Adafactor", reads: [],
        stateBytes: { _, specs in
            specs.reduce(0) { $0 + Moments.count($1.shape) } * MemoryLayout<Float>.stride
        },
        make: { settings, parameters, seed in
            Adafactor(parameters, weightDecay: settings.weightDecay, seed: seed)
        })
}
