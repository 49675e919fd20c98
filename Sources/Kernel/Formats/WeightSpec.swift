// What a weight writer is told before it starts, and the book it keeps while tensors stream in.
// It knows order and sizes only; the bytes pass by it.

/// A tensor that is going to be written.
public struct WeightSpec: Sendable, Equatable {
    /// The name in the file.
    public let name: String
    public let dtype: DType
    /// Dimensions in row-major order, (out, in) for projections.
    public let shape: [Int]
    /// Bytes of the whole tensor.
    public let byteCount: Int

    public init(name: String, dtype: DType, shape: [Int]) {
        guard shape.allSatisfy({ $0 >= 0 }), (shape.last ?? 1) % dtype.blockLength == 0,
            let byteCount = SafetensorsHeader.byteCount(of: dtype, shape: shape)
        else {
            preconditionFailure("tensor \(name): \(shape) is no shape of \(dtype.rawValue)")
        }
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.byteCount = byteCount
    }
}

/// Checks that tensors arrive in the declared order, each complete before the next one.
struct WeightStream {
    let specs: [WeightSpec]
    private var index = 0
    private var written = 0

    init(_ specs: [WeightSpec]) {
        self.specs = specs
        skipEmpty()
    }

    /// Accepts `count` bytes for the tensor `name`; says whether they complete it.
    mutating func accept(_ count: Int, for name: String) -> Bool {
        if count == 0 { return false }
        precondition(index < specs.count, "tensor \(name) comes after the last declared one")
        let spec = specs[index]
        precondition(
            spec.name == name,
            "tensor \(name) comes while \(spec.name) has \(written) of \(spec.byteCount) bytes")
        written += count
        precondition(
            written <= spec.byteCount,
            "tensor \(name) gets \(written) bytes, declared are \(spec.byteCount)")
        guard written == spec.byteCount else { return false }
        index += 1
        written = 0
        skipEmpty()
        return true
    }

    /// Stops the program when a declared tensor has not been written in full.
    func checkComplete() {
        precondition(
            index == specs.count,
            "only \(index) of \(specs.count) declared tensors were written")
    }

    private mutating func skipEmpty() {
        while index < specs.count, specs[index].byteCount == 0 { index += 1 }
    }
}
