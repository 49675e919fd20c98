// workbench export: LLaMA-Factory's merge YAML, to safetensors, GGUF or an adapter folder.

import ArgumentParser
import Foundation
import Kernel

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Merge an adapter and write safetensors or GGUF.",
        discussion: """
            Example: workbench export sample-data/export.yaml export_format=gguf export_dtype=q8_0
            The result is reopened and compared with base and adapter before it is called done.
            """)

    @OptionGroup var plan: PlanArguments
    @Flag(help: "Replace an export that is in the folder already.")
    var overwrite = false
    @OptionGroup var answer: AnswerOptions
    @OptionGroup var machine: MachineOptions

    func run() throws {
        try reportAndExit(json: answer.json) {
            try machine.apply()
            let reading = try ExportPlan.read(
                path: self.plan.file, assignments: self.plan.assignments)
            let remarks = reading.issues.filter { $0.severity != .error }
            if !answer.quiet, !remarks.isEmpty {
                Output.error(answer.json ? ErrorReport.json(remarks) : ErrorReport.text(remarks))
            }
            let plan = try reading.checked(at: self.plan.file ?? "the command line")
            let request = request(plan)
            var lastTold = -1
            let line = ProgressLine(answer)
            defer { line.clear() }
            let outcome = try ExportJob(request, adapters: plan.adapters).run {
                stage, fraction in
                line.draw(tr(stage), fraction: fraction)
                let tenth = Int(fraction * 10)
                if !line.isShown, !answer.json, !answer.quiet, tenth != lastTold {
                    lastTold = tenth
                    Output.note("\(stage) \(tenth * 10) %")
                }
                return true
            }
            line.clear()
            show(outcome)
            if !outcome.verified {
                throw KernelError(
                    .internalFault, "the export differs from base and adapter", at: outcome.folder,
                    because: outcome.verification)
            }
        }
    }

    private func request(_ plan: ExportPlan) -> ExportRequest {
        ExportRequest(
            modelPath: plan.modelPath, adapterPath: plan.adapters.last, template: plan.template,
            folder: plan.folder,
            format: plan.format, dtype: plan.elementType.rawValue,
            shardGigabytes: plan.shardGigabytes,
            replaces: overwrite)
    }

    private func show(_ outcome: ExportOutcome) {
        if answer.json {
            Output.json([
                "folder": .string(outcome.folder), "verified": .bool(outcome.verified),
                "verification": .string(outcome.verification.description),
                "files": .array(
                    outcome.files.map { ["name": .string($0.name), "bytes": .integer($0.bytes)] }),
                "usage": .array(outcome.usage.map { .string($0) }),
                "notes": .array(outcome.notes.map { .string($0.description) }),
            ])
            return
        }
        for file in outcome.files { Output.text("\(file.name)\t\(file.bytes)\n") }
        Output.row("checked: \(outcome.verification)")
        for line in outcome.notes { Output.row("note: \(line)") }
        for line in outcome.usage { Output.row("  \(line)") }
    }
}
