// Reads and checks the structure of a GGUF file, version 2 or 3, in one forward pass:
// header, metadata, tensor directory, then the place of every tensor in the data section.
// It keeps the file's own names and order; Hugging Face names come in GGUFFile.

/// What a checked GGUF header says.
struct GGUFHeader: Sendable {
    static let keyLimit = 65_535
    static let pairLimit = 100_000
    static let tensorLimit = 1_000_000
    static let nameLimit = 64
    static let rankLimit = 4
    static let alignments = 8...65_536
    static let defaultAlignment = 32

    var version: Int
    var alignment: Int
    var metadata = GGUFMetadata()
    /// In file order; shapes are reversed to row-major.
    var tensors: [Tensor] = []

    struct Tensor: Sendable {
        var name: String
        /// Nil for a type that cannot be read, where the reader keeps such tensors.
        var dtype: DType?
        var typeName: String
        var shape: [Int]
        var byteRange: Range<Int>
    }

    init(
        parsing file: UnsafeRawBufferPointer, of mapping: MappedFile? = nil,
        keepsUnread: Bool = false
    ) throws(FormatFailure) {
        var cursor = GGUFCursor(file, of: mapping)
        version = try Self.version(&cursor)
        let tensorCount = try cursor.count(
            "tensor count", limit: Self.tensorLimit, elementBytes: 24, fault: .badCount)
        let pairCount = try cursor.count(
            "metadata count", limit: Self.pairLimit, elementBytes: 13, fault: .badCount)
        for index in 0..<pairCount {
            let start = cursor.position
            let key = try cursor.string(
                "key \(index)", limit: Self.keyLimit, fault: .badKey)
            guard !key.isEmpty else {
                throw FormatFailure(.badKey, "key \(index)", at: start, "the key is empty")
            }
            let value = try cursor.value(of: key)
            guard metadata.set(key, value) else {
                throw FormatFailure(.duplicateKey, "key \"\(key)\"", at: start, "it occurs twice")
            }
        }
        alignment = try Self.alignment(metadata, at: cursor.position)
        let declared = try Self.directory(&cursor, count: tensorCount, keepsUnread: keepsUnread)
        tensors = try Self.place(
            declared, after: cursor.position, fileCount: file.count, alignment: alignment)
    }

    private static func version(_ cursor: inout GGUFCursor) throws(FormatFailure) -> Int {
        let magic: UInt32 = try cursor.integer("magic")
        guard magic != 0x4747_5546 else {
            throw FormatFailure(.wrongEndianness, "magic", at: 0, "the file is big-endian")
        }
        guard magic == 0x4655_4747 else {
            throw FormatFailure(.badMagic, "magic", at: 0, "the file does not start with GGUF")
        }
        let version: UInt32 = try cursor.integer("version")
        if version != 0, version & 0xFFFF == 0 {
            throw FormatFailure(
                .wrongEndianness, "version", at: 4, "the file is big-endian")
        }
        guard (2...3).contains(version) else {
            throw FormatFailure(
                .unsupportedVersion, "version", at: 4, "version \(version), supported are 2 and 3")
        }
        return Int(version)
    }

    private static func alignment(
        _ metadata: GGUFMetadata, at position: Int
    ) throws(FormatFailure) -> Int {
        guard let value = metadata["general.alignment"] else { return defaultAlignment }
        guard case .uint32(let declared) = value else {
            throw FormatFailure(
                .badAlignment, "general.alignment", at: position,
                "expected u32, found \(value.typeName)")
        }
        let alignment = Int(declared)
        guard alignments.contains(alignment), alignment & (alignment - 1) == 0 else {
            throw FormatFailure(
                .badAlignment, "general.alignment", at: position,
                "\(declared) is not a power of two from 8 to 65536")
        }
        return alignment
    }

    // MARK: - Tensor directory

    /// A tensor as the directory declares it; its size is checked, its place not yet.
    private struct Declared {
        var name: String
        var dtype: DType?
        var typeName: String
        var shape: [Int]
        var byteCount: Int
        var offset: UInt64
        var position: Int
    }

    private static func directory(
        _ cursor: inout GGUFCursor, count: Int, keepsUnread: Bool
    ) throws(FormatFailure) -> [Declared] {
        var names: Set<String> = []
        var declared: [Declared] = []
        declared.reserveCapacity(count)
        for index in 0..<count {
            let start = cursor.position
            let name = try cursor.string(
                "name of tensor \(index)", limit: nameLimit, fault: .badName)
            guard names.insert(name).inserted else {
                throw FormatFailure(
                    .duplicateName, "tensor \"\(name)\"", at: start, "the name occurs twice")
            }
            declared.append(
                try tensor(&cursor, name: name, start: start, keepsUnread: keepsUnread))
        }
        return declared
    }

    private static func tensor(
        _ cursor: inout GGUFCursor, name: String, start: Int, keepsUnread: Bool
    ) throws(FormatFailure) -> Declared {
        func failure(_ fault: FormatFault, _ reason: Sentence) -> FormatFailure {
            FormatFailure(fault, "tensor \"\(name)\"", at: start, reason)
        }
        let rank: UInt32 = try cursor.integer("rank of \"\(name)\"")
        guard rank <= rankLimit else {
            throw failure(.badDimensionCount, "\(rank) dimensions, the limit is \(rankLimit)")
        }
        var innermostFirst: [Int] = []
        for _ in 0..<rank {
            let dimension: UInt64 = try cursor.integer("dimension of \"\(name)\"")
            guard let value = Int(exactly: dimension), value > 0 else {
                throw failure(.badShape, "\(dimension) is not a dimension")
            }
            innermostFirst.append(value)
        }
        let code: UInt32 = try cursor.integer("type of \"\(name)\"")
        let dtype = GGUFTypes.dtype(code: code)
        guard
            let block = dtype.map({ (elements: $0.blockLength, bytes: $0.blockBytes) })
                ?? (keepsUnread ? GGUFTypes.unreadBlock(code: code) : nil)
        else {
            throw failure(
                .unsupportedType,
                "the tensor type \(GGUFTypes.name(code: code)) is not supported "
                    + "(\(GGUFTypes.supported) are)")
        }
        let offset: UInt64 = try cursor.integer("offset of \"\(name)\"")
        guard (innermostFirst.first ?? 1) % block.elements == 0 else {
            throw failure(
                .badShape,
                "rows of \(innermostFirst.first ?? 1) do not fill blocks of \(block.elements)")
        }
        let shape = Array(innermostFirst.reversed())
        guard let elements = SafetensorsHeader.byteCount(of: .u8, shape: shape),
            case let (bytes, overflow) = (elements / block.elements)
                .multipliedReportingOverflow(by: block.bytes), !overflow
        else {
            throw failure(.sizeOverflow, "the shape \(shape) is too large")
        }
        return Declared(
            name: name, dtype: dtype, typeName: GGUFTypes.name(code: code), shape: shape,
            byteCount: bytes, offset: offset, position: start)
    }

    /// Tensors follow each other in directory order, each padded to the alignment.
    private static func place(
        _ declared: [Declared], after end: Int, fileCount: Int, alignment: Int
    ) throws(FormatFailure) -> [Tensor] {
        // `end` is at most the file's size and the alignment at most 65,536: the sum fits.
        let dataStart = (end + alignment - 1) / alignment * alignment
        var expected: UInt64 = 0
        var tensors: [Tensor] = []
        tensors.reserveCapacity(declared.count)
        for tensor in declared {
            func failure(_ fault: FormatFault, _ reason: Sentence) -> FormatFailure {
                FormatFailure(fault, "tensor \"\(tensor.name)\"", at: tensor.position, reason)
            }
            guard tensor.offset == expected else {
                throw failure(
                    .badOffset, "offset \(tensor.offset), expected \(expected)")
            }
            guard let offset = Int(exactly: tensor.offset), dataStart <= fileCount,
                offset <= fileCount - dataStart,
                tensor.byteCount <= fileCount - dataStart - offset
            else {
                throw failure(
                    .notEnoughData,
                    "\(tensor.byteCount) bytes at offset \(tensor.offset) of the data run past "
                        + "the end of the file")
            }
            let start = dataStart + offset
            tensors.append(
                Tensor(
                    name: tensor.name, dtype: tensor.dtype, typeName: tensor.typeName,
                    shape: tensor.shape, byteRange: start..<start + tensor.byteCount))
            // Inside the file by now, so padding cannot overflow.
            expected = UInt64((offset + tensor.byteCount + alignment - 1) / alignment * alignment)
        }
        return tensors
    }
}
