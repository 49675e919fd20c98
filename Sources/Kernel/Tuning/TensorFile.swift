// fp32 tensors of a run in safetensors files: trained values and optimizer buffers, written and read
// back by name. It does not know what the tensors mean.

/// Named fp32 tensors as one safetensors file.
public enum TensorFile {
    /// One tensor to write or to fill, with its shape in the file.
    public struct Item {
        public var name: String
        public var shape: [Int]
        public var tensor: Tensor

        public init(name: String, shape: [Int], tensor: Tensor) {
            (self.name, self.shape, self.tensor) = (name, shape, tensor)
        }
    }

    /// Writes all tensors, atomically.
    public static func write(_ items: [Item], to path: String) throws(KernelError) {
        let specs = items.map { WeightSpec(name: $0.name, dtype: .f32, shape: $0.shape) }
        let metadata = [(key: "format", value: "pt")]
        let planned = try SafetensorsWriter.fileBytes(tensors: specs, metadata: metadata)
        try AtomicFile.write(to: path, plannedBytes: planned) { (sink) throws(KernelError) in
            let writer = try SafetensorsWriter(to: sink, tensors: specs, metadata: metadata)
            for item in items {
                precondition(item.tensor.isContiguous, "\(item.name) is strided")
                let bytes = UnsafeRawBufferPointer(
                    start: item.tensor.pointer,
                    count: item.tensor.count * MemoryLayout<Float>.stride)
                try writer.write(bytes, of: item.name)
            }
            writer.finish()
        }
    }

    /// Fills every item from the file, which may hold any float kind. Missing tensors and other shapes are
    /// errors; `allowsMore` says whether the file may hold tensors that were not asked for.
    public static func read(_ items: [Item], from path: String, allowsMore: Bool = false)
        throws(KernelError)
    {
        let file = try SafetensorsFile(path: path)
        if !allowsMore {
            let asked = Set(items.map(\.name))
            if let extra = file.entries.first(where: { !asked.contains($0.name) }) {
                throw KernelError(
                    .badData, "the file holds a tensor that does not belong to this model",
                    at: path,
                    because: extra.name.escapedForDisplay,
                    hint: "Use the adapter with the model it was trained on.")
            }
        }
        for item in items {
            guard let entry = file.entry(named: item.name) else {
                throw KernelError(.badData, "the file lacks the tensor \(item.name)", at: path)
            }
            guard entry.shape == item.shape else {
                throw KernelError(
                    .badData, "the tensor \(item.name) has another shape", at: path,
                    because: "expected \(item.shape), found \(entry.shape)")
            }
            let weight = try BlockWeight(
                bytes: file.bytes(of: entry), owner: file.files[entry.fileIndex],
                dtype: entry.dtype,
                rows: item.tensor.rows, columns: item.tensor.columns)
            weight.decode(rows: 0..<weight.rows, into: item.tensor.pointer)
            guard Elementwise.sumOfSquares(item.tensor).isFinite else {
                throw KernelError(
                    .badData, "the tensor \(item.name) holds NaN or infinity", at: path)
            }
        }
    }
}
