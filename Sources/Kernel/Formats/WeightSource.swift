// The common face of all weight files: named tensors whose bytes lie in mapped files.
// It does not know how the bytes are laid out in the file, nor what the tensors are for.

/// One tensor of a weight file: where its bytes are and how to read them.
public struct WeightEntry: Sendable, Equatable {
    /// The Hugging Face name, also for GGUF files ("model.layers.0.self_attn.q_proj.weight").
    public let name: String
    /// The name in the file; differs from `name` only in GGUF files.
    public let storedName: String
    public let dtype: DType
    /// Dimensions in row-major order, (out, in) for projections; empty for a scalar.
    public let shape: [Int]
    /// Where the bytes are in `files[fileIndex]`; the start need not be aligned to the element.
    public let byteRange: Range<Int>
    /// Index into the source's `files`.
    public let fileIndex: Int
    /// How rows are shuffled in the file, or nil when row r is simply row r.
    public let rowPermutation: RowPermutation?
    /// What the file added to the numbers: 1 for the norms of Gemma in GGUF files.
    public let storedOffset: Float

    public init(
        name: String, storedName: String? = nil, dtype: DType, shape: [Int],
        byteRange: Range<Int>, fileIndex: Int = 0, rowPermutation: RowPermutation? = nil,
        storedOffset: Float = 0
    ) {
        self.name = name
        self.storedName = storedName ?? name
        self.dtype = dtype
        self.shape = shape
        self.byteRange = byteRange
        self.fileIndex = fileIndex
        self.rowPermutation = rowPermutation
        self.storedOffset = storedOffset
    }

    /// The number of elements; readers have checked that the product fits.
    public var elementCount: Int { shape.reduce(1, *) }
}

/// A tensor whose element type cannot be read; it stops a model only when it is needed.
public struct UnreadTensor: Sendable, Equatable {
    /// The Hugging Face name, also for GGUF files.
    public let name: String
    /// The type as the format spells it: "F8_E4M3", "IQ4_NL".
    public let type: String

    public init(name: String, type: String) {
        (self.name, self.type) = (name, type)
    }
}

/// Named tensors in mapped files; conformers are immutable and safe to read from any thread.
public protocol WeightSource: Sendable {
    /// All tensors, in file order.
    var entries: [WeightEntry] { get }
    /// The mapped files that the entries point into.
    var files: [MappedFile] { get }
    /// Tensors of types that cannot be read; they are not among the entries.
    var unread: [UnreadTensor] { get }
    /// The tensor with this Hugging Face name.
    func entry(named name: String) -> WeightEntry?
}

extension WeightSource {
    public var unread: [UnreadTensor] { [] }

    /// The bytes of one of this source's entries; valid while the source's files live.
    public func bytes(of entry: WeightEntry) -> UnsafeRawBufferPointer {
        let file = files[entry.fileIndex].bytes
        precondition(
            entry.byteRange.upperBound <= file.count,
            "entry \(entry.name) ends at \(entry.byteRange.upperBound) of \(file.count) bytes")
        return UnsafeRawBufferPointer(rebasing: file[entry.byteRange])
    }

    /// The bytes of all tensors together.
    public var tensorBytes: Int { entries.reduce(0) { $0 + $1.byteRange.count } }
}

/// The order in which the rows of a query or key projection lie in a GGUF file of the llama family.
///
/// Within each head of d rows, Hugging Face keeps the two rotary halves one after the other, the file
/// interleaves them: Hugging Face row h·d + s·(d/2) + i (s = 0, 1) is file row h·d + 2·i + s.
public struct RowPermutation: Sendable, Hashable {
    /// Rows of one head; even.
    public let headDimension: Int

    public init(headDimension: Int) {
        precondition(
            headDimension > 0 && headDimension % 2 == 0,
            "head dimension \(headDimension) is not even")
        self.headDimension = headDimension
    }

    /// The row of the file that holds row `row` of the Hugging Face tensor.
    public func storedRow(of row: Int) -> Int {
        let (head, within) = row.quotientAndRemainder(dividingBy: headDimension)
        let half = headDimension / 2
        return head * headDimension + 2 * (within % half) + within / half
    }

    /// The row of the Hugging Face tensor that lies at row `row` of the file.
    public func row(storedAt row: Int) -> Int {
        let (head, within) = row.quotientAndRemainder(dividingBy: headDimension)
        return head * headDimension + (within % 2) * (headDimension / 2) + within / 2
    }
}
