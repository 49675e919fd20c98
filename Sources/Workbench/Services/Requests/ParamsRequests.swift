// Performs the requests of Params, off the thread of the interface, and posts the replies.

import Dispatch
import Kernel
import Synchronization

extension EffectRunner {
    func perform(_ request: ParamsTab.Request) {
        switch request {
        case .estimate(let plan):
            let number = estimates.add(1, ordering: .relaxed).newValue
            files.async { [self] in estimate(plan, number) }
        case .savePlan(let plan, let path):
            answer { _ in
                .params(
                    .planSaved(
                        path: path,
                        Self.result { () throws(KernelError) in
                            try AtomicFile.write(
                                Array(PlanFile.yaml(for: plan).utf8), to: HomePath.expanded(path))
                            return plan
                        }))
            }
        case .readPlan(let path):
            answer { _ in
                .params(
                    .planRead(
                        path: path,
                        Self.result { () throws(KernelError) in
                            try PlanFile.open(path: HomePath.expanded(path))
                        }))
            }
        case .listPresets: changePresets { _ throws(KernelError) in }
        case .keepPreset(let preset):
            changePresets { store throws(KernelError) in try store.keep(preset) }
        case .deletePreset(let name):
            changePresets { store throws(KernelError) in try store.delete(name) }
        }
    }

    private func estimate(_ plan: TrainingPlan, _ number: Int) {
        guard estimates.load(ordering: .relaxed) == number else { return }
        let known = reports.withLock { $0 }
        let report = known?.question == plan.dataQuestion ? known?.report : nil
        let result = Self.result { () throws(KernelError) in
            try Inspection.estimate(
                plan.withFullPaths, report: report,
                speed: speeds.speed(for: plan, now: MonotonicClock.now()))
        }
        queue.post(.params(.estimated(plan, result)))
    }

    /// Changes the user's presets, then lists them.
    private func changePresets(
        _ change: @escaping @Sendable (PresetStore) throws(KernelError) -> Void
    ) {
        answer { runner in
            let store = PresetStore(runner.paths)
            let fault = Self.fault { () throws(KernelError) in try change(store) }
            if let fault { runner.queue.post(.failure(fault)) }
            return .params(.presetsListed(store.list()))
        }
    }
}
