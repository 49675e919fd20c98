// What can be marked for an export: a format with one of its element types; and what is known of the sizes
// before anything is written. Services/ measures them.

import Kernel

/// A format and the element type of its weights.
struct ExportVariant: Hashable, Sendable {
    let format: ExportRequest.Format
    /// fp32, bf16, fp16, q8_0, q4_0.
    let dtype: String

    /// All that can be marked, in the order in which they are written.
    static let all: [ExportVariant] = ExportRequest.Format.allCases.sorted {
        ($0 == .adapter ? 0 : 1) < ($1 == .adapter ? 0 : 1)
    }.flatMap { format in
        dtypes(of: format).map { ExportVariant(format: format, dtype: $0) }
    }

    /// The element types that a format can hold, the usual one first.
    private static func dtypes(of format: ExportRequest.Format) -> [String] {
        switch format {
        case .safetensors: ["bf16", "fp16", "fp32"]
        case .adapter: ["fp32"]
        case .gguf: ["q8_0", "q4_0", "fp16", "bf16", "fp32"]
        }
    }

    /// Its name among fields.
    var id: String { "\(format.rawValue)-\(dtype)" }

    /// What it is called.
    var title: String {
        switch format {
        case .adapter: tr("adapter alone")
        case .safetensors: tr("merged {1}", dtype)
        case .gguf: "GGUF \(dtype)"
        }
    }

    /// What its folder is called behind a name that several formats share.
    var suffix: String {
        switch format {
        case .adapter: "-adapter"
        case .safetensors: "-\(dtype)"
        case .gguf: "-gguf-\(dtype)"
        }
    }
}

/// What the sizes of an export depend on.
struct ExportQuestion: Equatable, Sendable {
    var modelPath: String
    var adapterPath: String?
    var template: String?
    var folder: String
    var shardGigabytes: Int
}

/// Sizes of what could be exported.
struct ExportSizes: Equatable, Sendable {
    /// Bytes of the formats that the model can be written in.
    var bytes: [ExportVariant: Int] = [:]
    /// Bytes that the disk of the folder still takes; nil when that is unknown.
    var freeBytes: Int?
}
