// Tensors of a run in safetensors files: trained values and optimizer buffers, written in the type that
// they have in memory and read back by name. It does not know what the tensors mean.

/// Named tensors as one safetensors file.
public enum TensorFile {
    /// One tensor to write or to fill, with its shape in the file.
    public struct Item {
        enum Numbers {
            case float32(Tensor)
            case bfloat16(BFloat16Buffer)
        }

        public var name: String
        public var shape: [Int]
        var numbers: Numbers

        public init(name: String, shape: [Int], tensor: Tensor) {
            (self.name, self.shape, numbers) = (name, shape, .float32(tensor))
        }

        init(name: String, shape: [Int], bfloat16: BFloat16Buffer) {
            (self.name, self.shape, numbers) = (name, shape, .bfloat16(bfloat16))
        }

        /// The value of a parameter.
        init(_ parameter: Parameter, name: String) {
            switch parameter.stored {
            case .float32(let tensor): self.init(name: name, shape: parameter.shape, tensor: tensor)
            case .bfloat16(let matrix):
                self.init(name: name, shape: parameter.shape, bfloat16: matrix.numbers)
            }
        }

        /// Both pieces of flat numbers, those that there are.
        static func pieces(of numbers: ParameterBuffer, name: String) -> [Item] {
            var items: [Item] = []
            let (bfloat16, float32) = (numbers.bfloat16, numbers.float32)
            if bfloat16.count > 0 {
                items.append(
                    Item(name: name + ".bf16", shape: [bfloat16.count], bfloat16: bfloat16))
            }
            if float32.count > 0 {
                items.append(Item(name: name, shape: [float32.count], tensor: float32))
            }
            return items
        }

        /// Bytes of its numbers.
        public var byteCount: Int { bytes.count }

        fileprivate var spec: WeightSpec {
            switch numbers {
            case .float32: WeightSpec(name: name, dtype: .f32, shape: shape)
            case .bfloat16: WeightSpec(name: name, dtype: .bf16, shape: shape)
            }
        }

        fileprivate var bytes: UnsafeRawBufferPointer {
            switch numbers {
            case .float32(let tensor):
                precondition(tensor.isContiguous, "\(name) is strided")
                return UnsafeRawBufferPointer(
                    start: tensor.pointer, count: tensor.count * MemoryLayout<Float>.stride)
            case .bfloat16(let numbers):
                return UnsafeRawBufferPointer(
                    start: numbers.pointer, count: numbers.count * MemoryLayout<UInt16>.stride)
            }
        }
    }

    /// Writes all tensors, atomically; `metadata` are further pairs for the file's header.
    public static func write(
        _ items: [Item], to path: String, metadata more: [(key: String, value: String)] = []
    ) throws(KernelError) {
        let specs = items.map(\.spec)
        let metadata = [(key: "format", value: "pt")] + more
        let planned = try SafetensorsWriter.fileBytes(tensors: specs, metadata: metadata)
        try AtomicFile.write(to: path, plannedBytes: planned) { (sink) throws(KernelError) in
            let writer = try SafetensorsWriter(to: sink, tensors: specs, metadata: metadata)
            for item in items { try writer.write(item.bytes, of: item.name) }
            writer.finish()
        }
    }

    /// Fills every item from the file, which may hold any float kind: bf16 takes the nearest numbers. Missing
    /// tensors and other shapes are errors; `allowsMore` says whether the file may hold tensors that were
    /// not asked for.
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
                    because: Sentence(verbatim: extra.name.escapedForDisplay),
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
            guard try fill(item, from: file, entry) else {
                throw KernelError(
                    .badData, "the tensor \(item.name) holds NaN or infinity", at: path)
            }
        }
    }

    /// Returns whether all numbers are finite.
    private static func fill(
        _ item: Item, from file: SafetensorsFile, _ entry: WeightEntry
    ) throws(KernelError) -> Bool {
        func weight(_ rows: Int, _ columns: Int) throws(KernelError) -> BlockWeight {
            try BlockWeight(
                bytes: file.bytes(of: entry), owner: file.files[entry.fileIndex],
                dtype: entry.dtype, rows: rows, columns: columns)
        }
        switch item.numbers {
        case .float32(let tensor):
            let weight = try weight(tensor.rows, tensor.columns)
            weight.decode(rows: 0..<weight.rows, into: tensor.pointer)
            return Elementwise.sumOfSquares(tensor).isFinite
        case .bfloat16(let numbers):
            let rows = item.shape.count > 1 ? item.shape[0] : 1
            let source = try weight(rows, numbers.count / max(1, rows))
            if entry.dtype == .bf16 {
                UnsafeMutableRawBufferPointer(start: numbers.pointer, count: source.byteCount)
                    .copyMemory(from: file.bytes(of: entry))
            } else {
                BFloat16Matrix(numbers, rows: source.rows, columns: source.columns).copy(
                    from: source)
            }
            return numbers.isFinite
        }
    }
}
