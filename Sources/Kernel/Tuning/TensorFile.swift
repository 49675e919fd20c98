// Tensors of a run in safetensors files: trained values and optimizer buffers, written in the type that
// they are held in and read back by name. It does not know what the tensors mean.

/// Named tensors as one safetensors file.
public enum TensorFile {
    /// One tensor to write or to fill, with its shape in the file.
    public struct Item {
        enum Numbers {
            case floats(Tensor)
            case halves(BFloat16Buffer)
        }

        public var name: String
        public var shape: [Int]
        var numbers: Numbers

        public init(name: String, shape: [Int], tensor: Tensor) {
            (self.name, self.shape, numbers) = (name, shape, .floats(tensor))
        }

        init(name: String, shape: [Int], halves: BFloat16Buffer) {
            (self.name, self.shape, numbers) = (name, shape, .halves(halves))
        }

        /// The value of a parameter.
        init(_ parameter: Parameter, name: String) {
            switch parameter.held {
            case .floats(let tensor): self.init(name: name, shape: parameter.shape, tensor: tensor)
            case .halves(let matrix):
                self.init(name: name, shape: parameter.shape, halves: matrix.numbers)
            }
        }

        /// Both pieces of flat numbers, those that there are.
        static func pieces(of numbers: HeldNumbers, name: String) -> [Item] {
            var items: [Item] = []
            let (halves, floats) = (numbers.halves, numbers.floats)
            if halves.count > 0 {
                items.append(Item(name: name + ".bf16", shape: [halves.count], halves: halves))
            }
            if floats.count > 0 {
                items.append(Item(name: name, shape: [floats.count], tensor: floats))
            }
            return items
        }

        fileprivate var spec: WeightSpec {
            switch numbers {
            case .floats: WeightSpec(name: name, dtype: .f32, shape: shape)
            case .halves: WeightSpec(name: name, dtype: .bf16, shape: shape)
            }
        }

        fileprivate var bytes: UnsafeRawBufferPointer {
            switch numbers {
            case .floats(let tensor):
                precondition(tensor.isContiguous, "\(name) is strided")
                return UnsafeRawBufferPointer(
                    start: tensor.pointer, count: tensor.count * MemoryLayout<Float>.stride)
            case .halves(let halves):
                return UnsafeRawBufferPointer(
                    start: halves.pointer, count: halves.count * MemoryLayout<UInt16>.stride)
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
        case .floats(let tensor):
            let weight = try weight(tensor.rows, tensor.columns)
            weight.decode(rows: 0..<weight.rows, into: tensor.pointer)
            return Elementwise.sumOfSquares(tensor).isFinite
        case .halves(let halves):
            let rows = item.shape.count > 1 ? item.shape[0] : 1
            let source = try weight(rows, halves.count / max(1, rows))
            if entry.dtype == .bf16 {
                UnsafeMutableRawBufferPointer(start: halves.pointer, count: source.byteCount)
                    .copyMemory(from: file.bytes(of: entry))
            } else {
                TrainedHalves(halves, rows: source.rows, columns: source.columns).copy(from: source)
            }
            return halves.isFinite
        }
    }
}
