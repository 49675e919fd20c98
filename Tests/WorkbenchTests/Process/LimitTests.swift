// Limits of batch systems and containers: address space, threads, file sizes, descriptors, stacks. Each ends in a
// result or in a sentence with a code, never in a hang or a signal.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite(.serialized) struct LimitTests {
    @Test(arguments: [200_000, 400_000])
    func littleAddressSpaceIsEnoughForALine(kilobytes: Int) throws {
        let room = try ProgramRoom()
        _ = try room.training()
        let version = try room.run("ulimit -v \(kilobytes); $wb --version", seconds: 30)
        #expect(version.code == 0 && version.out.hasPrefix("workbench "))
        let chat = try room.run(
            "ulimit -v \(kilobytes); $wb chat -m m --template chatml --prompt hi --greedy -q "
                + "--max-new-tokens 4", seconds: 60)
        #expect([0, 75].contains(chat.code), "\(chat)")
    }

    /// The first product of an adapter is OpenBLAS' own, whose buffers do not fit: our panels do it.
    @Test func productsNeedNoLibrary() throws {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=2")
        #expect(try room.run("$wb \(train)").code == 0)
        let ids = "printf '1 2 3 4 5 6 7' | $wb logits -m m --adapter out --json"
        let (free, bounded) = (try room.run(ids), try room.run("ulimit -v 400000; \(ids)"))
        #expect(free.code == 0 && bounded.code == 0, "\(bounded)")
        func sums(_ text: String) throws -> [Double] {
            try JSONValue(parsing: text, source: "logits")["logsumexp"]?.array?
                .compactMap(\.double) ?? []
        }
        let pairs = zip(try sums(free.out), try sums(bounded.out)).map { abs($0 - $1) }
        #expect(pairs.count == 7 && pairs.allSatisfy { $0 < 1e-4 })
        let forced = try room.run("ulimit -v 200000; $wb doctor --backend openblas", seconds: 30)
        #expect(forced.code == 69 && forced.err.contains("OpenBLAS cannot be opened"), "\(forced)")
    }

    /// F6: a checkpoint beyond the limit fails, the run goes on.
    @Test func filesBeyondTheLimitFailAlone() throws {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=3 save_steps=1 lora_rank=64")
        let ending = try room.run("ulimit -f 64; $wb \(train) >lines", seconds: 120)
        #expect(ending.code < 128, "\(ending)")
        let lines = FileManager.default.contents(atPath: "\(room.root)/lines") ?? Data()
        let text = String(decoding: lines, as: UTF8.self)
        #expect(text.contains("checkpoint failed, training goes on"), "\(text)")
        #expect(text.contains("step 3/3"))
        let left = try FileManager.default.contentsOfDirectory(atPath: "\(room.root)/out")
        #expect(!left.contains { $0.hasSuffix(".tmp") }, "\(left)")
    }

    @Test func fewDescriptorsAreToldWithACode() throws {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=1")
        for limit in [4, 8, 12, 16, 64] {
            let ending = try room.run("ulimit -n \(limit); exec $wb \(train)", seconds: 60)
            #expect(ending.code < 128 && ending.code != 124, "\(limit): \(ending)")
            if ending.code != 0 { #expect(!ending.err.isEmpty, "\(limit)") }
        }
    }

    @Test func aSmallStackIsToldOrGrows() throws {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=1")
        let soft = try room.run("ulimit -S -s 64; exec $wb \(train)", seconds: 60)
        #expect(soft.code == 0, "\(soft)")
        let hard = try room.run("ulimit -s 128; exec $wb --version", seconds: 30)
        #expect(hard.code == 75 && hard.err.contains("stack"), "\(hard)")
    }

    @Test func threadsAreCountedAndRefused() throws {
        #expect(throws: (any Error).self) {
            try WorkbenchCommand.parseAsRoot(["doctor", "--threads", "257"])
        }
        _ = try WorkbenchCommand.parseAsRoot(["doctor", "--threads", "256"])
    }
}
