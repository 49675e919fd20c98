// Where the replies to Chat go: to the tab, to others that depend on them, and to the line of notices.

import Kernel
import Panels

extension AppUpdate {
    /// Takes a reply to Chat. Evaluate asks for answerers too.
    static func take(_ reply: ChatTab.Reply, _ state: inout AppState) -> [Effect] {
        switch reply {
        case .event(let id, let event): return act(.chat(.arrived(id, event)), &state)
        case .chatFiles(.answerersFound(let folders)) where state.evaluate.awaitsFolders:
            return act(.evaluate(.foldersFound(folders)), &state)
        case .chatFiles(let event):
            if let notice = event.notice { say(notice.text, notice.role, &state) }
            return act(.chat(.filesTold(event)), &state)
        }
    }
}
