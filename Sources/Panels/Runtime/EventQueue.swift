// Messages from other threads to the interface: a locked list and a pipe that wakes the wait. Many
// posts make one wake. It does not know what the messages mean.

import Foundation
import Synchronization

/// A queue that any thread may post to and the program drains.
public final class EventQueue<Message: Sendable>: Sendable {
    private let waiting = Mutex<[Message]>([])
    private let wake = Wake()

    /// An empty queue.
    public init() {}

    /// Adds a message and wakes the program if it sleeps.
    public func post(_ message: Message) { post(contentsOf: CollectionOfOne(message)) }

    /// Adds several at once, in order.
    public func post(contentsOf messages: some Collection<Message>) {
        guard !messages.isEmpty else { return }
        let isFirst = waiting.withLock { list in
            defer { list.append(contentsOf: messages) }
            return list.isEmpty
        }
        if isFirst { wake.signal() }
    }

    /// Wakes the program without a message: its terminal has something to report.
    public func wakeUp() { wake.signal() }

    /// Takes everything that was posted.
    public func drain() -> [Message] {
        // The pipe is emptied first: a post in between wakes once too often, never too seldom.
        wake.clear()
        return waiting.withLock { list in
            defer { list.removeAll(keepingCapacity: true) }
            return list
        }
    }

    /// What the terminal waits for besides the keyboard.
    public var wakeDescriptor: Int32 { wake.reader }
}
