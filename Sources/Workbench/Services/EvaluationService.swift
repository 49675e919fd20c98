// Runs evaluations for the interface on a queue of its own. Beside a training it computes alone instead of
// waiting for its turn: both share the cores.

import Foundation
import Kernel
import Synchronization

final class EvaluationService: Sendable {
    private let queue = DispatchQueue(label: "evaluation")
    private let emit: @Sendable (EvaluateTab.Reply) -> Void
    private let control = Mutex(RunControl())

    init(emit: @escaping @Sendable (EvaluateTab.Reply) -> Void) { self.emit = emit }

    func start(_ request: EvaluationRequest) {
        let fresh = RunControl()
        control.withLock { $0 = fresh }
        queue.async { [self] in
            Parallel.setComputesAloneWhenBusy(true)
            defer { Parallel.setComputesAloneWhenBusy(false) }
            do throws(KernelError) {
                let job = EvaluationJob(request: request, control: fresh)
                emit(.finished(try job.run { [self] in emit(.told($0)) }))
            } catch {
                emit(.failed(error))
            }
        }
    }

    func cancel() { control.withLock { $0.stop() } }

    /// Stops and waits: what was generated is in its file.
    func finish() {
        cancel()
        queue.sync {}
    }
}
