// Runs exports for the interface on a queue of its own.

import Foundation
import Kernel
import Synchronization

final class ExportService: Sendable {
    private let queue = DispatchQueue(label: "export")
    private let emit: @Sendable (ExportEvent) -> Void
    private let isCancelled = Atomic<Bool>(false)

    init(emit: @escaping @Sendable (ExportEvent) -> Void) { self.emit = emit }

    func start(_ request: ExportRequest) {
        isCancelled.store(false, ordering: .releasing)
        queue.async { [self] in
            do throws(KernelError) {
                emit(
                    .finished(
                        try ExportJob(request).run { [self] stage, fraction in
                            emit(.progress(stage: stage, fraction: fraction))
                            return !isCancelled.load(ordering: .acquiring)
                        }))
            } catch {
                emit(.failed(error))
            }
        }
    }

    func cancel() { isCancelled.store(true, ordering: .releasing) }

    /// Cancels and waits until nothing half written is left.
    func finish() {
        cancel()
        queue.sync {}
    }
}
