// Turns merged rows into the bytes of a file's element type, on all threads, a panel at a time.
// It knows row order and element types, not the file around them.

/// Encodes the weights of a model one after the other.
struct MergedTensorEncoder {
    let rows: MergedRows
    let meter: ExportMeter

    /// Hands the bytes of a whole weight to `emit`, in file order.
    ///
    /// - Parameters:
    ///   - permutation: the order of rows in the file; a permuted vector is a column of rows.
    ///   - offset: what the file adds to the numbers.
    func encode(
        _ weight: ParameterSpec, as dtype: DType, permutation: RowPermutation? = nil,
        offset: Float = 0,
        emit: (UnsafeRawBufferPointer) throws(KernelError) -> Void
    ) throws(KernelError) {
        let isVector = weight.shape.count == 1
        try rows.forEachPanel(of: weight, unit: permutation?.headDimension ?? 1) {
            (range, panel) throws(KernelError) in
            if offset != 0 {
                for i in 0..<panel.count { panel.pointer[i] += offset }
            }
            let view = isVector && permutation != nil ? panel.reshaped(panel.columns, 1) : panel
            try encode(view, weight, range.lowerBound, dtype, permutation, emit: emit)
            try meter.advance(panel.count)
        }
    }

    private func encode(
        _ panel: Tensor, _ weight: ParameterSpec, _ first: Int, _ dtype: DType,
        _ permutation: RowPermutation?, emit: (UnsafeRawBufferPointer) throws(KernelError) -> Void
    ) throws(KernelError) {
        guard let rowBytes = dtype.byteCount(of: panel.columns) else {
            preconditionFailure("\(weight.name): \(panel.columns) columns as \(dtype.rawValue)")
        }
        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: panel.rows * rowBytes, alignment: 64)
        let failed = UnsafeMutablePointer<Bool>.allocate(capacity: panel.rows)
        failed.initialize(repeating: false, count: panel.rows)
        defer {
            bytes.deallocate()
            failed.deallocate()
        }
        // Panels begin at whole heads, so the file's rows of a panel are among its own.
        func source(_ row: Int) -> UnsafeBufferPointer<Float> {
            let logical = permutation?.row(storedAt: row) ?? row
            return UnsafeBufferPointer(start: panel.row(logical), count: panel.columns)
        }
        func target(_ row: Int) -> UnsafeMutableRawBufferPointer {
            UnsafeMutableRawBufferPointer(rebasing: bytes[row * rowBytes..<(row + 1) * rowBytes])
        }
        Parallel.ranges(panel.rows, grain: max(1, 16_384 / max(1, panel.columns))) { part in
            for row in part {
                let written = try? BlockEncoder.encode(
                    dtype: dtype, row: source(row), into: target(row))
                failed[row] = written == nil
            }
        }
        for row in 0..<panel.rows where failed[row] {
            // Once more on this thread, for the reason.
            do throws(KernelError) {
                try BlockEncoder.encode(dtype: dtype, row: source(row), into: target(row))
            } catch {
                var named = error
                named.place = "tensor \(weight.name), row \(first + row)"
                throw named
            }
        }
        try emit(UnsafeRawBufferPointer(bytes))
    }
}
