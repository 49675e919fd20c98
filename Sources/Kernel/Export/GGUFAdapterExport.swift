// Writes the adapter of a tuned model alone as a GGUF file, which llama.cpp and Ollama apply to a
// GGUF base. The base's own file is not needed; full tensors beside the adapter cannot be said.

/// Exports LoRA adapters as GGUF files.
public enum GGUFAdapterExport {
    /// The element types that can be written.
    public static let supported: [DType] = [.f32, .f16, .bf16]

    /// Writes a folder with one GGUF file of the adapter and a card.
    @discardableResult
    public static func write(
        _ model: TunedModel, base: ModelFolder, settings: ExportSettings = ExportSettings(),
        to folder: String, progress: @escaping ExportProgress = { _ in true }
    ) throws(KernelError) -> ExportResult {
        let dtype = settings.dtype ?? .f32
        let lora = try adapter(of: model, dtype)
        let text = try ExportText(base, settings)
        let architecture = GGUFPlan.architecture(of: base.config)
        let tensors = model.parameters.parameters.map {
            AdapterTensor($0, base.config, architecture, dtype)
        }
        var metadata = GGUFMetadata()
        metadata.set("general.architecture", .string(architecture))
        metadata.set("general.type", .string("adapter"))
        metadata.set("general.name", .string(text.modelName))
        metadata.set("adapter.type", .string("lora"))
        // Readers multiply with alpha / rank, also where the run divided by the root of the rank.
        metadata.set("adapter.lora.alpha", .float32(lora.scale * Float(lora.rank)))
        metadata.set("general.file_type", .uint32(GGUFMetadata.fileType(dtype)))
        let name = "\(text.fileName)-lora-\(dtype.rawValue.uppercased()).gguf"
        let card = text.card(kind: .adapter, dtype: dtype)
        let specs = tensors.map(\.spec)
        let planned = try GGUFWriter.fileBytes(metadata: metadata, tensors: specs)
        let meter = ExportMeter(
            total: model.parameters.count, path: folder, progress: progress)
        let files = try ExportFolder.write(
            to: folder, sources: [base.path], mayReplace: settings.replacesFolder,
            plannedBytes: planned + card.byteCount
        ) { (folder) throws(KernelError) in
            try meter.advance(0)
            try card.write(into: folder)
            try AtomicFile.write(to: "\(folder)/\(name)", plannedBytes: planned) {
                (sink) throws(KernelError) in
                let writer = try GGUFWriter(to: sink, metadata: metadata, tensors: specs)
                for tensor in tensors {
                    try tensor.write(to: writer)
                    try meter.advance(tensor.spec.shape.reduce(1, *))
                }
                writer.finish()
            }
        }
        return ExportResult(
            folder: folder, modelPath: folder + (folder.hasSuffix("/") ? "" : "/") + name,
            files: files, dtype: dtype, notes: [])
    }

    private static func adapter(
        of model: TunedModel, _ dtype: DType
    ) throws(KernelError) -> LoRAShape {
        func refuse(_ field: String, _ why: String, _ hint: String) -> KernelError {
            KernelError(
                .usage, "cannot export the adapter as GGUF", at: field, because: why, hint: hint)
        }
        guard supported.contains(dtype) else {
            throw refuse(
                "export_dtype", "adapters are written as fp32, fp16 or bf16", "Choose one of these")
        }
        guard let lora = model.method.lora else {
            throw refuse(
                "export_format", "the model was not tuned with LoRA", "Export the whole model")
        }
        if let name = model.method.trainedNames.min() {
            throw refuse(
                "export_format", "\(name) was trained as a whole, which a GGUF adapter cannot hold",
                "Export the whole model")
        }
        return lora
    }

    /// One factor of the adapter.
    private struct AdapterTensor {
        let parameter: Parameter
        let spec: WeightSpec
        let permutation: RowPermutation?

        init(_ parameter: Parameter, _ config: ModelConfig, _ architecture: String, _ dtype: DType)
        {
            let isB = parameter.name.hasSuffix(".lora_B.weight")
            let module = parameter.name.dropLast(".lora_A.weight".count)
            guard let name = GGUFNames.ggufName(of: module + ".weight") else {
                preconditionFailure("\(parameter.name) has no name in GGUF")
            }
            let isPermuted =
                isB && GGUFNames.permutedProjection(name, architecture: architecture) != nil
            self.parameter = parameter
            spec = WeightSpec(
                name: name + (isB ? ".lora_b" : ".lora_a"), dtype: dtype, shape: parameter.shape)
            permutation = isPermuted ? RowPermutation(headDimension: config.headDimension) : nil
        }

        func write(to writer: GGUFWriter) throws(KernelError) {
            let value = parameter.value
            var bytes: [UInt8] = []
            bytes.reserveCapacity(spec.byteCount)
            for row in 0..<value.rows {
                let source = permutation?.row(storedAt: row) ?? row
                let values = UnsafeBufferPointer(start: value.row(source), count: value.columns)
                bytes += try BlockEncoder.encoded(Array(values), as: spec.dtype)
            }
            let result = bytes.withUnsafeBytes { units in
                Result { () throws(KernelError) in try writer.write(units, of: spec.name) }
            }
            try result.get()
        }
    }
}
