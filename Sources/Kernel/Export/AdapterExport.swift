// Writes the adapter of a tuned model alone, as a PEFT folder with a card and the tokenizer files.
// The two adapter files are AdapterFile's.

/// Exports PEFT adapter folders.
public enum AdapterExport {
    /// Writes the adapter. The base is not in it: `settings.card?.baseModel`, or the base's path, tells others what to load first.
    @discardableResult
    public static func write(
        _ model: TunedModel, base: ModelFolder,
        settings: ExportSettings = ExportSettings(), to folder: String,
        check: @escaping ExportVerdict = { _ in },
        progress: @escaping ExportProgress = { _ in true }
    ) throws(KernelError) -> ExportResult {
        guard model.method.adapter != nil else {
            throw KernelError(
                .usage, "cannot export an adapter", at: "export_format",
                because: "no adapter was trained",
                hint: "Export the whole model instead")
        }
        let text = try ExportText(base, settings)
        var side = try TokenizerFiles.files(of: base, text) + settings.valueHead()
        side.append(text.card(kind: .adapter, dtype: .f32))
        let planned = side.reduce(model.parameters.count * 4 + 1 << 16) { $0 + $1.byteCount }
        let meter = ExportMeter(
            total: model.parameters.count, path: folder, progress: progress)
        func result(_ folder: String, _ files: [ExportResult.File]) -> ExportResult {
            ExportResult(
                folder: folder, modelPath: folder, files: files, dtype: .f32, notes: text.notes)
        }
        let made = try ExportFolder.write(
            to: folder, sources: [base.path], mayReplace: settings.replacesFolder,
            plannedBytes: planned,
            check: { (folder, files) throws(KernelError) in try check(result(folder, files)) }
        ) { (folder) throws(KernelError) in
            try meter.advance(0)
            for file in side { try file.write(into: folder) }
            try AdapterFile.save(
                model, baseModel: settings.card?.baseModel ?? base.path,
                sample: BaseSample(ModelWeights(base)), to: folder)
            try meter.advance(model.parameters.count)
        }
        var written = result(folder, made.files)
        written.notes += made.notes
        return written
    }
}
