// What the train tab shows before a run and after it: the plan that a start would run, and how the
// last run ended.

import Kernel
import Panels

extension TrainTab {
    // MARK: - Without a run

    static func viewIdle(
        _ plan: TrainingPlan, _ next: (text: String, isReady: Bool), in area: Rect,
        on frame: inout Frame, theme: Theme
    ) {
        let inner = Pane(title: tr("Train"), note: tr("no run"))
            .render(in: area, on: &frame, theme: theme).inset(by: 1, 0)
        var lines = [
            StyledLine(
                DisplayText(next.text), theme[next.isReady ? .success : .accent].with(.bold)),
            StyledLine(
                tr("Curves, numbers and events appear here as soon as a run trains."), theme[.dim]),
            StyledLine(""),
        ]
        lines += planRows(plan).map { planLine($0, theme) }
        let wrapped = lines.flatMap { TextWrap.rows($0, width: inner.width) }
        for (row, line) in wrapped.prefix(inner.height).enumerated() {
            frame.put(line, in: inner.row(row))
        }
    }

    /// What a plan would do, a name and a value a row.
    static func planRows(_ plan: TrainingPlan) -> [(String, String)] {
        let length =
            plan.duration.stepsMax.map { tr("{1} steps", NumberText.count($0)) }
            ?? tr("{1} epochs", NumberText.setting(plan.duration.epochs))
        return [
            (tr("model"), plan.model.path), (tr("method"), methodText(plan)),
            (tr("data"), plan.data.names.joined(separator: ", ")), (tr("length"), length),
            (tr("batch"), "\(plan.batching.microBatchSize) × \(plan.batching.accumulationSteps)"),
            (tr("rate"), NumberText.number(plan.optimizer.learningRate)),
            (tr("result"), resultText(plan)), (tr("folder"), plan.output.folder),
        ]
    }

    static func planLine(_ row: (label: String, value: String), _ theme: Theme) -> StyledLine {
        StyledLine([
            Span(DisplayText(row.label).padded(to: 9), theme[.label]),
            Span(row.value.isEmpty ? "—" : DisplayText(row.value), theme[.value]),
        ])
    }

    /// Which step becomes the result, and what may end the run before its last step.
    private static func resultText(_ plan: TrainingPlan) -> String {
        let kept =
            plan.checkpointing.loadsBest
            ? tr("the best step by held-out loss") : tr("the last step")
        return switch plan.evaluation.patience {
        case nil: kept
        case 1?: tr("{1}; ends early after 1 evaluation without gain", kept)
        case let patience?:
            tr("{1}; ends early after {2} evaluations without gain", kept, patience)
        }
    }

    /// How the weights change, in a few words.
    static func methodText(_ plan: TrainingPlan) -> String {
        switch plan.tuning.method {
        case .lora:
            let kind = plan.tuning.lora.isWeightDecomposed ? "DoRA" : "LoRA"
            let name = (plan.quantizes ? "Q" : "") + "\(kind) r\(plan.tuning.lora.rank)"
            guard let bits = plan.model.quantization.bits else { return name }
            return tr("{1} over {2}-bit weights", name, bits)
        case .freeze: return tr("freeze, {1} blocks", plan.tuning.freeze.layers)
        case .full: return tr("full")
        case .ia3: return plan.quantizes ? "QIA3" : "IA3"
        }
    }

    // MARK: - After a run

    /// The text about a run that is over: how it went, or why it failed.
    static func endingRows(_ state: State, width: Int, theme: Theme) -> [StyledLine] {
        var lines: [StyledLine] = []
        switch state.phase {
        case .finished(let result):
            let hasTrained = result.ending != .evaluated
            lines = [
                StyledLine(DisplayText(summary(of: result)), theme[.success]),
                StyledLine([
                    Span(tr("Written to {1}.", result.folder) + " ", theme[.text]),
                    Span(hasTrained ? tr("5 talks to it, 6 exports it.") : "", theme[.dim]),
                ]),
            ]
        case .failed(let error):
            lines = faultRows(error, theme)
        default: break
        }
        if let refusal = state.refusal {
            let title = tr("{1} could not begin", refusal.name)
            lines =
                [StyledLine(DisplayText(title), theme[.error].with(.bold))]
                + faultRows(refusal.error, theme) + lines
        }
        return lines.flatMap { TextWrap.rows($0, width: width) }
    }

    private static func faultRows(_ error: KernelError, _ theme: Theme) -> [StyledLine] {
        ErrorText.lines(of: error).enumerated().flatMap { index, text in
            DisplayText.lines(text, invisibles: .dropped).map {
                StyledLine($0, theme[index == 0 ? .error : .text])
            }
        }
    }

    /// What a run did, in one line.
    private static func summary(of result: RunResult) -> String {
        let time = NumberText.duration(result.elapsedSeconds)
        if result.ending == .evaluated { return tr("Held-out loss measured in {1}", time) }
        let loss = result.meanLoss.map { tr("mean loss {1},", NumberText.loss($0)) + " " } ?? ""
        return tr(
            "{1} steps, {2}{3} tokens in {4}", NumberText.count(result.steps), loss,
            NumberText.short(result.tokensSeen), time)
    }
}
