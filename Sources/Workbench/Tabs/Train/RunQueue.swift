// Runs that wait for their turn, as a value: each a whole plan that was checked when it was added. It
// starts nothing; its owner takes the first when the run before has ended.

import Kernel
import Panels

/// The runs after the one that trains.
struct RunQueue: Equatable, Sendable {
    /// A run that waits.
    struct Entry: Equatable, Sendable {
        let plan: TrainingPlan

        /// The plan's own name, or the last part of its folder.
        var name: String { plan.output.runName ?? PathText.lastPart(of: plan.output.folder) }
    }

    /// The runs in their order.
    private(set) var entries: [Entry] = []
    /// Whether the next run waits for the user, not for the end of the one before.
    var isHeld = false
    /// Whether the list lies over the tab, and what is selected in it.
    var isOpen = false
    var list = ListState()

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// The selected entry; nil in an empty queue.
    var selected: Entry? { list.selected(of: count).map { entries[$0] } }

    /// Puts a run at the end.
    mutating func add(_ plan: TrainingPlan) { entries.append(Entry(plan: plan)) }

    /// Takes the run whose turn it is. The selection stays with its run.
    mutating func takeFirst() -> Entry? {
        guard !entries.isEmpty else { return nil }
        let first = entries.removeFirst()
        list.move(by: -1, count: count)
        settle()
        return first
    }

    /// Moves the selected run by places, as far as there are any.
    mutating func moveSelected(by places: Int) {
        guard let index = list.selected(of: count) else { return }
        let target = min(max(0, index + places), count - 1)
        entries.insert(entries.remove(at: index), at: target)
        list.select(target, count: count)
    }

    /// Takes the selected run out.
    @discardableResult mutating func removeSelected() -> Entry? {
        guard let index = list.selected(of: count) else { return nil }
        let entry = entries.remove(at: index)
        list.select(index, count: count)
        settle()
        return entry
    }

    mutating func removeAll() {
        entries = []
        settle()
    }

    /// Whether a run that waits will write into a folder.
    func holds(folder: String) -> Bool {
        entries.contains { PathText.isSame($0.plan.output.folder, folder) }
    }

    /// An empty queue is never held: what is added next would wait for no visible reason.
    private mutating func settle() {
        if entries.isEmpty { isHeld = false }
    }
}
