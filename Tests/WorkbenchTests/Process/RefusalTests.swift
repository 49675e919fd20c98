// F3: what cannot fit is refused before it is read, with what it needs and what is allowed, and with a way out.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite(.serialized) struct RefusalTests {
    /// The least `ulimit -d`, in KiB, under which the program gets as far as its refusal, whatever its own size
    /// is, and the bytes that the refusal names.
    private static let tightest = Result { try findTightest() }

    private static func findTightest() throws -> (limit: Int, needed: Int, left: Int) {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=2")
        for limit in stride(from: 24_000, through: 400_000, by: 4_000) {
            let ending = try room.run("ulimit -d \(limit); $wb \(train)")
            guard ending.code == 75,
                let numbers = ending.err.firstMatch(
                    of: /needs about (\d+) MiB, and ulimit -d allows (\d+) MiB/),
                let needed = Int(numbers.1), let left = Int(numbers.2)
            else { continue }
            return (limit, needed << 20, left << 20)
        }
        Issue.record("no limit leads to the refusal")
        return (0, 0, 0)
    }

    /// Just above what is needed a run ends well or with a sentence, never by a signal: the arena leaves something
    /// to the rest of the program.
    @Test func limitsNearTheNeedEndWithASentence() throws {
        let room = try ProgramRoom()
        let (limit, needed, left) = try Self.tightest.get()
        let train = try room.training("max_steps=2 overwrite_output_dir=true")
        let enough = limit + (needed - left) >> 10
        for more in stride(from: 0, through: 16_000, by: 3_200) {
            let ending = try room.run("ulimit -d \(enough + more); $wb \(train)")
            #expect([0, 75].contains(ending.code), "\(enough + more): \(ending)")
            #expect(ending.code == 0 || ending.err.contains("workbench: "), "\(ending)")
        }
    }

    @Test(arguments: [
        ("WORKBENCH_MEMORY=10M", "WORKBENCH_MEMORY allows 10 MiB"),
        ("ulimit -d", "ulimit -d allows"),
    ])
    func aRunThatCannotFitIsRefusedBeforeItBegins(limit: String, why: String) throws {
        let room = try ProgramRoom()
        let limit =
            limit == "ulimit -d" ? "\(limit) \(try Self.tightest.get().limit + 2_000);" : limit
        for more in ["", "finetuning_type=full", "quantization_bit=4"] {
            let train = try room.training("max_steps=2 \(more)")
            let ending = try room.run("\(limit) $wb \(train)")
            #expect(ending.code == 75, "\(more): \(ending)")
            #expect(ending.err.contains("the run does not fit into memory"), "\(ending)")
            #expect(ending.err.contains(why), "\(ending)")
            #expect(!ending.out.contains("Encoding the data"))
            if more == "finetuning_type=full" {
                #expect(ending.err.contains("finetuning_type: lora"))
            }
            #expect(!room.exists("out/adapter_model.safetensors"))
        }
        // The same command with a word of one's own.
        let train = try room.training("max_steps=2")
        let ending = try room.run("WORKBENCH_MEMORY=1G $wb \(train)")
        #expect(ending.code == 0, "\(ending)")
    }

    @Test func longMicroBatchesAreRefusedWithTheirData() throws {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=2 cutoff_len=512 per_device_train_batch_size=400")
        let records = (0..<400).map { _ in
            #"{"instruction": "Say it.", "output": "\#(String(repeating: "It is said. ", count: 60))"}"#
        }
        try Data("[\(records.joined(separator: ","))]".utf8)
            .write(to: URL(fileURLWithPath: "\(room.root)/d.json"))
        let ending = try room.run("WORKBENCH_MEMORY=100M $wb \(train)")
        #expect(ending.code == 75, "\(ending)")
        #expect(ending.out.contains("Encoding the data"))
        #expect(!ending.out.contains("Reading the model"))
        #expect(ending.err.contains("Lower cutoff_len or per_device_train_batch_size"))
    }

    @Test func trainedWeightsOfACheckpointAreMemoryToo() throws {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=1 save_steps=1 finetuning_type=full")
        #expect(try room.run("$wb \(train)").code == 0)
        let chat =
            "chat -m m --adapter out/checkpoint-1 --template chatml --prompt hi --max-new-tokens 2 -q"
        let ending = try room.run("WORKBENCH_MEMORY=1K $wb \(chat)")
        #expect(ending.code == 75 && ending.err.contains("does not fit into memory"), "\(ending)")
        #expect(try room.run("$wb \(chat)").code == 0)
    }

    /// Keys and values of a long question are looked at before it is read.
    @Test func aConversationThatCannotFitIsRefused() throws {
        let room = try ProgramRoom()
        _ = try room.training()
        let long = String(repeating: "x", count: 400)
        let chat = "chat -m m --template chatml --max-new-tokens 2 -q --prompt"
        let ending = try room.run("WORKBENCH_MEMORY=1K $wb \(chat) \(long)")
        #expect(ending.code == 75, "\(ending)")
        #expect(ending.err.contains("the conversation does not fit into memory"), "\(ending)")
        #expect(try room.run("WORKBENCH_MEMORY=1K $wb \(chat) hi").code == 0)
        #expect(try room.run("$wb \(chat) \(long)").code == 0)
    }

    /// A folder of one's own that is misspelt is no folder without models.
    @Test func aFolderOfModelsThatIsNotThereIsNamed() throws {
        let room = try ProgramRoom()
        let ending = try room.run("$wb models nowhere")
        #expect(ending.code == 66 && ending.err.contains("there is no such folder"), "\(ending)")
        _ = try room.training()
        #expect(try room.run("$wb models m").out.hasPrefix("m\n"))
    }

    /// The doctor, the default number of threads and the estimate tell the same bounds.
    @Test func theDoctorTellsWhoBounds() throws {
        let room = try ProgramRoom()
        let ending = try room.run("WORKBENCH_MEMORY=80M SLURM_CPUS_PER_TASK=1 $wb doctor")
        let lines = ending.out.split(separator: "\n")
        func line(_ name: String) -> Substring { lines.first { $0.hasPrefix(name) } ?? "" }
        #expect(line("memory").contains("80.0 MiB") && line("memory").contains("WORKBENCH_MEMORY"))
        #expect(line("threads").contains("1"))
        #expect(
            line("OpenBLAS").contains("opened when it computes")
                || line("OpenBLAS").contains("own panels"))
    }
}
