// A DeepSpeed file beside a plan: sharding is nothing here; what would change the result is compared.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite("DeepSpeed's file")
struct DeepSpeedFileTests {
    private func issues(_ json: String, _ more: String = "") throws -> [PlanIssue] {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = "\(folder.path)/ds.json"
        try Data(json.utf8).write(to: URL(fileURLWithPath: path))
        let yaml = """
            model_name_or_path: m
            dataset: d
            output_dir: o
            do_train: true
            learning_rate: 1e-4
            deepspeed: \(path)
            """
        return try PlanFile.read(yaml: yaml + "\n" + more).issues.filter {
            $0.field == "deepspeed" && !$0.message.description.contains("one process")
        }
    }

    @Test("the usual files say nothing")
    func usual() throws {
        let text = #"""
            {"train_batch_size": "auto", "train_micro_batch_size_per_gpu": "auto",
             "gradient_accumulation_steps": "auto", "gradient_clipping": "auto",
             "zero_allow_untested_optimizer": true, "fp16": {"enabled": "auto"},
             "bf16": {"enabled": "auto"}, "zero_optimization": {"stage": 3}}
            """#
        #expect(try issues(text) == [])
    }

    @Test("a scheduler inside replaces the plan's, so it must be the same")
    func scheduler() throws {
        let text = #"{"scheduler": {"type": "WarmupLR", "params": {"warmup_max_lr": PEAK}}}"#
        let found = try issues(text.replacing("PEAK", with: "\"auto\""))
        #expect(found.map(\.severity) == [.error])
        #expect(found[0].message.description.contains("lr_scheduler_type: constant_with_warmup"))
        let same = "lr_scheduler_type: constant_with_warmup"
        #expect(try issues(text.replacing("PEAK", with: "1e-4"), same) == [])
        // The curve of its warm-up is another one.
        let warm = try issues(text.replacing("PEAK", with: "1e-4"), same + "\nwarmup_steps: 5")
        #expect(warm.map(\.severity) == [.note])
        let other = try issues(text.replacing("PEAK", with: "2e-4"), same)
        #expect(
            other.map(\.severity) == [.error]
                && other[0].message.description.contains("learning_rate"))
        #expect(try issues(#"{"scheduler": {"type": "OneCycle"}}"#).map(\.severity) == [.error])
    }

    @Test(
        "what else would change the result is compared",
        arguments: [
            (#"{"optimizer": {"type": "AdamW", "params": {"lr": 1e-4}}}"#, ""),
            (#"{"optimizer": {"type": "Lion"}}"#, "optimizer Lion"),
            (#"{"optimizer": {"type": "Adagrad"}}"#, "optimizer Adagrad"),
            (#"{"optimizer": {"type": "Adam", "params": {"weight_decay": 0.1}}}"#, "weight_decay"),
            (#"{"optimizer": {"type": "Adam", "params": {"betas": [0.9, 0.95]}}}"#, "adam_beta2"),
            (#"{"gradient_clipping": 0.3}"#, "max_grad_norm"), (#"{"gradient_clipping": 1.0}"#, ""),
            (#"{"train_micro_batch_size_per_gpu": 4}"#, "per_device_train_batch_size"),
            (#"{"gradient_accumulation_steps": 8}"#, "gradient_accumulation_steps"),
            (#"{"bf16": {"enabled": true}}"#, "bf16"), (#"{"bf16": {"enabled": false}}"#, ""),
            (#"{"curriculum_learning": {"enabled": true}}"#, "curriculum_learning"),
            (#"{"curriculum_learning": {"enabled": false}}"#, ""), (#"{"news": {"a": 1}}"#, ""),
        ])
    func compared(json: String, words: String) throws {
        let errors = try issues(json).filter { $0.severity == .error }
        #expect(errors.isEmpty == words.isEmpty)
        #expect(errors.allSatisfy { $0.message.description.contains(words) }, "\(errors)")
    }

    @Test("a file that is not there is told, and a mapping in its place is read")
    func otherForms() throws {
        let lost = try PlanFile.read(yaml: "deepspeed: /nowhere/ds.json").issues
        #expect(lost.contains { $0.message.description.contains("could not be looked into") })
        let inline = try PlanFile.read(yaml: "deepspeed: {gradient_clipping: 7}").issues
        #expect(
            inline.contains {
                $0.severity == .error && $0.message.description.contains("max_grad_norm")
            })
    }
}
