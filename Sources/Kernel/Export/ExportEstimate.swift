// How large an export will be, before anything is written: the same plans that the exporters follow, without
// their weights. And what the disk of a folder still takes.

import Foundation

/// Sizes of exports of one base.
public struct ExportEstimate {
    private let base: ModelFolder
    private let weights: [ParameterSpec]
    private let settings: ExportSettings

    /// Opens the base's headers; its weights are not read.
    public init(base path: String, settings: ExportSettings) throws(KernelError) {
        base = try ModelFolder(path: path)
        weights = try ModelWeights(base).allParameters
        self.settings = settings
    }

    /// Bytes of a merged model folder.
    public func safetensorsBytes(_ dtype: DType) throws(KernelError) -> Int {
        try SafetensorsExport.byteCount(weights, base: base, settings: with(dtype))
    }

    /// Bytes of a folder with one GGUF file.
    public func ggufBytes(_ dtype: DType) throws(KernelError) -> Int {
        try GGUFExport.byteCount(weights, base: base, settings: with(dtype))
    }

    /// Bytes of an adapter's folder; the adapter is taken to be stored in fp32, as it is written.
    public func adapterBytes(_ adapter: String) throws(KernelError) -> Int {
        let applied = try AdapterFile.describe(adapter).applied(to: ModelWeights(base))
        let numbers = (applied.method.adapter?.parameters(in: applied.weights.layout) ?? [])
            .reduce(0) { $0 + $1.count }
        let whole = applied.weights.allParameters.filter {
            applied.method.trainableNames.contains($0.name)
        }.reduce(0) { $0 + $1.count }
        let text = try ExportText(base, settings)
        let side = try TokenizerFiles.files(of: base, text).reduce(0) { $0 + $1.byteCount }
        // Names of tensors and the configuration take some kilobytes.
        return (numbers + whole) * 4 + side + 1 << 16
    }

    private func with(_ dtype: DType) -> ExportSettings {
        var settings = settings
        settings.dtype = dtype
        return settings
    }

    /// Bytes that may still be written where a folder is or would be; nil when unknown.
    public static func freeBytes(at folder: String) -> Int? {
        var path = folder.isEmpty ? "." : folder
        while !FileManager.default.fileExists(atPath: path) {
            let parent = path.parentFolder
            if parent == path || parent.isEmpty { return DiskCalls.current.freeBytes(".") }
            path = parent
        }
        return DiskCalls.current.freeBytes(path)
    }
}
