// Dense matrix products by a library, sliced over our own threads (the library itself runs on one).
// Legend: M rows of the result, N columns, K the contracted length. Shapes as in the file's strides.

import Microkernels

/// Dense matrix products; β = 1 when accumulating. Results are fp32, factors as the library takes them.
enum Gemm {
    /// C (M, N) = α · A (M, K) · B (N, K)ᵀ (+ C).
    static func gemmNT(
        _ a: Tensor, _ b: Tensor, into c: Tensor, alpha: Float = 1, accumulate: Bool = false,
        by library: DenseLibrary = .openBLAS
    ) {
        product(Factor(a), Factor(b, transposed: true), alpha, into: c, accumulate, library)
    }

    /// C (M, N) = α · A (M, K) · B (K, N) (+ C).
    static func multiply(
        _ a: Tensor, _ b: Tensor, into c: Tensor, alpha: Float = 1, accumulate: Bool = false,
        by library: DenseLibrary = .openBLAS
    ) {
        product(Factor(a), Factor(b), alpha, into: c, accumulate, library)
    }

    /// C (M, N) = α · A (K, M)ᵀ · B (K, N) (+ C): gradients of weights.
    static func gemmTN(
        _ a: Tensor, _ b: Tensor, into c: Tensor, alpha: Float = 1, accumulate: Bool = false,
        by library: DenseLibrary = .openBLAS
    ) {
        product(Factor(a, transposed: true), Factor(b), alpha, into: c, accumulate, library)
    }

    /// A factor as it lies in memory, and whether it is read by columns.
    struct Factor {
        fileprivate let tensor: Tensor
        fileprivate let transposed: Bool

        init(_ tensor: Tensor, transposed: Bool = false) {
            (self.tensor, self.transposed) = (tensor, transposed)
        }

        fileprivate var rows: Int { transposed ? tensor.columns : tensor.rows }
        fileprivate var columns: Int { transposed ? tensor.rows : tensor.columns }

        /// Where a row, or a column, begins, in elements of a memory with rows of `stride`.
        fileprivate func start(row: Int, _ stride: Int) -> Int { transposed ? row : row * stride }
        fileprivate func start(column: Int, _ stride: Int) -> Int {
            transposed ? column * stride : column
        }

        fileprivate var letter: CChar { CChar(UInt8(ascii: transposed ? "T" : "N")) }

        /// Bytes of a rounded copy.
        static func byteCount(_ rows: Int, _ columns: Int, _ precision: Precision) -> Int {
            Arena.size(of: rows * precision.steps(of: columns) * MemoryLayout<UInt32>.stride)
        }

        /// The factor in a precision: as it lies, or a rounded copy.
        fileprivate func held(in precision: Precision, _ arena: Arena) -> Held {
            guard precision == .bfloat16 else {
                return Held(
                    storage: tensor.storage, UnsafeRawPointer(tensor.pointer), tensor.stride, 4)
            }
            let words = precision.steps(of: tensor.columns)
            let copy = Storage(tensor.rows * words * MemoryLayout<UInt32>.stride, in: arena)
            let target = copy.pointer.assumingMemoryBound(to: UInt32.self)
            Parallel.ranges(tensor.rows, grain: 16) { rows in
                // A panel of one row is the row.
                for row in rows {
                    mk_bf16_pack_rows(
                        tensor.row(row), tensor.stride, 1, tensor.columns, target + row * words, 1)
                }
            }
            return Held(storage: copy, UnsafeRawPointer(target), 2 * words, 2)
        }
    }

    /// Memory of a factor: where it begins, elements from row to row, bytes of an element.
    fileprivate struct Held {
        private let storage: Storage
        private let pointer: UnsafeRawPointer
        private let size: Int
        let stride: Int

        init(storage: Storage, _ pointer: UnsafeRawPointer, _ stride: Int, _ size: Int) {
            (self.storage, self.pointer, self.stride, self.size) = (storage, pointer, stride, size)
        }

        func from(_ element: Int) -> UnsafeRawPointer { pointer + element * size }
    }

    private static func product(
        _ a: Factor, _ b: Factor, _ alpha: Float, into c: Tensor, _ accumulate: Bool,
        _ library: DenseLibrary
    ) {
        precondition(
            a.columns == b.rows && c.rows == a.rows && c.columns == b.columns,
            "(\(a.rows), \(a.columns)) · (\(b.rows), \(b.columns)) into (\(c.rows), \(c.columns))")
        let (depth, beta) = (a.columns, Float(accumulate ? 1 : 0))
        switch library {
        case .openBLAS:
            guard let library = OpenBLAS.found else {
                return ownProduct(a, b, alpha, into: c, accumulate)
            }
            sliced(c.rows, c.columns, depth: depth) { m, n in
                library.multiply(
                    m.count, n.count, depth, alpha,
                    a.tensor.pointer + a.start(row: m.lowerBound, a.tensor.stride),
                    a.tensor.stride, transposed: a.transposed,
                    b.tensor.pointer + b.start(column: n.lowerBound, b.tensor.stride),
                    b.tensor.stride, transposed: b.transposed, beta,
                    c.row(m.lowerBound) + n.lowerBound, c.stride)
            }
        case .oneDNN(let precision):
            let library = OneDNN.chosen
            let multiply = library.product(precision)
            let left = a.held(in: precision, c.storage.arena)
            let right = b.held(in: precision, c.storage.arena)
            sliced(c.rows, c.columns, depth: depth) { m, n in
                library.staysOnThisThread()
                let status = multiply(
                    a.letter, b.letter, m.count, n.count, depth, alpha,
                    left.from(a.start(row: m.lowerBound, left.stride)), left.stride,
                    right.from(b.start(column: n.lowerBound, right.stride)), right.stride, beta,
                    c.row(m.lowerBound) + n.lowerBound, c.stride)
                precondition(status == 0, "oneDNN's product ended with \(status)")
            }
        }
    }

    /// The same by our own panels, where the library is not there: in fp32 too, with sums in another order.
    static func ownProduct(
        _ a: Factor, _ b: Factor, _ alpha: Float, into c: Tensor, _ accumulate: Bool
    ) {
        let arena = c.storage.arena
        var a = a
        if alpha != 1 {
            let scaled = Tensor(a.tensor.rows, a.tensor.columns, in: arena)
            for row in 0..<scaled.rows {
                let (from, to) = (a.tensor.row(row), scaled.row(row))
                for column in 0..<scaled.columns { to[column] = alpha * from[column] }
            }
            a = Factor(scaled, transposed: a.transposed)
        }
        PanelGemm.multiply(
            a.transposed ? .columns(a.tensor) : .rows(a.tensor),
            b.transposed ? .rows(b.tensor) : .columns(b.tensor), .float32, into: c,
            accumulate: accumulate, arena: arena)
    }

    /// Cuts the longer side of the result over the threads; small products stay on the caller.
    private static func sliced(
        _ m: Int, _ n: Int, depth: Int, _ body: (_ m: Range<Int>, _ n: Range<Int>) -> Void
    ) {
        guard m > 0, n > 0 else { return }
        let work = 2 * m * n * max(depth, 1)
        let parts = work < 400_000 ? 1 : min(Parallel.threadCount, max(m, n) / 8 + 1)
        if parts == 1 { return body(0..<m, 0..<n) }
        Parallel.run(parts) { part, _ in
            if m >= n {
                let range = Parallel.slice(part, of: parts, count: m, multipleOf: 8)
                if !range.isEmpty { body(range, 0..<n) }
            } else {
                let range = Parallel.slice(part, of: parts, count: n, multipleOf: 16)
                if !range.isEmpty { body(0..<m, range) }
            }
        }
    }
}
