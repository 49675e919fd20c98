// What the person can ask to be kept for later sessions, as keys of the settings file.

/// A choice of this session that the settings file can hold.
enum KeptSetting: String, CaseIterable, Equatable, Sendable {
    case language

    /// The value as the settings file spells it.
    func value(_ state: AppState) -> String {
        switch self {
        case .language: state.language.rawValue
        }
    }
}
