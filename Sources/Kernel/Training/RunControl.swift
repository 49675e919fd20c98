// The only thing that travels upstream: what the user wants of a running run.
// Set from any thread; the loop polls it between micro-batches.

import Synchronization

/// Requests of the user for a run that is under way.
public final class RunControl: Sendable {
    /// What the run should be doing.
    public enum RequestedState: UInt8, Sendable { case run, pause, stop }

    private let state = Atomic<UInt8>(RequestedState.run.rawValue)
    private let saves = Atomic<Bool>(false)
    private let evaluates = Atomic<Bool>(false)
    private let rate = Mutex<RateChange?>(nil)

    public init() {}

    public var requestedState: RequestedState {
        RequestedState(rawValue: state.load(ordering: .acquiring)) ?? .run
    }
    public func pause() { set(.pause) }
    public func resume() { set(.run) }
    public func stop() { state.store(RequestedState.stop.rawValue, ordering: .releasing) }

    /// Asks for a checkpoint after the current step.
    public func saveNow() { saves.store(true, ordering: .releasing) }
    /// Asks for an evaluation after the current step.
    public func evaluateNow() { evaluates.store(true, ordering: .releasing) }

    /// Asks for another learning rate from the next step on; the last of several counts.
    public func change(rate change: RateChange) { rate.withLock { $0 = change } }

    /// The change that the loop has not taken yet.
    public var pendingRate: RateChange? { rate.withLock { $0 } }

    func takeSaveRequest() -> Bool { saves.exchange(false, ordering: .acquiringAndReleasing) }
    func takeEvaluationRequest() -> Bool {
        evaluates.exchange(false, ordering: .acquiringAndReleasing)
    }

    func takeRateChange() -> RateChange? {
        rate.withLock { change in
            defer { change = nil }
            return change
        }
    }

    /// A stop is final: pausing or resuming does not take it back.
    private func set(_ requested: RequestedState) {
        var seen = state.load(ordering: .acquiring)
        while seen != RequestedState.stop.rawValue {
            let (exchanged, now) = state.compareExchange(
                expected: seen, desired: requested.rawValue, ordering: .acquiringAndReleasing)
            if exchanged { return }
            seen = now
        }
    }
}
