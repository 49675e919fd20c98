// What runs of this program are given from outside, the same for the command line and the interface: clocks, memory,
// the words of its settings, and the socket in the run's folder.

import Foundation
import Kernel

extension TrainingRun.Environment {
    /// The environment of a run in this process; `observers` receive its events in their order.
    init(of plan: TrainingPlan, observers: [any RunObserver]) {
        self.init(
            now: MonotonicClock.now, idleWait: MonotonicClock.rest, observers: observers,
            planText: PlanFile.yaml(for: plan))
        settings = TrainingKeys.table.texts
        remarks = { AdapterTemplate.notes(of: plan, $0) }
        availableBytes = FreeMemory.bytes
        rewardProgram = { (command, lines, seconds) throws(KernelError) in
            try RewardCommand.run(command, lines, seconds)
        }
        allowance = { AllowedMemory(.here).most }
        usedBytes = FreeMemory.usedBytes
        host = RunHost(
            name: ProcessInfo.processInfo.hostName, process: Int(getpid()),
            zoneSeconds: TimeZone.current.secondsFromGMT(),
            wallClock: { Date().timeIntervalSince1970 })
    }
}

extension ControlSocket {
    /// Opens the socket in a locked folder, or reports why the run has none; the returned closure closes it.
    static func openIfPossible(
        _ folder: String, _ endpoint: RunControlEndpoint,
        others: @escaping @Sendable (_ command: String) -> JSONObject? = { _ in nil },
        tell: (Sentence) -> Void, troubled: @escaping @Sendable (KernelError) -> Void
    ) -> () -> Void {
        do throws(KernelError) {
            return try open(folder, endpoint, others: others, troubled: troubled)
        } catch {
            tell("The run cannot be steered from outside: \(error)")
            return {}
        }
    }
}
