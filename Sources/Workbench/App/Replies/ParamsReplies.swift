// Where the replies to Params go: to the tab, to others that depend on them, and to the line of notices.

import Kernel
import Panels

extension AppUpdate {
    /// Takes a reply to Params.
    static func take(_ reply: ParamsTab.Reply, _ state: inout AppState) -> [Effect] {
        switch reply {
        case .estimated(let plan, let result):
            return act(.params(.estimated(plan, result)), &state)
        case .planSaved(let path, .success(let plan)):
            say(tr("saved {1}", path), .success, &state)
            return act(.params(.planSaved(path: path, plan)), &state)
        case .planSaved(_, .failure(let error)):
            say(tr(error.sentence), .error, &state)
            return []
        case .planRead(let path, let result):
            return act(.params(.planRead(path: path, result)), &state)
        case .presetsListed(let listing): return act(.params(.presetsListed(listing)), &state)
        }
    }
}
