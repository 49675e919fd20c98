// Which mail is worth a line of the log, and how it reads there. The Logs tab and the file of the session
// take the same lines.

import Kernel

extension LogLine {
    /// The line of some mail; nil when it only brings what was asked for.
    init?(_ mail: AppMail) {
        switch mail {
        case .training(let event), .remote(_, .told(let event)): self.init(event)
        case .remote(_, .joined(let run)):
            self.init(
                .info, .run, phrase("attached"),
                ["folder": run.folder, "process": "\(run.process)"])
        case .remote(_, .interrupted):
            self.init(.warning, .run, phrase("connection to the run lost"))
        case .remote(_, .refused(let why)):
            self.init(.warning, .run, phrase("the run refused"), ["why": why])
        case .remote(_, .lost(let error)): self.init(fault: error, .run, phrase("run lost"))
        case .export(let event): self.init(event)
        case .evaluation(let mail): self.init(mail)
        case .chat(_, .failed(let error)): self.init(fault: error, .chat, phrase("chat failed"))
        case .chat(_, .finished(let figures)):
            self.init(
                .debug, .chat, phrase("answered"),
                [
                    "tokens": "\(figures.tokens)",
                    "tok/s": NumberText.rate(figures.tokensPerSecond),
                ])
        case .chat(_, .noted(let text)):
            self.init(.info, .chat, phrase("note"), ["note": text])
        case .chat: return nil
        case .modelsFound(let models, let remarks) where !remarks.isEmpty:
            self.init(
                .info, .model, phrase("models found"),
                ["count": "\(models.count)", "note": remarks.joined(separator: " ")])
        case .modelsFound(let models, _):
            self.init(.debug, .model, phrase("models found"), ["count": "\(models.count)"])
        case .modelInspected(let path, let result):
            self.init(result, .model, phrase("model read"), phrase("model cannot be read"), path)
        case .datasetsListed(let folder, let result):
            self.init(result, .data, phrase("data sets listed"), phrase("no data sets"), folder)
        case .dataInspected(let plan, let result):
            let names = plan.data.names.joined(separator: ",")
            self.init(result, .data, phrase("data read"), phrase("data cannot be read"), names)
        case .dataChanged: self.init(.info, .data, phrase("data changed"))
        case .datasetProposed(_, .failure(let error)):
            self.init(fault: error, .data, phrase("data cannot be read"))
        case .datasetWritten(let definition, let error):
            self.init(
                error.map { .failure($0) } ?? .success(()), .data, phrase("data set added"),
                phrase("data set not added"), definition.name, level: .info)
        case .planSaved(let path, let result):
            self.init(
                result, .program, phrase("plan saved"), phrase("workbench failed"), path,
                level: .info)
        case .planRead(let path, let result):
            self.init(
                result, .program, phrase("plan read"), phrase("plan cannot be read"), path)
        case .settingKept(let key, let value, let path):
            self.init(
                .info, .program, phrase("setting kept"), ["path": path, key: value])
        case .fileWritten(let path, let error), .notesSaved(let path, let error),
            .runRestored(let path, let error):
            self.init(
                error.map { .failure($0) } ?? .success(()), .program, phrase("written"),
                phrase("workbench failed"), path, level: .info)
        case .chatFiles(let event):
            switch event {
            case .saved(let name, let error), .deleted(let name, let error):
                self.init(
                    error.map { .failure($0) } ?? .success(()), .chat, phrase("written"),
                    phrase("chat failed"), name, level: .info)
            case .recordAdded(let path, let result):
                self.init(
                    result, .chat, phrase("written"), phrase("chat failed"), path, level: .info)
            case .loaded(_, .failure(let error)), .listed(.failure(let error)):
                self.init(fault: error, .chat, phrase("chat failed"))
            case .answerersFound, .loaded, .listed: return nil
            }
        case .runDiscarded(let folder, let result):
            self.init(
                result, .run, phrase("run to the trash"), phrase("workbench failed"), folder,
                level: .info)
        case .curveRead(_, .failure(let error)), .historyRead(_, .failure(let error)):
            self.init(fault: error, .run, phrase("curve cannot be read"))
        case .notice(let text): self.init(.info, .program, text)
        case .failure(let error): self.init(fault: error, .program, phrase("workbench failed"))
        case .record, .estimated, .startSeen, .exportMeasured, .runsListed, .curveRead,
            .historyRead,
            .curveProgress,
            .presetsListed, .pathCompleted, .copied, .terminalSpeaks, .modelFits, .dataProgress,
            .datasetProposed(_, .success):
            return nil
        }
    }

    /// Something failed.
    init(fault error: KernelError, _ source: Source, _ message: String) {
        self.init(.error, source, message, ["error": "\(error)"])
    }

    /// What came of work on a path.
    private init<Value>(
        _ result: Result<Value, KernelError>, _ source: Source, _ done: String, _ failed: String,
        _ path: String, level: Level = .debug
    ) {
        switch result {
        case .success: self.init(level, source, done, ["path": path])
        case .failure(let error): self.init(fault: error, source, failed)
        }
    }

    private init?(_ event: ExportEvent) {
        switch event {
        case .progress: return nil
        case .finished(let outcome):
            self.init(
                outcome.verified ? .info : .error, .export, phrase("exported"),
                ["folder": outcome.folder, "check": outcome.verification])
        case .failed(let error): self.init(fault: error, .export, phrase("export failed"))
        }
    }

    private init?(_ mail: EvaluationMail) {
        switch mail {
        case .told(.preparing(let what)): self.init(.debug, .evaluation, what)
        case .told(.notice(let text)):
            self.init(.info, .evaluation, phrase("note"), ["note": text])
        case .told(.measured(let record)):
            self.init(
                .info, .evaluation, phrase("loss measured"),
                ["eval_loss": NumberText.loss(record.loss), "tokens": "\(record.tokens)"])
        case .told(.predicted(let prediction, let done, let total)):
            self.init(
                .debug, .evaluation, phrase("answered"),
                [
                    "answer": "\(done)/\(total)",
                    "bleu-4": PredictionText.score(prediction.scores.bleu4),
                    "rouge-l": PredictionText.score(prediction.scores.rougeL),
                ])
        case .told(.lossProgress): return nil
        case .finished(let report):
            self.init(
                .info, .evaluation, phrase("evaluation ends"),
                [
                    "folder": report.folder ?? "none", "records": "\(report.records)",
                    "answers": "\(report.predictions)", "stopped": "\(report.wasStopped)",
                ])
        case .failed(let error):
            self.init(fault: error, .evaluation, phrase("evaluation failed"))
        }
    }

    // MARK: - Runs

    /// What was measured, as far as the command line prints it too.
    private static func measures(
        _ record: some Measured, _ name: KeyPath<Metric, String>
    ) -> [Fact] {
        record.rows.filter { $0.printed != nil }.map { row in
            Fact(key: row[keyPath: name], value: row.text(record[row.key]))
        }
    }

    private init?(_ event: TrainingEvent) {
        switch event {
        case .preparing(let what, nil): self.init(.debug, .run, what)
        case .preparing: return nil
        case .prepared(let summary):
            self.init(
                .info, .run, phrase("run begins"),
                [
                    "folder": summary.folder, "steps": "\(summary.totalSteps)",
                    "from": "\(summary.firstStep)",
                ])
        case .stepFinished(let step):
            self.init(
                .debug, .run, phrase("step"),
                ["step": "\(step.step)/\(step.totalSteps)"])
            facts += Self.measures(step, \.key.rawValue)
        case .evaluated(let record):
            self.init(
                .info, .run, phrase("held-out loss"),
                ["step": "\(record.step)"])
            facts += Self.measures(record, \.evaluationName)
        case .sampled(let sample):
            self.init(
                .info, .run, phrase("sample"),
                ["step": "\(sample.step)", "prompt": sample.prompt, "answer": sample.answer])
        case .checkpointSaved(let path, let step):
            self.init(.info, .run, phrase("checkpoint"), ["path": path, "step": "\(step)"])
        case .checkpointFailed(let error):
            self.init(fault: error, .run, phrase("checkpoint failed"))
        case .rateChanged(let change):
            self.init(
                .info, .run, phrase("learning rate"),
                ["from step": "\(change.firstStep)", "peak": "\(change.peak)"])
        case .paused(let step): self.init(.info, .run, phrase("paused"), ["step": "\(step)"])
        case .resumed(let step): self.init(.info, .run, phrase("goes on"), ["step": "\(step)"])
        case .notice(let text): self.init(.info, .run, phrase("note"), ["note": text])
        case .finished(let result):
            self.init(
                .info, .run, phrase("run ends"),
                [
                    "folder": result.folder, "ending": result.ending.rawValue,
                    "steps": "\(result.steps)",
                    "loss": result.meanLoss.map { String($0) } ?? "none",
                ])
        case .failed(let error): self.init(fault: error, .run, phrase("run failed"))
        }
    }
}
