// The keys that work everywhere, as rows: dispatch, hints and the help overlay come from these.
// While text is typed only those that are not text remain.

import Panels

/// The program's own keys.
enum GlobalKeys {
    /// The rows that work now.
    static func bindings(_ state: AppState) -> [KeyBinding<AppAction>] {
        let isTyping = state.isTyping
        let reason = state.run.isActive ? "a run is training already" : nil
        var rows = [
            KeyBinding(
                isTyping ? [.function(5)] : [.character("S"), .function(5)], "start the run",
                AppAction.startPressed, disabledReason: reason),
            KeyBinding(
                isTyping ? [.function(1)] : [.character("?"), .function(1)], "help",
                .helpPressed),
        ]
        for tab in AppState.Tab.allCases {
            let keys: [Key] = [.alt(tab.digit)] + (isTyping ? [] : [.character(tab.digit)])
            rows.append(
                KeyBinding(keys.reversed(), tab.title, .tabPressed(tab), isHint: false))
        }
        rows.append(
            KeyBinding(
                isTyping
                    ? [.modified(.control, .pageUp)]
                    : [.character("["), .modified(.control, .pageUp)], "previous tab",
                .tabMoved(by: -1), isHint: false))
        rows.append(
            KeyBinding(
                isTyping
                    ? [.modified(.control, .pageDown)]
                    : [.character("]"), .modified(.control, .pageDown)], "next tab",
                .tabMoved(by: 1), isHint: false))
        rows.append(KeyBinding(.function(2), "next theme", .themePressed, isHint: false))
        if !isTyping { rows.append(KeyBinding(.character("q"), "quit", .quitPressed)) }
        rows.append(
            KeyBinding(
                .control("c"), "interrupt, quit when pressed twice", .interruptPressed,
                isHint: false))
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
        case .train: TrainTab.keys(state.train).map { $0.map(AppAction.train) }
        case .chat: ChatTab.keys(state.chat).map { $0.map(AppAction.chat) }
        case .export: ExportTab.keys(state.export).map { $0.map(AppAction.export) }
        case .runs: RunsTab.keys(state.runs, isBusy: state.run.isActive)
        }
    }

    /// What a key means now: the tab's rows first, then the program's.
    static func match(_ key: Key, _ state: AppState) -> KeyMap<AppAction>.Match? {
        if state.isModal { return nil }
        return KeyMap(tabBindings(state)).match(key) ?? KeyMap(bindings(state)).match(key)
    }

    /// The help overlay's sections.
    static func help(_ state: AppState) -> [(title: DisplayText, hints: [KeyHint])] {
        // Written as when nothing is typed: that is what the reader wants to know.
        let terminal = [
            KeyHint(keys: ["^L"], help: "draw the screen anew"),
            KeyHint(keys: ["^Z"], help: "suspend; fg comes back"),
        ]
        let movement = [
            KeyHint(keys: ["↑", "↓", "k", "j"], help: "move"),
            KeyHint(keys: ["g", "G", "Home", "End"], help: "first, last"),
            KeyHint(keys: ["PgUp", "PgDn", "^U", "^D"], help: "by pages"),
        ]
        return [
            (DisplayText(state.tab.title), tabBindings(state).map(\.hint)),
            ("Lists", movement), ("Everywhere", bindings(state).map(\.hint) + terminal),
        ]
    }
}

extension KeyBinding {
    /// The same row for another kind of action.
    func map<Other>(_ change: (Action) -> Other) -> KeyBinding<Other> {
        KeyBinding<Other>(
            keys, help, change(action), disabledReason: disabledReason, isHint: isHint)
    }
}
