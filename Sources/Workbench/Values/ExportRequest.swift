// An export as values: what to write, how far it is, and what came of it. Services/ performs it; nothing here
// touches a file.

import Kernel

/// What to write from a base and an adapter (or a trained model folder).
struct ExportRequest: Equatable, Sendable {
    typealias Format = ExportPlan.Format

    var modelPath: String
    var adapterPath: String?
    var template: String?
    /// Whether the template was only suggested for the base: the adapter's own goes before it.
    var templateYields = false
    var folder: String
    var format: Format
    /// fp32, bf16, fp16, q8_0, q4_0.
    var dtype: String
    /// Largest shard in GB, for safetensors.
    var shardGigabytes: Int
    /// Whether an earlier export in the folder may be replaced.
    var replaces = false
}

/// How an export is going.
enum ExportEvent: Equatable, Sendable {
    case progress(stage: Sentence, fraction: Double)
    case finished(ExportOutcome)
    case failed(KernelError)
}

/// What an export wrote and how its check came out.
struct ExportOutcome: Equatable, Sendable {
    var folder: String
    /// Name and bytes of each file.
    var files: [(name: String, bytes: Int)]
    /// "Greedy tokens equal, largest logit difference 0.0003".
    var verification: Sentence
    var verified: Bool
    /// Lines to copy: how to use the result elsewhere.
    var usage: [String]
    /// Remarks: fallbacks, what could not be carried over.
    var notes: [Sentence] = []

    /// Bytes of all files.
    var byteCount: Int { files.reduce(0) { $0 + $1.bytes } }

    static func == (a: Self, b: Self) -> Bool {
        a.folder == b.folder && a.verification == b.verification && a.verified == b.verified
            && a.usage == b.usage && a.notes == b.notes
            && a.files.map(\.name) == b.files.map(\.name)
            && a.files.map(\.bytes) == b.files.map(\.bytes)
    }
}
