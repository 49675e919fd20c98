// Performs the requests of Dataset, off the thread of the interface, and posts the replies. A newer report
// or watch ends the one before it, recognised by its number.

import Dispatch
import Kernel
import Synchronization

extension EffectRunner {
    func perform(_ request: DatasetTab.Request) {
        switch request {
        case .listDatasets(let folder):
            answer { _ in
                .dataset(
                    .datasetsListed(
                        folder: folder,
                        Self.result { () throws(KernelError) in
                            try Inspection.datasets(in: HomePath.expanded(folder))
                        }))
            }
        case .inspectData(let plan):
            records.forget()
            let number = inspections.add(1, ordering: .relaxed).newValue
            data.async { [self] in inspect(plan, number) }
        case .cancelInspection: inspections.add(1, ordering: .relaxed)
        case .watchData(let watched): watch(watched)
        case .proposeDataset(let path, let folder):
            answer { _ in
                .dataset(
                    .datasetProposed(
                        path: path,
                        Self.result { () throws(KernelError) in
                            try DatasetAdding.proposal(path: path, folder: folder)
                        }))
            }
        case .writeDataset(let definition):
            answer { _ in
                .dataset(
                    .datasetWritten(
                        definition,
                        Self.fault { () throws(KernelError) in
                            try DatasetAdding.write(definition)
                        }))
            }
        case .viewRecord(let plan, let index): records.show(plan, index)
        }
    }

    private func inspect(_ plan: TrainingPlan, _ number: Int) {
        let isOvertaken = { [self] in inspections.load(ordering: .relaxed) != number }
        guard !isOvertaken() else { return }
        var toldAt = 0.0
        let control = LoadControl(
            progress: { [self] progress in
                let now = MonotonicClock.now()
                guard now - toldAt > 0.2 else { return }
                toldAt = now
                let fraction = DatasetTab.LoadFraction(
                    isEncoding: progress.phase == .encoding, done: progress.done,
                    total: progress.total)
                queue.post(.dataset(.dataProgress(plan, fraction)))
            }, isCancelled: isOvertaken)
        let result = Self.result { () throws(KernelError) in
            try Inspection.data(plan.withFullPaths, control: control)
        }
        // A question that was given up is not answered.
        guard !isOvertaken() else { return }
        if case .success(let report) = result {
            reports.withLock { $0 = (plan.dataQuestion, report) }
        }
        queue.post(.dataset(.dataInspected(plan, result)))
    }

    /// Seconds between two checks of the files of data sets.
    private static let watchSeconds = 2.0

    private func watch(_ watched: DatasetTab.WatchedData) {
        let number = watches.add(1, ordering: .relaxed).newValue
        files.async { [self] in
            let watch = DataWatch(
                folder: HomePath.expanded(watched.folder),
                names: watched.names.map(HomePath.expanded))
            check(watch, number)
        }
    }

    /// Checks the files after the interval, again and again until others are to be watched.
    private func check(_ watch: DataWatch, _ number: Int) {
        files.asyncAfter(deadline: .now() + Self.watchSeconds) { [weak self] in
            guard let self, watches.load(ordering: .relaxed) == number else { return }
            var watch = watch
            if watch.hasChanged() {
                reports.withLock { $0 = nil }
                queue.post(.dataset(.dataChanged))
            }
            check(watch, number)
        }
    }
}
