// Signals in every phase of a run: the exit code is 128 + n, what was trained is kept, and what batch systems
// send before the time is up saves instead of killing.

import Foundation
import Kernel
import Synchronization
import Testing

@testable import Workbench

@Suite(.serialized) struct SignalTests {
    /// F12: also before there is a step. The delays reach from the first lines of the program to its training.
    @Test(arguments: [("HUP", Int32(129)), ("INT", 130), ("TERM", 143)])
    func theCodeTellsTheSignal(name: String, code: Int32) throws {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=100000")
        for delay in ["0.005", "0.02", "0.06", "0.15", "0.5"] {
            // Without job control bash would have a background job ignore interrupts.
            let line =
                "set -m; $wb \(train) >lines 2>&1 & p=$!; sleep \(delay); kill -\(name) $p; wait $p"
            let ending = try room.run(line, seconds: 60)
            #expect(ending.code == code, "after \(delay): \(ending)")
        }
    }

    @Test(arguments: ["USR1", "USR2"])
    func batchSystemsAskForACheckpoint(name: String) throws {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=100000 save_strategy=no")
        let line = """
            $wb \(train) >lines 2>&1 & p=$!
            while ! grep -q '^step 3/' lines 2>/dev/null; do kill -0 $p || exit 98; sleep 0.02; done
            kill -\(name) $p
            for i in $(seq 600); do grep -q '^saved ' lines && break; sleep 0.05; done
            kill -0 $p || exit 97
            ls -d out/checkpoint-* > before; kill -TERM $p; wait $p
            """
        let ending = try room.run(line, seconds: 90)
        #expect(ending.code == 143, "\(ending)")
        let before = FileManager.default.contents(atPath: "\(room.root)/before") ?? Data()
        #expect(String(decoding: before, as: UTF8.self).contains("out/checkpoint-"))
    }

    /// What a session of the interface does with them, without its screen.
    @Test func bothAskASessionToSave() async throws {
        signal(SIGUSR1, SIG_IGN)
        signal(SIGUSR2, SIG_IGN)
        let calls = Mutex(0)
        let saving = SignalSave { calls.withLock { $0 += 1 } }
        for number in [SIGUSR1, SIGUSR2] {
            let before = calls.withLock { $0 }
            // It listens a moment after it was made; what comes before that is ignored.
            for _ in 0..<500 where calls.withLock({ $0 }) == before {
                kill(getpid(), number)
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(calls.withLock { $0 } > before)
        }
        withExtendedLifetime(saving) {}
    }

    @Test func otherCommandsDoNotMindThem() throws {
        let room = try ProgramRoom()
        _ = try room.training()
        let line = """
            (sleep 0.4; printf 'ab') | $wb tokenize -m m & p=$!
            sleep 0.2; kill -USR1 $p; kill -USR2 $p; kill -XFSZ $p; wait $p
            """
        let ending = try room.run(line, seconds: 60)
        #expect(ending.code == 0 && ending.out == "97 98\n", "\(ending)")
    }
}
