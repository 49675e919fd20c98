// Files of other programs given as a plan are told as what they are, in one sentence; names of other programs
// are answered by meaning, never by a spelling that misleads.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite("Files and names of other programs")
struct ForeignFileTests {
    static let files: [(text: String, name: String)] = [
        ("model: Q\nmodel_class: llm\ntrain_dataset: a.yaml\nmicro_batch_size: 1", "(v1)"),
        ("model: Q\npeft_config: {name: lora, export_adapter: a}", "(v1)"),
        ("base_model: Q\ndatasets: [{path: a, type: alpaca}]\nadapter: lora", "axolotl"),
        ("compute_environment: LOCAL_MACHINE\nmixed_precision: bf16", "accelerate"),
        ("distributed_type: NO\nnum_processes: 1\nmixed_precision: 'no'", "accelerate"),
        (#"{"train_batch_size": "auto", "zero_optimization": {"stage": 3}}"#, "DeepSpeed"),
        ("model: {_component_: torchtune.models.llama3_2.lora_llama3_2_1b}", "torchtune"),
        ("top.model_name: Q\ntrain.lora_rank: 8", "board"),
        (#"{"peft_type": "LORA", "r": 8}"#, "an adapter"),
        (#"{"architectures": ["LlamaForCausalLM"], "model_type": "llama"}"#, "a model"),
        (#"{"identity": {"file_name": "identity.json"}}"#, "a catalog of data sets"),
        ("\"<|a|>\": first\n\"<|b|>\": second", "new tokens"),
    ]

    @Test("a file of another kind is one sentence", arguments: files)
    func kinds(_ file: (text: String, name: String)) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = "\(folder.path)/given.yaml"
        try Data(file.text.utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: KernelError.self) { try PlanFile.read(path: path) }
        #expect(error?.kind == .configuration && error?.place == path)
        #expect(error?.what.description.contains(file.name) == true, "\(error?.what ?? "")")
        #expect(error?.hint != nil)
        #expect(throws: KernelError.self) { try ExportPlan.read(path: path) }
    }

    @Test("a plan that names a model by our key is a plan")
    func plans() throws {
        for text in [
            "", "model_name_or_path: m\nmodel: x\npeft_config: {}", "dataset: a\noutput_dir: b",
            "model_name_or_path: m\nzero_optimization: {stage: 2}",
        ] {
            #expect(ForeignFile.kind(of: try SettingDocument(text: text, name: "t")) == nil)
        }
    }

    @Test(
        "what other programs call a setting is found by its meaning",
        arguments: [
            ("model", "model_name_or_path"), ("base_model", "model_name_or_path"),
            ("train_dataset", "dataset"), ("batch_size", "per_device_train_batch_size"),
            ("micro_batch_size", "per_device_train_batch_size"), ("epochs", "num_train_epochs"),
            ("lr", "learning_rate"), ("lora_r", "lora_rank"), ("r", "lora_rank"),
            ("max_seq_length", "cutoff_len"), ("target_modules", "lora_target"),
            ("Chat-Template", "template"), ("scheduler", "lr_scheduler_type"),
            ("sample_packing", "neat_packing"), ("val_set_size", "val_size"),
            ("gradient_clipping", "max_grad_norm"), ("train_on_inputs", "train_on_prompt"),
        ])
    func synonyms(name: String, key: String) throws {
        let issues = try PlanFile.read(yaml: "\(name): 1").issues
        let issue = try #require(issues.first { $0.field == name })
        #expect(issue.message == "line 1: unknown key; did you mean \(key)?")
        #expect(TrainingKeys.table.row(named: key) != nil)
    }

    @Test(
        "names without one counterpart get words instead of a guess",
        arguments: [
            ("mixed_precision", "bf16: true"), ("quant_config", "quantization_bit: 4"),
            ("peft_config", "finetuning_type"), ("kernel_config", "v1"),
            ("load_in_4bit", "quantization_bit: 4"), ("task", "MMLU"),
            ("tensor_model_parallel_size", "Megatron"),
        ])
    func remarks(name: String, words: String) throws {
        let issues = try PlanFile.read(yaml: "\(name): 1").issues
        let issue = try #require(issues.first { $0.field == name })
        #expect(issue.severity == .error && issue.message.description.contains(words))
        #expect(!issue.message.description.contains("did you mean"))
    }

    @Test("the length of a chat's answer is not the length of an example")
    func maxLength() throws {
        let issues = try PlanFile.read(yaml: "max_length: 1").issues
        #expect(
            issues.first { $0.field == "max_length" }?.message.description.contains("cutoff_len")
                == true)
    }
}
