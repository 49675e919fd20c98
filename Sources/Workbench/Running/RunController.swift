// Owns the run's background queue: one run at a time, on a thread of its own. Plan in, events out,
// wishes through RunControl, and a copy of the newest weights for chat when it asks for one.

import Foundation
import Kernel
import Synchronization

/// Starts and steers the run of this process.
final class RunController: Sendable {
    private struct Current {
        var control: RunControl?
        var snapshot: TrainedSnapshot?
        var wantsSnapshot = false
    }

    private let emit: @Sendable (TrainingEvent) -> Void
    private let current = Mutex(Current())

    /// `emit` is called on the run's thread.
    init(emit: @escaping @Sendable (TrainingEvent) -> Void) { self.emit = emit }

    /// Begins a run; refused while one is under way.
    func start(_ plan: TrainingPlan) {
        let control = RunControl()
        let isFree = current.withLock { current in
            guard current.control == nil else { return false }
            current = Current(control: control)
            return true
        }
        guard isFree else {
            return emit(
                .failed(
                    KernelError(
                        .temporary, "a run is under way in this process", hint: "Stop it first.")))
        }
        let thread = Thread { [self] in
            // Held for the whole run: the controller lives as long as the program.
            let run = TrainingRun(
                plan, control: control,
                services: .init(
                    now: MonotonicClock.now, emit: emit, rest: MonotonicClock.rest,
                    planText: PlanFile.yaml(for: plan),
                    publish: { [self] model, step in publish(model, step) },
                    availableBytes: FreeMemory.bytes, usedBytes: FreeMemory.usedBytes))
            // The fault was told as the run's last event.
            _ = try? run.run()
            current.withLock { $0.control = nil }
        }
        thread.name = "run"
        thread.stackSize = 16 << 20
        thread.start()
    }

    func perform(_ command: RunCommand) {
        guard let control = current.withLock({ $0.control }) else { return }
        switch command {
        case .pause: control.pause()
        case .resume: control.resume()
        case .stop: control.stop()
        case .saveNow: control.saveNow()
        case .evaluateNow: control.evaluateNow()
        case .changeRate(let change): control.change(rate: change)
        }
    }

    /// Whether a run is under way.
    var isRunning: Bool { current.withLock { $0.control != nil } }

    /// Stops the run and waits until its folder is in order.
    func finish() {
        perform(.stop)
        while isRunning { usleep(10_000) }
    }

    /// The newest weights of the run; waits for the next step border. Nil when there is no run.
    func newestWeights(isCancelled: () -> Bool) -> TrainedSnapshot? {
        current.withLock { $0.wantsSnapshot = true }
        while !isCancelled() {
            let (snapshot, waits) = current.withLock {
                ($0.snapshot, $0.wantsSnapshot && $0.control != nil)
            }
            if !waits { return snapshot }
            usleep(10_000)
        }
        return nil
    }

    private func publish(_ model: TunedModel, _ step: Int) {
        guard current.withLock({ $0.wantsSnapshot }) else { return }
        let snapshot = TrainedSnapshot(model, step: step)
        current.withLock { current in
            current.snapshot = snapshot
            current.wantsSnapshot = false
        }
    }
}
