// A frozen matrix read where it lies: plain floats or ggml blocks, usually in a mapped file.
// It does not know the file's format; its maker says where the rows are and of which kind.

import Microkernels

/// Rows of f32, f16, bf16 or GGUF blocks, decoded from the owner's bytes without a copy.
public final class BlockWeight: VectorizedWeight {
    public let rows: Int
    public let columns: Int
    public let byteCount: Int
    /// The kind of the stored elements.
    public let dtype: DType
    public var formatName: String { dtype.rawValue }

    private let layout: RowLayout
    /// The bytes, when they are pages of a file.
    private let mapped: (file: MappedFile, range: Range<Int>)?

    /// Views `bytes`, which must stay valid and unchanged as long as `owner` lives.
    ///
    /// - Parameter rowPermutation: where logical row r lies in the bytes; in place when nil.
    public init(
        bytes: UnsafeRawBufferPointer, owner: AnyObject & Sendable, dtype: DType, rows: Int,
        columns: Int, rowPermutation: [Int32]? = nil
    ) throws(KernelError) {
        guard let kind = dtype.rowKind else {
            throw KernelError(
                .badData, "cannot use a \(dtype.rawValue) tensor as a weight",
                because: "weights are float tensors or GGUF blocks")
        }
        guard rows >= 0, columns > 0, let stride = dtype.byteCount(of: columns) else {
            throw KernelError(
                .badData, "cannot read \(rows) rows of \(columns) columns as \(dtype.rawValue)",
                because: "\(dtype.rawValue) rows are multiples of \(dtype.blockLength) columns")
        }
        let (expected, overflow) = rows.multipliedReportingOverflow(by: stride)
        guard !overflow, bytes.count == expected else {
            throw KernelError(
                .badData, "a \(dtype.rawValue) tensor of \(rows) × \(columns) has the wrong size",
                because:
                    "expected \(overflow ? "more" : String(expected)) bytes, found \(bytes.count)")
        }
        if let rowPermutation {
            precondition(
                rowPermutation.count == rows && rowPermutation.allSatisfy { $0 >= 0 && $0 < rows },
                "a permutation of \(rowPermutation.count) rows does not fit \(rows) rows")
        }
        self.rows = rows
        self.columns = columns
        self.dtype = dtype
        byteCount = expected
        mapped = (owner as? MappedFile).flatMap { file in
            guard let start = file.bytes.baseAddress, let first = bytes.baseAddress else {
                return nil
            }
            return (file, first - start..<first - start + bytes.count)
        }
        layout = RowLayout(
            kind: kind, bytes: bytes, owner: owner, stride: stride, columns: columns,
            order: rowPermutation)
    }

    /// Another weight decoded to float32, in memory of its own.
    convenience init(decoding weight: some PackedWeight) throws(KernelError) {
        let floats = PackedBytes(
            count: weight.rows * weight.columns * MemoryLayout<Float>.stride)
        weight.decode(rows: 0..<weight.rows, into: floats.pointer(to: Float.self))
        try self.init(
            bytes: UnsafeRawBufferPointer(floats.bytes), owner: floats, dtype: .f32,
            rows: weight.rows, columns: weight.columns)
    }

    public func releasePages() {
        guard let mapped else { return }
        mapped.file.letGo(of: mapped.range)
    }

    func decode(
        rows range: Range<Int>, into destination: UnsafeMutablePointer<Float>, level: Int32
    ) {
        layout.decode(range, into: destination, level: level)
    }

    func product(rows range: Range<Int>, by x: RowInput, into y: UnsafeMutablePointer<Float>) {
        layout.multiply(range, by: x, into: y)
    }
}

extension DType {
    /// The loops' name of this kind of row; nil for kinds that no weight is stored in.
    var rowKind: Int32? {
        let kind =
            switch self {
            case .f32: MK_ROWS_F32
            case .f16: MK_ROWS_F16
            case .bf16: MK_ROWS_BF16
            case .q4_0: MK_ROWS_Q4_0
            case .q4_1: MK_ROWS_Q4_1
            case .q5_0: MK_ROWS_Q5_0
            case .q5_1: MK_ROWS_Q5_1
            case .q8_0: MK_ROWS_Q8_0
            case .q4_K: MK_ROWS_Q4_K
            case .q5_K: MK_ROWS_Q5_K
            case .q6_K: MK_ROWS_Q6_K
            case .f64, .i8, .i16, .i32, .i64, .u8, .bool: nil as Int?
            }
        return kind.map { Int32($0) }
    }
}
