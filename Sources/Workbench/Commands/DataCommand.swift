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
                try show(record, plan, encoder)
            } else {
                try report(plan, encoder, prepared)
            }
        }
    }

    /// The plan, refused as `train` refuses it; where a run would write is nobody's business here.
    private func checkedPlan() throws(KernelError) -> TrainingPlan {
        let reading = try plan.reading().ofDataAlone
        let remarks = reading.issues.filter { $0.severity != .error }
        if !answer.quiet, !remarks.isEmpty {
            Output.error(answer.json ? ErrorReport.json(remarks) : ErrorReport.text(remarks))
        }
        return try reading.checked(at: plan.file ?? "the command line")
    }

    private func show(_ index: Int, _ plan: TrainingPlan, _ encoder: ExampleEncoder) throws {
        let (view, origin) = try RecordFinder(plan, encoder).view(index)
        if answer.json {
            Output.json([
                "record": .integer(index), "place": .string(origin.place),
                "text": .string(view.rendered),
                "ids": .array(view.tokens.map { .integer(Int($0.id)) }),
                "labels": .array(view.tokens.map { .integer(Int($0.label)) }),
                "cut": .bool(!view.cuts.isEmpty),
            ])
            return
        }
        Output.text("\(origin.place)\n\n\(view.rendered)\n\n")
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
        if answer.json {
            Output.json([
                "records": .integer(inspection.recordCount),
                "examples": .integer(data.training.examples.count),
                "eval_examples": .integer(data.evaluation?.examples.count ?? 0),
                "skipped": .integer(inspection.problems.count),
                "truncated": .integer(inspection.truncatedCount),
                "duplicates": .integer(inspection.duplicateCount),
                "empty_answers": .integer(inspection.emptyAnswerCount),
                "untrained_answers": .integer(inspection.untrainedAnswerCount),
                "special_token_records": .integer(inspection.specialCount),
                "unused_columns": .object(
                    JSONObject(
                        uniqueKeysWithValues: inspection.unusedColumns.map {
                            ($0.name, .integer($0.records))
                        })),
                "notes": .array((prepared.notes + data.notes).map { .string($0) }),
                "tokens": .integer(inspection.tokenCount),
                "trained_tokens": .integer(inspection.trainedTokenCount),
                "template": .string(prepared.templateName),
                "longest": .integer(inspection.lengths?.maximum ?? 0),
            ])
            return
        }
        if !answer.quiet { for note in prepared.notes + data.notes { Output.note(note) } }
        Output.line(
            "\(inspection.recordCount) records, \(data.training.examples.count) examples, \(data.evaluation?.examples.count ?? 0) held out"
        )
        Output.line(
            "\(inspection.tokenCount) tokens, \(inspection.trainedTokenCount) trained; lengths \(inspection.lengths?.minimum ?? 0) … \(inspection.lengths?.maximum ?? 0), median \(inspection.lengths?.median ?? 0)"
        )
        for problem in inspection.problems.listed.prefix(20) {
            Output.text("skipped: \(ErrorReport.visible("\(problem)"))\n")
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

/// Finds a record by its number over all datasets of a plan, in the order the plan names them.
struct RecordFinder {
    private let datasets: [OpenDataset]
    private let encoder: ExampleEncoder

    init(_ plan: TrainingPlan, _ encoder: ExampleEncoder) throws(KernelError) {
        let catalog = try DatasetCatalog(directory: plan.data.folder)
        var datasets: [OpenDataset] = []
        for name in plan.data.names {
            datasets.append(
                try OpenDataset(named: name, in: catalog, for: encoder.options.objective))
        }
        (self.datasets, self.encoder) = (datasets, encoder)
    }

    /// Records in all datasets together.
    var count: Int { datasets.reduce(0) { $0 + $1.count } }

    /// The number of a record over all datasets; nil when it is in none of them.
    func index(of origin: RecordOrigin) -> Int? {
        var start = 0
        for dataset in datasets {
            if let index = dataset.index(of: origin) { return start + index }
            start += dataset.count
        }
        return nil
    }

    /// Throws when a file of the data changed since it was opened.
    func checkUnchanged() throws(KernelError) {
        for dataset in datasets { try dataset.checkUnchanged() }
    }

    /// The record as the model sees it, and where it stands.
    func view(_ index: Int) throws(KernelError) -> (view: RecordView, origin: RecordOrigin) {
        let (example, origin) = try example(index)
        do {
            return (try RecordView(example, encoder: encoder), origin)
        } catch {
            throw RecordProblem(origin: origin, fault: error).error
        }
    }

    /// What a record means, and where it stands.
    func example(_ index: Int) throws(KernelError) -> (example: Example, origin: RecordOrigin) {
        guard index >= 0, index < count else {
            throw KernelError(
                .usage, "there is no record \(index)",
                because: "the plan's datasets have records 0 … \(count - 1)")
        }
        var rest = index
        for dataset in datasets {
            guard rest >= dataset.count else {
                let origin = dataset.origin(at: rest)
                do {
                    return (try dataset.example(at: rest), origin)
                } catch {
                    throw RecordProblem(origin: origin, fault: error).error
                }
            }
            rest -= dataset.count
        }
        preconditionFailure("record \(index) of \(count)")
    }
}
