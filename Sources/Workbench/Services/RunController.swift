// Owns the run's background queue: one run at a time, on a thread of its own. Plan in, events out,
// requests through RunControl, and a copy of the newest weights for chat when it asks for one.

import Foundation
import Kernel
import Synchronization

/// Starts and steers the run of this process.
final class RunController: RunSteering {
    private struct Current {
        var endpoint: RunControlEndpoint?
        var plan: TrainingPlan?
        var snapshot: TrainedSnapshot?
        var wantsSnapshot = false
    }

    private let emit: @Sendable (TrainingEvent) -> Void
    private let port: SessionServer?
    private let current = Mutex(Current())
    /// Signalled after a run has ended or left a snapshot.
    private let changed = NSCondition()

    /// `emit` is called on the run's thread; `port` is how terminals come to the session.
    init(port: SessionServer? = nil, emit: @escaping @Sendable (TrainingEvent) -> Void) {
        (self.port, self.emit) = (port, emit)
    }

    /// Begins a run; refused while one is under way.
    func start(_ plan: TrainingPlan) {
        let control = RunControl()
        let endpoint = RunControlEndpoint(control)
        let isFree = current.withLock { current in
            guard current.endpoint == nil else { return false }
            current = Current(endpoint: endpoint, plan: plan)
            return true
        }
        guard isFree else {
            return emit(
                .failed(
                    KernelError(
                        .temporary, "a run is under way in this process", hint: "Stop it first.")))
        }
        let thread = Thread { [self] in
            // A receiver of the end may start the next run at once: the end is reported when there is room.
            var ending: TrainingEvent?
            let screen = RunListener { [emit] event in
                if event.isEnd { ending = event } else { emit(event) }
            }
            var environment = TrainingRun.Environment(of: plan, observers: [endpoint, screen])
            // Held for the whole run: the controller lives as long as the program.
            environment.onSnapshot = { [self] model, step in keep(model, step) }
            environment.onFolderLocked = { [self] folder in openControlSocket(folder, endpoint) }
            // The fault was reported as the run's last event.
            _ = try? TrainingRun(plan, control: control, environment: environment).run()
            current.withLock { $0.endpoint = nil }
            signal()
            ending.map(emit)
        }
        thread.name = "run"
        thread.stackSize = 16 << 20
        thread.start()
    }

    func perform(_ command: RunCommand) {
        current.withLock { $0.endpoint }?.perform(command)
    }

    /// The endpoint of the run that is under way.
    var endpoint: RunControlEndpoint? { current.withLock { $0.endpoint } }

    /// Lets others steer the run through its folder, and find the session that shows it.
    private func openControlSocket(_ folder: String, _ endpoint: RunControlEndpoint) -> () -> Void {
        let close = ControlSocket.openIfPossible(
            folder, endpoint, others: { [port] in $0 == "session" ? port?.facts : nil },
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
    var isRunning: Bool { current.withLock { $0.endpoint != nil } }

    /// Stops the run and waits until its folder is in order.
    func finish() {
        perform(.stop)
        changed.lock()
        defer { changed.unlock() }
        while isRunning { changed.wait() }
    }

    private func signal() {
        changed.lock()
        changed.broadcast()
        changed.unlock()
    }

    /// Seconds between two looks at whether the wait was cancelled.
    private static let cancelSeconds = 0.05

    /// The newest weights of the run and its plan, after the step that is under way. Nil when there is no
    /// run.
    func newestWeights(
        isCancelled: () -> Bool
    ) -> (snapshot: TrainedSnapshot, plan: TrainingPlan)? {
        current.withLock { $0.wantsSnapshot = true }
        changed.lock()
        defer { changed.unlock() }
        while !isCancelled() {
            let (snapshot, plan, waits) = current.withLock {
                ($0.snapshot, $0.plan, $0.wantsSnapshot && $0.endpoint != nil)
            }
            if !waits {
                guard let snapshot, let plan else { return nil }
                return (snapshot, plan)
            }
            _ = changed.wait(until: Date(timeIntervalSinceNow: Self.cancelSeconds))
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
        signal()
    }
}
