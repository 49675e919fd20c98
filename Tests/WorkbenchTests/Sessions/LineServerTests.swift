// A socket in a process that has no descriptor left: who waits cannot be let in, which is told once and takes no
// core from the training.

import Foundation
import Kernel
import Synchronization
import Testing

@testable import Workbench

@Suite struct LineServerTests {
    @Test func whoCannotBeLetInIsToldOnceAndRestedFrom() async throws {
        let folder = NSTemporaryDirectory() + "line-server-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let counts = Mutex((tries: 0, told: [KernelError](), refuses: true))
        let server = LineServer(
            listener: try UnixSocket.listen(in: folder, name: "s"),
            LineServer.Handlers(
                message: { _, connection in connection.send(["ok": true]) },
                troubled: { error in counts.withLock { $0.told.append(error) } }),
            accept: { listener in
                let refuses = counts.withLock { counts in
                    counts.tries += 1
                    return counts.refuses
                }
                return refuses ? .exhausted(EMFILE) : UnixSocket.accept(listener)
            })
        defer { server.close() }
        let start = MonotonicClock.now()
        let waiting = try UnixSocket.connect(in: folder, name: "s")
        while counts.withLock({ $0.tries < 3 }) { try await Task.sleep(for: .milliseconds(20)) }
        // Two tries a second, however long the machine makes us wait; a thread that spins makes thousands.
        let tries = counts.withLock { $0.tries }
        #expect(Double(tries) <= 2 * (MonotonicClock.now() - start) + 3)
        let told = counts.withLock { $0.told }
        #expect(
            told.count == 1 && told.first?.why?.description.contains("Too many open files") == true)
        // As soon as there is room, who waited is served.
        counts.withLock { $0.refuses = false }
        #expect(try waiting.ask("status", seconds: 30)["ok"] == true)
    }
}
