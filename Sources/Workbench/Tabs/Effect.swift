// What the interface asks for outside of `update`: the requests of each tab, which stand beside it as
// values, and those of the whole interface. Nothing here touches a file or a tensor.

import Kernel

/// Work that an update asks for. `EffectRunner` performs it and answers with `AppMessage`.
enum Effect: Equatable, Sendable {
    case model(ModelTab.Request)
    case dataset(DatasetTab.Request)
    case params(ParamsTab.Request)
    case train(TrainTab.Request)
    case chat(ChatTab.Request)
    case export(ExportTab.Request)
    case runs(RunsTab.Request)
    case evaluate(EvaluateTab.Request)
    /// Checks the disk before a plan is started.
    case lookAtStart(StartQuestion)
    /// What a typed path could become.
    case completePath(PathQuestion)
    /// Hands text to the terminal's clipboard.
    case copy(String)
    /// Writes one key into the settings file of the interface.
    case keepSetting(key: String, value: String)
    case writeText(String, path: String)
    /// Writes a line of the interface's own into the log of the session.
    case keepLine(LogLine)
    /// Takes clicks and the wheel, or leaves them to the terminal.
    case useMouse(Bool)
    case ring
    /// Gives the terminal back to the shell and goes on without; the note is printed there.
    case detach(note: String)
    case quit
}
