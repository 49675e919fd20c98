// The factors of a product as its tiles read them. A panel holds some rows or columns side by side for every
// step along the contracted length; a step is a float, or two neighbours rounded to bf16.
// Legend: N weight rows (outputs), K weight columns (inputs).

import Microkernels

extension PanelGemm {
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

        /// The factor from one of its rows or columns on, to be read as it lies.
        func from(_ index: Int) -> mk_left {
            switch self {
            case .rows(let tensor): mk_left(p: tensor.row(index), row: tensor.stride, step: 1)
            case .columns(let tensor):
                mk_left(p: tensor.pointer + index, row: 1, step: tensor.stride)
            }
        }

        /// Packs all panels of `width`, one after another; the last is narrower, or filled up with zeros.
        fileprivate func pack(
            into words: UnsafeMutablePointer<UInt32>, _ precision: Precision, width: Int,
            fillsUp: Bool
        ) {
            let (total, steps) = (count, precision.steps(of: depth))
            Parallel.ranges(panels(in: total, of: width), grain: 2) { panels in
                for panel in panels {
                    let range = panel * width..<min(total, (panel + 1) * width)
                    let to = words + range.lowerBound * steps
                    let filled = fillsUp ? width : range.count
                    switch self {
                    case .rows(let tensor):
                        precision.packRows(
                            tensor.row(range.lowerBound), tensor.stride, range.count,
                            tensor.columns, to, filled)
                    case .columns(let tensor):
                        precision.packColumns(
                            tensor.pointer + range.lowerBound, tensor.stride, range.count,
                            tensor.rows, to, filled)
                    }
                }
            }
        }
    }

    /// The left factor. In bf16 panels of 14 rows, the last one narrower; fp32 is read as it lies.
    struct LeftPanels {
        fileprivate(set) var factor: Factor
        let precision: Precision
        private let words: Words?

        var count: Int { factor.count }
        var depth: Int { factor.depth }

        init(_ factor: Factor, _ precision: Precision, arena: Arena) {
            (self.factor, self.precision) = (factor, precision)
            guard precision == .bfloat16 else {
                words = nil
                return
            }
            let words = Words(factor.count * precision.steps(of: factor.depth), arena)
            factor.pack(into: words.pointer, precision, width: leftWidth, fillsUp: false)
            self.words = words
        }

        /// Bytes of panels over so many rows.
        static func byteCount(_ count: Int, depth: Int, _ precision: Precision) -> Int {
            guard precision == .bfloat16 else { return 0 }
            return Words.byteCount(count * precision.steps(of: depth))
        }

        /// The panel that begins with a row.
        func panel(_ row: Int) -> UnsafePointer<UInt32> {
            guard let words else { preconditionFailure("fp32 has no left panels") }
            return UnsafePointer(words.pointer + row * precision.steps(of: depth))
        }
    }

    /// The right factor: panels of 32 columns, the last one filled up with zeros.
    struct RightPanels {
        private let words: Words
        let precision: Precision
        let count: Int
        let depth: Int

        private init(count: Int, depth: Int, _ precision: Precision, arena: Arena) {
            (self.count, self.depth, self.precision) = (count, depth, precision)
            words = Words(
                PanelGemm.panels(in: count, of: rightWidth) * rightWidth
                    * precision.steps(of: depth), arena)
        }

        var panels: Int { PanelGemm.panels(in: count, of: rightWidth) }
        private var panelSize: Int { rightWidth * precision.steps(of: depth) }

        func panel(_ index: Int) -> UnsafePointer<UInt32> {
            UnsafePointer(words.pointer + index * panelSize)
        }

        /// Bytes of panels over so many columns.
        static func byteCount(_ count: Int, depth: Int, _ precision: Precision) -> Int {
            Words.byteCount(
                PanelGemm.panels(in: count, of: rightWidth) * rightWidth
                    * precision.steps(of: depth))
        }

        /// Bytes in which the threads decode a packed weight of so many columns.
        static func decodedByteCount(columns: Int) -> Int {
            Tensor.byteCount(Parallel.threadCount, rightWidth * columns)
        }

        init(_ factor: Factor, _ precision: Precision, arena: Arena) {
            self.init(count: factor.count, depth: factor.depth, precision, arena: arena)
            factor.pack(into: words.pointer, precision, width: rightWidth, fillsUp: true)
        }

        /// Wᵀ of `rows` of a packed weight (N, K), for products with inputs: decoded panel by panel.
        init(
            transposing weight: any PackedWeight, _ rows: Range<Int>, _ precision: Precision,
            arena: Arena
        ) {
            self.init(count: rows.count, depth: weight.columns, precision, arena: arena)
            let (pointer, first, end, size) = (
                words.pointer, rows.lowerBound, rows.upperBound, panelSize
            )
            let scratch = Tensor(
                Parallel.threadCount, rightWidth * weight.columns, in: arena)
            Parallel.run(panels) { panel, worker in
                let start = first + panel * rightWidth
                let range = start..<min(end, start + rightWidth)
                let decoded = scratch.row(worker)
                weight.decode(rows: range, into: decoded)
                precision.packRows(
                    decoded, weight.columns, range.count, weight.columns, pointer + panel * size,
                    rightWidth)
            }
        }

        /// `rows` of a packed weight W (N, K), for products with gradients of outputs: N is contracted.
        init(
            _ weight: any PackedWeight, _ rows: Range<Int>, _ precision: Precision, arena: Arena
        ) {
            self.init(count: weight.columns, depth: rows.count, precision, arena: arena)
            let (pointer, first, total, size) = (words.pointer, rows.lowerBound, count, panelSize)
            let (height, length) = (rightWidth, depth)
            let scratch = Tensor(Parallel.threadCount, height * weight.columns, in: arena)
            // A part decodes 32 rows, which are so many steps of every panel.
            Parallel.run(PanelGemm.panels(in: length, of: height)) { part, worker in
                let range = part * height..<min(length, (part + 1) * height)
                let decoded = scratch.row(worker)
                weight.decode(
                    rows: first + range.lowerBound..<first + range.upperBound, into: decoded)
                for panel in 0..<panels {
                    let column = panel * rightWidth
                    precision.packColumns(
                        decoded + column, weight.columns, min(rightWidth, total - column),
                        range.count,
                        pointer + panel * size + precision.steps(of: range.lowerBound) * rightWidth,
                        rightWidth)
                }
            }
        }
    }

    /// Memory for words, from the arena.
    private struct Words {
        private let storage: Storage
        let pointer: UnsafeMutablePointer<UInt32>

        static func byteCount(_ count: Int) -> Int {
            Arena.size(of: count * MemoryLayout<UInt32>.stride)
        }

        init(_ count: Int, _ arena: Arena) {
            storage = Storage(count * MemoryLayout<UInt32>.stride, in: arena)
            pointer = storage.pointer.assumingMemoryBound(to: UInt32.self)
        }
    }
}

extension Precision {
    /// Words of one row or column along a contracted length.
    func steps(of depth: Int) -> Int {
        switch self {
        case .float32: depth
        case .bfloat16: (depth + 1) / 2
        }
    }

    fileprivate func packRows(
        _ source: UnsafePointer<Float>, _ stride: Int, _ count: Int, _ depth: Int,
        _ panel: UnsafeMutablePointer<UInt32>, _ width: Int
    ) {
        switch self {
        case .float32:
            panel.withMemoryRebound(to: Float.self, capacity: width * depth) {
                mk_f32_pack_rows(source, stride, count, depth, $0, width)
            }
        case .bfloat16: mk_bf16_pack_rows(source, stride, count, depth, panel, width)
        }
    }

    fileprivate func packColumns(
        _ source: UnsafePointer<Float>, _ stride: Int, _ count: Int, _ depth: Int,
        _ panel: UnsafeMutablePointer<UInt32>, _ width: Int
    ) {
        switch self {
        case .float32:
            panel.withMemoryRebound(to: Float.self, capacity: width * depth) {
                mk_f32_pack_columns(source, stride, count, depth, $0, width)
            }
        case .bfloat16: mk_bf16_pack_columns(source, stride, count, depth, panel, width)
        }
    }
}
