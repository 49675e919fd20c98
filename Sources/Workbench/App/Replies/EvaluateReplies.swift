// Where the replies to Evaluate go: to the tab, to others that depend on them, and to the line of notices.

import Kernel
import Panels

extension AppUpdate {
    /// Takes a reply to Evaluate.
    static func take(_ reply: EvaluateTab.Reply, _ state: inout AppState) -> [Effect] {
        let effects = act(.evaluate(.arrived(reply)), &state)
        if state.tab != .evaluate {
            switch reply {
            case .finished(let report):
                let records = tr("{1} records evaluated", report.records)
                say(report.wasStopped ? tr("evaluation stopped") : records, .success, &state)
            case .failed(let error): say(tr(error.what), .error, &state)
            case .told: break
            }
        }
        return effects
    }
}
