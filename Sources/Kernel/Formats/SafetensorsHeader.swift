// Reads and checks the header of a safetensors file: the reference's checks in the reference's order,
// and stricter on duplicate keys, rank (8) and dimensions (2^48). It never touches the tensor data.

/// What a checked safetensors header says.
struct SafetensorsHeader: Sendable {
    static let lengthLimit: UInt64 = 100_000_000
    static let rankLimit = 8
    static let dimensionLimit = 1 << 48

    /// In the order of their data, which tiles the rest of the file without hole or overlap.
    var entries: [WeightEntry]
    /// The `__metadata__` pairs in the order of the text.
    var metadata: [(key: String, value: String)]
    /// Tensors of types that cannot be read, where the reader keeps them.
    var unread: [UnreadTensor]

    /// Bits of an element of the types that the format has and this program does not read.
    private static let unreadBits = [
        "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8,
        "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "U16": 16, "U32": 32, "U64": 64, "C64": 64,
    ]

    private static let kinds: [String: DType] = {
        var kinds: [String: DType] = [:]
        for dtype in DType.allCases {
            if let name = name(of: dtype) { kinds[name] = dtype }
        }
        return kinds
    }()

    /// The element kind that the file spells so, nil when it is not supported.
    static func dtype(named name: String) -> DType? { kinds[name] }

    /// How safetensors spells this kind, or nil for the block formats, which it lacks.
    static func name(of dtype: DType) -> String? {
        switch dtype {
        case .f32: "F32"
        case .f16: "F16"
        case .bf16: "BF16"
        case .f64: "F64"
        case .i64: "I64"
        case .i32: "I32"
        case .i16: "I16"
        case .i8: "I8"
        case .u8: "U8"
        case .bool: "BOOL"
        default: nil
        }
    }

    init(
        parsing file: UnsafeRawBufferPointer, keepsUnread: Bool = false
    ) throws(FormatFailure) {
        guard file.count >= 8 else {
            throw FormatFailure(
                .headerTooSmall, "header length", at: 0, "the file has \(file.count) bytes")
        }
        let declared = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
        guard declared <= Self.lengthLimit, let length = Int(exactly: declared) else {
            throw FormatFailure(
                .headerTooLarge, "header length", at: 0,
                "\(declared) bytes, the limit is \(Self.lengthLimit)")
        }
        guard length <= file.count - 8 else {
            throw FormatFailure(
                .invalidHeaderLength, "header length", at: 0,
                "\(length) bytes, but only \(file.count - 8) follow")
        }
        let text = UnsafeRawBufferPointer(rebasing: file[8..<8 + length])
        var parser = SafetensorsHeaderParser(text, keepsUnread: keepsUnread)
        do {
            try parser.parse()
        } catch {
            throw parser.failure(for: error)
        }
        if let failure = parser.refusal { throw failure }
        metadata = parser.metadata
        (entries, unread) = try Self.tile(
            parser.takeTensors(), dataStart: 8 + length, dataCount: file.count - 8 - length)
    }

    /// Sorts by offset and checks sizes, seams and the end.
    private static func tile(
        _ tensors: consuming [RawTensor], dataStart: Int, dataCount: Int
    ) throws(FormatFailure) -> ([WeightEntry], [UnreadTensor]) {
        var sorted = tensors
        let isSorted = sorted.indices.dropFirst().allSatisfy { index in
            let (before, after) = (sorted[index - 1], sorted[index])
            return (before.begin, before.end) <= (after.begin, after.end)
        }
        if !isSorted { sorted.sort { ($0.begin, $0.end) < ($1.begin, $1.end) } }
        var entries: [WeightEntry] = []
        entries.reserveCapacity(sorted.count)
        var unread: [UnreadTensor] = []
        var position: UInt64 = 0
        for tensor in sorted {
            func failure(_ fault: FormatFault, _ reason: Sentence) -> FormatFailure {
                FormatFailure(fault, "tensor \"\(tensor.name)\"", at: tensor.offset, reason)
            }
            guard tensor.begin == position, tensor.end >= tensor.begin else {
                throw failure(
                    .invalidOffset,
                    "data_offsets [\(tensor.begin), \(tensor.end)] do not continue at \(position)")
            }
            guard let bytes = byteCount(of: tensor) else {
                throw failure(.validationOverflow, "the shape \(tensor.shape) is too large")
            }
            guard UInt64(bytes) == tensor.end - tensor.begin else {
                throw failure(
                    .tensorInvalidInfo,
                    "shape \(tensor.shape) of \(tensor.typeName) takes \(bytes) bytes, "
                        + "data_offsets give \(tensor.end - tensor.begin)")
            }
            position = tensor.end
            guard position <= UInt64(dataCount) else {
                throw failure(
                    .metadataIncompleteBuffer,
                    "it ends at byte \(position) of the data, which has \(dataCount)")
            }
            guard let dtype = tensor.dtype else {
                unread.append(UnreadTensor(name: tensor.name, type: tensor.typeName))
                continue
            }
            // Both ends are now known to be at most dataCount, so the sums stay inside the file.
            entries.append(
                WeightEntry(
                    name: tensor.name, dtype: dtype, shape: tensor.shape,
                    byteRange: dataStart + Int(tensor.begin)..<dataStart + Int(tensor.end)))
        }
        guard position == UInt64(dataCount) else {
            throw FormatFailure(
                .metadataIncompleteBuffer, "data", at: dataStart,
                "the tensors take \(position) bytes, the file has \(dataCount)")
        }
        return (entries, unread)
    }

    /// The bytes that a tensor must have; what it says itself where its type is unknown.
    private static func byteCount(of tensor: RawTensor) -> Int? {
        if let dtype = tensor.dtype { return byteCount(of: dtype, shape: tensor.shape) }
        guard let bits = unreadBits[tensor.typeName] else {
            return Int(exactly: tensor.end - tensor.begin)
        }
        guard let elements = byteCount(of: .u8, shape: tensor.shape) else { return nil }
        let (all, overflow) = elements.multipliedReportingOverflow(by: bits)
        return overflow ? nil : all / 8
    }

    /// Checked product; a zero dimension does not hide an overflow of the others.
    static func byteCount(of dtype: DType, shape: [Int]) -> Int? {
        var elements = 1
        var isEmpty = false
        for dimension in shape {
            if dimension == 0 {
                isEmpty = true
                continue
            }
            let (product, overflow) = elements.multipliedReportingOverflow(by: dimension)
            if overflow { return nil }
            elements = product
        }
        guard let bytes = dtype.byteCount(of: elements) else { return nil }
        return isEmpty ? 0 : bytes
    }

    /// A tensor as the header declares it, not yet checked against the data.
    struct RawTensor {
        var name: String
        /// Nil for a type that cannot be read.
        var dtype: DType?
        /// The type as the file spells it.
        var typeName: String
        var shape: [Int]
        var begin: UInt64
        var end: UInt64
        var offset: Int
    }
}
