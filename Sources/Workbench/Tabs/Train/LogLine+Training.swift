// How events of a run read in the log.

import Kernel

extension LogLine {
    /// What was measured, as far as the command line prints it too.
    private static func measures(
        _ record: some Measured, _ name: KeyPath<Metric, String>
    ) -> [Fact] {
        record.rows.filter { $0.printed != nil }.map { row in
            Fact(key: row[keyPath: name], value: Sentence(verbatim: row.text(record[row.key])))
        }
    }

    /// The line of an event of a run; nil when it only reports progress.
    init?(_ event: TrainingEvent) {
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
