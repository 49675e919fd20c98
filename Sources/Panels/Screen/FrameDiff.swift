// What changed between two frames: runs of cells. Applied to the old frame it gives the new one.
// It does not know how a run reaches the terminal.

/// The changed runs between two frames of the same size.
public struct FrameDiff: Equatable, Sendable {
    /// Neighbouring cells of one row that changed.
    public struct Run: Equatable, Sendable {
        /// The row.
        public let y: Int
        /// The first changed column.
        public let x: Int
        /// The new cells.
        public let cells: [Cell]
    }

    /// The runs from top to bottom, left to right.
    public let runs: [Run]
    /// Where the cursor goes.
    public let cursor: Point?

    /// Compares two frames; with no old frame, or one of another size, all rows are runs.
    public init(from old: Frame?, to new: Frame) {
        cursor = new.cursor
        let width = new.size.width
        guard let old, old.size == new.size else {
            runs = (0..<(width > 0 ? new.size.height : 0)).map {
                Run(y: $0, x: 0, cells: Array(new.row($0)))
            }
            return
        }
        var found: [Run] = []
        for y in 0..<new.size.height {
            let (before, after) = (old.row(y), new.row(y))
            let base = after.startIndex
            var x = 0
            while x < width {
                guard before[base + x] != after[base + x] else {
                    x += 1
                    continue
                }
                let start = after[base + x].glyph.width == 0 ? x - 1 : x
                while x < width,
                    before[base + x] != after[base + x] || after[base + x].glyph.width == 0
                {
                    x += 1
                }
                found.append(Run(y: y, x: start, cells: Array(after[base + start..<base + x])))
            }
        }
        runs = found
    }

    /// The old frame with the runs written into it.
    public func applied(to old: Frame) -> Frame {
        var frame = old
        for run in runs {
            frame.replaceCells(from: run.y * frame.size.width + run.x, with: run.cells)
        }
        frame.cursor = cursor
        return frame
    }

    /// How many cells changed.
    public var cellCount: Int { runs.reduce(0) { $0 + $1.cells.count } }

    /// True when nothing is to be drawn.
    public var isEmpty: Bool { runs.isEmpty }
}
