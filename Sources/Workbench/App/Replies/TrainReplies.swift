// Where the replies to Train go: to the tab, to others that depend on them, and to the line of notices.

import Kernel
import Panels

extension AppUpdate {
    /// Takes a reply to Train, or an event of a run.
    static func take(_ reply: TrainTab.Reply, _ state: inout AppState) -> [Effect] {
        switch reply {
        case .training(let event):
            let effects = act(.train(.arrived(event)), &state) + told(event, &state)
            guard state.quitsAfterRun, !state.run.isActive else { return effects }
            state.isFinished = true
            return effects + [.quit]
        case .remote(let number, let event): return take(event, number, &state)
        case .historyRead(let folder, let result):
            return act(.train(.historyRead(folder: folder, result)), &state)
        }
    }
}
