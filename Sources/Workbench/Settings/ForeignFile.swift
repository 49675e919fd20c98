// Files of other programs that are given as a plan: recognised by their keys as a whole, so that the answer is one
// sentence on what the file is, and not a list of unknown keys.

import Kernel

/// A kind of file that is no plan.
struct ForeignFile: Sendable {
    /// What the file is: "a configuration of accelerate".
    var name: String
    /// What it is not.
    var other: String
    /// What to do instead.
    var hint: Sentence
    private var matches: @Sendable (SettingDocument) -> Bool

    /// The kind of a document that is no plan; nil when it may be one.
    static func kind(of document: SettingDocument) -> ForeignFile? {
        // A file that names a model by our key is a plan, whatever else it holds.
        guard !document.entries.isEmpty, !document.has("model_name_or_path") else { return nil }
        return all.first { $0.matches(document) }
    }

    /// The error about a document of this kind.
    func error(at place: String, _ document: SettingDocument) -> KernelError {
        let keys = document.entries.prefix(4).map { $0.key }
        return KernelError(
            .configuration, "this is \(name), \(other)", at: place,
            because: "it holds \(keys.joined(separator: ", "))", hint: hint)
    }

    private static let all: [ForeignFile] = [
        ForeignFile(
            name: "a plan of LLaMA-Factory's new interface (v1)", other: "not of its usual one",
            hint:
                "Write the keys of its usual interface: model_name_or_path for model, dataset for "
                + "train_dataset, per_device_train_batch_size for micro_batch_size, finetuning_type "
                + "and lora_rank for peft_config, quantization_bit for quant_config."
        ) { document in
            document.has("model")
                && document.has(
                    any: "model_class", "train_dataset", "peft_config", "kernel_config",
                    "dist_config", "quant_config", "sample_backend", "init_config")
        },
        ForeignFile(
            name: "a plan of axolotl", other: "not of LLaMA-Factory",
            hint: "Write model_name_or_path for base_model, dataset for datasets, cutoff_len for "
                + "sequence_len, per_device_train_batch_size for micro_batch_size, "
                + "num_train_epochs for num_epochs, finetuning_type for adapter, lora_rank for lora_r."
        ) { document in
            document.has("base_model")
                && document.has(
                    any: "datasets", "sequence_len", "micro_batch_size", "adapter",
                    "val_set_size", "lora_r", "plugins")
        },
        ForeignFile(
            name: "a configuration of DeepSpeed",
            hint: "Give the plan that names it: one process trains here, and of such a file only a "
                + "scheduler, an optimizer and a clipping would count."
        ) { document in
            document.has(
                any: "zero_optimization", "train_micro_batch_size_per_gpu",
                "zero_allow_untested_optimizer")
        },
        ForeignFile(
            name: "a configuration of accelerate",
            hint: "Give the plan that it was used with: one process trains here; of this file only "
                + "mixed_precision counts, as bf16: true."
        ) { document in
            document.has("compute_environment")
                || document.has("distributed_type") && document.has("num_processes")
        },
        ForeignFile(
            name: "a plan of torchtune", other: "not of LLaMA-Factory",
            hint: "Write its model, data and optimizer with the keys of LLaMA-Factory."
        ) { document in
            document.entries.contains { entry in
                guard case .mapping(let inner) = entry.node.content else { return false }
                return inner.contains { $0.key == "_component_" }
            }
        },
        ForeignFile(
            name: "a setup saved by LLaMA-Factory's board",
            hint: "Take the YAML that the board writes beside the run: training_args.yaml in "
                + "its folder."
        ) { document in
            document.entries.contains { $0.key.hasPrefix("top.") || $0.key.hasPrefix("train.") }
        },
        ForeignFile(
            name: "the configuration of an adapter",
            hint: "Give its folder in adapter_name_or_path."
        ) { document in document.has("peft_type") },
        ForeignFile(
            name: "the configuration of a model",
            hint: "Give its folder in model_name_or_path."
        ) { document in
            document.has("architectures") && document.has("model_type")
        },
        ForeignFile(
            name: "a catalog of data sets (dataset_info.json)",
            hint: "Give its folder in dataset_dir, and names of it in dataset."
        ) { document in
            document.entries.allSatisfy { entry in
                guard case .mapping(let inner) = entry.node.content else { return false }
                return inner.contains {
                    ["file_name", "hf_hub_url", "ms_hub_url", "om_hub_url", "script_url"]
                        .contains($0.key)
                }
            }
        },
        ForeignFile(
            name: "a list of new tokens (new_special_tokens_config)",
            hint: "New tokens are not in this version: the model keeps its vocabulary."
        ) { document in
            document.entries.allSatisfy { $0.key.hasPrefix("<") && $0.key.hasSuffix(">") }
        },
    ]

    private init(
        name: String, other: String = "not a plan", hint: Sentence,
        matches: @escaping @Sendable (SettingDocument) -> Bool
    ) {
        (self.name, self.other, self.hint, self.matches) = (name, other, hint, matches)
    }
}

extension SettingDocument {
    /// The value of a key; nil when it is not there.
    func node(_ key: String) -> SettingNode? { entries.last { $0.key == key }?.node }

    /// Whether a key is there.
    func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    /// Whether one of the keys is there.
    func has(any keys: String...) -> Bool { keys.contains { has($0) } }
}
