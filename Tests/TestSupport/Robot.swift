// Plays the person: keys in, frames out, without a terminal and without time. Effects are handed
// to a closure that may answer with messages. It asserts nothing.

import Panels

/// Drives an application and looks at its screen.
public struct Robot<Application: App> {
    /// The application.
    public private(set) var app: Application
    /// The size of its screen.
    public private(set) var size: Size
    /// Every effect that was asked for, in order.
    public private(set) var effects: [Application.Effect] = []
    private let perform: (Application.Effect) -> [Application.Message]

    /// Starts an application as the program does: with its size. `perform` plays the outside.
    public init(
        _ app: Application, size: Size = Size(80, 24),
        perform: @escaping (Application.Effect) -> [Application.Message] = { _ in [] }
    ) {
        self.app = app
        self.size = size
        self.perform = perform
        send(.resize(size))
    }

    /// The screen now.
    public var frame: Frame { app.view(in: size) }
    /// The text of the screen now.
    public var screen: String { frame.text }
    /// True when the screen shows a text.
    public func shows(_ text: String) -> Bool { screen.contains(text) }

    /// Presses keys one after the other.
    public mutating func press(_ keys: Key...) {
        for key in keys { send(.key(key)) }
    }

    /// Types characters.
    public mutating func type(_ text: String) {
        for character in text { send(.key(.character(character))) }
    }

    /// Gives the screen another size.
    public mutating func resize(to size: Size) {
        self.size = size
        send(.resize(size))
    }

    /// Sends any event; messages that effects answer with follow at once.
    public mutating func send(_ event: Event<Application.Message>) {
        var waiting = [event]
        while !waiting.isEmpty {
            for effect in app.update(waiting.removeFirst()) {
                effects.append(effect)
                waiting += perform(effect).map(Event.message)
            }
        }
    }
}
