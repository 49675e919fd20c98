// A robot for the whole interface: presses keys by their labels and lets a closure stand for the
// world. A class, so that a test may press on in one expression.

import Kernel
import Panels
import TestSupport

@testable import Workbench

/// A person at the keyboard of the interface.
final class AppRobot {
    private var robot: Robot<AppProgram>

    /// Opens the interface on a screen; `world` answers effects.
    init(
        _ state: AppState = AppState(), size: Size = Size(80, 24),
        world: @escaping (Effect) -> [AppMessage] = Fixture.world
    ) {
        robot = Robot(AppProgram(state), size: size, perform: world)
    }

    var program: AppProgram { robot.app }
    var effects: [Effect] { robot.effects }
    var state: AppState { robot.app.state }
    var screen: String { robot.screen }
    var frame: Frame { robot.frame }
    /// The screen in the theme that tells roles.
    var roleFrame: Frame {
        var state = state
        (state.themes, state.themeIndex) = ([RolePalette.theme], 0)
        return AppProgram(state).view(in: robot.size)
    }

    /// Presses keys by their labels: `2`, `Enter`, `Tab`, `↓`, `^C`, `F5`, `Alt-3`.
    @discardableResult
    func press(_ labels: String...) -> AppRobot {
        for label in labels { send(.key(Self.key(label))) }
        return self
    }

    /// Types a text letter by letter.
    @discardableResult
    func type(_ text: String) -> AppRobot {
        for letter in text { send(.key(.character(letter))) }
        return self
    }

    /// Sends any event; a new size counts for the pictures that follow.
    func send(_ event: Event<AppMessage>) {
        if case .resize(let size) = event {
            robot.resize(to: size)
        } else {
            robot.send(event)
        }
    }

    func sees(_ text: String) -> Bool { screen.contains(text) }

    static func key(_ label: String) -> Key {
        let named: [String: Key] = [
            "Enter": .enter, "Tab": .tab, "Shift-Tab": .backtab, "Esc": .escape, "↑": .up,
            "↓": .down, "←": .left, "→": .right, "Home": .home, "End": .end, "PgUp": .pageUp,
            "PgDn": .pageDown, "Space": .character(" "), "Backspace": .backspace,
        ]
        if let key = named[label] { return key }
        if label.count == 2, label.hasPrefix("^"), let letter = label.last {
            return .control(Character(letter.lowercased()))
        }
        if label.hasPrefix("F"), let number = Int(label.dropFirst()) { return .function(number) }
        if label.hasPrefix("Alt-"), let letter = label.last { return .alt(letter) }
        precondition(label.count == 1, "no key is called \(label)")
        return .character(Character(label))
    }
}
