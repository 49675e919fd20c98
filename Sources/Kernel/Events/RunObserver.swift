// Those who hear a run, in one list: files of its folder first, then those that show or forward what it says. A
// fault of one is a notice to the others and never ends the run. It does not know what they do with an event.

/// Hears what a run says, on the run's thread.
public protocol RunObserver: AnyObject {
    /// Takes an event; what goes wrong is told to the others.
    func observe(_ event: TrainingEvent) throws(KernelError)
}

/// An observer made of a closure.
public final class RunListener: RunObserver {
    private let hear: (TrainingEvent) -> Void

    /// `hear` is called on the run's thread.
    public init(_ hear: @escaping (TrainingEvent) -> Void) { self.hear = hear }

    public func observe(_ event: TrainingEvent) { hear(event) }
}

/// The observers of one run in their order, and the one way to them.
public final class RunEvents {
    /// The places in the list; an event goes down it.
    public enum Place: Int, Sendable, CaseIterable {
        /// trainer_log.jsonl: it knows a step before anybody is told of it.
        case log
        /// samples.jsonl.
        case samples
        /// workbench_run.json: the end stands there before anybody hears of it and while the folder is held.
        case status
        /// Files for other programs (`report_to`).
        case report
        /// Socket, printer, interface: they hear of faults of all above before they hear the event.
        case listener
    }

    private var entries: [(place: Place, observer: any RunObserver)] = []

    /// The observers in their order.
    public var observers: [any RunObserver] { entries.map(\.observer) }

    /// Begins with those who listen, in the order in which they are given.
    public init(_ listeners: [any RunObserver] = []) {
        for listener in listeners { add(listener, at: .listener) }
    }

    /// Adds an observer behind those of the same place.
    public func add(_ observer: any RunObserver, at place: Place) {
        let index = entries.firstIndex { $0.place.rawValue > place.rawValue } ?? entries.count
        entries.insert((place, observer), at: index)
    }

    /// Gives an event to all in their order. A fault of one is told to the others at once; an observer that has heard the end of
    /// the run hears nothing after it.
    public func emit(_ event: TrainingEvent) {
        for (index, entry) in entries.enumerated() {
            do throws(KernelError) {
                try entry.observer.observe(event)
            } catch {
                tell(of: error, from: index, passing: event)
            }
        }
    }

    /// Tells all something in a sentence.
    public func notice(_ text: Sentence) { emit(.notice(text)) }

    private func tell(of fault: KernelError, from faulty: Int, passing event: TrainingEvent) {
        for (index, entry) in entries.enumerated()
        where index != faulty && (index > faulty || !event.isEnd) {
            // An observer that fails on the notice has that fault reported at its own events.
            try? entry.observer.observe(.notice("\(fault)"))
        }
    }
}

extension TrainingEvent {
    /// Whether it is the last event of a run.
    public var isEnd: Bool {
        switch self {
        case .finished, .failed: true
        default: false
        }
    }
}
