// LoRA adapters as PEFT keeps them: adapter_config.json and adapter_model.safetensors.
// Names and keys: PEFT 0.18 checkpoint format.

import Foundation

/// The settings of an adapter on disk that decide how it is applied.
public struct AdapterDescription: Sendable, Equatable {
    public var rank: Int
    public var alpha: Double
    public var dropout: Double
    public var isRankStabilized: Bool
    public var slots: Set<LinearSlot>
    /// Full tensors saved beside the adapter (`modules_to_save`), as module names.
    public var savedModules: [String]
    public var baseModel: String?

    public var scale: Float {
        Float(alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank)))
    }

    public var shape: LoRAShape {
        LoRAShape(rank: rank, scale: scale, dropout: Float(dropout), slots: slots)
    }
}

/// Reads and writes PEFT adapter folders.
public enum AdapterFile {
    static let configName = "adapter_config.json"
    static let weightsName = "adapter_model.safetensors"
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
        let json = try JSONValue(contentsOf: path)
        func refuse(_ key: String, _ why: String) -> KernelError {
            KernelError(.badData, "cannot use this adapter", at: "\(path), \(key)", because: why)
        }
        guard json["peft_type"]?.string == "LORA" else {
            throw refuse(
                "peft_type", "expected LORA, found \(json["peft_type"]?.string ?? "nothing")")
        }
        for key in ["use_dora", "fan_in_fan_out", "lora_bias", "use_qalora"]
        where json[key]?.bool == true {
            throw refuse(key, "it is not supported in this version")
        }
        for key in ["rank_pattern", "alpha_pattern"] where !(json[key]?.object?.isEmpty ?? true) {
            throw refuse(key, "ranks that differ by layer are not supported in this version")
        }
        if let bias = json["bias"]?.string, bias != "none" {
            throw refuse("bias", "only \"none\" is supported")
        }
        guard let rank = json["r"]?.integer, rank >= 1, rank <= 65_536 else {
            throw refuse("r", "expected a rank from 1 to 65536")
        }
        guard let alpha = json["lora_alpha"]?.double, alpha.isFinite, alpha > 0 else {
            throw refuse("lora_alpha", "expected a number above 0")
        }
        return AdapterDescription(
            rank: rank, alpha: alpha, dropout: min(max(json["lora_dropout"]?.double ?? 0, 0), 0.99),
            isRankStabilized: json["use_rslora"]?.bool ?? false, slots: try slots(json, path),
            savedModules: (json["modules_to_save"]?.array ?? []).compactMap(\.string),
            baseModel: json["base_model_name_or_path"]?.string)
    }

    private static func slots(_ json: JSONValue, _ path: String) throws(KernelError) -> Set<
        LinearSlot
    > {
        let names: [String]
        switch json["target_modules"] {
        case .string("all-linear")?: return Set(LinearSlot.allCases)
        case .string(let name)?: names = [name]
        case let value: names = (value?.array ?? []).compactMap(\.string)
        }
        // PEFT matches a module whose path equals the name or ends in ".name".
        let found = names.map { name in
            LinearSlot.allCases.first {
                $0.moduleName == name.split(separator: ".").last.map(String.init)
            }
        }
        guard !names.isEmpty, !found.contains(nil) else {
            let known = LinearSlot.allCases.map(\.moduleName).joined(separator: ", ")
            throw KernelError(
                .badData, "cannot use this adapter", at: "\(path), target_modules",
                because: "found \(names.map(\.escapedForDisplay).joined(separator: ", "))",
                hint: "Known layers: \(known).")
        }
        return Set(found.compactMap { $0 })
    }

    /// The trainable parameters of a model under PEFT's names.
    static func items(_ model: TunedModel) -> [TensorFile.Item] {
        model.parameters.parameters.map { TensorFile.Item($0, name: prefix + $0.name) }
    }

    /// Fills a model's adapter from a folder; the model must have been built with the folder's shape.
    public static func load(_ folder: String, into model: TunedModel) throws(KernelError) {
        guard try DiskCalls.isThere("\(folder)/\(weightsName)") else {
            throw half(folder, weightsName)
        }
        try FolderManifest.checkIfThere(folder) { _ in [weightsName] }
        try TensorFile.read(items(model), from: "\(folder)/\(weightsName)")
    }

    /// One of the two files without the other.
    private static func half(_ folder: String, _ missing: String) -> KernelError {
        KernelError(
            .missingInput, "only half of the adapter is there", at: "\(folder)/\(missing)",
            because: "the file is missing",
            hint: "If a run was ended while it wrote its result here, its command finishes it; its "
                + "checkpoints are adapters as well. Else copy the whole folder.")
    }

    /// Writes both files into an existing folder.
    public static func save(
        _ model: TunedModel, alpha: Double, isRankStabilized: Bool, baseModel: String,
        to folder: String
    ) throws(KernelError) {
        guard let lora = model.method.lora else { preconditionFailure("the model has no adapter") }
        try TensorFile.write(items(model), to: "\(folder)/\(weightsName)")
        let modules = LinearSlot.allCases.filter(lora.slots.contains).map {
            JSONValue.string($0.moduleName)
        }
        let saved = Set(
            model.method.trainedNames.map { $0.replacingOccurrences(of: ".weight", with: "") }
        )
        .compactMap { $0.split(separator: ".").last.map { JSONValue.string(String($0)) } }
        let config: JSONValue = [
            "alpha_pattern": [:], "auto_mapping": .null,
            "base_model_name_or_path": .string(baseModel),
            "bias": "none", "exclude_modules": .null, "fan_in_fan_out": false,
            "inference_mode": true,
            "init_lora_weights": true, "layer_replication": .null, "layers_pattern": .null,
            "layers_to_transform": .null, "loftq_config": [:],
            "lora_alpha": alpha == alpha.rounded() ? .integer(Int(alpha)) : .number(alpha),
            "lora_bias": false,
            "lora_dropout": .number(Double("\(lora.dropout)") ?? Double(lora.dropout)),
            "megatron_config": .null,
            "megatron_core": "megatron.core",
            "modules_to_save": saved.isEmpty ? .null : .array(saved),
            "peft_type": "LORA", "r": .integer(lora.rank), "rank_pattern": [:], "revision": .null,
            "target_modules": .array(modules), "target_parameters": .null, "task_type": "CAUSAL_LM",
            "trainable_token_indices": .null, "use_dora": false,
            "use_rslora": .bool(isRankStabilized),
        ]
        try AtomicFile.write(
            Array(config.text(JSONStyle(indent: 2, sortsKeys: true)).utf8),
            to: "\(folder)/\(configName)")
    }
}
