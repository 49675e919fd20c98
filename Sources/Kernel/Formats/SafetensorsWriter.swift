// Writes a safetensors file front to back: a header that tiles the data in the given order, padded
// with spaces to a multiple of eight bytes, then the tensors as they come. Nothing is kept in memory.

/// Streams tensors into one safetensors file.
public final class SafetensorsWriter {
    private let sink: FileSink
    private var stream: WeightStream

    /// Writes the header; the tensors must then follow in the order of `tensors`.
    public init(
        to sink: FileSink, tensors: [WeightSpec], metadata: [(key: String, value: String)] = []
    ) throws(KernelError) {
        let header = try Self.header(tensors, metadata: metadata, path: sink.path)
        try sink.write(header)
        self.sink = sink
        stream = WeightStream(tensors)
    }

    /// Appends bytes of the tensor `name`, whole or the next part of it.
    public func write(
        _ bytes: UnsafeRawBufferPointer, of name: String
    ) throws(KernelError) {
        _ = stream.accept(bytes.count, for: name)
        try sink.write(bytes)
    }

    /// Checks that all declared tensors were written; the sink is finished by its owner.
    public func finish() {
        stream.checkComplete()
    }

    /// The size of the file that these tensors make.
    public static func fileBytes(
        tensors: [WeightSpec], metadata: [(key: String, value: String)] = []
    ) throws(KernelError) -> Int {
        let header = try header(tensors, metadata: metadata, path: "new file")
        return tensors.reduce(header.count) { $0 + $1.byteCount }
    }

    private static func header(
        _ tensors: [WeightSpec], metadata: [(key: String, value: String)], path: String
    ) throws(KernelError) -> [UInt8] {
        func refuse(_ name: String, _ reason: Sentence) -> KernelError {
            KernelError(
                .badData, "cannot write the tensor to a safetensors file",
                at: "\(path.escapedForDisplay), tensor \(name.escapedForDisplay)", because: reason)
        }
        var members = JSONObject()
        if !metadata.isEmpty {
            var pairs = JSONObject()
            for pair in metadata { pairs[pair.key] = .string(pair.value) }
            members["__metadata__"] = .object(pairs)
        }
        var offset = 0
        for tensor in tensors {
            guard let kind = SafetensorsHeader.name(of: tensor.dtype) else {
                throw refuse(
                    tensor.name, "safetensors has no element type \(tensor.dtype.rawValue)")
            }
            guard tensor.shape.count <= SafetensorsHeader.rankLimit else {
                throw refuse(tensor.name, "it has \(tensor.shape.count) dimensions")
            }
            let end = offset + tensor.byteCount
            let entry: JSONValue = [
                "dtype": .string(kind), "shape": .array(tensor.shape.map { .integer($0) }),
                "data_offsets": [.integer(offset), .integer(end)],
            ]
            guard members.updateValue(entry, forKey: tensor.name) == nil else {
                throw refuse(tensor.name, "the name is already taken")
            }
            offset = end
        }
        var text = Array(JSONValue.object(members).text().utf8)
        text.append(contentsOf: repeatElement(0x20, count: (8 - text.count % 8) % 8))
        guard text.count <= Int(SafetensorsHeader.lengthLimit) else {
            throw refuse(tensors.last?.name ?? "", "the header has \(text.count) bytes")
        }
        let length = UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + text
    }
}
