// Writes a tuned model as a Hugging Face folder with everything merged in: weights, configuration,
// tokenizer, card, Modelfile. It knows no other format.

/// Exports merged model folders.
public enum SafetensorsExport {
    /// The element types that can be written.
    public static let supported: [DType] = [.f32, .bf16, .f16]

    /// Writes the base with everything `model` trained merged in; `folder` appears complete or not
    /// at all. `progress` hears the fraction done and cancels by returning false.
    @discardableResult
    public static func write(
        _ model: TunedModel, base: ModelFolder, settings: ExportSettings = ExportSettings(),
        to folder: String, check: @escaping ExportVerdict = { _ in },
        progress: @escaping ExportProgress = { _ in true }
    ) throws(KernelError) -> ExportResult {
        let base = base.withHead(tied: model.weights.spec.head.isTied)
        let rows = MergedRows(model)
        let contents = try Contents(rows.weights, base, settings)
        let meter = ExportMeter(total: rows.elementCount, path: folder, progress: progress)
        func result(_ folder: String, _ files: [ExportResult.File]) -> ExportResult {
            ExportResult(
                folder: folder, modelPath: folder, files: files, dtype: contents.dtype,
                notes: contents.text.notes)
        }
        let made = try ExportFolder.write(
            to: folder, sources: [base.path], mayReplace: settings.replacesFolder,
            plannedBytes: contents.byteCount,
            check: { (folder, files) throws(KernelError) in try check(result(folder, files)) }
        ) { (folder) throws(KernelError) in
            try meter.advance(0)
            for file in contents.side { try file.write(into: folder) }
            let encoder = MergedTensorEncoder(rows: rows, meter: meter)
            for shard in contents.plan.shards { try write(shard, encoder, into: folder) }
            try base.checkUnchanged()
        }
        var written = result(folder, made.files)
        written.notes += made.notes
        return written
    }

    /// Bytes that writing a model takes of memory: a panel of rows before and after it is encoded, and tokenizer
    /// files that are made from the metadata of a GGUF file, as they were measured.
    static func memory(_ base: ModelFolder) -> Int {
        let panels = 2 * MergedRows.panelFloatsMax * MemoryLayout<Float>.stride
        guard case .gguf = base.tokenizerSource else { return panels }
        return panels + 250 * base.config.vocabularySize
    }

    /// Bytes of all files that `write` would make of a base with these weights.
    static func byteCount(
        _ weights: [ParameterSpec], base: ModelFolder, settings: ExportSettings
    ) throws(KernelError) -> Int {
        try Contents(weights, base, settings).byteCount
    }

    /// All that a folder holds, known before the first byte is written.
    private struct Contents {
        let dtype: DType
        let text: ExportText
        let plan: ShardPlan
        let side: [SideFile]
        let byteCount: Int

        init(
            _ weights: [ParameterSpec], _ base: ModelFolder, _ settings: ExportSettings
        ) throws(KernelError) {
            dtype = settings.dtype ?? ownType(of: base)
            guard supported.contains(dtype) else {
                throw KernelError(
                    .usage, "cannot write a model folder as \(dtype.rawValue)", at: "export_dtype",
                    because: "safetensors folders hold fp32, bf16 or fp16",
                    hint: "Choose one of these, or the format gguf")
            }
            let type = dtype
            text = try ExportText(base, settings)
            plan = ShardPlan(
                weights.map { WeightSpec(name: $0.name, dtype: type, shape: $0.shape) },
                bytesMax: max(1, settings.shardBytesMax))
            var side = try ExportConfig.files(of: base, dtype: dtype)
            side += try TokenizerFiles.files(of: base, text) + settings.valueHead()
            if let index = plan.index { side.append(index) }
            if let modelfile = text.modelfile(from: ".") { side.append(modelfile) }
            side.append(text.card(kind: .merged, dtype: dtype))
            self.side = side
            var bytes = side.reduce(0) { $0 + $1.byteCount }
            for shard in plan.shards {
                bytes += try SafetensorsWriter.fileBytes(tensors: shard.tensors, metadata: metadata)
            }
            byteCount = bytes
        }
    }

    /// Name of the file that holds all weights when they are not split.
    static let singleFile = "model.safetensors"

    /// Writes a whole model into a folder that is there already: what full and freeze tuning leave in a
    /// run and in each checkpoint. It is written in fp32, matrices that train in bf16 as they are held,
    /// so that no bit is lost. Returns why configuration or tokenizer are missing, when
    /// the base's cannot be expressed in files: the weights are written all the same.
    static func writeModel(
        _ model: TunedModel, base: ModelFolder, template: ChatTemplate?, into folder: String
    ) throws(KernelError) -> [Sentence] {
        let rows = MergedRows(model)
        let specs = rows.weights.map {
            WeightSpec(name: $0.name, dtype: rows.ownType(of: $0), shape: $0.shape)
        }
        let meter = ExportMeter(total: rows.elementCount, path: folder) { _ in true }
        let encoder = MergedTensorEncoder(rows: rows, meter: meter)
        for shard in ShardPlan(specs, bytesMax: .max).shards {
            precondition(shard.name == singleFile, "weights of a run are split: \(shard.name)")
            try write(shard, encoder, into: folder)
        }
        try base.checkUnchanged()
        do throws(KernelError) {
            var settings = ExportSettings()
            settings.template = template
            let text = try ExportText(base, settings)
            // What a reader makes of all weights: fp32 as soon as one matrix needs it.
            let isHalf = specs.allSatisfy { $0.shape.count < 2 || $0.dtype == .bf16 }
            let side = try ExportConfig.files(of: base, dtype: isHalf ? .bf16 : .f32)
            for file in try side + TokenizerFiles.files(of: base, text) {
                try file.write(into: folder)
            }
            return []
        } catch  where ![.inputOutput, .permission, .temporary, .cannotCreate].contains(error.kind)
        {
            return ["The folder holds weights only, no complete model: \(error)"]
        }
    }

    private static let metadata = [(key: "format", value: "pt")]

    private static func write(
        _ shard: ShardPlan.Shard, _ encoder: MergedTensorEncoder, into folder: String
    ) throws(KernelError) {
        let planned = try SafetensorsWriter.fileBytes(tensors: shard.tensors, metadata: metadata)
        try AtomicFile.write(to: "\(folder)/\(shard.name)", plannedBytes: planned) {
            (sink) throws(KernelError) in
            let writer = try SafetensorsWriter(
                to: sink, tensors: shard.tensors, metadata: metadata)
            for tensor in shard.tensors {
                guard let weight = encoder.rows.weights.first(where: { $0.name == tensor.name })
                else { preconditionFailure("no weight named \(tensor.name)") }
                try encoder.encode(weight, as: tensor.dtype) { (bytes) throws(KernelError) in
                    try writer.write(bytes, of: tensor.name)
                }
            }
            writer.finish()
        }
    }

    /// The type of the base's weights, bf16 where they are quantized.
    private static func ownType(of base: ModelFolder) -> DType {
        let own = base.mainDType
        return supported.contains(own) ? own : .bf16
    }
}
