// LoRA adapters as PEFT keeps them: adapter_config.json and adapter_model.safetensors.
// Names and keys: PEFT 0.21 checkpoint format. What the settings mean is AdapterDescription's.

import Foundation

/// Reads and writes PEFT adapter folders.
public enum AdapterFile {
    static let configName = "adapter_config.json"
    static let weightsName = "adapter_model.safetensors"
    private static let pickleName = "adapter_model.bin"
    static let prefix = "base_model.model."

    /// Whether a folder looks like an adapter.
    public static func exists(in folder: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(folder)/\(configName)")
    }

    /// Reads the settings; features that would change the result and are not supported are refused by name.
    public static func describe(_ folder: String) throws(KernelError) -> AdapterDescription {
        let path = "\(folder)/\(configName)"
        guard try DiskCalls.isThere(path) else {
            guard try !DiskCalls.isThere("\(folder)/\(weightsName)") else {
                throw half(folder, configName)
            }
            throw KernelError(
                .missingInput, "this is not an adapter folder", at: folder,
                because: "it has no \(configName)",
                hint:
                    "Give the folder that holds adapter_config.json and adapter_model.safetensors.")
        }
        try FolderManifest.checkIfThere(folder) { _ in [configName] }
        return try AdapterDescription(
            JSONValue(contentsOf: path, limits: .ofModels), source: path)
    }

    // MARK: - Tensors

    /// The trainable parameters of a model under PEFT's names. A table that embedding and head share
    /// stands there twice, which is what PEFT reads back as one.
    static func items(_ model: TunedModel) -> [TensorFile.Item] {
        var items = ownItems(model)
        if trainsSharedTable(model), let table = model.parameters[model.weights.embeddingName] {
            items.append(TensorFile.Item(table, name: prefix + model.weights.headName))
        }
        return items
    }

    private static func ownItems(_ model: TunedModel) -> [TensorFile.Item] {
        model.bodyParameters.map { TensorFile.Item($0, name: prefix + $0.name) }
    }

    private static func trainsSharedTable(_ model: TunedModel) -> Bool {
        model.weights.spec.head.isTied
            && model.method.trainableNames.contains(model.weights.embeddingName)
    }

    /// Fills a model's adapter from a folder; the model must have been built with the folder's shape.
    public static func load(_ folder: String, into model: TunedModel) throws(KernelError) {
        let path = try weightsPath(folder)
        try FolderManifest.checkIfThere(folder) { _ in [weightsName] }
        let file = try SafetensorsFile(path: path)
        try check(file, at: path, of: folder, for: model)
        try TensorFile.read(ownItems(model), from: path, allowsMore: true)
    }

    static func weightsPath(_ folder: String) throws(KernelError) -> String {
        let path = "\(folder)/\(weightsName)"
        guard try !DiskCalls.isThere(path) else { return path }
        let pickle = "\(folder)/\(pickleName)"
        if try DiskCalls.isThere(pickle) {
            throw KernelError(
                .badData, "cannot read the adapter's weights", at: pickle.escapedForDisplay,
                because: "the file is a pickle, which can run code; \(weightsName) is read",
                hint: "Open the adapter in PEFT and save it again: PEFT writes \(weightsName).")
        }
        throw half(folder, weightsName)
    }

    /// One of the two files without the other.
    private static func half(_ folder: String, _ missing: String) -> KernelError {
        KernelError(
            .missingInput, "only half of the adapter is there", at: "\(folder)/\(missing)",
            because: "the file is missing",
            hint: "If a run was ended while it wrote its result here, its command finishes it; its "
                + "checkpoints are adapters as well. Else copy the whole folder.")
    }

    /// Every tensor of the file has a place, and every parameter a tensor of its shape, in numbers that
    /// can be read.
    private static func check(
        _ file: SafetensorsFile, at path: String, of folder: String, for model: TunedModel
    ) throws(KernelError) {
        let items = items(model)
        let shownPath = path.escapedForDisplay
        let over = (try describe(folder).baseModel).map { " (\($0.escapedForDisplay))" } ?? ""
        let hint: Sentence = "Use the adapter with the model it was trained on\(over)."
        let asked = Dictionary(uniqueKeysWithValues: items.map { ($0.name, $0.shape) })
        for entry in file.entries {
            guard let shape = asked[entry.name] else {
                throw KernelError(
                    .badData, "the file holds a tensor that does not belong to this model",
                    at: shownPath, because: Sentence(verbatim: entry.name.escapedForDisplay),
                    hint: hint)
            }
            guard entry.shape == shape else {
                throw KernelError(
                    .badData, "the adapter is one for another model", at: shownPath,
                    because: "the tensor \(entry.name.escapedForDisplay) has the shape "
                        + "\(entry.shape), this model needs \(shape)", hint: hint)
            }
            guard [.f32, .f16, .bf16].contains(entry.dtype) else {
                throw KernelError(
                    .badData, "cannot use the adapter's numbers", at: shownPath,
                    because: "the tensor \(entry.name.escapedForDisplay) is stored as "
                        + "\(entry.dtype.rawValue); read are f32, f16 and bf16",
                    hint: "Convert the tensors to float32 and save the file again.")
            }
        }
        let head = prefix + model.weights.headName
        for item in items where file.entry(named: item.name) == nil {
            // Version 0.1 wrote a shared table once.
            if item.name == head, trainsSharedTable(model) { continue }
            throw KernelError(
                .badData, "the file lacks the tensor \(item.name)", at: shownPath,
                because: "\(configName) or the run's settings ask for it", hint: hint)
        }
        guard trainsSharedTable(model), let one = file.entry(named: head),
            let other = file.entry(named: prefix + model.weights.embeddingName)
        else { return }
        guard one.dtype == other.dtype, file.bytes(of: one).elementsEqual(file.bytes(of: other))
        else {
            throw KernelError(
                .badData, "the adapter contradicts itself", at: shownPath,
                because: "embedding and head are to be one table (ensure_weight_tying), and "
                    + "their tensors differ",
                hint: "Set ensure_weight_tying to false in \(configName) if both are meant.")
        }
    }

    // MARK: - Writing

    /// Writes both files into an existing folder. `sample` says later which base it was.
    public static func save(
        _ model: TunedModel, baseModel: String, sample: BaseSample? = nil, to folder: String
    ) throws(KernelError) {
        guard let shape = model.method.adapter else {
            preconditionFailure("the model has no adapter")
        }
        try TensorFile.write(
            items(model), to: "\(folder)/\(weightsName)", metadata: sample?.metadata ?? [])
        let spec = model.weights.spec
        var saved = Set(
            model.method.trainableNames.map { name in
                name.split(separator: ".").dropLast().joined(separator: ".")
            })
        if trainsSharedTable(model) {
            saved.insert(spec.names.paths(.head, layer: nil).huggingFace)
        }
        let modules = ModuleTree.names(of: saved, in: spec)
        let config = AdapterConfig(
            shape, in: spec, savedModules: modules, tiesHead: trainsSharedTable(model),
            baseModel: baseModel
        ).json
        try AtomicFile.write(
            Array(config.text(JSONStyle(indent: 2, sortsKeys: true)).utf8),
            to: "\(folder)/\(configName)")
    }
}
