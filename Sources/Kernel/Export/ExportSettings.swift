// What an export is asked for and what it answers; values only.
// It does not know formats: each exporter reads the settings that concern it.

/// Hears the fraction done, from 0 to 1; returning false cancels the export.
public typealias ExportProgress = (Double) -> Bool

/// Looks at what an export wrote while it still lies under a temporary name; throwing means that nothing is
/// left of it.
public typealias ExportVerdict = (ExportResult) throws(KernelError) -> Void

/// How a model is written.
public struct ExportSettings: Sendable {
    /// Element type of the weights; nil takes the base's own, or a half type when that is quantized.
    public var dtype: DType?
    /// Most bytes of one safetensors file (`export_size` in gigabytes, 5).
    public var shardBytesMax = 5_000_000_000
    /// The built-in chat template the model was tuned with; nil keeps the model's own.
    public var template: ChatTemplate?
    /// Whether the model was trained with `template` by its run's record: then it takes the place of a
    /// base's own that is known as another one.
    public var followsRun = false
    /// A Jinja template in place of the base's own, as one that lies with an adapter.
    public var chatTemplate: String?
    /// `num_ctx` of the Modelfile.
    public var contextLength = 4096
    /// The model's name in metadata, card and file names; nil takes the base's.
    public var modelName: String?
    /// The folder whose value head goes along into folders of weights; nil where there is none.
    public var valueHeadFolder: String?
    /// Whether an earlier export in the target folder may be replaced.
    public var replacesFolder = false
    /// What README.md says; nil writes the few facts that are known anyway.
    public var card: ModelCard?

    /// Settings with the defaults.
    public init() {}
}

/// What an export wrote.
public struct ExportResult: Sendable, Equatable {
    /// The folder.
    public var folder: String
    /// What other programs open: the folder itself, or the GGUF file in it.
    public var modelPath: String
    /// Names of all files with their sizes, sorted.
    public var files: [File]
    /// Element type of most weights.
    public var dtype: DType
    /// Remarks for the user: fallbacks, what could not be carried over.
    public var notes: [Sentence]

    /// One file of an export.
    public struct File: Sendable, Equatable {
        public var name: String
        public var bytes: Int
    }

    /// Bytes of all files.
    public var totalBytes: Int { files.reduce(0) { $0 + $1.bytes } }
}

/// Counts written elements and asks whether to continue.
final class ExportMeter {
    private let total: Int
    private var done = 0
    private let progress: ExportProgress
    private let path: String

    init(total: Int, path: String, progress: @escaping ExportProgress) {
        (self.total, self.path, self.progress) = (max(1, total), path, progress)
    }

    /// Reports `count` more elements; throws when the listener cancels.
    func advance(_ count: Int) throws(KernelError) {
        done += count
        guard progress(min(1, Double(done) / Double(total))) else {
            throw KernelError(
                .temporary, "the export was cancelled", at: path.escapedForDisplay,
                because: "nothing was written")
        }
    }
}

extension ExportSettings {
    /// The file of the value head, which is copied as it is.
    func valueHead() throws(KernelError) -> [SideFile] {
        guard let folder = valueHeadFolder else { return [] }
        return [try SideFile(copying: "\(folder)/\(ValueHeadFile.name)")]
    }
}
