// Export and chat plans, the interface's settings, and the user's folders.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite("Export, chat and interface settings")
struct OtherPlansTests {
    @Test("an export plan from LLaMA-Factory's merge example")
    func export() throws {
        var document = try SettingDocument(
            text: """
                model_name_or_path: models/base
                adapter_name_or_path: saves/a
                template: qwen
                trust_remote_code: true
                export_dir: out
                export_size: 2
                export_device: cpu
                export_legacy_format: false
                """, name: "merge.yaml")
        try document.assign(["export_format=gguf", "export_dtype=q8_0"])
        var plan = ExportPlan()
        let issues = ExportKeys.table.read(document.entries, into: &plan)
        #expect(issues.map(\.field).sorted() == ["export_device", "trust_remote_code"])
        #expect(!issues.containsErrors)
        #expect(plan.issues() == [])
        #expect(plan.shardGigabytes == 2 && plan.format == .gguf && plan.elementType.dtype == .q8_0)
        #expect(plan.adapters == ["saves/a"] && plan.template == "qwen" && plan.folder == "out")
        let text = ExportKeys.table.yaml(of: plan)
        var again = ExportPlan()
        let written = try SettingDocument(text: text, name: "again").entries
        #expect(ExportKeys.table.read(written, into: &again) == [])
        #expect(again == plan)
    }

    @Test(
        "faults of an export",
        arguments: [
            ([], "model_name_or_path"), (["model_name_or_path=m"], "export_dir"),
            (["export_size=0"], "export_size"), (["export_format=adapter"], "adapter_name_or_path"),
            (["export_dtype=q4_0"], "export_dtype"), (["export_dtype=int3"], "export_dtype"),
            (["export_quantization_bit=4"], "export_quantization_bit"),
            (["export_legacy_format=true"], "export_legacy_format"),
            (["export_dri=x"], "export_dri"),
        ] as [([String], String)])
    func exportFaults(assignments: [String], field: String) throws {
        let issues = try ExportPlan.read(path: nil, assignments: assignments).issues
        #expect(issues.contains { $0.field == field && $0.severity == .error }, "\(issues)")
    }

    @Test("names of types have synonyms", arguments: ["fp16", "f16", "float16"])
    func typeSynonyms(name: String) throws {
        let words = ["model_name_or_path=m", "export_dir=o", "infer_dtype=\(name)"]
        let reading = try ExportPlan.read(path: nil, assignments: words)
        #expect(reading.plan.elementType == .float16)
        #expect(reading.issues == [])
    }

    @Test("generation defaults and their limits")
    func inference() throws {
        let reading = try InferencePlan.read(
            path: nil, assignments: ["model_name_or_path=m", "temperature=0", "infer_backend=vllm"])
        #expect(reading.issues.map(\.field) == ["infer_backend"])
        #expect(reading.plan.generation.isGreedy)
        #expect(!GenerationSettings().isGreedy)
        for (word, field) in [
            ("top_p=0", "top_p"), ("top_p=1.5", "top_p"), ("top_k=-1", "top_k"),
            ("temperature=-1", "temperature"), ("min_p=2", "min_p"), ("num_beams=4", "num_beams"),
            ("repetition_penalty=0", "repetition_penalty"), ("max_new_tokens=0", "max_new_tokens"),
        ] {
            let issues = try InferencePlan.read(
                path: nil, assignments: ["model_name_or_path=m", word]
            ).issues
            #expect(issues.filter { $0.severity == .error }.map(\.field) == [field], "\(word)")
        }
    }

    @Test("a training file serves as a chat file, with notes")
    func trainingFileForChat() throws {
        var document = try SettingDocument(text: PlanFileTests.minimal, name: "x")
        try document.assign(["template=qwen"])
        var plan = InferencePlan()
        let issues = InferenceKeys.table.read(document.entries, into: &plan)
        #expect(!issues.containsErrors)
        #expect(plan.modelPath == "models/tiny" && plan.template == "qwen")
    }

    @Test("interface settings survive their file; a damaged one gives defaults and an issue")
    func settingsFile() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/deep/er/settings.yaml"
        #expect(SettingsFile.read(path: path) == PlanReading(plan: InterfaceSettings(), issues: []))
        var settings = InterfaceSettings()
        settings.theme = "night"
        settings.moves = false
        settings.threads = 2
        settings.lastModel = "models/a b.gguf"
        settings.keys = ["quit=ctrl-q", "help=f1"]
        try SettingsFile.write(settings, to: path)
        #expect(SettingsFile.read(path: path) == PlanReading(plan: settings, issues: []))
        try Data("theme: [".utf8).write(to: URL(fileURLWithPath: path))
        let damaged = SettingsFile.read(path: path)
        #expect(damaged.plan == InterfaceSettings())
        #expect(damaged.issues.count == 1)
        let error = #expect(throws: KernelError.self) {
            try SettingsFile.write(settings, to: path + "/below/a/file")
        }
        #expect(error?.kind == .cannotCreate)
    }

    @Test("folders follow the XDG rules; relative ones count as not set")
    func paths() {
        let plain = Paths(environment: ["HOME": "/home/me", "XDG_DATA_HOME": "relative"])
        #expect(plain.models == "/home/me/.local/share/workbench/models")
        #expect(plain.settingsFile == "/home/me/.config/workbench/settings.yaml")
        #expect(plain.sampleModel.hasPrefix(plain.models + "/SmolLM2"))
        let moved = Paths(environment: [
            "HOME": "/home/me", "XDG_DATA_HOME": "/data/", "XDG_CONFIG_HOME": "/etc/me",
            "XDG_CACHE_HOME": "/tmp/c", "XDG_STATE_HOME": "/var/s",
        ])
        #expect(moved.runs == "/data/workbench/runs")
        #expect(moved.settingsFile == "/etc/me/workbench/settings.yaml")
        #expect(
            moved.cache == "/tmp/c/workbench" && moved.logFile == "/var/s/workbench/workbench.log")
    }
}
