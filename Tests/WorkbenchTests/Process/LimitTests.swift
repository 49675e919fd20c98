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

    /// What runs a command as somebody whom limits bind.
    private static let other =
        geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : ""
    private static let otherRunsIt =
        (try? ProgramRoom().run("\(other) $wb --version").code) == 0

    /// Work that needs a thread to hear signals says so instead of waiting for one; the rest computes alone.
    @Test(.enabled(if: other.isEmpty || otherRunsIt, "limits of processes do not bind root"))
    func withoutFurtherThreadsNothingHangs() throws {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=1")
        let other = Self.other
        func alone(_ words: String) throws -> ProgramRoom.Ending {
            try room.run(
                "chmod -R a+rwX .; exec \(other) bash -c 'ulimit -u 1; exec $wb \(words)'",
                seconds: 60)
        }
        let version = try alone("--version")
        #expect(version.code == 0 && version.out.hasPrefix("workbench "), "\(version)")
        let chat = "chat -m m --template chatml --greedy --max-new-tokens 2"
        for words in ["\(chat) --prompt hi -q", chat] {
            let ending = try alone(words)
            #expect(ending.code == 0, "\(words): \(ending)")
        }
        for words in [
            train,
            "evaluate -m m --template chatml --dataset \(room.root)/d.json --threads 1",
        ] {
            let ending = try alone(words)
            #expect(ending.code == 75 && ending.err.contains("thread"), "\(words): \(ending)")
        }
    }

    @Test(arguments: [110_000, 130_000, 200_000])
    func trainingInLittleAddressSpaceEnds(kilobytes: Int) throws {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=1")
        let ending = try room.run("ulimit -v \(kilobytes); exec $wb \(train)", seconds: 60)
        #expect([0, 75].contains(ending.code), "\(ending)")
    }

    /// An estimate that somebody overruled: the arena says what it could not have.
    @Test func anArenaThatCannotGrowEndsWithASentence() throws {
        let room = try ProgramRoom()
        let train = try room.training(
            "finetuning_type=full max_steps=1 cutoff_len=512 per_device_train_batch_size=64")
        let record =
            #"{"instruction": "Say it.", "output": "\#(String(repeating: "said ", count: 90))"}"#
        try Data("[\((0..<64).map { _ in record }.joined(separator: ","))]".utf8)
            .write(to: URL(fileURLWithPath: "\(room.root)/d.json"))
        let ending = try room.run(
            "ulimit -v 320000; WORKBENCH_MEMORY=100G exec $wb \(train)", seconds: 60)
        #expect(ending.code == 75, "\(ending)")
        #expect(ending.err.contains("the memory that this work needs cannot be had"), "\(ending)")
    }

    @Test func threadsAreCountedAndRefused() throws {
        #expect(throws: (any Error).self) {
            try WorkbenchCommand.parseAsRoot(["doctor", "--threads", "257"])
        }
        _ = try WorkbenchCommand.parseAsRoot(["doctor", "--threads", "256"])
    }
}
