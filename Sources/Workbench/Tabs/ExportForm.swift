// The settings of an export as a form: what each format can hold, what is wrong with what was typed,
// and what would be written. Checks that need the disk belong to the exporter.

import Kernel
import Panels

/// What to export, as it stands in the form.
struct ExportForm: Equatable, Sendable {
    var modelPath = ""
    var adapterPath = ""
    var template: String?
    var folder = ""
    var format: ExportRequest.Format = .safetensors
    var dtype = "bf16"
    var shardGigabytes = 5
    var replaces = false

    /// The folder to propose for what comes from a model or an adapter: one for each format.
    var suggestedFolder: String {
        let name = Readout.lastPart(of: adapterPath.isEmpty ? modelPath : adapterPath)
        if name.isEmpty { return "" }
        return "exports/\(name)" + (format == .safetensors ? "" : "-\(format.rawValue)")
    }

    /// The element types that a format can hold, the usual one first.
    static func dtypes(of format: ExportRequest.Format) -> [String] {
        switch format {
        case .safetensors: ["bf16", "fp16", "fp32"]
        case .adapter: ["fp32"]
        case .gguf: ["q8_0", "q4_0", "fp16", "bf16", "fp32"]
        }
    }

    /// The request that a start would send.
    var request: ExportRequest {
        ExportRequest(
            modelPath: modelPath, adapterPath: adapterPath.isEmpty ? nil : adapterPath,
            template: template, folder: folder, format: format, dtype: dtype,
            shardGigabytes: shardGigabytes, replaces: replaces)
    }

    /// What is wrong, by the name of the field.
    var issues: [String: String] {
        var issues: [String: String] = [:]
        if modelPath.isEmpty { issues["model"] = tr("give a model folder or a GGUF file") }
        if format == .adapter, adapterPath.isEmpty {
            issues["adapter"] = tr("this format writes an adapter; give its folder")
        }
        if folder.isEmpty {
            issues["folder"] = tr("give the folder to write")
        } else if Self.isSame(folder, modelPath) {
            issues["folder"] = tr("this is the base model's own folder; choose another")
        } else if Self.isSame(folder, adapterPath) {
            issues["folder"] = tr("this is the adapter's own folder; choose another")
        }
        if !Self.dtypes(of: format).contains(dtype) {
            issues["dtype"] = tr("{1} has no {2}", format.rawValue, dtype)
        }
        if !(1...1024).contains(shardGigabytes) { issues["shard"] = tr("must be 1 … 1024") }
        return issues
    }

    /// The first thing that stops a start, in the order of the fields.
    var problem: String? {
        ["model", "adapter", "format", "dtype", "shard", "folder"].compactMap { id in
            issues[id].map { "\(tr(id)): \($0)" }
        }.first
    }

    /// Takes a value of the form. Another format brings its usual element type with it unless it
    /// can hold one that was chosen.
    mutating func take(id: String, value: String) {
        switch id {
        case "model": modelPath = value
        case "adapter": adapterPath = value
        case "folder": folder = value
        case "dtype": dtype = value
        case "shard": shardGigabytes = Int(value) ?? shardGigabytes
        case "replace": replaces = value == "true"
        case "format":
            let wasUsual = dtype == Self.dtypes(of: format).first
            format = ExportRequest.Format(rawValue: value) ?? format
            let held = Self.dtypes(of: format)
            if wasUsual || !held.contains(dtype) { dtype = held.first ?? dtype }
        default: break
        }
    }

    // MARK: - What would be written

    /// Files and what they hold, in words.
    var contents: [(name: String, what: String)] {
        let merged = adapterPath.isEmpty ? tr("the model") : tr("base and adapter merged")
        switch format {
        case .safetensors:
            return [
                ("model.safetensors", "\(merged), \(dtype)"),
                ("", tr("above {1} GB: numbered shards and their index", shardGigabytes)),
                ("config.json", tr("the model's shape, for transformers")),
                (tr("tokenizer files"), tr("with the chat template")),
            ]
        case .gguf:
            return [
                (
                    tr("one .gguf file"),
                    tr("{1}, {2}, with tokenizer and chat template", merged, dtype)
                ),
                ("Modelfile", tr("for Ollama")),
            ]
        case .adapter:
            return [
                ("adapter_model.safetensors", tr("the adapter alone, {1}", dtype)),
                ("adapter_config.json", tr("its shape, for PEFT")),
            ]
        }
    }

    // MARK: - Fields

    /// The form; `isFocused` is false while an export runs.
    func form(isFocused: Bool) -> Form {
        let issues = issues
        func field(
            _ id: String, _ label: DisplayText, _ editor: Form.Editor, _ value: String,
            _ help: DisplayText, reason: DisplayText? = nil
        ) -> Form.Field {
            Form.Field(
                id: id, label: label, editor: editor, value: value,
                issue: issues[id].map { Form.Issue(DisplayText($0)) }, help: help,
                disabledReason: reason)
        }
        let whole: DisplayText? =
            format == .safetensors ? nil : tr("only safetensors are cut into shards")
        let formats = ExportRequest.Format.allCases.map(\.rawValue)
        return Form(
            [
                Form.Section(
                    "",
                    [
                        field(
                            "model", tr("base model"),
                            .text(placeholder: tr("a model folder or a .gguf file")),
                            modelPath, tr("the model that the adapter was trained on")),
                        field(
                            "adapter", tr("adapter"), .text(placeholder: tr("none")), adapterPath,
                            tr("a run's folder or a checkpoint; empty exports the model alone")),
                        field(
                            "format", tr("format"), .choice(formats), format.rawValue,
                            tr("safetensors: merged folder · gguf: one file · adapter: PEFT")),
                        field(
                            "dtype", tr("type"), .choice(Self.dtypes(of: format)), dtype,
                            tr("how each weight is stored; q8_0 and q4_0 are small")),
                        field(
                            "shard", tr("shard GB"), .integer(1...1024), String(shardGigabytes),
                            tr("most gigabytes of one file"), reason: whole),
                        field(
                            "folder", tr("folder"), .text(placeholder: tr("where to write")),
                            folder,
                            tr("where to write; only an earlier export is ever replaced")),
                        field(
                            "replace", tr("replace"), .toggle, replaces ? "true" : "false",
                            tr("on: an earlier export in that folder makes room")),
                    ])
            ], isFocused: isFocused)
    }

    /// Whether two paths name the same place, as far as text can tell.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        func parts(_ path: String) -> [Substring] {
            path.split(separator: "/").filter { $0 != "." }
        }
        return !other.isEmpty && one.hasPrefix("/") == other.hasPrefix("/")
            && parts(one) == parts(other)
    }
}
