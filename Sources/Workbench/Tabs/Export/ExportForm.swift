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
    var marked: Set<ExportVariant> = [ExportVariant(format: .safetensors, dtype: "bf16")]
    var shardGigabytes = 5
    var replaces = false

    /// What is marked, in the order in which it is written.
    var variants: [ExportVariant] { ExportVariant.all.filter(marked.contains) }

    /// The folder to propose for what comes from a model or an adapter: a single format has its name
    /// in it.
    var suggestedFolder: String {
        let name = PathText.lastPart(of: adapterPath.isEmpty ? modelPath : adapterPath)
        if name.isEmpty { return "" }
        guard variants.count == 1, let format = variants.first?.format, format != .safetensors
        else {
            return "exports/\(name)"
        }
        return "exports/\(name)-\(format.rawValue)"
    }

    /// Where a format goes: into the folder itself when it is the only one.
    func folder(of variant: ExportVariant) -> String {
        guard marked.count > 1, !folder.isEmpty else { return folder }
        var stem = folder
        while stem.count > 1, stem.hasSuffix("/") { stem.removeLast() }
        return stem + variant.suffix
    }

    /// The requests that a start would send, one after another.
    var requests: [ExportRequest] {
        variants.map { variant in
            ExportRequest(
                modelPath: modelPath, adapterPath: adapterPath.isEmpty ? nil : adapterPath,
                template: template, templateYields: true, folder: folder(of: variant),
                format: variant.format, dtype: variant.dtype, shardGigabytes: shardGigabytes,
                replaces: replaces)
        }
    }

    /// What the sizes depend on; nil as long as there is no model.
    var question: ExportQuestion? {
        modelPath.isEmpty
            ? nil
            : ExportQuestion(
                modelPath: modelPath, adapterPath: adapterPath.isEmpty ? nil : adapterPath,
                template: template, folder: folder, shardGigabytes: shardGigabytes)
    }

    /// Bytes of all that is marked; nil while one of them is unknown.
    func totalBytes(_ sizes: ExportSizes?) -> Int? {
        var total = 0
        for variant in variants {
            guard let bytes = sizes?.bytes[variant] else { return nil }
            total += bytes
        }
        return total
    }

    /// What is wrong, by the name of the field.
    var issues: [String: String] {
        var issues: [String: String] = [:]
        if modelPath.isEmpty { issues["model"] = tr("give a model folder or a GGUF file") }
        if marked.contains(where: { $0.format == .adapter }), adapterPath.isEmpty {
            issues["adapter"] = tr("this format writes an adapter; give its folder")
        }
        if marked.isEmpty { issues["formats"] = tr("mark one or more with Space") }
        if folder.isEmpty {
            issues["folder"] = tr("give the folder to write")
        } else if variants.contains(where: { PathText.isSame(folder(of: $0), modelPath) }) {
            issues["folder"] = tr("this is the base model's own folder; choose another")
        } else if variants.contains(where: { PathText.isSame(folder(of: $0), adapterPath) }) {
            issues["folder"] = tr("this is the adapter's own folder; choose another")
        }
        if !(1...1024).contains(shardGigabytes) { issues["shard"] = tr("must be 1 … 1024") }
        return issues
    }

    /// The first thing that stops a start, in the order of the fields.
    func problem(_ sizes: ExportSizes? = nil) -> String? {
        let first = ["model", "adapter", "formats", "shard", "folder"].compactMap { id in
            issues[id].map { "\(tr(id)): \($0)" }
        }.first
        if let first { return first }
        guard let free = sizes?.freeBytes, let total = totalBytes(sizes), total > free else {
            return nil
        }
        return tr(
            "{1} are needed, {2} are free there", NumberText.bytes(total), NumberText.bytes(free))
    }

    /// Takes a value of the form.
    mutating func take(id: String, value: String) {
        switch id {
        case "model": modelPath = value
        case "adapter": adapterPath = value
        case "folder": folder = value
        case "shard": shardGigabytes = Int(value) ?? shardGigabytes
        case "replace": replaces = value == "true"
        default:
            guard let variant = ExportVariant.all.first(where: { $0.id == id }) else { return }
            if value == "true" { marked.insert(variant) } else { marked.remove(variant) }
        }
    }

    // MARK: - What would be written

    /// Files of a format and what they hold, in words.
    func contents(of variant: ExportVariant) -> [(name: String, what: String)] {
        let merged = adapterPath.isEmpty ? tr("the model") : tr("base and adapter merged")
        let dtype = variant.dtype
        switch variant.format {
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

    /// The form; `isFocused` is false while an export runs. Behind each format stands its size.
    func form(isFocused: Bool, sizes: ExportSizes? = nil) -> Form {
        let issues = issues
        func field(
            _ id: String, _ label: DisplayText, _ editor: Form.Editor, _ value: String,
            _ help: DisplayText, reason: DisplayText? = nil, note: DisplayText = ""
        ) -> Form.Field {
            Form.Field(
                id: id, label: label, editor: editor, value: value,
                issue: issues[id].map { Form.Issue(DisplayText($0)) }, help: help, note: note,
                disabledReason: reason)
        }
        let hasShards = marked.contains { $0.format == .safetensors }
        let formats = ExportVariant.all.map { variant in
            field(
                variant.id, DisplayText(variant.title), .toggle,
                marked.contains(variant) ? "true" : "false", Self.help(variant),
                note: DisplayText(sizes?.bytes[variant].map { NumberText.bytes($0) } ?? ""))
        }
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
                    ]), Form.Section(tr("Formats, marked with Space"), formats),
                Form.Section(
                    tr("Where to"),
                    [
                        field(
                            "folder", tr("folder"), .text(placeholder: tr("where to write")),
                            folder,
                            tr("several formats go into folders of their own beside it")),
                        field(
                            "shard", tr("shard GB"), .integer(1...1024), String(shardGigabytes),
                            tr("most gigabytes of one file"),
                            reason: hasShards ? nil : tr("only safetensors are cut into shards")),
                        field(
                            "replace", tr("replace"), .toggle, replaces ? "true" : "false",
                            tr("on: an earlier export in that folder makes room")),
                    ]),
            ], isFocused: isFocused)
    }

    private static func help(_ variant: ExportVariant) -> DisplayText {
        switch variant.format {
        case .adapter: tr("for PEFT and vLLM, beside the base model")
        case .safetensors: tr("a model folder for transformers, vLLM and training on")
        case .gguf: tr("one file for llama.cpp and Ollama; q8_0 and q4_0 are small")
        }
    }
}
