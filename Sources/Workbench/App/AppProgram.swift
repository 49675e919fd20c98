// The interface as Panels runs it: a state, its update and its picture. It sleeps unless a line
// has to be removed again.

import Kernel
import Panels

/// The interface as an application for `Program`.
struct AppProgram: App {
    /// Everything that it shows.
    private(set) var state: AppState

    private let clock: @Sendable () -> WallTime

    /// An interface in some state; `clock` gives the times for the log.
    init(_ state: AppState, clock: @escaping @Sendable () -> WallTime = { WallTime() }) {
        (self.state, self.clock) = (state, clock)
    }

    mutating func update(_ event: Event<AppMessage>) -> [Effect] {
        state.now = clock()
        return state.language.speaking { AppUpdate.update(&state, event) }
    }

    func view(in size: Size) -> Frame {
        state.language.speaking { AppView.frame(state, in: size) }
    }

    var isFinished: Bool { state.isFinished }

    var tickInterval: Duration? {
        state.notice != nil || state.quitTicks > 0 ? .seconds(1) : nil
    }
}
