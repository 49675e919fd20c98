// Mail from other threads to the interface: a locked list and a pipe that wakes the wait. Many
// posts make one wake. It does not know what the mail means.

import Foundation
import Synchronization

/// A queue that any thread may post to and the program drains.
public final class EventQueue<Mail: Sendable>: Sendable {
    private let waiting = Mutex<[Mail]>([])
    private let wake = Wake()

    /// An empty queue.
    public init() {}

    /// Adds mail and wakes the program if it sleeps.
    public func post(_ mail: Mail) { post(contentsOf: CollectionOfOne(mail)) }

    /// Adds several at once, in order.
    public func post(contentsOf mails: some Collection<Mail>) {
        guard !mails.isEmpty else { return }
        let isFirst = waiting.withLock { list in
            defer { list.append(contentsOf: mails) }
            return list.isEmpty
        }
        if isFirst { wake.signal() }
    }

    /// Wakes the program without mail: its terminal has something to tell.
    public func wakeUp() { wake.signal() }

    /// Takes everything that was posted.
    public func drain() -> [Mail] {
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
