// What an application receives, and what an application is. Effects are described by `update` and
// performed by the code that runs the program. It knows no terminal.

/// Something that happened, as an application sees it.
public enum Event<Message> {
    /// A key, a paste or the mouse.
    case key(Key)
    /// The screen has this size now; always the first event.
    case resize(Size)
    /// There is a screen, of so many colours; its size comes next.
    case shown(ColorDepth)
    /// There is no screen any more; events go on, pictures do not.
    case hidden
    /// The interval that the application asked for is over.
    case tick
    /// Another thread posted this.
    case message(Message)
    /// The session ends after this event.
    case closing(Closing)
}

extension Event: Sendable where Message: Sendable {}
extension Event: Equatable where Message: Equatable {}

/// A full-screen application: a value that takes events and draws itself.
public protocol App {
    /// What other threads post.
    associatedtype Message: Sendable
    /// What is to be done outside, as a value.
    associatedtype Effect
    /// Takes one event and returns what is to be done; it does nothing itself.
    mutating func update(_ event: Event<Message>) -> [Effect]
    /// The picture for a screen of some size.
    func view(in size: Size) -> Frame
    /// True when the program should end.
    var isFinished: Bool { get }
    /// How often `tick` is wanted; nil sleeps until something happens.
    var tickInterval: Duration? { get }
}

extension App {
    /// No ticks.
    public var tickInterval: Duration? { nil }
}
