// Owns the run's background queue: one run at a time, on a thread of its own. Plan in, events out,
// wishes through RunControl, and a copy of the newest weights for chat when it asks for one.

import Foundation
import Kernel
import Synchronization

/// Starts and steers the run of this process.
final class RunController: RunSteering {
    private struct Current {
        var desk: RunDesk?
        var plan: TrainingPlan?
        var snapshot: TrainedSnapshot?
        var wantsSnapshot = false
    }

    private let emit: @Sendable (TrainingEvent) -> Void
    private let port: ScreenPort?
    private let current = Mutex(Current())

    /// `emit` is called on the run's thread; `port` is how terminals come to the session.
    init(port: ScreenPort? = nil, emit: @escaping @Sendable (TrainingEvent) -> Void) {
        (self.port, self.emit) = (port, emit)
    }

    /// Begins a run; refused while one is under way.
    func start(_ plan: TrainingPlan) {
        let control = RunControl()
        let desk = RunDesk(control)
        let isFree = current.withLock { current in
            guard current.desk == nil else { return false }
            current = Current(desk: desk, plan: plan)
            return true
        }
        guard isFree else {
            return emit(
                .failed(
                    KernelError(
                        .temporary, "a run is under way in this process", hint: "Stop it first.")))
        }
        let thread = Thread { [self] in
            // Whoever hears of the end may start the next run at once: it is told when there is room.
            var ending: TrainingEvent?
            let screen = RunListener { [emit] event in
                if event.isEnd { ending = event } else { emit(event) }
            }
            var environment = TrainingRun.Environment(of: plan, observers: [desk, screen])
            // Held for the whole run: the controller lives as long as the program.
            environment.onSnapshot = { [self] model, step in keep(model, step) }
            environment.onFolderLocked = { [self] folder in openDoor(folder, desk) }
            // The fault was told as the run's last event.
            _ = try? TrainingRun(plan, control: control, environment: environment).run()
            current.withLock { $0.desk = nil }
            ending.map(emit)
        }
        thread.name = "run"
        thread.stackSize = 16 << 20
        thread.start()
    }

    func perform(_ command: RunCommand) {
        current.withLock { $0.desk }?.perform(command)
    }

    /// The desk of the run that is under way.
    var desk: RunDesk? { current.withLock { $0.desk } }

    /// Lets others steer the run through its folder, and find the session that shows it.
    private func openDoor(_ folder: String, _ desk: RunDesk) -> () -> Void {
        let close = RunDoor.openIfPossible(
            folder, desk, others: { [port] in $0 == "session" ? port?.facts : nil },
            tell: { emit(.notice($0)) }, troubled: { [emit] in emit(.notice("\($0)")) })
        // Others ask from other folders.
        let here = FileManager.default.currentDirectoryPath
        port?.announce(run: folder.hasPrefix("/") ? folder : "\(here)/\(folder)")
        return { [port] in
            close()
            port?.announce(run: nil)
        }
    }

    /// Whether a run is under way.
    var isRunning: Bool { current.withLock { $0.desk != nil } }

    /// Stops the run and waits until its folder is in order.
    func finish() {
        perform(.stop)
        while isRunning { usleep(10_000) }
    }

    /// The newest weights of the run and its plan; waits for the next step border. Nil when there is no
    /// run.
    func newestWeights(
        isCancelled: () -> Bool
    ) -> (snapshot: TrainedSnapshot, plan: TrainingPlan)? {
        current.withLock { $0.wantsSnapshot = true }
        while !isCancelled() {
            let (snapshot, plan, waits) = current.withLock {
                ($0.snapshot, $0.plan, $0.wantsSnapshot && $0.desk != nil)
            }
            if !waits {
                guard let snapshot, let plan else { return nil }
                return (snapshot, plan)
            }
            usleep(10_000)
        }
        return nil
    }

    private func keep(_ model: TunedModel, _ step: Int) {
        guard current.withLock({ $0.wantsSnapshot }) else { return }
        let snapshot = TrainedSnapshot(model, step: step)
        current.withLock { current in
            current.snapshot = snapshot
            current.wantsSnapshot = false
        }
    }
}
