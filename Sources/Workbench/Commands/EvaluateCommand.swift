// workbench evaluate: loss and perplexity on records that were held out, and answers beside those of
// the records, with LLaMA-Factory's scores and files.

import ArgumentParser
import Foundation
import Kernel
import Synchronization

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Loss, perplexity, BLEU-4 and ROUGE of a model on held-out records.",
        discussion: """
            Example: workbench evaluate --model m.gguf --adapter saves/benchly --dataset identity \
            --dataset-dir sample-data --val-size 0.1 --predict --output-dir saves/benchly-eval
            A LLaMA-Factory YAML says the same: workbench evaluate llama3_lora_predict.yaml
            Ctrl-C stops at once; answers that were generated stay in generated_predictions.jsonl.
            """)

    @OptionGroup var model: ModelOptions
    @Option(help: "The chat template; the adapter's or the model's own unless given.")
    var template: String?
    @Option(
        help: ArgumentHelp(
            "The system text of records without one of their own.",
            discussion: "The adapter's run's or the template's unless given; \"\" for none."))
    var system: String?
    @OptionGroup var data: EvaluationDataOptions
    @OptionGroup var prediction: PredictionOptions
    @Option(
        help: ArgumentHelp(
            "The folder for generated_predictions.jsonl and the results; without it nothing is written.",
            discussion: "Results of an earlier evaluation in it are replaced."))
    var outputDir: String?
    @OptionGroup var answer: AnswerOptions
    @OptionGroup var machine: MachineOptions

    func run() throws {
        try reportAndExit(json: answer.json) {
            try machine.apply()
            let request = try request()
            let control = RunControl()
            let signalled = Atomic<Int32>(0)
            let stop = try SignalStop { number in
                signalled.store(number, ordering: .releasing)
                control.stop()
            }
            defer { withExtendedLifetime(stop) {} }
            let printer = EvaluationPrinter(answer)
            defer { printer.clear() }
            let report: EvaluationReport
            do throws(KernelError) {
                report = try EvaluationJob(request: request, control: control).run(printer.show)
            } catch {
                // What the signal cut short is not an error of its own.
                let number = signalled.load(ordering: .acquiring)
                guard number != 0, error.kind == .temporary else { throw error }
                throw ExitCode(ExitStatus.signal(number))
            }
            printer.clear()
            if answer.json { Output.json(report.json) } else { show(report) }
            let number = signalled.load(ordering: .acquiring)
            if number != 0 { throw ExitCode(ExitStatus.signal(number)) }
        }
    }

    private func request() throws(KernelError) -> EvaluationRequest {
        var plan = try data.plan()
        plan.prediction = prediction.settings(seed: data.seed)
        plan.folder = outputDir.map(HomePath.expanded)
        if let issue = plan.issues().first {
            let field = issue.field.replacingOccurrences(of: "_", with: "-")
            throw KernelError(.usage, "\(field) \(issue.message)")
        }
        return EvaluationRequest(
            modelPath: HomePath.expanded(model.model),
            adapters: model.adapter.map(HomePath.expanded), template: template, system: system,
            type: prediction.inferDtype, plan: plan)
    }

    private func show(_ report: EvaluationReport) {
        for line in report.lines { Output.line(line) }
        guard !answer.quiet else { return }
        if report.countsCharacters {
            Output.note(
                "ROUGE counts each Chinese character as a word; LLaMA-Factory counts jieba's words."
            )
        }
        if report.wasStopped {
            Output.note(stopNote(report))
        } else if let folder = report.folder {
            Output.note("written to \(folder)")
        } else if report.predictions > 0 {
            Output.note("The answers were not kept; --output-dir keeps them.")
        }
    }

    private func stopNote(_ report: EvaluationReport) -> String {
        guard report.predictions > 0 else { return "stopped; nothing was generated yet" }
        let part = "stopped after \(report.predictions) answers, and the means are those of them"
        guard let folder = report.folder else { return part }
        return part + "; they are in \(folder)/generated_predictions.jsonl"
    }
}

/// Which records are evaluated.
struct EvaluationDataOptions: ParsableArguments {
    @Option(
        help:
            "A data set's name, or a .json, .jsonl, .csv or .txt file; may be given more than once."
    )
    var dataset: [String] = []
    @Option(help: "The folder of dataset_info.json.")
    var datasetDir = "data"
    @Option(
        help: ArgumentHelp(
            "Take only what a training with this val_size and seed holds out.",
            discussion:
                "A part below 1, or a number of records; without it whole data sets are taken."))
    var valSize: Double?
    @Option(help: "The seed of the held-out part and of drawn answers.")
    var seed: UInt64 = 42
    @Option(help: "Most tokens of a record.")
    var cutoffLen = 2048
    @Flag(help: "Special tokens that records spell stay plain text; else they become their ids.")
    var splitSpecialTokens = false
    @Option(help: "Records in one batch of the loss; answers are generated one by one.")
    var batchSize = 2
    @Option(
        help: ArgumentHelp(
            "Read at most so many records of each data set, as max_samples of a training.",
            discussion: "What val-size holds out is then a part of these."))
    var maxSamples: Int?
    @Option(help: "Evaluate so many records, the first ones of all that are held out.")
    var limit: Int?
    @Option(help: "sft for questions and answers, pt for plain text.")
    var stage = "sft"

    func plan() throws(KernelError) -> EvaluationPlan {
        guard !dataset.isEmpty else {
            throw KernelError(.usage, "no data set is given", hint: "Give --dataset.")
        }
        let names = dataset.map(HomePath.expanded)
        let folder = HomePath.expanded(datasetDir)
        var plan: EvaluationPlan
        if let valSize {
            guard valSize > 0, let share = ValidationShare(value: valSize) else {
                throw KernelError(
                    .usage, "val-size is out of range", at: "--val-size",
                    because: "expected a part below 1 or a number of records, found \(valSize)")
            }
            plan = EvaluationPlan(DatasetSelection(directory: folder, training: names))
            plan.options.validation = share
        } else {
            plan = EvaluationPlan(
                DatasetSelection(directory: folder, training: [], evaluation: names))
        }
        guard let found = TrainingStage(rawValue: stage), !found.data.isPreference else {
            throw KernelError(
                .usage, "evaluate cannot measure stage \"\(stage)\"", at: "--stage",
                hint: "Choose sft or pt.")
        }
        plan.options.objective = found.data
        if let maxSamples, maxSamples < 1 {
            throw KernelError(
                .usage, "max-samples is out of range", at: "--max-samples",
                because: "expected 1 or more, found \(maxSamples)")
        }
        plan.options.samplesMax = maxSamples
        plan.options.cutoffLength = cutoffLen
        plan.options.seed = seed
        plan.options.splitsSpecialTokens = splitSpecialTokens
        (plan.batchSize, plan.recordsMax) = (batchSize, limit)
        return plan
    }
}

/// How answers are generated.
struct PredictionOptions: ParsableArguments {
    @Flag(help: "Generate an answer to every record and compare it with the record's.")
    var predict = false
    @Option(help: "Most tokens of an answer.")
    var maxNewTokens = 512
    @Option(
        help: "Draw tokens, flatter above 1, sharper below; the likeliest is taken unless given.")
    var temperature: Double?
    @Option(help: "Draw among the likeliest tokens that add up to this chance.")
    var topP: Double?
    @Option(help: "Draw among so many of the likeliest tokens; 0 or -1 keeps all.")
    var topK: Int?
    @Option(help: "Draw among tokens with at least this part of the best one's chance.")
    var minP: Double?
    @Option(help: "Above 1 makes tokens that occurred less likely; 1 unless given.")
    var repetitionPenalty: Double?
    @Option(
        help: ArgumentHelp(
            "The type that prompts are computed in.",
            discussion: """
                auto takes bf16 where the processor has it, unless the weights are float32; new tokens \
                and the loss are float32 always.
                """))
    var inferDtype = InferenceType.auto

    /// The likeliest token, unless an option about sampling is given; nil without answers.
    func settings(seed: UInt64) -> SamplingSettings? {
        guard predict else { return nil }
        var settings = SamplingSettings()
        settings.maxNewTokens = maxNewTokens
        settings.isGreedy = temperature == nil && topP == nil && topK == nil && minP == nil
        if let temperature { settings.temperature = temperature }
        if let topP { settings.topP = topP }
        // llama.cpp's users switch it off with any number that is not above zero.
        if let topK { settings.topK = max(0, topK) }
        if let minP { settings.minP = minP }
        if let repetitionPenalty { settings.repetitionPenalty = repetitionPenalty }
        settings.seed = seed
        return settings
    }
}
