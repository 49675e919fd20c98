// Shows records of the data that were asked for last. They stay open from one record to the next, because
// finding the boundaries of a large file takes seconds; of several questions in a row only the newest is answered.

import Foundation
import Kernel
import Synchronization

/// Answers for single records, on a queue of its own.
final class RecordPreviewService: @unchecked Sendable {
    // @unchecked: `opened` is touched on `queue` only; the rest is atomic or constant.
    private let queue = DispatchQueue(label: "records")
    private let emit: @Sendable (TrainingPlan, Int, Result<RecordPreview, KernelError>) -> Void
    private let asked = Atomic<Int>(0)
    private var opened: Opened?

    /// Data that are open, and the state of their files before they were opened.
    private struct Opened {
        var question: TrainingPlan
        var watch: DataWatch
        var previewer: RecordPreviewer
    }

    /// `emit` is called on the service's queue with the question and its answer.
    init(
        emit: @escaping @Sendable (TrainingPlan, Int, Result<RecordPreview, KernelError>) -> Void
    ) {
        self.emit = emit
    }

    func show(_ plan: TrainingPlan, _ index: Int) {
        let number = asked.add(1, ordering: .relaxed).newValue
        queue.async { [self] in
            guard asked.load(ordering: .relaxed) == number else { return }
            do throws(KernelError) {
                emit(plan, index, .success(try preview(plan.withFullPaths, index)))
            } catch {
                emit(plan, index, .failure(error))
            }
        }
    }

    /// Closes the data; the next question opens them anew.
    func forget() { queue.async { [self] in opened = nil } }

    private func preview(
        _ plan: TrainingPlan, _ index: Int
    ) throws(KernelError) -> RecordPreview {
        let previewer = try previewer(plan)
        let preview = try previewer.preview(index)
        // What was read from a file that was truncated meanwhile must not be shown.
        try previewer.finder.checkUnchanged()
        return preview
    }

    private func previewer(_ plan: TrainingPlan) throws(KernelError) -> RecordPreviewer {
        let question = plan.recordQuestion
        if opened?.question == question, opened?.watch.hasChanged() == false, let opened {
            return opened.previewer
        }
        opened = nil
        let watch = DataWatch(folder: plan.data.folder, names: plan.data.names)
        let previewer = try Inspection.previewer(plan)
        opened = Opened(question: question, watch: watch, previewer: previewer)
        return previewer
    }
}
