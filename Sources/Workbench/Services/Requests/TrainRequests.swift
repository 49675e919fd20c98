// Performs the requests of Train, off the thread of the interface, and posts the replies.

import Kernel
import Synchronization

extension EffectRunner {
    func perform(_ request: TrainTab.Request) {
        switch request {
        case .startRun(let plan):
            // The run needs the memory more than the tab does.
            records.forget()
            watch(nil)
            let plan = plan.withFullPaths
            note(plan.output.folder)
            runs.start(plan)
        case .controlRun(let command): steered.perform(command)
        case .attachRun(let folder, let number):
            note(folder)
            let queue = queue
            watch(RemoteRunClient(folder: folder) { queue.post(.train(.remote(number, $0))) })
        case .leaveRun: watch(nil)
        case .readHistory(let folder):
            answer { _ in
                .train(
                    .historyRead(
                        folder: folder,
                        Self.result { () throws(KernelError) in
                            try RunCurveFile.read(folder: folder)
                        }))
            }
        case .writeCurves(let curves, let path): write(path) { CurveTable.csv(curves) }
        }
    }

    /// The run that Train shows: one of another process while there is one.
    private var steered: any RunSteering { remote.withLock { $0 } ?? runs }

    private func note(_ folder: String) {
        seen.withLock { seen in
            if !folder.isEmpty, !seen.contains(folder) { seen.append(folder) }
        }
    }
}
