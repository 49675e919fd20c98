// Programs that judge answers: what they read and write, and what becomes of those that fail, hang or stop reading.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite struct RewardCommandTests {
    @Test func readsLinesAndWritesNumbers() throws {
        let lines = (0..<500).map { "{\"completion\": \"\(String(repeating: "x", count: $0))\"}" }
        let found = try RewardCommand.run("awk '{ print length($0) }'", lines, 30)
        #expect(found == lines.map { "\($0.utf8.count)" })
    }

    /// One that reads nothing is none the worse for it.
    @Test func mayLeaveItsInputAlone() throws {
        let lines = [String](repeating: String(repeating: "x", count: 1_000), count: 1_000)
        #expect(try RewardCommand.run("echo 1; echo 0.5", lines, 30) == ["1", "0.5"])
    }

    @Test func failuresAreTold() throws {
        let error = try #require(throws: KernelError.self) {
            try RewardCommand.run("echo no such rule >&2; exit 3", ["{}"], 30)
        }
        #expect(error.why?.description == "it ended with 3: no such rule")
        #expect(throws: KernelError.self) { try RewardCommand.run("/no/such/program", ["{}"], 30) }
    }

    @Test func isEndedAtItsLimit() throws {
        let error = try #require(throws: KernelError.self) {
            try RewardCommand.run("sleep 61; echo 1", ["{}"], 0.2)
        }
        #expect(error.why?.description.contains("longer than 0.2 seconds") == true)
    }
}
