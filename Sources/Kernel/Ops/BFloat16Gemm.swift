// Dense products with operands rounded to bf16 and sums in fp32, over panels that are packed once a
// product and shared by all threads (Microkernels/bf16_gemm.c).
// Legend: M rows of the result, N columns, K the contracted length.

import Microkernels

/// C (M, N) = α · A (M, K) · B (K, N) (+ C) with A and B in bf16.
enum BFloat16Gemm {
    /// A factor as it lies in memory: the contracted length along its rows or down its columns.
    enum Factor {
        /// (count, K): each row is contracted.
        case rows(Tensor)
        /// (K, count): each column is contracted.
        case columns(Tensor)

        var count: Int {
            switch self {
            case .rows(let tensor): tensor.rows
            case .columns(let tensor): tensor.columns
            }
        }

        var depth: Int {
            switch self {
            case .rows(let tensor): tensor.columns
            case .columns(let tensor): tensor.rows
            }
        }

        /// Packs all panels of `width`, one after another; the last is narrower, or filled up with zeros.
        func pack(into words: UnsafeMutablePointer<UInt32>, width: Int, fillsUp: Bool) {
            let (total, pairs) = (count, pairs(of: depth))
            Parallel.ranges(panels(in: total, of: width), grain: 2) { panels in
                for panel in panels {
                    let range = panel * width..<min(total, (panel + 1) * width)
                    pack(
                        range, into: words + range.lowerBound * pairs,
                        width: fillsUp ? width : range.count)
                }
            }
        }

        private func pack(
            _ range: Range<Int>, into panel: UnsafeMutablePointer<UInt32>, width: Int
        ) {
            switch self {
            case .rows(let tensor):
                mk_bf16_pack_rows(
                    tensor.row(range.lowerBound), tensor.stride, range.count, tensor.columns, panel,
                    width)
            case .columns(let tensor):
                mk_bf16_pack_columns(
                    tensor.pointer + range.lowerBound, tensor.stride, range.count, tensor.rows,
                    panel, width)
            }
        }
    }

    /// Words of one row or column along a contracted length.
    private static func pairs(of depth: Int) -> Int { (depth + 1) / 2 }

    private static func panels(in count: Int, of width: Int) -> Int { (count + width - 1) / width }

    private static let leftWidth = Int(MK_BF16_LEFT)
    private static let rightWidth = Int(MK_BF16_RIGHT)
    /// Left panels that stay in the second-level cache while right panels pass by.
    private static let panelsPerBlock = 12

    /// The left factor: panels of 14 rows, the last one narrower.
    struct LeftPanels {
        fileprivate let words: Words
        let count: Int
        let depth: Int

        init(_ factor: Factor, arena: Arena) {
            (count, depth) = (factor.count, factor.depth)
            words = Words(count * pairs(of: depth), arena)
            factor.pack(into: words.pointer, width: leftWidth, fillsUp: false)
        }
    }

    /// The right factor: panels of 32 columns, the last one filled up with zeros.
    struct RightPanels {
        fileprivate let words: Words
        let count: Int
        let depth: Int

        private init(count: Int, depth: Int, arena: Arena) {
            (self.count, self.depth) = (count, depth)
            words = Words(
                BFloat16Gemm.panels(in: count, of: rightWidth) * rightWidth * pairs(of: depth),
                arena)
        }

        fileprivate var panels: Int { BFloat16Gemm.panels(in: count, of: rightWidth) }
        private var panelSize: Int { rightWidth * pairs(of: depth) }

        init(_ factor: Factor, arena: Arena) {
            self.init(count: factor.count, depth: factor.depth, arena: arena)
            factor.pack(into: words.pointer, width: rightWidth, fillsUp: true)
        }

        /// Wᵀ of a packed weight (N, K), for products with inputs: decoded panel by panel.
        init(transposing weight: any PackedWeight, arena: Arena) {
            self.init(count: weight.rows, depth: weight.columns, arena: arena)
            let (pointer, total, size) = (words.pointer, count, panelSize)
            let scratch = Tensor(
                Parallel.threadCount, rightWidth * weight.columns, in: arena)
            Parallel.run(panels) { panel, worker in
                let range = panel * rightWidth..<min(total, (panel + 1) * rightWidth)
                let rows = scratch.row(worker)
                weight.decode(rows: range, into: rows)
                mk_bf16_pack_rows(
                    rows, weight.columns, range.count, weight.columns, pointer + panel * size,
                    rightWidth)
            }
        }

        /// A packed weight W (N, K), for products with gradients of outputs: N is contracted.
        init(_ weight: any PackedWeight, arena: Arena) {
            self.init(count: weight.columns, depth: weight.rows, arena: arena)
            let (pointer, total, size) = (words.pointer, count, panelSize)
            let (height, length) = (rightWidth, depth)
            let scratch = Tensor(Parallel.threadCount, height * weight.columns, in: arena)
            // A part decodes 32 rows, which are 16 pairs of every panel.
            Parallel.run(BFloat16Gemm.panels(in: length, of: height)) { part, worker in
                let range = part * height..<min(length, (part + 1) * height)
                let rows = scratch.row(worker)
                weight.decode(rows: range, into: rows)
                for panel in 0..<panels {
                    let column = panel * rightWidth
                    mk_bf16_pack_columns(
                        rows + column, weight.columns, min(rightWidth, total - column), range.count,
                        pointer + panel * size + range.lowerBound / 2 * rightWidth, rightWidth)
                }
            }
        }
    }

    /// C (M, N) = α · left · right (+ C); with a further pair of factors, the sum of both products.
    static func multiply(
        _ left: LeftPanels, _ right: RightPanels, plus more: (LeftPanels, RightPanels)? = nil,
        into c: Tensor, alpha: Float = 1, accumulate: Bool = false
    ) {
        precondition(
            more.map {
                $0.depth == $1.depth && $0.count == left.count && $1.count == right.count
            } ?? true, "factors of different shapes are added")
        precondition(
            left.depth == right.depth && c.rows == left.count && c.columns == right.count,
            "(\(left.count), \(left.depth)) · (\(right.depth), \(right.count)) into (\(c.rows), \(c.columns))"
        )
        guard c.rows > 0, c.columns > 0 else { return }
        let leftPanels = panels(in: c.rows, of: leftWidth)
        let rightPanels = right.panels
        let blocks = panels(in: leftPanels, of: panelsPerBlock)
        let wanted = Parallel.threadCount == 1 ? 1 : Parallel.threadCount * 4
        var groups = max(1, min(rightPanels, (wanted + blocks - 1) / blocks))
        // As many parts for each thread, when there are enough.
        while blocks * groups % Parallel.threadCount != 0, groups < rightPanels { groups += 1 }
        Parallel.run(blocks * groups) { part, _ in
            let block = part / groups
            let rowPanels = Parallel.slice(block, of: blocks, count: leftPanels)
            let rows =
                rowPanels.lowerBound * leftWidth..<min(c.rows, rowPanels.upperBound * leftWidth)
            for panel in Parallel.slice(part % groups, of: groups, count: rightPanels) {
                let column = panel * rightWidth
                func span(_ left: LeftPanels, _ right: RightPanels) -> mk_bf16_span {
                    let pairs = pairs(of: left.depth)
                    return mk_bf16_span(
                        left: left.words.pointer + rows.lowerBound * pairs,
                        right: right.words.pointer + column * pairs, pairs: pairs)
                }
                mk_bf16_strip(
                    span(left, right), more.map(span) ?? mk_bf16_span(), rows.count,
                    min(rightWidth, c.columns - column), c.row(rows.lowerBound) + column, c.stride,
                    alpha, accumulate ? 1 : 0)
            }
        }
    }

    /// C (M, N) = α · A · B (+ C), both packed here.
    static func multiply(
        _ a: Factor, _ b: Factor, into c: Tensor, alpha: Float = 1, accumulate: Bool = false,
        arena: Arena
    ) {
        multiply(
            LeftPanels(a, arena: arena), RightPanels(b, arena: arena), into: c, alpha: alpha,
            accumulate: accumulate)
    }

    /// Memory for words, from the arena.
    struct Words {
        private let storage: Storage
        let pointer: UnsafeMutablePointer<UInt32>

        init(_ count: Int, _ arena: Arena) {
            storage = Storage(count * MemoryLayout<UInt32>.stride, in: arena)
            pointer = storage.pointer.assumingMemoryBound(to: UInt32.self)
        }
    }
}
