// Every operation of the table: the fast path against its naive twin, and its gradients against
// central differences of the twin.

import Microkernels
import Testing

@testable import Kernel
import TestSupport

@Suite struct OpTests {
    private func inputs(_ op: OpCase, _ arena: Arena) -> [Tensor] {
        op.inputs.enumerated().map { index, input in
            let values = patternFill(input.rows * input.columns, salt: index, scale: input.scale)
                .map { $0 + input.offset }
            return Tensor(values, rows: input.rows, columns: input.columns, in: arena)
        }
    }

    @Test(arguments: opCases) func fastEqualsNaive(_ op: OpCase) {
        let arena = Arena()
        let tensors = inputs(op, arena)
        let expected = op.naive(tensors.map { $0.values.map(Double.init) }).map { Float($0) }
        let y = op.run(tensors, arena).y.values
        #expect(firstMismatch(y, expected, relative: op.tolerance, absolute: op.tolerance) == nil)
    }

    @Test(arguments: opCases) func gradientsEqualDifferences(_ op: OpCase) {
        let arena = Arena()
        let tensors = inputs(op, arena)
        let values = tensors.map { $0.values.map(Double.init) }
        let (y, backward) = op.run(tensors, arena)
        let weights = patternFill(y.count, salt: 77)
        let dY = Tensor(weights, rows: y.rows, columns: y.columns, in: arena)
        let gradients = backward(dY).map(\.values)
        func loss(_ values: [[Double]]) -> Double {
            zip(op.naive(values), weights).reduce(0) { $0 + $1.0 * Double($1.1) }
        }
        for (index, gradient) in gradients.enumerated() {
            let count = gradient.count
            let sampled = stride(from: 0, to: count, by: max(1, count / 12)).map {
                min(count - 1, $0 + index)
            }
            for element in sampled {
                var (up, down) = (values, values)
                up[index][element] += op.epsilon
                down[index][element] -= op.epsilon
                let slope = (loss(up) - loss(down)) / (2 * op.epsilon)
                let difference = abs(slope - Double(gradient[element]))
                #expect(
                    difference <= 2e-4 * max(1, abs(slope)),
                    "\(op) input \(index) element \(element): \(slope) against \(gradient[element])"
                )
            }
            // One direction over all elements at once catches what sampling misses.
            let direction = patternFill(count, salt: 5 + index).map(Double.init)
            var (up, down) = (values, values)
            for i in 0..<count {
                up[index][i] += op.epsilon * direction[i]
                down[index][i] -= op.epsilon * direction[i]
            }
            let slope = (loss(up) - loss(down)) / (2 * op.epsilon)
            let predicted = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * $1.1 }
            #expect(
                abs(slope - predicted) <= 1e-3 * max(1, abs(slope)),
                "\(op) input \(index): \(slope) against \(predicted)")
        }
    }

    @Test func productsReachIntoViews() {
        // A (5, 3) inside a (7, 6) buffer times the same, into columns 2 ..< 7 of a (5, 9) buffer.
        let arena = Arena()
        let whole = Tensor(patternFill(42), rows: 7, columns: 6, in: arena)
        let a = whole.rows(1..<6).columns(2..<5)
        let c = Tensor(5, 9, in: arena)
        c.fill(9)
        Gemm.gemmNT(a, a, into: c.columns(2..<7), alpha: 2)
        for i in 0..<5 {
            for j in 0..<5 {
                let expected = (0..<3).reduce(0.0) {
                    $0 + 2 * Double(a.row(i)[$1]) * Double(a.row(j)[$1])
                }
                #expect(abs(Double(c.row(i)[2 + j]) - expected) < 1e-5)
            }
            #expect(c.row(i)[0] == 9 && c.row(i)[1] == 9 && c.row(i)[7] == 9)
        }
    }
}

/// The C loops on every instruction set of this CPU against plain Swift.
@Suite struct ElementwiseLoopTests {
    private static let counts = [1, 3, 15, 16, 17, 33, 127, 1000]
    private static let levels = (0...Int(mk_level_max())).map { Int32($0) }

    @Test(arguments: levels, counts) func loopsEqualTheirTwins(_ level: Int32, _ n: Int) {
        mk_set_thread_level(level)
        defer { mk_set_thread_level(-1) }
        let (x, z) = (patternFill(n, salt: 1, scale: 4), patternFill(n, salt: 2))
        let doubles = x.map(Double.init)
        var y = [Float](repeating: 0, count: n)

        #expect(abs(mk_sum(x, n) - doubles.reduce(0, +)) < 1e-9 * Double(n) * 20)
        #expect(
            abs(mk_sum_squares(x, n) - doubles.reduce(0) { $0 + $1 * $1 }) < 1e-9 * Double(n) * 20)
        #expect(
            abs(Double(mk_dot(x, z, n)) - zip(doubles, z).reduce(0) { $0 + $1.0 * Double($1.1) })
                < 1e-3)
        let best = doubles.max() ?? 0
        let sum = doubles.reduce(0) { $0 + exponential($1 - best) }
        #expect(abs(mk_logsumexp(x, n) - (best + logarithm(sum))) < 1e-6)
        #expect(Int(mk_argmax(x, n)) == x.firstIndex(of: x.max() ?? 0))

        y = x
        mk_softmax(&y, n, 0.7)
        let scaled = doubles.map { exponential(0.7 * ($0 - best)) }
        let total = scaled.reduce(0, +)
        #expect(
            firstMismatch(y, scaled.map { Float($0 / total) }, relative: 3e-6, absolute: 1e-9)
                == nil)

        y = x
        mk_axpy(&y, 0.5, z, n)
        #expect(firstMismatch(y, zip(x, z).map { $0 + 0.5 * $1 }) == nil)
        mk_scale(&y, 0, n)
        #expect(y.allSatisfy { $0 == 0 })
    }

    @Test(arguments: levels) func adamwMatchesDouble(_ level: Int32) {
        mk_set_thread_level(level)
        defer { mk_set_thread_level(-1) }
        let n = 33
        var (p, m, v) = (
            patternFill(n, salt: 1), patternFill(n, salt: 2, scale: 0.1),
            patternFill(n, salt: 3, scale: 0.1).map { $0 * $0 }
        )
        let g = patternFill(n, salt: 4)
        let expected = (0..<n).map { i -> Float in
            let gradient = 0.5 * Double(g[i])
            let first = 0.9 * Double(m[i]) + 0.1 * gradient
            let second = 0.999 * Double(v[i]) + 0.001 * gradient * gradient
            let step = 0.01 / 0.19 * first / ((second / 0.002).squareRoot() + 1e-8)
            return Float(Double(p[i]) * (1 - 0.01 * 0.1) - step)
        }
        mk_adamw(&p, g, &m, &v, n, 0.5, 0.01, 0.9, 0.999, 1e-8, 0.1, 0.19, 0.002)
        #expect(firstMismatch(p, expected, relative: 1e-5) == nil)
    }

    @Test(arguments: levels) func lionMatchesDouble(_ level: Int32) {
        mk_set_thread_level(level)
        defer { mk_set_thread_level(-1) }
        let n = 33
        var (p, m, g) = (
            patternFill(n, salt: 1), patternFill(n, salt: 2, scale: 0.1), patternFill(n, salt: 4)
        )
        // Nothing to do, and gradients against their mean.
        (m[3], g[3]) = (0, 0)
        (m[4], g[4], m[5], g[5]) = (0.1, -0.5, -0.1, 0.5)
        let mixed = (0..<n).map { 0.9 * Double(m[$0]) + 0.1 * 0.5 * Double(g[$0]) }
        let expected = (0..<n).map { i -> Float in
            let sign = mixed[i] > 0 ? 1.0 : mixed[i] < 0 ? -1 : 0
            return Float(Double(p[i]) * (1 - 0.01 * 0.1) - 0.01 * sign)
        }
        let means = (0..<n).map { Float(0.99 * Double(m[$0]) + 0.01 * 0.5 * Double(g[$0])) }
        mk_lion(&p, g, &m, n, 0.5, 0.01, 0.9, 0.99, 0.1)
        #expect(firstMismatch(p, expected, relative: 1e-6) == nil)
        #expect(firstMismatch(m, means, relative: 1e-5) == nil)
        #expect(mixed[4] > 0 && mixed[5] < 0 && m[3] == 0)
    }

    @Test func masksAreTheSameOnEveryLevel() {
        let x = [Float](repeating: 1, count: 4096)
        var results: [[Float]] = []
        for level in Self.levels {
            mk_set_thread_level(level)
            var y = x
            mk_dropout(x, &y, x.count, 42, 1 << 33, 0.25, 0)
            mk_add_uniform(&y, x.count, 7, 5, 1)
            results.append(y)
        }
        mk_set_thread_level(-1)
        #expect(results.allSatisfy { $0 == results[0] })
        var y = x
        mk_dropout(x, &y, x.count, 42, 1 << 33, 0.25, 0)
        let kept = y.filter { $0 != 0 }
        // 4096 draws at p = 0.75: mean 3072, standard deviation 28.
        #expect(abs(kept.count - 3072) < 140)
        #expect(kept.allSatisfy { abs($0 - 4 / 3) < 1e-6 })
    }
}
