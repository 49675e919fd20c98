// Dense products over panels that are packed once and shared by all threads: factors in fp32, or rounded to
// bf16; sums in fp32 always (Microkernels/f32_gemm.c and bf16_gemm.c).
// Legend: M rows of the result, N columns, K the contracted length.

import Microkernels

/// C (M, N) = A (M, K) · B (K, N) (+ C) with A and B in one precision.
enum PanelGemm {
    /// Rows of a left panel, and the step in which rows are shared out; fp32 has no left panels.
    static let leftWidth = Int(MK_BF16_LEFT)
    /// Columns of a right panel, in both precisions.
    static let rightWidth = Int(MK_BF16_RIGHT)
    /// Left rows that stay in the second-level cache while right panels pass by, in panels.
    private static let panelsPerBlock = 12

    static func panels(in count: Int, of width: Int) -> Int { (count + width - 1) / width }

    /// C (M, N) = left · right (+ C); with a further pair of factors, the sum of both products.
    static func multiply(
        _ left: LeftPanels, _ right: RightPanels, plus more: (LeftPanels, RightPanels)? = nil,
        into c: Tensor, accumulate: Bool = false
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
                strip(left, right, more, rows, panel, c, accumulate)
            }
        }
    }

    /// Rows of the result under one right panel.
    private static func strip(
        _ left: LeftPanels, _ right: RightPanels, _ more: (LeftPanels, RightPanels)?,
        _ rows: Range<Int>, _ panel: Int, _ c: Tensor, _ accumulate: Bool
    ) {
        let column = panel * rightWidth
        let width = min(rightWidth, c.columns - column)
        let target = c.row(rows.lowerBound) + column
        switch left.precision {
        case .float32:
            func span(_ left: LeftPanels, _ right: RightPanels) -> mk_f32_span {
                mk_f32_span(
                    left: left.factor.from(rows.lowerBound),
                    right: UnsafeRawPointer(right.panel(panel)).assumingMemoryBound(
                        to: Float.self), depth: left.depth)
            }
            mk_f32_strip(
                span(left, right), more.map(span) ?? mk_f32_span(), rows.count, width, target,
                c.stride, accumulate ? 1 : 0)
        case .bfloat16:
            func span(_ left: LeftPanels, _ right: RightPanels) -> mk_bf16_span {
                mk_bf16_span(
                    left: left.panel(rows.lowerBound), right: right.panel(panel),
                    pairs: Precision.bfloat16.steps(of: left.depth))
            }
            mk_bf16_strip(
                span(left, right), more.map(span) ?? mk_bf16_span(), rows.count, width, target,
                c.stride, accumulate ? 1 : 0)
        }
    }

    /// C (M, N) = A · B (+ C), both packed here.
    static func multiply(
        _ a: Factor, _ b: Factor, _ precision: Precision, into c: Tensor, accumulate: Bool = false,
        arena: Arena
    ) {
        multiply(
            LeftPanels(a, precision, arena: arena), RightPanels(b, precision, arena: arena),
            into: c, accumulate: accumulate)
    }
}
