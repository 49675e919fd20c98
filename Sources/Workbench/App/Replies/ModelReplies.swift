// Where the replies to Model go: to the tab, to others that depend on them, and to the line of notices.

import Kernel
import Panels

extension AppUpdate {
    /// Takes a reply to Model.
    static func take(_ reply: ModelTab.Reply, _ state: inout AppState) -> [Effect] {
        switch reply {
        case .modelsFound(let models, _): act(.model(.found(models)), &state)
        case .modelInspected(let path, let result):
            // Chat needs to know whether the model's template lists tools.
            act(.model(.inspected(path: path, result)), &state) + suggest(&state)
        case .modelFits(let plan, let fits): act(.model(.fitted(plan, fits)), &state)
        }
    }
}
