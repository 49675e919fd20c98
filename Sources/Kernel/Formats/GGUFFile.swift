// A GGUF file opened for reading: typed metadata and tensors under Hugging Face names.
// For the llama architecture it says which rows lie permuted; undoing that is the decoder's work.

/// A checked GGUF file.
public final class GGUFFile: WeightSource {
    /// 2 or 3.
    public let version: Int
    /// The boundary that tensors start on.
    public let alignment: Int
    public let metadata: GGUFMetadata
    public let entries: [WeightEntry]
    public let files: [MappedFile]
    private let indexOfName: [String: Int]

    /// The path as given.
    public var path: String { files[0].path }

    /// `general.architecture`, empty when the file does not say.
    public var architecture: String { metadata["general.architecture"]?.string ?? "" }

    /// Opens and checks the file at `path`.
    public init(path: String) throws(KernelError) {
        let file = try MappedFile(path: path)
        do {
            let header = try GGUFHeader(parsing: file.bytes)
            version = header.version
            alignment = header.alignment
            metadata = header.metadata
            entries = try Self.entries(of: header)
        } catch {
            throw error.error(reading: path, format: "GGUF")
        }
        files = [file]
        indexOfName = entries.indexByName()
    }

    public func entry(named name: String) -> WeightEntry? {
        indexOfName[name].map { entries[$0] }
    }

    private static func entries(of header: GGUFHeader) throws(FormatFailure) -> [WeightEntry] {
        let metadata = header.metadata
        let architecture = metadata["general.architecture"]?.string ?? ""
        let heads = metadata["\(architecture).attention.head_count"]?.integer
        let keyHeads = metadata["\(architecture).attention.head_count_kv"]?.integer ?? heads
        var entries: [WeightEntry] = []
        entries.reserveCapacity(header.tensors.count)
        var names: Set<String> = []
        for tensor in header.tensors {
            let name = GGUFNames.huggingFaceName(of: tensor.name) ?? tensor.name
            guard names.insert(name).inserted else {
                throw FormatFailure(
                    .duplicateName, "tensor \"\(tensor.name)\"", at: tensor.byteRange.lowerBound,
                    "another tensor already stands for \(name.escapedForDisplay)")
            }
            var permutation: RowPermutation?
            switch GGUFNames.permutedProjection(tensor.name, architecture: architecture) {
            case .query: permutation = try Self.permutation(of: tensor, heads: heads)
            case .key: permutation = try Self.permutation(of: tensor, heads: keyHeads)
            case nil: break
            }
            entries.append(
                WeightEntry(
                    name: name, storedName: tensor.name, dtype: tensor.dtype, shape: tensor.shape,
                    byteRange: tensor.byteRange, rowPermutation: permutation))
        }
        return entries
    }

    private static func permutation(
        of tensor: GGUFHeader.Tensor, heads: Int?
    ) throws(FormatFailure) -> RowPermutation {
        let rows = tensor.shape.first ?? 0
        guard let heads, heads > 0, rows > 0, rows % heads == 0, (rows / heads) % 2 == 0 else {
            throw FormatFailure(
                .badShape, "tensor \"\(tensor.name)\"", at: tensor.byteRange.lowerBound,
                "\(rows) rows do not divide into \(heads ?? 0) heads of even size")
        }
        return RowPermutation(headDimension: rows / heads)
    }
}
