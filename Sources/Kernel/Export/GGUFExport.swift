// Writes a tuned model as one GGUF file with everything merged in, beside it a Modelfile and a card.
// Names and types are GGUFPlan's, metadata are GGUFMetadata's and GGUFVocabulary's.

/// Exports GGUF files.
public enum GGUFExport {
    /// The element types that can be written.
    public static let supported: [DType] = [.f32, .f16, .bf16, .q8_0, .q4_0]

    /// Writes a folder with one GGUF file of the base with everything `model` trained merged in; the
    /// folder appears complete or not at all. `progress` hears the fraction done and cancels by
    /// returning false.
    @discardableResult
    public static func write(
        _ model: TunedModel, base: ModelFolder, settings: ExportSettings = ExportSettings(),
        to folder: String, check: @escaping ExportVerdict = { _ in },
        progress: @escaping ExportProgress = { _ in true }
    ) throws(KernelError) -> ExportResult {
        let base = base.withHead(tied: model.weights.spec.head.isTied)
        let rows = MergedRows(model)
        let file = try Contents(rows.weights, base, settings)
        let name = file.name
        let meter = ExportMeter(total: rows.elementCount, path: folder, progress: progress)
        func result(_ folder: String, _ files: [ExportResult.File]) -> ExportResult {
            ExportResult(
                folder: folder, modelPath: folder + (folder.hasSuffix("/") ? "" : "/") + name,
                files: files, dtype: file.dtype, notes: file.text.notes)
        }
        let made = try ExportFolder.write(
            to: folder, sources: [base.path], mayReplace: settings.replacesFolder,
            plannedBytes: file.byteCount,
            check: { (folder, files) throws(KernelError) in try check(result(folder, files)) }
        ) { (folder) throws(KernelError) in
            try meter.advance(0)
            for one in file.side { try one.write(into: folder) }
            try AtomicFile.write(to: "\(folder)/\(name)", plannedBytes: file.modelBytes) {
                (sink) throws(KernelError) in
                try file.write(to: sink, MergedTensorEncoder(rows: rows, meter: meter))
            }
            try base.checkUnchanged()
        }
        var written = result(folder, made.files)
        written.notes += made.notes
        return written
    }

    /// Bytes of all files that `write` would make of a base with these weights.
    static func byteCount(
        _ weights: [ParameterSpec], base: ModelFolder, settings: ExportSettings
    ) throws(KernelError) -> Int {
        try Contents(weights, base, settings).byteCount
    }

    /// The type of the base's weights, F16 where they are quantized.
    private static func ownType(of base: ModelFolder) -> DType {
        let own = base.mainDType
        return [.f32, .f16, .bf16].contains(own) ? own : .f16
    }

    /// All that a folder holds, known before the first byte is written.
    private struct Contents {
        let dtype: DType
        let text: ExportText
        let name: String
        let side: [SideFile]
        /// Bytes of the GGUF file, and of all files.
        let modelBytes: Int
        let byteCount: Int
        let metadata: GGUFMetadata
        let tensors: [GGUFTensorPlan]
        let specs: [WeightSpec]
        /// Divisors of the rotary frequencies, for Llama 3's scaling.
        let factors: [Float]?

        init(
            _ weights: [ParameterSpec], _ base: ModelFolder, _ settings: ExportSettings
        ) throws(KernelError) {
            let config = base.config
            dtype = settings.dtype ?? ownType(of: base)
            guard supported.contains(dtype) else {
                throw KernelError(
                    .usage, "cannot write a GGUF file as \(dtype.rawValue)", at: "export_dtype",
                    because: "written are \(supported.map(\.rawValue).joined(separator: ", "))")
            }
            try GGUFPlan.refuseUnsaid(config, at: base.path)
            var text = try ExportText(base, settings)
            let plan = GGUFPlan(weights, config: config, dtype: dtype)
            var notes = plan.notes
            var metadata = GGUFMetadata(
                config, base: base, name: text.modelName, dtype: dtype,
                elements: weights.reduce(0) { $0 + $1.count }, notes: &notes)
            metadata.addOrigin(
                base, settings.card ?? ModelCard(baseModel: text.modelName))
            if case .folder = base.tokenizerSource, let definition = text.definition {
                notes += GGUFVocabulary.notes(definition)
            }
            for pair in try GGUFVocabulary.pairs(of: base, text) {
                metadata.set(pair.key, pair.value)
            }
            for note in notes { text.note(note) }
            self.metadata = metadata
            tensors = plan.tensors
            factors = config.network.rotary.frequencyFactors
            let rotary = factors.map {
                [WeightSpec(name: GGUFNames.rotaryFactors, dtype: .f32, shape: [$0.count])]
            }
            specs = (rotary ?? []) + tensors.map(\.spec)
            name = "\(text.fileName)-\(dtype.rawValue.uppercased()).gguf"
            var side = [text.card(kind: .gguf, dtype: dtype)]
            if let modelfile = text.modelfile(from: "./\(name)") { side.append(modelfile) }
            (self.side, self.text) = (side, text)
            modelBytes = try GGUFWriter.fileBytes(metadata: metadata, tensors: specs)
            byteCount = side.reduce(modelBytes) { $0 + $1.byteCount }
        }

        func write(to sink: FileSink, _ encoder: MergedTensorEncoder) throws(KernelError) {
            let writer = try GGUFWriter(to: sink, metadata: metadata, tensors: specs)
            if let factors {
                let bytes = try BlockEncoder.encoded(factors, as: .f32)
                let result = bytes.withUnsafeBytes { units in
                    Result { () throws(KernelError) in
                        try writer.write(units, of: GGUFNames.rotaryFactors)
                    }
                }
                try result.get()
            }
            for tensor in tensors {
                try encoder.encode(
                    tensor.weight, as: tensor.spec.dtype, permutation: tensor.permutation,
                    offset: tensor.offset
                ) { (bytes) throws(KernelError) in
                    try writer.write(bytes, of: tensor.spec.name)
                }
            }
            writer.finish()
        }
    }
}
