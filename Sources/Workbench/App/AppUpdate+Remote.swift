// A run of another process in this interface: when Train shows it, what its messages mean for the other tabs, and
// how the interface leaves it, which the run does not notice.

import Kernel
import Panels

extension AppUpdate {
    /// Shows the run of another process in Train.
    static func attach(to folder: String, _ state: inout AppState) -> [Effect] {
        guard !state.run.trainsHere else {
            say(tr("a run is training here already"), .warning, &state)
            return []
        }
        state.attachments += 1
        let number = state.attachments
        let effects = act(.train(.attached(folder: folder, number: number)), &state)
        return effects + [.train(.attachRun(folder: folder, number: number))] + open(.train, &state)
    }

    /// The same with the run that is selected in the list.
    static func attachSelected(_ state: inout AppState) -> [Effect] {
        guard !state.runs.isReading, let entry = RunsTab.selected(state.runs),
            entry.record.state.isLive
        else { return [] }
        return attach(to: entry.folder, &state)
    }

    /// Takes messages from the run of another process, unless another one is shown by now.
    static func take(
        _ event: RemoteEvent, _ number: Int, _ state: inout AppState
    ) -> [Effect] {
        guard state.train.attachment?.number == number, state.run.isActive else { return [] }
        let effects = act(.train(.remote(event)), &state)
        return switch event {
        case .told(let event): effects + told(event, &state)
        case .lost(let error): effects + told(.failed(error), &state)
        case .joined, .interrupted, .refused: effects
        }
    }

    // MARK: - Leaving

    /// The question before the screen of another process's run is left: nothing is lost by leaving.
    static func quitForeign(_ state: inout AppState) -> [Effect] {
        // What is under way in this process is asked about first.
        if state.isBusy { return quitUnlessQueued(&state) }
        let rests = state.run.phase == .paused
        state.question = AppState.Question(
            dialog: Dialog(
                title: tr("The run belongs to another process"),
                lines: [
                    DisplayText(state.run.words ?? ""),
                    rests
                        ? tr(
                            "It stays paused in process {1} without this screen.",
                            processText(state))
                        : tr("It goes on in process {1} without this screen.", processText(state)),
                    tr("To stop it, press X in Train."), "",
                ],
                buttons: [
                    Dialog.Button(
                        key: "k",
                        title: rests
                            ? tr("leave; the run stays as it is") : tr("leave; the run goes on")),
                    Dialog.Button(key: "c", title: tr("cancel: stay here")),
                ]), answers: [.detach, .nothing])
        return []
    }

    /// What the shell prints when the screen of such a run is left.
    static func farewell(_ state: AppState) -> String {
        let folder = TrainTab.folder(of: state.train)
        let (name, process) = (state.run.name, processText(state))
        let what: String =
            state.run.phase == .paused
            ? tr("{1} stays paused in process {2}, in {3}", name, process, folder)
            : tr("{1} goes on in process {2}, in {3}", name, process, folder)
        return what + "\n" + tr("Back to it: workbench attach {1}", folder)
    }

    private static func processText(_ state: AppState) -> String {
        state.run.process.map { "\($0)" } ?? "?"
    }

    // MARK: - Language

    /// Switches to the language of a terminal that was attached. One that asks for the same as the last one did
    /// leaves what the user chose meanwhile.
    static func adopt(_ language: Language, _ isAsked: Bool, _ state: inout AppState) {
        let before = state.terminalLanguage
        state.terminalLanguage = language
        guard isAsked || before != language, state.language != language else { return }
        state.language = language
        // Lines of conversations are kept as they were written.
        language.speaking { ChatTab.show(&state.chat) }
    }
}
