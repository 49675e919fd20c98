// The interface as Panels runs it: a state, its update and its picture. It sleeps unless a line
// has to be taken away again.

import Kernel
import Panels

/// The interface as an application for `Program`.
struct AppProgram: App {
    /// Everything that it shows.
    private(set) var state: AppState

    /// An interface in some state.
    init(_ state: AppState) { self.state = state }

    mutating func update(_ event: Event<AppMail>) -> [Effect] {
        state.language.speaking { AppUpdate.update(&state, event) }
    }

    func view(in size: Size) -> Frame {
        state.language.speaking { AppView.frame(state, in: size) }
    }

    var isFinished: Bool { state.isFinished }

    var tickInterval: Duration? {
        state.notice != nil || state.quitTicks > 0 ? .seconds(1) : nil
    }
}
