// Keys without effect are told once wherever somebody asked for something, and only there; what belongs to a
// refused key is not called harmless beside the refusal; paths are read as a shell reads them.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite("Keys that are told")
struct ToldKeysTests {
    private static let plan = """
        model_name_or_path: m
        dataset: d
        output_dir: o
        do_train: true

        """

    private func issues(_ more: String) throws -> [PlanIssue] {
        try PlanFile.read(yaml: Self.plan + more).issues
    }

    @Test(
        "who asks for another implementation hears that it is not here",
        arguments: [
            "use_unsloth: true", "enable_liger_kernel: true", "fp8: true", "tf32: true",
            "fp8_enable_fsdp_float8_all_gather: true", "use_v1_kernels: true",
            "torch_compile: true", "plot_loss: true", "flash_attn: fa2", "use_unsloth_gc: true",
            "freeze_vision_tower: false", "freeze_language_model: true",
            "use_fast_tokenizer: false", "save_safetensors: false", "bf16_full_eval: true",
            "preprocessing_batch_size: 500", "model_max_length: 512", "quantization_device_map: x",
        ])
    func told(line: String) throws {
        let found = try issues(line)
        #expect(found.map(\.severity) == [.note], "\(found)")
        #expect(found.first.map { line.hasPrefix($0.field) } == true)
    }

    @Test(
        "values that say what is so anyway are passed over",
        arguments: [
            "use_unsloth: false", "use_unsloth: no", "flash_attn: auto", "fp8_backend: auto",
            "use_reentrant_gc: false", "full_determinism: true", "use_cpu: true", "use_cpu: 1",
            "freeze_vision_tower: true", "freeze_language_model: false", "local_rank: -1",
            "trust_remote_code: 'no'", "dataloader_num_workers: 0", "fsdp: []",
            "preprocessing_batch_size: 1000", "quantization_method: bitsandbytes",
            "ddp_find_unused_parameters: false", "label_smoothing_factor: 0.00",
        ])
    func silent(line: String) throws { #expect(try issues(line) == []) }

    @Test(
        "what belongs to a refused key is not called harmless",
        arguments: [
            ("use_galore: true\ngalore_rank: 8", "use_galore"),
            ("finetuning_type: oft\noft_block_size: 8", "finetuning_type"),
            ("stage: ppo\nppo_epochs: 2", "stage"),
            ("pissa_init: true\npissa_iter: 4", "pissa_init"),
            ("use_kt: true\nkt_config: {a: 1}", "use_kt"),
            ("streaming: true\nbuffer_size: 4", "streaming"),
        ])
    func owners(text: String, key: String) throws {
        #expect(try issues(text).map(\.field) == [key])
    }

    @Test("without the key that it belongs to it is told")
    func ownersOff() throws {
        #expect(try issues("galore_rank: 8\nuse_galore: false").map(\.severity) == [.note])
        #expect(try issues("kto_chosen_weight: 2").map(\.severity) == [.note])
        #expect(try issues("ref_model: m").map(\.severity) == [.note])
        #expect(try issues("pref_bco_weight: 0.5").map(\.severity) == [.note])
        #expect(try issues("asft_alpha: 0.5").map(\.severity) == [.note])
        #expect(try issues("distill_beta: 0.5").map(\.severity) == [.note])
        #expect(try issues("stage: dpo\nref_model_adapters: m").map(\.severity) == [.note])
        #expect(try issues("stage: dpo\nref_model: null") == [])
        #expect(try issues("pref_loss: kto_pair").map(\.severity) == [.error])
        let words = ["model_name_or_path=m", "export_dir=o", "export_quantization_dataset=c.json"]
        #expect(
            try ExportPlan.read(path: nil, assignments: words).issues.map(\.severity) == [.note])
        #expect(
            try ExportPlan.read(path: nil, assignments: words + ["export_quantization_bit=4"])
                .issues.map(\.field) == ["export_quantization_bit"])
    }

    @Test("a tilde is HOME, as in a shell, and only without it the user's entry")
    func home() throws {
        #expect(HomePath.expanded("~/a", home: "/h/me") == "/h/me/a")
        #expect(HomePath.expanded("~", home: "/h/me/") == "/h/me/")
        #expect(HomePath.expanded("~/a", home: "/") == "/a")
        #expect(HomePath.expanded("a/~/b", home: "/h") == "a/~/b")
        let administrator = HomePath.expanded("~root/a", home: "/h")
        #expect(administrator.hasPrefix("/") && administrator.hasSuffix("/a"))
        #expect(!administrator.hasPrefix("/h"))
        #expect(HomePath.expanded("~no-such-user/a", home: "/h") == "~no-such-user/a")
        for home in [nil, ""] {
            #expect(HomePath.expanded("~/a", home: home).hasPrefix("/"))
        }
    }

    @Test("paths that no path can be are refused by their key")
    func impossiblePaths() throws {
        for key in [
            "model_name_or_path", "dataset_dir", "output_dir", "adapter_name_or_path", "dataset",
            "resume_from_checkpoint",
        ] {
            for value in [#""a\0b""#, "~no-such-user/x"] {
                let found = try PlanFile.read(yaml: "do_train: true\n\(key): \(value)").issues
                let issue = found.first { $0.field == key && $0.severity == .error }
                #expect(issue != nil, "\(key): \(value)")
            }
        }
        let export = try ExportPlan.read(
            path: nil, assignments: ["model_name_or_path=m", "export_dir=\"a\\0b\""])
        #expect(export.issues.map(\.field) == ["export_dir"])
    }

    @Test("the sample plans of the program are read without a remark")
    func samples() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../..").standardizedFileURL.path
        let plan = try PlanFile.read(path: "\(root)/sample-data/lora-sft.yaml")
        #expect(plan.issues == [] && plan.purpose == .trains)
        #expect(try ExportPlan.read(path: "\(root)/sample-data/export.yaml").issues == [])
    }
}
