// What lies over the tabs and takes every key: commands, themes, help. And the mouse, whose clicks stand for
// the keys that the picture has at their place.

import Kernel
import Panels

extension AppUpdate {
    // MARK: - Mouse

    /// Presses the keys that a click stands for. The picture has them, so it is drawn once more.
    static func clicked(at point: Point, _ state: inout AppState) -> [Effect] {
        AppView.frame(state, in: state.size).keys(at: point).flatMap { pressed($0, &state) }
    }

    /// A turn of the wheel with the pane below the pointer; other keys as they are.
    static func located(_ key: Key, _ state: AppState) -> Key {
        guard case .mouse(var mouse) = key else { return key }
        mouse.pane = AppView.frame(state, in: state.size).pane(at: mouse.at)
        return .mouse(mouse)
    }

    // MARK: - Commands

    private static let recentMax = 8

    static func typedInPalette(_ key: Key, _ state: inout AppState) -> [Effect] {
        guard var palette = state.palette else { return [] }
        switch key {
        case .escape, .control("c"):
            state.palette = nil
            return []
        case .enter: return runSelected(palette, &state)
        case .control("p"): palette.list.move(by: -1, count: palette.rows(state).count)
        case .control("n"): palette.list.move(by: 1, count: palette.rows(state).count)
        case .up, .down, .pageUp, .pageDown, .row, .mouse:
            palette.list.visibleRows = Palette.rows(in: AppView.Places(state.size).content)
            _ = palette.list.handle(key, count: palette.rows(state).count)
        default: if palette.field.handle(key) { palette.list.first() }
        }
        state.palette = palette
        return []
    }

    private static func runSelected(
        _ palette: CommandPalette, _ state: inout AppState
    ) -> [Effect] {
        let rows = palette.rows(state)
        guard let index = palette.list.selected(of: rows.count) else { return [] }
        if let reason = rows[index].entry.reason {
            say(reason.string, .warning, &state)
            return []
        }
        let action = rows[index].action
        state.palette = nil
        state.recentActions.removeAll { $0 == action }
        state.recentActions.insert(action, at: 0)
        state.recentActions = Array(state.recentActions.prefix(recentMax))
        return act(action, &state)
    }

    // MARK: - Help

    static func readHelp(_ key: Key, _ state: inout AppState) -> [Effect] {
        guard var help = state.help else { return [] }
        help.list.visibleRows = max(1, AppView.Places(state.size).content.height - 2)
        let outcome = HelpOverlay(sections: GlobalKeys.help(state)).handle(key, &help)
        state.help = help
        switch outcome {
        case .open: return []
        case .closed: state.help = nil
        case .chosen(let index):
            let command = GlobalKeys.helpCommands(state).flatMap(\.commands)[index]
            if let reason = command.hint.disabledReason {
                say(reason, .warning, &state)
            } else if let action = command.action {
                state.help = nil
                return act(action, &state)
            }
        }
        return []
    }

    // MARK: - Themes

    static func choseTheme(_ key: Key, _ state: inout AppState) -> [Effect] {
        guard var chooser = state.chooser else { return [] }
        switch key {
        case .escape, .control("c"), .character("q"):
            state.themeIndex = chooser.before.index
            state.themeIsAutomatic = chooser.before.isAutomatic
            state.chooser = nil
        case .enter:
            state.chooser = nil
            say(tr("theme {1}", state.theme.name), .badge, &state)
        default:
            let next: Key = key == .function(2) ? .down : key
            guard chooser.list.handle(next, count: state.themes.count) else { return [] }
            state.chooser = chooser
            state.themeIndex = chooser.list.selection
            state.themeIsAutomatic = false
        }
        return []
    }

    /// The terminal reported its background: an automatic theme follows.
    static func adoptBackground(_ key: Key, _ state: inout AppState) -> [Effect] {
        guard case .background(let red, let green, let blue) = key, state.themeIsAutomatic else {
            return []
        }
        // The weights of the eye for the three colours, in thousandths.
        let brightness = Int(red) * 299 + Int(green) * 587 + Int(blue) * 114
        let name = ThemeChoice.automaticName(isLight: brightness > 127_500)
        if let index = state.themes.firstIndex(where: { $0.name == name }) {
            state.themeIndex = index
        }
        return []
    }
}
