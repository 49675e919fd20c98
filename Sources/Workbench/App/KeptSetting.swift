// What the user can ask to be kept for later sessions, as keys of the settings file.

/// A choice of this session that the settings file can hold.
enum KeptSetting: String, CaseIterable, Equatable, Sendable {
    case theme, language, mouse

    /// The name of what is kept.
    var help: String {
        switch self {
        case .theme: tr("keep this theme")
        case .language: tr("keep this language")
        case .mouse: tr("keep the mouse as it is now")
        }
    }

    /// The value as the settings file spells it.
    func value(_ state: AppState) -> String {
        switch self {
        case .theme: state.themeIsAutomatic ? ThemeChoice.automatic : state.theme.name
        case .language: state.language.rawValue
        case .mouse: (state.usesMouse ? MouseChoice.on : .off).rawValue
        }
    }

    /// Whether the settings file holds the current value.
    func isKept(in state: AppState) -> Bool { state.keptSettings[self] == value(state) }
}
