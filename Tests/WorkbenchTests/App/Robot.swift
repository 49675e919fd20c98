// Presses keys on the interface and looks at the picture, without a terminal. Effects are recorded
// and answered at once by a closure that stands for the world.

import Kernel
import Panels

@testable import Workbench

/// A person at the keyboard, as tests need one.
final class Robot {
    private(set) var program: AppProgram
    private(set) var effects: [Effect] = []
    var size: Size
    private let world: (Effect) -> [AppMail]

    /// Opens the interface on a screen; `world` answers effects.
    init(
        _ state: AppState = AppState(), size: Size = Size(80, 24),
        world: @escaping (Effect) -> [AppMail] = Fixture.world
    ) {
        program = AppProgram(state)
        self.size = size
        self.world = world
        send(.resize(size))
    }

    var state: AppState { program.state }
    var screen: String { program.view(in: size).text }
    var frame: Frame { program.view(in: size) }

    /// Presses keys by their labels: `2`, `Enter`, `Tab`, `↓`, `^C`, `F5`, `Alt-3`.
    @discardableResult
    func press(_ labels: String...) -> Robot {
        for label in labels { send(.key(Self.key(label))) }
        return self
    }

    /// Types a text letter by letter.
    @discardableResult
    func type(_ text: String) -> Robot {
        for letter in text { send(.key(.character(letter))) }
        return self
    }

    /// Takes the answers to one event, and the answers to those, until all is quiet.
    func send(_ event: Event<AppMail>) {
        if case .resize(let new) = event { size = new }
        var waiting = program.update(event)
        var rounds = 0
        while !waiting.isEmpty {
            rounds += 1
            precondition(rounds < 100, "effects do not come to rest: \(waiting)")
            effects += waiting
            let mails = waiting.flatMap(world)
            waiting = mails.flatMap { program.update(.mail($0)) }
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
