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
    public let unread: [UnreadTensor]
    private let names: NameIndex

    /// The path as given.
    public var path: String { files[0].path }

    /// `general.architecture`, empty when the file does not say.
    public var architecture: String { metadata["general.architecture"]?.string ?? "" }

    /// Opens and checks the file at `path`. With `keepsUnread` a tensor of a type that cannot be read is
    /// listed instead of refused: the caller knows whether it is needed.
    public init(path: String, keepsUnread: Bool = false) throws(KernelError) {
        let file = try MappedFile(path: path)
        try LargeFilePointer.refuse(file.bytes, at: path)
        do {
            let header = try GGUFHeader(
                parsing: file.bytes, of: file, keepsUnread: keepsUnread)
            version = header.version
            alignment = header.alignment
            metadata = header.metadata
            (entries, unread) = try Self.entries(of: header)
        } catch {
            throw error.error(reading: path, format: "GGUF")
        }
        files = [file]
        names = entries.indexByName()
    }

    public func entry(named name: String) -> WeightEntry? {
        entries.entry(named: name, by: names)
    }

    private static func entries(
        of header: GGUFHeader
    ) throws(FormatFailure) -> ([WeightEntry], [UnreadTensor]) {
        let metadata = header.metadata
        let architecture = metadata["general.architecture"]?.string ?? ""
        // Either may be an array with one number a layer.
        let queries = metadata["\(architecture).attention.head_count"]
        let heads = queries?.uniformInteger
        let keyValue = metadata["\(architecture).attention.head_count_kv"]
        let keyHeads = keyValue == nil ? heads : keyValue?.uniformInteger
        let differs = queries?.array != nil && heads == nil
        let keysDiffer = keyValue?.array != nil && keyHeads == nil
        var entries: [WeightEntry] = []
        entries.reserveCapacity(header.tensors.count)
        var unread: [UnreadTensor] = []
        var names: Set<String> = []
        let files = ModelFamily.of(architecture: architecture)?.names ?? .llama
        for tensor in header.tensors {
            let known = files.huggingFaceTensor(ofGGUF: tensor.name)
            let name = known?.name ?? tensor.name
            guard names.insert(name).inserted else {
                throw FormatFailure(
                    .duplicateName, "tensor \"\(tensor.name)\"", at: tensor.byteRange.lowerBound,
                    "another tensor already stands for \(name.escapedForDisplay)")
            }
            guard let dtype = tensor.dtype else {
                unread.append(UnreadTensor(name: name, type: tensor.typeName))
                continue
            }
            var permutation: RowPermutation?
            switch known?.role {
            // Layers that differ are refused with the key's name where the model is made.
            case .linear(.query)? where files.interleavesHeads && !differs:
                permutation = try Self.permutation(of: tensor, heads: heads)
            case .linear(.key)? where files.interleavesHeads && !differs && !keysDiffer:
                permutation = try Self.permutation(of: tensor, heads: keyHeads)
            default: break
            }
            entries.append(
                WeightEntry(
                    name: name, storedName: tensor.name, dtype: dtype, shape: tensor.shape,
                    byteRange: tensor.byteRange, rowPermutation: permutation,
                    storedOffset: known?.role.isNorm == true ? files.ggufGainOffset : 0))
        }
        return (entries, unread)
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
