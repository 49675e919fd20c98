// Where the replies to Runs go: to the tab, to others that depend on them, and to the line of notices.

import Kernel
import Panels

extension AppUpdate {
    /// Takes a reply to Runs.
    static func take(_ reply: RunsTab.Reply, _ state: inout AppState) -> [Effect] {
        switch reply {
        case .runsListed(let listing): return act(.runs(.listed(listing)), &state)
        case .curveProgress(let folder, let fraction):
            return act(.runs(.curveProgressed(folder: folder, fraction)), &state)
        case .curveRead(let folder, let result):
            if case .failure(let error) = result { say(ErrorText.line(of: error), .error, &state) }
            return act(.runs(.curveRead(folder: folder, result)), &state)
        case .notesSaved(_, nil):
            say(tr("saved"), .success, &state)
            return []
        case .notesSaved(_, let error?):
            say(ErrorText.line(of: error), .error, &state)
            return []
        case .runDiscarded(let folder, let result):
            switch result {
            case .success(let place):
                say(tr("moved to {1}; u brings it back", place), .success, &state)
            case .failure(let error): say(ErrorText.line(of: error), .error, &state)
            }
            return act(.runs(.discarded(folder: folder, result)), &state)
        case .runRestored(let folder, let error):
            if let error {
                say(ErrorText.line(of: error), .error, &state)
            } else {
                say(tr("brought back {1}", folder), .success, &state)
            }
            return act(.runs(.restored(folder: folder, error)), &state)
        }
    }
}
