// Looks at models, data and plans for the interface, on a background queue: facts in, values out.

import Foundation
import Kernel

/// Answers the interface's questions about files.
enum Inspection {
    // MARK: - Models

    /// What was found, what cannot be opened last and with the reason, and a note where there may be
    /// more.
    static func models(
        _ finder: ModelFinder, more: [String]
    ) -> (models: [ModelSummary], remarks: [Sentence]) {
        let (candidates, remarks) = finder.search(more)
        var usable: [ModelSummary] = []
        var others: [ModelSummary] = []
        for (path, name) in candidates {
            do throws(KernelError) {
                var summary = try Self.summary(path, checks: false)
                summary.name = name
                usable.append(summary)
            } catch {
                others.append(ModelSummary(path: path, name: name, fault: error))
            }
        }
        return (usable + others, remarks)
    }

    /// What a model is; with `checks` its tokenizer and template are tried too.
    static func summary(_ path: String, checks: Bool) throws(KernelError) -> ModelSummary {
        let folder: ModelFolder
        do throws(KernelError) { folder = try ModelFolder(path: path) } catch {
            throw ModelFinder.fault(error, of: path)
        }
        var summary = ModelSummary(path: path, name: ModelPlaces.name(of: path))
        summary.family = folder.config.modelType
        summary.parameters = folder.parameterCount
        summary.bytes = folder.totalBytes
        let isGGUF = if case .gguf = folder.tokenizerSource { true } else { false }
        summary.format = (isGGUF ? "GGUF " : "safetensors ") + folder.mainDType.rawValue
        summary.contextLength = folder.config.maximumPositions
        summary.trainableLayers = folder.config.layout.linearModuleNames
        guard checks else { return summary }
        let loaded = try TokenizerLoader.load(modelAt: path)
        let template = loaded.chatTemplate ?? folder.chatTemplate
        func spelled(_ id: Int?) -> String? {
            id.map { loaded.tokenizer.decode([$0], skipSpecial: false) }
        }
        let detection = TemplateDetector.detect(
            chatTemplate: template, bos: spelled(loaded.tokenizer.bosID),
            eos: spelled(loaded.tokenizer.eosID))
        (summary.templateName, summary.templateReason) = (detection.name, detection.why)
        summary.knowsTools = ModelChatTemplate.readsTools(template ?? "")
        summary.checks = ModelChecks(
            folder: folder, tokenizer: loaded.tokenizer, chatTemplate: template,
            detection: detection
        ).all()
        return summary
    }

    /// Whether a model fits for the method of a plan.
    static func fit(_ path: String, _ plan: TrainingPlan) -> ModelFit {
        var question = plan.fitQuestion
        question.model.path = path
        func verdict(_ plan: TrainingPlan) -> PlanEstimate.Verdict? {
            do throws(KernelError) {
                return try estimate(plan, report: nil).verdict
            } catch {
                return nil
            }
        }
        guard let own = verdict(question) else { return .unknown }
        guard case .tooLarge = own, question.tuning.method.trainsAdapter else {
            return ModelFit(own, packed: nil)
        }
        question.model.quantization = .smallest
        return ModelFit(own, packed: verdict(question))
    }

    // MARK: - Data

    static func datasets(in folder: String) throws(KernelError) -> [DatasetSummary] {
        let catalog = try DatasetCatalog(directory: folder)
        return catalog.entries.map { entry in
            do throws(KernelError) {
                let files = try catalog.files(of: entry)
                let sizes = files.compactMap {
                    (try? FileManager.default.attributesOfItem(atPath: $0))?[.size] as? Int
                }
                return DatasetSummary(
                    name: entry.name,
                    source: files.first.map { ($0 as NSString).lastPathComponent } ?? "",
                    format: entry.style?.name ?? "guessed",
                    bytes: sizes.reduce(0, +), problem: nil)
            } catch {
                return DatasetSummary(
                    name: entry.name, source: "", format: "", bytes: nil,
                    problem: error.why ?? error.what)
            }
        }
            + catalog.defects.sorted { $0.key < $1.key }.map { name, error in
                DatasetSummary(
                    name: name, source: "", format: "", bytes: nil, problem: error.why ?? error.what
                )
            }
    }

    static func data(
        _ plan: TrainingPlan, control: LoadControl
    ) throws(KernelError) -> DataReport {
        let prepared = try PreparedModel(plan)
        let encoder = try ExampleEncoder(prepared.chat, options: EncodingOptions(plan))
        let (loaded, fault) = try loaded(plan, encoder, control)
        let inspection = loaded.training.inspection
        var report = DataReport(records: loaded.training.examples.count)
        report.heldOut = loaded.evaluation?.examples.count ?? 0
        report.alsoTrained = loaded.evaluation?.inspection.alsoTrainedCount ?? 0
        report.evaluationFault = fault
        report.beyondContext = loaded.training.countBeyond(prepared.folder.config.maximumPositions)
        report.skipped = inspection.problems.countByKind.sorted { $0.value > $1.value }.map {
            .init(reason: Sentence(stringLiteral: $0.key.words), count: $0.value)
        }
        (report.truncated, report.duplicates, report.empty) = (
            inspection.truncatedCount, inspection.duplicateCount, inspection.emptyAnswerCount
        )
        report.unused = inspection.unusedColumns.map {
            .init(reason: Sentence(verbatim: $0.name), count: $0.records)
        }
        (report.special, report.trustsSpecial, report.untrained) = (
            inspection.specialCount, inspection.trustsSpecial, inspection.untrainedAnswerCount
        )
        (report.tokens, report.trainedTokens) = (
            inspection.tokenCount, inspection.trainedTokenCount
        )
        report.rowLengths = loaded.training.examples.map(\.ids.count)
        let finder = try RecordFinder(plan, encoder)
        report.inFiles = finder.count
        report.findings = findings(inspection, finder)
        if let lengths = inspection.lengths {
            report.longest = lengths.maximum
            let first = lengths.minimum / lengths.binWidth * lengths.binWidth
            report.lengths = lengths.bins.enumerated().map {
                .init(tokensMax: first + ($0.offset + 1) * lengths.binWidth - 1, count: $0.element)
            }
        }
        return report
    }

    /// The data of a plan. What is trained on is shown although the sets to evaluate on cannot be
    /// read, with the reason.
    private static func loaded(
        _ plan: TrainingPlan, _ encoder: ExampleEncoder, _ control: LoadControl
    ) throws(KernelError) -> (LoadedDataset, fault: Sentence?) {
        let loader = DatasetLoader(encoder: encoder)
        do throws(KernelError) {
            return (try loader.load(DatasetSelection(plan), control: control), nil)
        } catch {
            guard !plan.data.evaluationNames.isEmpty, error.kind != .temporary else { throw error }
            var alone = plan
            alone.data.evaluationNames = []
            let loaded = try loader.load(DatasetSelection(alone), control: control)
            return (loaded, error.why.map { "\(error.what): \($0)" } ?? error.what)
        }
    }

    /// The records of a plan's data, opened.
    static func previewer(_ plan: TrainingPlan) throws(KernelError) -> RecordPreviewer {
        let encoder = try encoder(plan)
        return RecordPreviewer(finder: try RecordFinder(plan, encoder), encoder: encoder)
    }

    /// The records to look at, those that cannot be used first.
    private static func findings(
        _ inspection: DataInspection, _ finder: RecordFinder
    ) -> [DataReport.Finding] {
        func finding(
            _ kind: DataReport.Finding.Kind, _ origin: RecordOrigin, _ detail: Sentence = ""
        ) -> DataReport.Finding {
            .init(
                kind: kind, index: finder.index(of: origin), place: origin.short, detail: detail)
        }
        return inspection.problems.listed.map { finding(.invalid, $0.origin, $0.fault.detail) }
            + inspection.truncated.map { finding(.cut, $0) }
            + inspection.emptyAnswers.map { finding(.empty, $0) }
            + inspection.duplicates.map {
                finding(.repeated, $0.origin, Sentence(verbatim: $0.first.short))
            }
    }

    private static func encoder(_ plan: TrainingPlan) throws(KernelError) -> ExampleEncoder {
        try ExampleEncoder(try PreparedModel(plan).chat, options: EncodingOptions(plan))
    }

    // MARK: - Estimates

    /// The batches of a plan: as long as the data are not known, full ones.
    private static func load(
        _ plan: TrainingPlan, _ report: DataReport?
    ) throws(KernelError) -> RunLoad {
        let (size, cutoff) = (plan.batching.microBatchSize, plan.encoding.cutoffLength)
        guard let report, let longest = report.rowLengths.max() else {
            return RunLoad(BatchShape(tokens: size * cutoff, longest: cutoff, samples: size))
        }
        var load = RunLoad(
            try BatchPlan(plan, lengths: report.rowLengths)
                .largest(report.rowLengths.map { BatchShape(tokens: $0) }))
        load.dataTokens = report.tokens
        if report.heldOut > 0 {
            let size = plan.evaluation.batchSize
            load.evaluation = BatchShape(
                tokens: size * longest, longest: longest, samples: size)
        }
        return load
    }

    static func estimate(
        _ plan: TrainingPlan, report: DataReport?, speed: PlanEstimate.Speed? = nil
    ) throws(KernelError) -> PlanEstimate {
        let folder = try ModelFolder(path: plan.model.path)
        let weights = try ModelWeights(folder, quantization: .fromFile)
        let tuning = try TuningChoice(plan, weights: weights)
        let available = FreeMemory.bytes()
        let need = MemoryNeed(
            plan, model: folder, tuning: tuning, reference: try ReferenceModel(plan),
            load: try load(plan, report), available: available)
        let memory = need.estimate
        // What is held out is not among the records of the report.
        let records = report?.records
        return PlanEstimate(
            steps: plan.duration.stepsMax ?? records.map { plan.totalSteps(examples: $0) },
            stepsPerEpoch: records.map { plan.stepsPerEpoch(examples: $0) },
            tokensPerEpoch: report?.tokens, speed: speed,
            trainableParameters: memory.trainableParameters, memoryBytes: memory.total,
            parts: [
                .init(title: phrase("base weights"), bytes: memory.base),
                .init(title: phrase("trained, with optimizer"), bytes: memory.trained),
                .init(
                    title: need.recomputes
                        ? phrase("activations, recomputed") : phrase("activations"),
                    bytes: memory.activations),
                .init(title: phrase("program and scratch"), bytes: memory.scratch),
            ], availableBytes: available)
    }
}
