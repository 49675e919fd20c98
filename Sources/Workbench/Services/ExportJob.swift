// One export from request to checked result: opens base and adapter, writes, reopens and compares.

import Foundation
import Kernel

/// Writes what a request asks for and verifies it.
struct ExportJob {
    private let request: ExportRequest
    private let adapters: [String]

    init(_ request: ExportRequest) {
        self.init(request, adapters: request.adapterPath.map { [$0] } ?? [])
    }

    /// `adapters` are merged in order; all but the last are folded into the base.
    init(_ request: ExportRequest, adapters: [String]) {
        (self.request, self.adapters) = (request, adapters)
    }

    /// `progress` receives the stage and its fraction, and cancels by returning false.
    func run(_ progress: @escaping (Sentence, Double) -> Bool) throws(KernelError) -> ExportOutcome
    {
        guard progress("Opening the model", 0) else { throw Self.cancelled }
        let prepared = try PreparedModel(
            path: request.modelPath, adapters: adapters, template: request.template,
            yields: request.templateYields)
        let weights = try ModelWeights(prepared.folder)
        let adapterNotes = try AdapterFile.notes(
            of: adapters, over: prepared.folder, weights: weights)
        let model = try Engine.tuned(weights, adapters: adapters)
        var settings = ExportSettings()
        settings.dtype = try dtype()
        settings.shardBytesMax = max(1, request.shardGigabytes) * 1_000_000_000
        settings.template = prepared.chat.template
        settings.chatTemplate = prepared.adapterTemplate
        settings.followsRun = prepared.followsRun
        settings.replacesFolder = request.replaces
        let head = adapters.last ?? request.modelPath
        if try ValueHeadFile.exists(in: head) { settings.valueHeadFolder = head }
        settings.card = ModelCard(baseModel: (request.modelPath as NSString).lastPathComponent)
        let written: ExportResult
        var report: ExportReport?
        // A result that fails the check never gets its name.
        let verdict: ExportVerdict = { (written) throws(KernelError) in
            guard progress("Checking", 0) else { throw Self.cancelled }
            let found = try check(written, model, prepared)
            guard found.passes else {
                throw KernelError(
                    .internalFault, "the export differs from base and adapter", at: request.folder,
                    because: Self.words(found), hint: "Nothing was written.")
            }
            report = found
        }
        let watch: ExportProgress = { progress("Writing", $0) }
        switch request.format {
        case .safetensors:
            written = try SafetensorsExport.write(
                model, base: prepared.folder, settings: settings, to: request.folder,
                check: verdict, progress: watch)
        case .gguf:
            written = try GGUFExport.write(
                model, base: prepared.folder, settings: settings, to: request.folder,
                check: verdict, progress: watch)
        case .adapter:
            guard !adapters.isEmpty, model.method.adapter != nil else {
                throw KernelError(
                    .usage, "there is no adapter to export", hint: "Give adapter_name_or_path.")
            }
            written = try AdapterExport.write(
                model, base: prepared.folder, settings: settings, to: request.folder,
                check: verdict, progress: watch)
        }
        _ = progress("Checking", 1)
        guard let report else {
            throw KernelError(.internalFault, "the export was not checked", at: request.folder)
        }
        return ExportOutcome(
            folder: written.folder, files: written.files.map { ($0.name, $0.bytes) },
            verification: Self.words(report),
            verified: report.passes, usage: usage(written),
            notes: (adapters.isEmpty ? prepared.folder.notes : prepared.notes) + adapterNotes
                + written.notes + headNotes(settings))
    }

    /// A reward model generates text in GGUF, and scores nothing.
    private func headNotes(_ settings: ExportSettings) -> [Sentence] {
        guard request.format == .gguf, settings.valueHeadFolder != nil else { return [] }
        return ["The value head is left out: GGUF files have no place for it."]
    }

    private func dtype() throws(KernelError) -> DType? {
        if request.dtype.isEmpty { return nil }
        let (name, synonyms) = (request.dtype, ExportPlan.ElementType.synonyms)
        guard let type = ExportPlan.ElementType(rawValue: name) ?? synonyms[name] else {
            throw KernelError(
                .configuration, "unknown export_dtype", at: ErrorReport.visible(request.dtype),
                hint: "Choose from: fp32, bf16, fp16, q8_0, q4_0.")
        }
        return type.dtype
    }

    private func check(
        _ written: ExportResult, _ model: TunedModel, _ prepared: PreparedModel
    ) throws(KernelError) -> ExportReport {
        let prompt = try prepared.chat.encodePrompt([ChatMessage(.user, "Who are you? 你是谁？")]).map {
            Int32($0)
        }
        if request.format == .adapter {
            return try ExportCheck.compare(model, withAdapterAt: written.folder, prompt: prompt)
        }
        return try ExportCheck.compare(
            model, withModelAt: written.modelPath, dtype: written.dtype, prompt: prompt)
    }

    private static func words(_ report: ExportReport) -> Sentence {
        let tokens: Sentence =
            report.tokensEqual
            ? "the first \(report.comparedTokens) greedy tokens are equal"
            : "greedy tokens are equal up to number \(report.equalTokens) of \(report.comparedTokens)"
        let difference = String(format: "%.3g", report.largestDifference)
        let found: Sentence = "\(tokens), largest logit difference \(difference)"
        guard let rounding = report.rounding else { return found }
        let loss = String(format: "%.2g", rounding.loss * 100)
        let budget = String(format: "%.2g", rounding.budget * 100)
        return "weights lose \(loss)% by rounding (at most \(budget)% expected); \(found)"
    }

    /// Lines for a shell, and one for Python, that use what was written.
    private func usage(_ written: ExportResult) -> [String] {
        let name = Self.quoted((written.folder as NSString).lastPathComponent)
        let (folder, model) = (Self.quoted(written.folder), Self.quoted(written.modelPath))
        let ollamaName = OllamaName.taken(for: (written.folder as NSString).lastPathComponent)
        let ollama =
            "ollama create \(ollamaName) -f \(Self.quoted(written.folder + "/Modelfile")) && ollama run \(ollamaName)"
        let hasModelfile = written.files.contains { $0.name == "Modelfile" }
        let python = Self.python(written.folder)
        switch request.format {
        case .gguf:
            return (hasModelfile ? [ollama] : []) + [
                "llama-cli -m \(model) -cnv", "llama-server -m \(model)",
                "workbench chat --model \(model)",
            ]
        case .safetensors:
            return [
                "vllm serve \(folder)",
                "AutoModelForCausalLM.from_pretrained(\(python))",
            ] + (hasModelfile ? [ollama] : []) + ["workbench chat --model \(folder)"]
        case .adapter:
            let base = Self.quoted(request.modelPath)
            return [
                "workbench chat --model \(base) --adapter \(folder)",
                "vllm serve \(base) --enable-lora --lora-modules \(name)=\(folder)",
                "PeftModel.from_pretrained(base, \(python))",
            ]
        }
    }

    /// A word of a shell's line; quoted where it holds more than plain characters.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "/._-+:@%=,".unicodeScalars.contains(scalar)
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }

    /// A string of Python.
    static func python(_ text: String) -> String { JSONValue.string(text).text() }

    private static var cancelled: KernelError {
        KernelError(.temporary, "the export was cancelled", hint: "Nothing was written.")
    }
}
