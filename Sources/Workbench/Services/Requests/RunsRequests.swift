// Performs the requests of Runs, off the thread of the interface, and posts the replies.

import Kernel
import Synchronization

extension EffectRunner {
    func perform(_ request: RunsTab.Request) {
        switch request {
        case .listRuns:
            answer { runner in
                let finder = RunFinder(runner.paths, more: runner.seen.withLock { $0 })
                return .runs(.runsListed(RunStore(finder: finder).listing()))
            }
        case .readCurve(let folder):
            answer { runner in
                let curve = Self.result { () throws(KernelError) in
                    try RunCurveFile.read(folder: folder) { fraction in
                        runner.queue.post(
                            .runs(.curveProgress(folder: folder, fraction: fraction)))
                    }
                }
                return .runs(.curveRead(folder: folder, curve))
            }
        case .saveNotes(let notes, let folder):
            answer { _ in
                .runs(
                    .notesSaved(
                        folder: folder,
                        Self.fault { () throws(KernelError) in
                            try RunStore.save(notes, in: folder)
                        }))
            }
        case .discardRun(let folder):
            answer { _ in
                .runs(
                    .runDiscarded(
                        folder: folder,
                        Self.result { () throws(KernelError) in try RunTrash.discard(folder) }))
            }
        case .restoreRun(let place, let folder):
            answer { _ in
                .runs(
                    .runRestored(
                        folder: folder,
                        Self.fault { () throws(KernelError) in
                            try RunTrash.restore(place, to: folder)
                        }))
            }
        }
    }
}
