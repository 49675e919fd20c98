// What the files that the interface opens with ask for and this program cannot follow: asked about before
// anything else, so that a refused key does not vanish unseen.

import Kernel
import Panels

extension AppState {
    /// Reports what was found in the plan's file and in the settings file. Errors and warnings are a
    /// question; keys without effect are a line for a few seconds.
    mutating func tell(_ findings: [PlanIssue]) {
        let faults = findings.filter { $0.severity != .note }
        guard faults.isEmpty else {
            let keys = faults.map { DisplayText("\($0.field): \(tr($0.message))") }
            question = Question(
                dialog: Dialog(
                    title: tr("The file asks for more"),
                    lines: Self.shown(keys) + [
                        "", tr("The interface would open without these."), "",
                    ],
                    buttons: [
                        Dialog.Button(key: "q", title: tr("quit, to correct the file")),
                        Dialog.Button(key: "o", title: tr("open without them")),
                    ]), answers: [.quitNow, .nothing])
            return
        }
        guard !findings.isEmpty else { return }
        let keys = findings.map(\.field).joined(separator: ", ")
        notice = Notice(text: tr("no effect here: {1}", keys), role: .badge, ticksLeft: 8)
    }

    private static func shown(_ lines: [DisplayText]) -> [DisplayText] {
        let most = 10
        return lines.prefix(most)
            + (lines.count > most ? [tr("… and {1} more", lines.count - most)] : [])
    }
}
