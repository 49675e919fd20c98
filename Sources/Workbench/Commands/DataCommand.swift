// workbench data: one record of the plan's datasets as the model sees it.

import ArgumentParser
import Kernel

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Show a record as the model sees it: text, ids, labels.",
        discussion: """
            Takes a training YAML, or settings alone; only output_dir may be missing. Without --record it \
            reports on all datasets of the plan. What train would refuse is refused here too.
            """)

    @OptionGroup var plan: PlanArguments
    @Option(help: "The record to show, counted from 0 over the plan's datasets.")
    var record: Int?
    @OptionGroup var answer: AnswerOptions

    func run() throws {
        try reportAndExit(json: answer.json) {
            let plan = try checkedPlan()
            let prepared = try PreparedModel(plan)
            let encoder = try ExampleEncoder(prepared.chat, options: EncodingOptions(plan))
            if let record {
                try show(
                    record, plan, encoder, context: prepared.folder.config.maximumPositions)
            } else {
                try report(plan, encoder, prepared)
            }
        }
    }

    /// The plan, refused as `train` refuses it; where a run would write does not matter here.
    private func checkedPlan() throws(KernelError) -> TrainingPlan {
        let reading = try plan.reading().ofDataAlone
        let remarks = reading.issues.filter { $0.severity != .error }
        if !answer.quiet, !remarks.isEmpty {
            Output.error(answer.json ? ErrorReport.json(remarks) : ErrorReport.text(remarks))
        }
        return try reading.checked(at: plan.file ?? "the command line")
    }

    private func show(
        _ index: Int, _ plan: TrainingPlan, _ encoder: ExampleEncoder, context: Int
    ) throws {
        let (view, origin) = try RecordFinder(plan, encoder).view(index)
        let isBeyond = view.tokens.count > context
        if answer.json {
            Output.json([
                "record": .integer(index), "place": .string(origin.place),
                "text": .string(view.rendered),
                "ids": .array(view.tokens.map { .integer(Int($0.id)) }),
                "labels": .array(view.tokens.map { .integer(Int($0.label)) }),
                "cut": .bool(!view.cuts.isEmpty), "beyond_context": .bool(isBeyond),
            ])
            return
        }
        if isBeyond, !answer.quiet {
            Output.note(
                "The record has \(view.tokens.count) tokens, more than the model's context of "
                    + "\(context): positions behind it are new to the model.")
        }
        Output.row(origin.place)
        Output.text("\n\(view.rendered)\n\n")
        for (i, token) in view.tokens.enumerated() {
            Output.text(
                "\(i)\t\(token.id)\t\(token.isTrained ? "trained" : "-")\t\(token.text.debugDescription)\n"
            )
        }
    }

    private func report(_ plan: TrainingPlan, _ encoder: ExampleEncoder, _ prepared: PreparedModel)
        throws
    {
        let line = ProgressLine(answer)
        let data: LoadedDataset
        do {
            defer { line.clear() }
            data = try DatasetLoader(encoder: encoder).load(
                DatasetSelection(plan),
                control: LoadControl(progress: {
                    line.draw($0.phase.rawValue, $0.done, of: $0.total)
                }))
        }
        let inspection = data.training.inspection
        let context = prepared.folder.config.maximumPositions
        let notes =
            prepared.notes + AdapterTemplate.notes(of: plan, prepared) + data.notes
            + data.contextNotes(limit: context, cutoff: plan.encoding.cutoffLength)
        if answer.json {
            Output.json([
                "records": .integer(inspection.recordCount),
                "examples": .integer(data.training.examples.count),
                "eval_examples": .integer(data.evaluation?.examples.count ?? 0),
                "skipped": .integer(inspection.problems.count),
                "truncated": .integer(inspection.truncatedCount),
                "duplicates": .integer(inspection.duplicateCount),
                "empty_answers": .integer(inspection.emptyAnswerCount),
                "empty_words": .integer(inspection.emptyWordCount),
                "untrained_answers": .integer(inspection.untrainedAnswerCount),
                "special_token_records": .integer(inspection.specialCount),
                "unused_columns": .object(
                    JSONObject(
                        uniqueKeysWithValues: inspection.unusedColumns.map {
                            ($0.name, .integer($0.records))
                        })),
                "beyond_context": .integer(data.training.countBeyond(context)),
                "also_held_out": .integer(data.evaluation?.inspection.alsoTrainedCount ?? 0),
                "notes": .array(notes.map { .string($0.description) }),
                "tokens": .integer(inspection.tokenCount),
                "trained_tokens": .integer(inspection.trainedTokenCount),
                "template": .string(prepared.templateName),
                "longest": .integer(inspection.lengths?.maximum ?? 0),
            ])
            return
        }
        if !answer.quiet { for note in notes { Output.note(note) } }
        Output.line(
            "\(inspection.recordCount) records, \(data.training.examples.count) examples, \(data.evaluation?.examples.count ?? 0) held out"
        )
        Output.line(
            "\(inspection.tokenCount) tokens, \(inspection.trainedTokenCount) trained; lengths \(inspection.lengths?.minimum ?? 0) … \(inspection.lengths?.maximum ?? 0), median \(inspection.lengths?.median ?? 0)"
        )
        for problem in inspection.problems.listed.prefix(20) {
            Output.row("skipped: \(problem.error)")
        }
    }
}

extension PlanReading where Plan == TrainingPlan {
    /// Without what only a run needs: a folder to write to, and something to do.
    var ofDataAlone: PlanReading {
        var reading = self
        let findings = plan.issues()
        reading.issues.removeAll {
            ["output_dir", "do_train"].contains($0.field) && findings.contains($0)
        }
        return reading
    }
}
