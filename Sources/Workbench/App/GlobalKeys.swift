// The keys that work everywhere, as rows: dispatch, hints and the help overlay come from these.
// While text is typed only those that are not text remain.

import Panels

/// The program's own keys.
enum GlobalKeys {
    /// The rows that work now.
    static func bindings(_ state: AppState) -> [KeyBinding<AppAction>] {
        let isTyping = state.isTyping
        let reason = state.run.trainsHere ? tr("a run is training already") : nil
        var rows = [
            KeyBinding(
                isTyping ? [.function(5)] : [.character("S"), .function(5)], tr("start the run"),
                AppAction.startPressed, disabledReason: reason),
            KeyBinding(
                isTyping ? [.function(1)] : [.character("?"), .function(1)], tr("help"),
                .helpPressed, isEssential: true),
        ]
        rows.append(
            KeyBinding(
                isTyping ? [] : [.character("Q")], tr("queue the run"), .queuePressed,
                isHint: state.run.isActive && !isTyping))
        rows.append(
            KeyBinding(
                isTyping ? [.control("p")] : [.control("p"), .character(":")],
                tr("commands"), .palettePressed, isHint: !isTyping))
        for tab in AppState.Tab.allCases {
            let keys: [Key] = [.alt(tab.digit)] + (isTyping ? [] : [.character(tab.digit)])
            rows.append(
                KeyBinding(keys.reversed(), tab.title, .tabPressed(tab), isHint: false))
        }
        rows.append(
            KeyBinding(
                isTyping
                    ? [.modified(.control, .pageUp)]
                    : [.character("["), .modified(.control, .pageUp)], tr("previous tab"),
                .tabMoved(by: -1), isHint: false))
        rows.append(
            KeyBinding(
                isTyping
                    ? [.modified(.control, .pageDown)]
                    : [.character("]"), .modified(.control, .pageDown)], tr("next tab"),
                .tabMoved(by: 1), isHint: false))
        rows += settingRows(state)
        if !isTyping {
            // In Params the letter restores a default; Train has the row among its own.
            if ![.params, .train, .runs].contains(state.tab) { rows.append(detach(state)) }
            rows.append(KeyBinding(.character("q"), tr("quit"), .quitPressed, isEssential: true))
        }
        rows.append(
            KeyBinding(
                .control("c"), tr("interrupt, quit when pressed twice"), .interruptPressed,
                isHint: false))
        return rows
    }

    /// Leaves the run or the export going.
    private static func detach(_ state: AppState) -> KeyBinding<AppAction> {
        // The run of another process goes on as well, by itself.
        let isLeft = state.isBusy || state.run.isActive
        return KeyBinding(
            .character("d"), tr("detach"), .detachPressed,
            disabledReason: isLeft ? nil : tr("nothing is under way"),
            isHint: state.tab == .train && isLeft)
    }

    /// The rows of Train, with the one that leaves the run going where it is shown.
    private static func trainBindings(_ state: AppState) -> [KeyBinding<AppAction>] {
        var rows = TrainTab.keys(state.train).map { $0.map(AppAction.train) }
        let isCovered = state.train.queue.isOpen || state.train.samples.isOpen
        if !rows.isEmpty, !isCovered { rows.insert(detach(state), at: 2) }
        return rows
    }

    /// The rows of the open tab, as actions of the program.
    static func tabBindings(_ state: AppState) -> [KeyBinding<AppAction>] {
        switch state.tab {
        case .model: ModelTab.keys(state.model).map { $0.map(AppAction.model) }
        case .dataset:
            DatasetTab.keys(state.dataset, plan: state.plan).map { $0.map(AppAction.dataset) }
        case .params:
            ParamsTab.keys(state.params, plan: state.plan).map { $0.map(AppAction.params) }
        case .train: trainBindings(state)
        case .chat: ChatTab.keys(state.chat).map { $0.map(AppAction.chat) }
        case .export: ExportTab.keys(state.export).map { $0.map(AppAction.export) }
        case .runs:
            RunsTab.keys(
                state.runs, isBusy: state.run.isActive, ownFolder: state.ownFolder)
        case .evaluate: EvaluateTab.keys(state.evaluate).map { $0.map(AppAction.evaluate) }
        case .logs: LogsTab.keys(state.logs).map { $0.map(AppAction.logs) }
        }
    }

    /// What a key means now: the tab's rows first, then the program's.
    static func match(_ key: Key, _ state: AppState) -> KeyMap<AppAction>.Match? {
        if state.isModal { return nil }
        return KeyMap(tabBindings(state)).match(key) ?? KeyMap(bindings(state)).match(key)
    }

    /// How the interface looks and behaves; some of these have no key and stand in the palette only.
    private static func settingRows(_ state: AppState) -> [KeyBinding<AppAction>] {
        [
            KeyBinding(.function(2), tr("choose a theme"), .themePressed, isHint: false),
            KeyBinding(.function(3), tr("next language"), .languagePressed, isHint: false),
            KeyBinding(
                [], state.usesMouse ? tr("leave the mouse to the terminal") : tr("use the mouse"),
                .mousePressed, isHint: false),
        ]
            + KeptSetting.allCases.map { setting in
                KeyBinding(
                    [], setting.help, .keepPressed(setting),
                    disabledReason: setting.isKept(in: state) ? tr("it is kept already") : nil,
                    isHint: false)
            }
    }

    /// A row of help or palette, with what it does when chosen.
    struct Command {
        let hint: KeyHint
        let action: AppAction?
    }

    /// Everything that can be done now, by section: the open tab's rows, then those that work everywhere.
    static func commands(_ state: AppState) -> [(title: String, commands: [Command])] {
        // Written as when nothing is typed: that is what the reader wants to know.
        func fixed(_ keys: [String], _ help: String) -> Command {
            Command(hint: KeyHint(keys: keys, help: help), action: nil)
        }
        func bound(_ rows: [KeyBinding<AppAction>]) -> [Command] {
            rows.map { Command(hint: $0.hint, action: $0.action) }
        }
        let movement = [
            fixed(["↑", "↓", "k", "j"], tr("move")),
            fixed(["g", "G", "Home", "End"], tr("first, last")),
            fixed(["PgUp", "PgDn", "^U", "^D"], tr("by pages")),
        ]
        let terminal = [
            fixed(["^L"], tr("draw the screen anew")),
            fixed(["^Z"], tr("suspend; fg comes back")),
        ]
        return [
            (state.tab.title, bound(tabBindings(state))), (tr("Lists"), movement),
            (tr("Everywhere"), bound(bindings(state)) + terminal),
        ]
    }

    /// The help overlay's sections: the rows that have keys.
    static func help(_ state: AppState) -> [(title: DisplayText, hints: [KeyHint])] {
        helpCommands(state).map { (DisplayText($0.title), $0.commands.map(\.hint)) }
    }

    /// The same with what each row does.
    static func helpCommands(_ state: AppState) -> [(title: String, commands: [Command])] {
        commands(state).map { ($0.title, $0.commands.filter { !$0.hint.keys.isEmpty }) }
    }
}

extension KeyBinding {
    /// The same row for another kind of action.
    func map<Other>(_ change: (Action) -> Other) -> KeyBinding<Other> {
        KeyBinding<Other>(
            keys, help, change(action), disabledReason: disabledReason, isHint: isHint,
            isEssential: isEssential)
    }
}
