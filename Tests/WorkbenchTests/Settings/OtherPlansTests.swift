// Export plans, the interface's settings, and the user's folders.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite("Export and interface settings")
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
        #expect(issues.map(\.field) == ["trust_remote_code"])
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

    @Test("interface settings are read; a damaged file gives defaults and an issue")
    func settingsFile() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "settings.yaml")
        func read(_ text: String) throws -> PlanReading<InterfaceSettings> {
            try Data(text.utf8).write(to: file)
            return SettingsFile.read(path: file.path)
        }
        let none = PlanReading(plan: InterfaceSettings(), issues: [])
        #expect(SettingsFile.read(path: folder.path + "/none.yaml") == none)
        let text = "theme: themes/night.theme\nthreads: 2\nmodels_dir: /m\nruns_dir: my runs\n"
        let reading = try read(text)
        #expect(reading.issues == [])
        // Relative paths start where the file lies, not where the program was started.
        #expect(reading.plan.theme == folder.path + "/themes/night.theme")
        #expect(reading.plan.threads == 2)
        let paths = try Paths(environment: ["HOME": "/home/me"]).adopting(reading.plan)
        #expect(paths.models == "/m" && paths.runs == folder.path + "/my runs")
        #expect(try read("theme: mono").plan.theme == "mono")
        let damaged = try read("theme: [")
        #expect(damaged.plan == InterfaceSettings() && damaged.issues.count == 1)
        #expect(try read("threads: 0").issues.map(\.field) == ["threads"])
        #expect(try read("motion: false").issues.map(\.field) == ["motion"])
    }

    @Test("folders follow the XDG rules; relative ones count as not set")
    func paths() throws {
        let plain = try Paths(environment: ["HOME": "/home/me", "XDG_DATA_HOME": "relative"])
        #expect(plain.models == "/home/me/.local/share/workbench/models")
        #expect(plain.settingsFile == "/home/me/.config/workbench/settings.yaml")
        #expect(plain.sampleModel.hasPrefix(plain.models + "/SmolLM2"))
        let moved = try Paths(environment: [
            "HOME": "/home/me", "XDG_DATA_HOME": "/data/", "XDG_CONFIG_HOME": "/etc/me",
            "XDG_STATE_HOME": "/var/s",
        ])
        #expect(moved.runs == "/data/workbench/runs")
        #expect(moved.settingsFile == "/etc/me/workbench/settings.yaml")
        #expect(moved.logFile == "/var/s/workbench/workbench.log")
    }
}
