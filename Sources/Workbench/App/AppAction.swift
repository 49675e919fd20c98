// What keys stand for: the program's own actions and those of the tabs. Closed, so that routing is
// complete by construction.

/// An action of the interface.
enum AppAction: Equatable, Sendable {
    case tabPressed(AppState.Tab)
    /// The next tab, or with -1 the previous one.
    case tabMoved(by: Int)
    case startPressed
    /// The plan is to run after the runs that wait already.
    case queuePressed
    case helpPressed
    case palettePressed
    case themePressed
    case mousePressed
    case languagePressed
    /// The setting of a key is to hold in later sessions too.
    case keepPressed(KeptSetting)
    case quitPressed
    /// Leaves the work going and the terminal to the shell.
    case detachPressed
    /// Control-C where nothing else takes it.
    case interruptPressed
    case model(ModelTab.Action)
    case dataset(DatasetTab.Action)
    case params(ParamsTab.Action)
    case train(TrainTab.Action)
    case chat(ChatTab.Action)
    case export(ExportTab.Action)
    case runs(RunsTab.Action)
    case evaluate(EvaluateTab.Action)
    case logs(LogsTab.Action)
    /// The selected run goes on; its plan is copied into the form.
    case runResumed, runCloned
    /// The selected run, which another process trains, is shown in Train.
    case runAttached
}
