// Performs the requests of Model, off the thread of the interface, and posts the replies.

import Dispatch
import Kernel
import Synchronization

extension EffectRunner {
    func perform(_ request: ModelTab.Request) {
        switch request {
        case .findModels:
            // What is asked of the old list is no longer wanted.
            fittings.add(1, ordering: .relaxed)
            models.async { [self] in
                let (found, remarks) = Inspection.models(ModelFinder(paths), more: folders)
                queue.post(.model(.modelsFound(found, remarks: remarks)))
            }
        case .inspectModel(let path):
            answer { _ in
                .model(
                    .modelInspected(
                        path: path,
                        Self.result { () throws(KernelError) in
                            var summary = try Inspection.summary(
                                HomePath.expanded(path), checks: true)
                            summary.path = path
                            return summary
                        }))
            }
        case .fitModels(let paths, let plan):
            let number = fittings.add(1, ordering: .relaxed).newValue
            models.async { [self] in fit(paths, plan, number) }
        }
    }

    private func fit(_ paths: [String], _ plan: TrainingPlan, _ number: Int) {
        var fits: [String: ModelFit] = [:]
        var toldAt = MonotonicClock.now()
        for path in paths {
            guard fittings.load(ordering: .relaxed) == number else { return }
            fits[path] = Inspection.fit(HomePath.expanded(path), plan)
            guard MonotonicClock.now() - toldAt > 0.3 else { continue }
            toldAt = MonotonicClock.now()
            queue.post(.model(.modelFits(plan, fits)))
        }
        queue.post(.model(.modelFits(plan, fits)))
    }
}
