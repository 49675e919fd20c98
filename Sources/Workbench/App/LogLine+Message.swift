// Which messages get a line in the log, and how those to the whole interface read there; replies to a
// tab have theirs beside the tab. The Logs tab and the session's file take the same lines.

import Kernel

extension LogLine {
    /// The line of a message; nil when it only brings what was asked for.
    init?(_ message: AppMessage) {
        switch message {
        case .model(let reply): self.init(reply)
        case .dataset(let reply): self.init(reply)
        case .params(let reply): self.init(reply)
        case .train(let reply): self.init(reply)
        case .chat(let reply): self.init(reply)
        case .export(let reply): self.init(reply)
        case .runs(let reply): self.init(reply)
        case .evaluate(let reply): self.init(reply)
        case .settingKept(let key, let value, let path):
            self.init(.info, .program, phrase("setting kept"), ["path": path, key: value])
        case .fileWritten(let path, let error): self.init(written: path, error)
        case .notice(let text): self.init(.info, .program, Sentence(verbatim: text))
        case .failure(let error): self.init(fault: error, .program, phrase("workbench failed"))
        case .startSeen, .pathCompleted, .copied, .terminalSpeaks: return nil
        }
    }
}
