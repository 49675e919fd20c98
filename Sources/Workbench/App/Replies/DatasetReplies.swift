// Where the replies to Dataset go: to the tab, to others that depend on them, and to the line of notices.

import Kernel
import Panels

extension AppUpdate {
    /// Takes a reply to Dataset.
    static func take(_ reply: DatasetTab.Reply, _ state: inout AppState) -> [Effect] {
        switch reply {
        case .datasetsListed(let folder, let result):
            return act(.dataset(.listed(folder: folder, result)), &state)
        case .dataInspected(let plan, let result):
            let effects = act(.dataset(.inspected(plan, result)), &state)
            // Steps and tokens follow from the number of records.
            guard case .success = result else { return effects }
            return effects + act(.params(.dataCounted), &state)
        case .dataProgress(let plan, let fraction):
            return act(.dataset(.progressed(plan, fraction)), &state)
        case .dataChanged:
            let isShown = state.tab == .dataset || state.tab == .params
            if isShown { say(tr("the data changed; they are read again"), .badge, &state) }
            return act(.dataset(.dataChanged(isShown: isShown)), &state)
        case .datasetProposed(let path, let result):
            if case .failure(let error) = result {
                say(tr(error.sentence), .error, &state)
            }
            return act(.dataset(.proposed(path: path, result)), &state)
        case .datasetWritten(let definition, let fault):
            if fault == nil { say(tr("added {1}", definition.name), .success, &state) }
            return act(.dataset(.defined(definition, fault)), &state)
        case .record(let plan, let index, let result):
            return act(.dataset(.recordArrived(plan, index: index, result)), &state)
        }
    }
}
