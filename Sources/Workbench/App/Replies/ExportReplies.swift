// Where the replies to Export go: to the tab, to others that depend on them, and to the line of notices.

import Kernel
import Panels

extension AppUpdate {
    /// Takes a reply to Export.
    static func take(_ reply: ExportTab.Reply, _ state: inout AppState) -> [Effect] {
        switch reply {
        case .exportMeasured(let question, let result):
            return act(.export(.measured(question, result)), &state)
        case .event(let event):
            // The tab itself shows more than the notice.
            if state.tab != .export {
                switch event {
                case .finished(let outcome):
                    say(tr("exported {1}", outcome.folder), .success, &state)
                case .failed(let error): say(tr(error.what), .error, &state)
                case .progress: break
                }
            }
            return act(.export(.arrived(event)), &state)
        }
    }
}
