// workbench train: a run by a LLaMA-Factory YAML, without the interface.

import ArgumentParser
import Foundation
import Kernel
import Synchronization

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train by a LLaMA-Factory YAML.",
        discussion: """
            Example: workbench train sample-data/lora-sft.yaml learning_rate=5e-4 max_steps=30
            Ctrl-C stops after the current micro-batch and keeps a checkpoint; the same command goes on from it.
            SIGUSR1 and SIGUSR2 keep a checkpoint after the current step, and the run goes on.
            """)

    @OptionGroup var plan: PlanArguments
    @OptionGroup var answer: AnswerOptions
    @OptionGroup var machine: MachineOptions

    func run() throws {
        try reportAndExit(json: answer.json) {
            try machine.apply()
            let reading = try plan.reading()
            try reading.purpose?.checkTraining(self.plan.file)
            let remarks =
                [reading.purpose?.remark].compactMap(\.self)
                + reading.issues.filter { $0.severity != .error }
            if !answer.quiet, !remarks.isEmpty {
                Output.error(answer.json ? ErrorReport.json(remarks) : ErrorReport.text(remarks))
            }
            let plan = try reading.checked(at: self.plan.file ?? "the command line")
            let control = RunControl()
            let signalled = Atomic<Int32>(0)
            let stop = try SignalStop(save: { control.saveNow() }) { number in
                signalled.store(number, ordering: .releasing)
                control.stop()
            }
            defer { withExtendedLifetime(stop) {} }
            // A closed pipe or terminal must not end the run before it is saved.
            signal(SIGPIPE, SIG_IGN)
            let printer = EventPrinter(
                json: answer.json, quiet: answer.quiet, line: ProgressLine(answer)
            ) { code in
                if let code { return Self.goOnUnheard(code) }
                _ = signalled.compareExchange(
                    expected: 0, desired: SIGPIPE, ordering: .acquiringAndReleasing)
                control.stop()
            }
            let endpoint = RunControlEndpoint(control)
            var environment = TrainingRun.Environment(of: plan, observers: [endpoint, printer])
            environment.onFolderLocked = { folder in
                ControlSocket.openIfPossible(
                    folder, endpoint, tell: { printer.observe(.notice($0)) },
                    troubled: { Output.note("\($0)") })
            }
            try TrainingRun(plan, control: control, environment: environment).run()
            let number = signalled.load(ordering: .acquiring)
            if number != 0 { throw ExitCode(ExitStatus.signal(number)) }
        }
    }

    /// Reports that the run's lines are lost from now on; the run itself is not.
    private static func goOnUnheard(_ code: Int32) {
        let fault = Output.fault(code)
        let why = fault.why.map { ": \($0)" } ?? ""
        Output.note(
            "\(fault.what)\(why). The run goes on and tells nothing more; its folder has the log.")
    }
}

/// Prints a run's events: for people, or one JSON object a line.
final class EventPrinter: RunObserver {
    private let json: Bool
    private let quiet: Bool
    private let line: ProgressLine
    private let deserted: (Int32?) -> Void
    /// Whether a line was lost: it is the last one, since nothing may be glued to one that was cut short.
    private var isOver = false

    /// `deserted` is called once when a line is lost: with the reason, or nil when the reader is gone.
    init(
        json: Bool, quiet: Bool, line: ProgressLine, deserted: @escaping (Int32?) -> Void
    ) {
        self.json = json
        self.quiet = quiet
        self.line = line
        self.deserted = deserted
    }

    func observe(_ event: TrainingEvent) {
        if case .preparing(let what, let fraction?) = event {
            return line.draw(tr(what), fraction: fraction)
        }
        guard let text = text(event) else { return }
        line.clear()
        guard !isOver else { return }
        switch Output.offer(text + "\n") {
        case .written: return
        case .readerGone: lose(nil)
        case .failed(let code): lose(code)
        }
    }

    private func lose(_ code: Int32?) {
        isOver = true
        deserted(code)
    }

    private func text(_ event: TrainingEvent) -> String? {
        if json {
            if case .preparing = event { return nil }
            return event.json.line
        }
        if quiet { return nil }
        if case .failed = event { return nil }
        return Self.line(event)
    }

    /// The event in one line; nil when it gets none.
    static func line(_ event: TrainingEvent) -> String? {
        switch event {
        case .preparing(let what, let fraction): return fraction == nil ? tr(what) + "…" : nil
        case .prepared(let s) where s.totalSteps == 0:
            return
                "\(s.name): evaluating \(s.modelName), template \(s.template), "
                + "\(s.evaluationExamples) examples"
        case .prepared(let s):
            return "\(s.name): "
                + "\(s.modelName): \(s.trainableParameters) of \(s.parameters) parameters train, template \(s.template), "
                + "\(s.examples) examples, \(s.totalSteps) steps"
                + (s.memoryBytes.map { ", about \(NumberText.bytes($0)) of memory" } ?? "")
                + (s.firstStep > 0 ? ", going on after step \(s.firstStep)" : "")
        case .stepFinished(let s):
            let left = s.remainingSeconds.map { ", \(duration($0)) left" } ?? ""
            let head = String(
                format: "step %d/%d  epoch %.2f", s.step, s.totalSteps, s.epoch)
            return ([head] + measures(s)).joined(separator: "  ") + left
        case .evaluated(let e):
            return "eval at step \(e.step): " + measures(e).joined(separator: "  ")
                + " on \(e.tokens) tokens"
        case .sampled(let sample):
            let (prompt, answer) = (sample.prompt, sample.answer)
            return "sample at step \(sample.step): " + ErrorReport.visible("\(prompt) → \(answer)")
        case .checkpointSaved(let path, _): return "saved \(path)"
        case .checkpointFailed(let error): return "checkpoint failed, training goes on: \(error)"
        case .rateChanged(let change):
            return String(
                format: "learning rate %.3g from step %d on (%.3g times the plan's)", change.rate,
                change.firstStep, change.factor)
        case .paused(let step): return "paused after step \(step)"
        case .resumed: return "goes on"
        case .notice(let text): return tr(text)
        case .finished(let r):
            let time = duration(r.elapsedSeconds)
            if r.ending == .evaluated { return "evaluated in \(time): \(r.folder)" }
            let loss = r.meanLoss.map { String(format: ", mean loss %.4f", $0) } ?? ""
            return "\(r.ending == .completed ? "finished" : "stopped") after \(r.steps) steps "
                + "in \(time)\(loss): \(r.folder)"
        case .failed(let error): return error.description
        }
    }

    /// The measurements that get a place in a line.
    private static func measures(_ record: some Measured) -> [String] {
        record.rows.compactMap { row in
            row.printed.map { String(format: $0, record[row.key]) }
        }
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(max(0, seconds.isFinite ? seconds : 0).rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return String(format: "%d:%02d min", whole / 60, whole % 60) }
        return String(format: "%d:%02d h", whole / 3600, whole % 3600 / 60)
    }
}

extension MachineOptions {
    /// Sets threads, instruction set and back end of the whole program; `standard` counts unless an option sets it.
    func apply(otherwise standard: Int? = nil) throws(KernelError) {
        let wanted = threads ?? standard ?? AllowedProcessors.here.count
        let granted = Parallel.start(wanted)
        if granted < min(wanted, Parallel.threadCountMax) {
            Output.note(
                "The system gives \(granted) of \(wanted) threads (ulimit -u, pids of a container); "
                    + "the work goes on with them.")
        }
        if let isa { InstructionSet.limit(to: isa) }
        try Backend.choose(backend)
    }
}
