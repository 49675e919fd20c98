// Writes a GGUF file (version 3, little-endian) front to back: metadata, directory, padded tensors.
// It takes the file's own names and row order; translating them is GGUFNames' and the caller's work.

/// Streams tensors into one GGUF file.
public final class GGUFWriter {
    private let sink: FileSink
    private let alignment: Int
    private var stream: WeightStream

    /// Writes metadata and directory; the tensors must then follow in the order of `tensors`.
    ///
    /// The alignment is 32, or that of `general.alignment` when the metadata have it.
    public init(
        to sink: FileSink, metadata: GGUFMetadata, tensors: [WeightSpec]
    ) throws(KernelError) {
        alignment = try Self.alignment(metadata, path: sink.path)
        try sink.write(
            try Self.header(metadata, tensors, alignment: alignment, path: sink.path))
        self.sink = sink
        stream = WeightStream(tensors)
    }

    /// Appends bytes of the tensor `name`, whole or the next part of it.
    public func write(
        _ bytes: UnsafeRawBufferPointer, of name: String
    ) throws(KernelError) {
        let isComplete = stream.accept(bytes.count, for: name)
        try sink.write(bytes)
        if isComplete { try sink.pad(to: alignment) }
    }

    /// Checks that all declared tensors were written; the sink is finished by its owner.
    public func finish() {
        stream.checkComplete()
    }

    /// The size of the file that these tensors and metadata make.
    public static func fileBytes(
        metadata: GGUFMetadata, tensors: [WeightSpec]
    ) throws(KernelError) -> Int {
        let alignment = try alignment(metadata, path: "new file")
        let header = try header(metadata, tensors, alignment: alignment, path: "new file")
        return tensors.reduce(header.count) { $0 + padded($1.byteCount, to: alignment) }
    }

    private static func padded(_ count: Int, to alignment: Int) -> Int {
        (count + alignment - 1) / alignment * alignment
    }

    private static func alignment(
        _ metadata: GGUFMetadata, path: String
    ) throws(KernelError) -> Int {
        guard let value = metadata["general.alignment"] else { return GGUFHeader.defaultAlignment }
        guard case .uint32(let declared) = value, GGUFHeader.alignments.contains(Int(declared)),
            declared & (declared - 1) == 0
        else {
            throw KernelError(
                .badData, "cannot write the GGUF file",
                at: "\(path.escapedForDisplay), key general.alignment",
                because: "it must be a u32 and a power of two from 8 to 65536")
        }
        return Int(declared)
    }

    private static func header(
        _ metadata: GGUFMetadata, _ tensors: [WeightSpec], alignment: Int, path: String
    ) throws(KernelError) -> [UInt8] {
        var text = GGUFEncoder()
        text.bytes += Array("GGUF".utf8)
        text.append(UInt32(3))
        text.append(UInt64(tensors.count))
        text.append(UInt64(metadata.pairs.count))
        for pair in metadata.pairs { text.append(key: pair.key, pair.value) }
        var names: Set<String> = []
        var offset = 0
        for tensor in tensors {
            guard let code = GGUFTypes.code(of: tensor.dtype) else {
                throw refuse(tensor, "GGUF has no element type \(tensor.dtype.rawValue)", path)
            }
            guard tensor.shape.count <= GGUFHeader.rankLimit, !tensor.shape.contains(0) else {
                throw refuse(tensor, "GGUF cannot hold the shape \(tensor.shape)", path)
            }
            guard tensor.name.utf8.count <= GGUFHeader.nameLimit else {
                throw refuse(tensor, "the name is longer than \(GGUFHeader.nameLimit) bytes", path)
            }
            guard names.insert(tensor.name).inserted else {
                throw refuse(tensor, "the name is already taken", path)
            }
            text.append(tensor.name)
            text.append(UInt32(tensor.shape.count))
            for dimension in tensor.shape.reversed() { text.append(UInt64(dimension)) }
            text.append(code)
            text.append(UInt64(offset))
            offset += padded(tensor.byteCount, to: alignment)
        }
        let end = padded(text.bytes.count, to: alignment)
        text.bytes.append(contentsOf: repeatElement(0, count: end - text.bytes.count))
        return text.bytes
    }

    private static func refuse(
        _ tensor: WeightSpec, _ reason: Sentence, _ path: String
    ) -> KernelError {
        KernelError(
            .badData, "cannot write the tensor to a GGUF file",
            at: "\(path.escapedForDisplay), tensor \(tensor.name.escapedForDisplay)",
            because: reason)
    }
}

/// Little-endian encoding of GGUF's primitives.
private struct GGUFEncoder {
    var bytes: [UInt8] = []

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ text: String) {
        append(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func append(key: String, _ value: GGUFValue) {
        append(key)
        append(value.typeCode)
        switch value {
        case .uint8(let value): append(value)
        case .int8(let value): append(value)
        case .uint16(let value): append(value)
        case .int16(let value): append(value)
        case .uint32(let value): append(value)
        case .int32(let value): append(value)
        case .uint64(let value): append(value)
        case .int64(let value): append(value)
        case .float32(let value): append(value.bitPattern)
        case .float64(let value): append(value.bitPattern)
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .string(let value): append(value)
        case .array(let values): append(values)
        }
    }

    private mutating func append(_ array: GGUFArray) {
        append(array.elementTypeCode)
        append(UInt64(array.count))
        switch array {
        case .inFile(let view): bytes.append(contentsOf: view.bytes)
        case .uint8(let values): bytes.append(contentsOf: values)
        case .int8(let values): for value in values { append(value) }
        case .uint16(let values): for value in values { append(value) }
        case .int16(let values): for value in values { append(value) }
        case .uint32(let values): for value in values { append(value) }
        case .int32(let values): for value in values { append(value) }
        case .uint64(let values): for value in values { append(value) }
        case .int64(let values): for value in values { append(value) }
        case .float32(let values): for value in values { append(value.bitPattern) }
        case .float64(let values): for value in values { append(value.bitPattern) }
        case .bool(let values): for value in values { bytes.append(value ? 1 : 0) }
        case .string(let values): for value in values { append(value) }
        }
    }
}
