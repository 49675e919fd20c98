// Whether the mouse belongs to the interface or to the terminal, which selects and copies with it.

/// What the user asks for.
enum MouseChoice: String, CaseIterable, Sendable {
    /// On at this machine; off over SSH, where selecting text is worth more.
    case auto
    case on
    case off

    /// Whether clicks come to the interface.
    func isOn(environment: [String: String]) -> Bool {
        switch self {
        case .on: true
        case .off: false
        case .auto:
            ["SSH_CONNECTION", "SSH_TTY"].allSatisfy { environment[$0]?.isEmpty ?? true }
        }
    }
}
