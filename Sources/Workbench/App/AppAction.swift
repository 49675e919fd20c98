// What keys stand for: the program's own actions and those of the tabs. Closed, so that routing is
// complete by construction.

/// An action of the interface.
enum AppAction: Equatable, Sendable {
    case tabPressed(AppState.Tab)
    /// The next tab, or with -1 the previous one.
    case tabMoved(by: Int)
    case startPressed
    /// The plan is to run after the runs that already wait.
    case queuePressed
    case helpPressed
    case palettePressed
    case themePressed
    case mousePressed
    case languagePressed
    /// The setting of a key is to be kept for later sessions.
    case keepPressed(KeptSetting)
    case quitPressed
    /// Leaves the work running and returns the terminal to the shell.
    case detachPressed
    /// Control-C where nothing else handles it.
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
    /// The selected run is resumed; its plan is copied into the form.
    case runResumed, runCloned
    /// The selected run, which another process trains, is shown in Train.
    case runAttached
}

extension AppAction {
    /// Whether it starts, overwrites or removes something. That must not happen by a slip: the palette
    /// never lists such an action first for a letter or two.
    var isWeighty: Bool {
        switch self {
        case .startPressed, .queuePressed, .runResumed: true
        case .tabPressed, .tabMoved, .helpPressed, .palettePressed, .themePressed, .mousePressed,
            .languagePressed, .keepPressed, .quitPressed, .detachPressed, .interruptPressed,
            .runCloned, .runAttached:
            false
        case .model, .logs: false
        case .dataset(let action): action == .definitionAccepted
        case .params(let action):
            [.presetDeletePressed, .presetChosen, .presetNamed, .planTaken, .saveAccepted]
                .contains(action)
        case .train(let action):
            [.stopPressed, .queue(.removed), .queue(.forgotten), .queue(.holdTurned)]
                .contains(action)
        case .chat(let action):
            [
                .sendPressed, .newPressed, .regeneratePressed, .recordPressed, .savePressed,
                .editorAccepted, .promptCleared,
            ].contains(action)
        case .export(let action): action == .startPressed
        case .evaluate(let action): action == .startPressed
        case .runs(let action): action == .deletePressed
        }
    }
}
