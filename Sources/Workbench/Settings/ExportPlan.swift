// What `export` makes of a model and its adapters: where to, in which format, in which type.
// The keys are LLaMA-Factory's, with export_format and export_dtype of this program beside them.

import Kernel

/// Everything an export needs; check `issues()` before use.
struct ExportPlan: Sendable, Equatable {
    /// The layout of what is written (`export_format`).
    enum Format: String, Sendable, CaseIterable, SettingChoice {
        /// A model folder with the adapters merged in.
        case safetensors
        /// One GGUF file with the adapters merged in.
        case gguf
        /// The adapter alone, in PEFT's layout.
        case adapter
    }

    /// The element type of the written weights (`export_dtype`).
    enum ElementType: String, Sendable, CaseIterable, SettingChoice {
        /// The model's own type.
        case auto
        case float32 = "fp32"
        case bfloat16 = "bf16"
        case float16 = "fp16"
        case q8_0, q4_0

        /// The kernel's name of the type; nil for the model's own.
        var dtype: DType? {
            switch self {
            case .auto: nil
            case .float32: .f32
            case .bfloat16: .bf16
            case .float16: .f16
            case .q8_0: .q8_0
            case .q4_0: .q4_0
            }
        }

        /// Other names of the types: `float32`, `f16`, ….
        static let synonyms: [String: ElementType] = [
            "float32": .float32, "f32": .float32, "bfloat16": .bfloat16, "float16": .float16,
            "f16": .float16,
        ]
    }

    /// The base model: a folder or a GGUF file (`model_name_or_path`).
    var modelPath = ""
    /// Adapters to merge in, in order (`adapter_name_or_path`).
    var adapters: [String] = []
    /// The chat template to write into the result; nil keeps the model's (`template`).
    var template: String?
    /// The folder that is written (`export_dir`).
    var folder = ""
    /// Most gigabytes of one weights file (`export_size`, 5).
    var shardGigabytes = 5
    /// The layout (`export_format`, safetensors).
    var format: Format = .safetensors
    /// The element type (`export_dtype`, the model's own).
    var elementType: ElementType = .auto

    /// What is wrong with paths as such, whether or not they exist.
    func pathIssues() -> [PlanIssue] {
        let paths =
            [("model_name_or_path", modelPath), ("export_dir", folder)]
            + adapters.map { ("adapter_name_or_path", $0) }
        return paths.compactMap { HomePath.issue($0.0, $0.1) }
    }

    /// What is wrong with the plan, all at once.
    func issues() -> [PlanIssue] {
        var issues: [PlanIssue] = []
        if modelPath.isEmpty {
            issues.append(.error("model_name_or_path", "give a model folder or a GGUF file."))
        }
        if folder.isEmpty {
            issues.append(.error("export_dir", "give the folder to write."))
        }
        if !(1...1024).contains(shardGigabytes) {
            issues.append(
                .error("export_size", "must be between 1 and 1024, is \(shardGigabytes)."))
        }
        if adapters.contains("") {
            issues.append(.error("adapter_name_or_path", "one of the paths is empty."))
        }
        if format == .adapter, adapters.count != 1 {
            issues.append(
                .error("adapter_name_or_path", "format \(format.rawValue) takes one adapter."))
        }
        if format != .gguf, elementType.dtype?.isQuantized == true {
            issues.append(
                .error("export_dtype", "\(elementType.rawValue) goes with format gguf only."))
        }
        return issues
    }
}

/// The keys of an export file.
enum ExportKeys {
    typealias Row = SettingRow<ExportPlan>

    /// Names that only export files have.
    static let own = [
        "export_dir", "export_size", "export_format", "export_dtype", "export_device",
        "export_legacy_format", "export_quantization_bit", "export_quantization_dataset",
        "export_quantization_nsamples", "export_quantization_maxlen", "export_hub_model_id",
    ]

    static let table = SettingTable<ExportPlan>(
        [
            .init(
                title: "model",
                rows: [
                    .field("model_name_or_path", \.modelPath, "A model folder or a GGUF file.")
                        .required,
                    .field("adapter_name_or_path", \.adapters, "Adapters to merge in, in order."),
                    .field("template", \.template, "The chat template to write into the result."),
                ]),
            .init(title: "export", rows: export + apart),
        ], foreign: foreign, blank: ExportPlan())

    private static let export: [Row] = [
        .field("export_dir", \.folder, "The folder to write.").required,
        .field("export_size", \.shardGigabytes, "Most gigabytes of one weights file."),
        .field("export_format", \.format, "Merged model, GGUF file, or the adapter alone."),
        type("export_dtype"),
        type("infer_dtype").alias,
    ]

    private static let apart: [Row] =
        Row.ignored(
            ["export_device"], because: "no effect: this program runs on the processor.",
            silently: ["cpu", "auto", "null"])
        + Row.ignored(
            ["finetuning_type"], because: "no effect: the folder tells how it was trained.",
            silently: ["lora", "null"])
        + Row.refused(
            ["export_legacy_format"], because: "pickled .bin files are never written.")
        + Row.refused(
            ["export_quantization_bit", "export_hub_model_id"],
            because: "not yet in this version; leave it out.")
        + Row.ignored(
            [
                "export_quantization_dataset", "export_quantization_nsamples",
                "export_quantization_maxlen",
            ], because: "no effect without export_quantization_bit.", silently: ["null"],
            of: [.init(key: "export_quantization_bit")])

    private static func type(_ name: String) -> Row {
        .custom(
            name, kind: ExportPlan.ElementType.kind, choices: ExportPlan.ElementType.choices,
            "Element type of the written weights.", text: { $0.elementType.settingText }
        ) { node, plan throws(SettingMismatch) in
            if case .scalar(let word) = node.content,
                let type = ExportPlan.ElementType.synonyms[word]
            {
                plan.elementType = type
            } else {
                plan.elementType = try .init(setting: node)
            }
            return []
        }
    }

    private static let foreign: [String: Sentence] = {
        let names = TrainingKeys.plainNames + InferenceKeys.own
        return Dictionary(
            names.map { ($0, "no effect on an export.") }, uniquingKeysWith: { first, _ in first })
    }()
}

extension ExportPlan {
    /// Reads a YAML or JSON file, or none, with `key=value` assignments over it.
    static func read(
        path: String?, assignments: [String] = []
    ) throws(KernelError) -> PlanReading<ExportPlan> {
        var document = SettingDocument()
        if let path { document = try SettingDocument(path: path) }
        if let path, let kind = ForeignFile.kind(of: document) {
            throw kind.error(at: path, document)
        }
        try document.assign(assignments)
        var plan = ExportPlan()
        var issues = ExportKeys.table.read(document.entries, into: &plan)
        let failed = Set(issues.filter { $0.severity == .error }.map(\.field))
        issues += (plan.issues() + plan.pathIssues()).filter { !failed.contains($0.field) }
        plan.modelPath = HomePath.expanded(plan.modelPath)
        plan.adapters = plan.adapters.map(HomePath.expanded)
        plan.folder = HomePath.expanded(plan.folder)
        return PlanReading(plan: plan, issues: issues)
    }
}
