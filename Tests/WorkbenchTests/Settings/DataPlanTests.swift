// A report over data refuses the plans that a training refuses; only where a run would write does
// not matter to it.

import Kernel
import Testing

@testable import Workbench

@Suite struct DataPlanTests {
    private static let plan = """
        model_name_or_path: m
        stage: sft
        do_train: true
        finetuning_type: lora
        dataset: d.json
        template: chatml

        """

    private func errors(_ more: String) throws -> [String] {
        try PlanFile.read(yaml: Self.plan + more).ofDataAlone.issues
            .filter { $0.severity == .error }.map { "\($0.field): \($0.message)" }
    }

    @Test func theFolderOfARunMayBeMissing() throws {
        #expect(try errors("") == [])
        #expect(try PlanFile.read(yaml: Self.plan).issues.contains { $0.field == "output_dir" })
        #expect(try errors("output_dir: [a]\n").count == 1)
    }

    @Test(arguments: [
        ("train_last_turn_only: true", "train_last_turn_only"), ("cutoff_len: 2k", "cutoff_len"),
        ("mask_history: ja", "mask_history"), ("cutof_len: 10", "cutof_len"),
        ("streaming: true", "streaming"), ("tool_format: llama3", "tool_format"),
        ("pissa_init: true", "pissa_init"), ("banana: 3", "banana"), ("model: x", "model"),
        ("val_size: -1", "val_size"), ("max_samples: 0", "max_samples"),
    ])
    func whatTrainingRefusesIsRefused(_ line: String, _ field: String) throws {
        #expect(try errors(line + "\n").first?.hasPrefix(field + ":") == true)
    }

    @Test func specialTokensInRecordsAreASetting() throws {
        let split = try PlanFile.read(yaml: Self.plan + "split_special_tokens: true\n")
        #expect(split.plan.encoding.splitsSpecialTokens)
        #expect(EncodingOptions(split.plan).splitsSpecialTokens)
        #expect(PlanFile.yaml(for: split.plan).contains("split_special_tokens: true"))
        let standard = try PlanFile.read(yaml: Self.plan)
        #expect(!EncodingOptions(standard.plan).splitsSpecialTokens)
        #expect(!PlanFile.yaml(for: standard.plan).contains("split_special_tokens"))
    }
}
