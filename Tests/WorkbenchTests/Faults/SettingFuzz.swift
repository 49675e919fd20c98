// Broken settings files of each kind, YAML and JSON: refused in clean words, or read into settings that are
// written and read again as the same. What is wrong in a file that was read is told as issues. Words of a file
// stand in errors as they are; the way to the terminal writes their controls out.
import Foundation

@testable import Fuzzing
@testable import Kernel
@testable import Workbench

/// Seeds and words of settings files.
private enum SettingTexts {
    static let yaml = [
        "model_name_or_path: m\nstage: sft\nfinetuning_type: lora\nlora_rank: 16\nlora_target: all\n"
            + "dataset: identity,客服\ntemplate: qwen3\ncutoff_len: 2048\noutput_dir: runs/a # here\n"
            + "learning_rate: 1.0e-4\nnum_train_epochs: 3.0\nlr_scheduler_type: cosine\n"
            + "warmup_ratio: 0.1\nbf16: true\nval_size: 0.1\neval_strategy: steps\neval_steps: 500\n",
        "\"quoted\": 'it''s'\nlist: [a, {b: 1}, ~]\nlr_scheduler_kwargs: {min_lr: 1e-5}\n"
            + "sample_prompts:\n  - Who are you?\n  - |\n    two\n    lines\n"
            + "deepspeed: {zero_optimization: {stage: 2}}\n",
        "lora_target:\n- q_proj\n- v_proj\nsave_steps: 0.5\nseed: 42\nmax_steps: -1\n"
            + "quantization_bit: 4\nquantization_type: nf4\n",
        "theme: dusk\nlanguage: zh\nmouse: off\nbell: true\nthreads: 2\nmodels_dir: ~/models\n",
        "model_name_or_path: m\nadapter_name_or_path: runs/a\ntemplate: chatml\nexport_dir: out\n"
            + "export_size: 5\nexport_device: cpu\nexport_legacy_format: false\n",
        "model_name_or_path: m\ntemplate: chatml\ninfer_backend: huggingface\ntemperature: 0.7\n"
            + "top_p: 0.9\ntop_k: 50\nmax_new_tokens: 64\nrepetition_penalty: 1.1\nseed: 3\n",
    ]

    static let json = [
        #"{"model_name_or_path":"m","stage":"sft","lora_rank":16,"learning_rate":1e-4,"bf16":true,"#
            + #""dataset":["identity","客服"],"lora_target":"all","warmup_ratio":0.1,"output_dir":"a"}"#,
        #"{"deepspeed":{"zero_optimization":{"stage":3},"optimizer":{"type":"AdamW","params":{"lr":1}}},"#
            + #""lr_scheduler_kwargs":{"min_lr":1e-5},"max_steps":null,"seed":42}"#,
        "{}",
    ]

    static let words = [
        ": ", "- ", "? ", "&a ", "*a", "<<: *a", "!!str ", "!!binary ", "|\n  ", ">-\n  ", "---\n",
        "...\n", "%YAML 1.2\n", "# ", "~", "null", "yes", "off", "0x10", "1_000", ".inf", ".nan",
        "12e03", "lora_rank: ", "learning_rate: ", "cutoff_len: ", "val_size: ", "stage: dpo",
        "finetuning_type: full", "quantization_bit: 4", "optim: sgd", "packing: true", "[a, b]",
        "{a: b}", "rope_scaling: yarn", "lora_rnk: 3", "max_steps: ", "save_steps: ", "1e400",
        "logging_steps: ", "deepspeed: ds.json", "\r\n", "\u{85}", "'", "\"",
    ]

    static func mutator(_ texts: [String]) -> TextMutator {
        TextMutator(
            texts.map { Array($0.utf8) }, words: words + TextMutator.json, longest: 8_192)
    }
}

extension FuzzReader {
    /// A training plan as YAML text.
    static let yamlPlan = plan("YAML plans", SettingTexts.yaml, isJSON: false)
    /// A training plan as JSON text.
    static let jsonPlan = plan("JSON plans", SettingTexts.json, isJSON: true)

    private static func plan(_ name: String, _ texts: [String], isJSON: Bool) -> FuzzReader {
        let mutator = SettingTexts.mutator(texts)
        return FuzzReader(name, longest: 8_192, reaches: ["configuration", "issues"]) {
            mutator.mutant(&$0)
        } read: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            return judged { () throws(KernelError) in
                try PlanFile.read(text: text, isJSON: isJSON, name: "plan")
            } shown: {
                ErrorReport.visible($0)
            } then: { reading in
                planVerdict(reading)
            }
        }
    }

    private static func planVerdict(_ reading: PlanReading<TrainingPlan>) -> Verdict {
        if let fault = fault(of: reading.issues) { return .wrong(fault) }
        guard !reading.issues.contains(where: { $0.severity == .error }) else {
            return .refused("issues")
        }
        // What a plan says is what it says again.
        let written = PlanFile.yaml(for: reading.plan)
        return judged { () throws(KernelError) in
            let again = try PlanFile.read(yaml: written, name: "again")
            return again.plan == reading.plan ? nil : "written as\n\(written)"
        }
    }

    /// The files of the interface, of exports and of chats, which are opened by their paths.
    static func settingsFile(_ kind: SettingsFileKind) -> FuzzReader {
        // Its own text is the most frequent seed: plans of another kind are refused at once.
        let own = Array(repeating: SettingTexts.yaml[kind.seed], count: 6)
        let mutator = SettingTexts.mutator(own + SettingTexts.yaml + SettingTexts.json)
        let scratch = FuzzScratch()
        return FuzzReader(kind.rawValue, longest: 8_192, reaches: kind.reaches) {
            mutator.mutant(&$0)
        } read: { bytes in
            guard let folder = try? scratch.folder() else { return .wrong("no folder") }
            let path = folder + (bytes.first == UInt8(ascii: "{") ? "/a.json" : "/a.yaml")
            guard (try? FuzzScratch.write(bytes, to: path)) != nil else {
                return .wrong("cannot write the file")
            }
            return judged { () throws(KernelError) in
                try kind.issues(path)
            } shown: {
                ErrorReport.visible($0)
            } then: { issues in
                if let fault = fault(of: issues) { return .wrong(fault) }
                return issues.contains { $0.severity == .error } ? .refused("issues") : .accepted
            }
        }
    }

    private static func fault(of issues: [PlanIssue]) -> String? {
        issues.lazy.map { ErrorReport.visible("\($0.field): \($0.message)") }.first { !isClean($0) }
    }
}

/// The kinds of settings files besides plans.
enum SettingsFileKind: String, CaseIterable {
    case interface = "interface settings"
    case exports = "export plans"
    case chats = "chat plans"

    /// The place of its text among the seeds.
    fileprivate var seed: Int {
        switch self {
        case .interface: 3
        case .exports: 4
        case .chats: 5
        }
    }

    /// The interface's own file never throws: it begins with the defaults and tells why.
    fileprivate var reaches: Set<String> {
        self == .interface ? ["issues"] : ["configuration", "issues"]
    }

    fileprivate func issues(_ path: String) throws(KernelError) -> [PlanIssue] {
        switch self {
        case .interface:
            let reading = SettingsFile.read(path: path)
            precondition(reading.plan.threads.map { (1...256).contains($0) } ?? true)
            return reading.issues
        case .exports: return try ExportPlan.read(path: path).issues
        case .chats: return try ChatPlan.read(path: path).issues
        }
    }
}
