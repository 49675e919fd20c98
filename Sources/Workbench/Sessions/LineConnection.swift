// One JSON object a line over a socket, in both directions, with a descriptor beside it where one is handed
// over. Input is untrusted until it is checked: lines are bounded, and a line that is no object ends
// nothing but itself. It knows no commands.

import Foundation
import Kernel
import Synchronization

/// A connection that any thread may send on and one thread reads.
final class LineConnection: Sendable {
    /// An object that came.
    struct Message: Sendable {
        var body: JSONObject
        /// A descriptor that was handed over with it.
        var file: OpenFile?

        /// The command that it asks for.
        var command: String? { body["command"]?.string }
        /// The event that it reports.
        var event: String? { body["event"]?.string }
    }

    /// The result of reading from the connection.
    struct Received: Sendable {
        var messages: [Message] = []
        /// Lines that are no objects.
        var faults = 0
        /// Whether the other end is still there.
        var isOpen = true
    }

    /// Longer lines end the connection.
    static let lineBytesMax = 65_536

    /// The process at the other end.
    let process: Int32
    private let file: OpenFile
    private let inbox = Mutex<(bytes: [UInt8], passed: OpenFile?)>(([], nil))
    private let sending = Mutex(true)

    init(_ file: OpenFile, process: Int32) {
        (self.file, self.process) = (file, process)
    }

    /// What to wait on.
    var descriptor: Int32 { file.descriptor }

    /// Takes what has come, without waiting.
    func receive() -> Received {
        var received = Received()
        inbox.withLock { inbox in
            // A sender without pause is read in turns with the others.
            for _ in 0..<64 {
                guard let (bytes, passed) = UnixSocket.receive(file) else {
                    return received.isOpen = false
                }
                if let passed { inbox.passed = passed }
                guard !bytes.isEmpty else { return }
                inbox.bytes += bytes
                Self.split(&inbox.bytes) { line in
                    guard let body = Self.object(line) else { return received.faults += 1 }
                    received.messages.append(Message(body: body))
                }
                // The system glues what was sent before to it, never what comes after.
                if let last = received.messages.indices.last, inbox.bytes.isEmpty {
                    received.messages[last].file = inbox.passed ?? received.messages[last].file
                    inbox.passed = nil
                }
                guard inbox.bytes.count <= Self.lineBytesMax else {
                    return received.isOpen = false
                }
            }
        }
        return received
    }

    /// Sends an object, and a descriptor with it. A reader that does not keep up within `patience`
    /// milliseconds gets nothing from then on; false then and when the other end is gone.
    @discardableResult
    func send(_ body: JSONObject, passing: Int32 = -1, patience: Int32 = 0) -> Bool {
        let line = Array((JSONValue.object(body).text() + "\n").utf8)
        return sending.withLock { isOpen in
            guard isOpen else { return false }
            var (rest, passing) = (line[...], passing)
            while !rest.isEmpty {
                let count = UnixSocket.send(rest, passing: passing, to: file)
                if count < 0, errno == EINTR { continue }
                if count > 0 {
                    (rest, passing) = (rest.dropFirst(count), -1)
                    continue
                }
                var poll = [pollfd(fd: file.descriptor, events: Int16(POLLOUT), revents: 0)]
                guard errno == EAGAIN, patience > 0, Foundation.poll(&poll, 1, patience) > 0 else {
                    isOpen = false
                    shutdown(file.descriptor, Int32(SHUT_RDWR))
                    return false
                }
            }
            return true
        }
    }

    /// Closes the connection for both ends; the descriptor is closed with its last owner.
    func end() {
        sending.withLock { $0 = false }
        shutdown(file.descriptor, Int32(SHUT_RDWR))
    }

    /// Takes the whole lines out of what has come.
    private static func split(_ bytes: inout [UInt8], _ take: (ArraySlice<UInt8>) -> Void) {
        guard let last = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return }
        for line in bytes[..<last].split(separator: UInt8(ascii: "\n")) { take(line) }
        bytes.removeSubrange(...last)
    }

    private static func object(_ line: ArraySlice<UInt8>) -> JSONObject? {
        guard line.count <= lineBytesMax else { return nil }
        let text = String(decoding: line, as: UTF8.self)
        return (try? JSONValue(parsing: text, source: "the socket"))?.object
    }
}
