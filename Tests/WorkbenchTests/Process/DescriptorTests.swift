// Standard descriptors that are closed, full or no text: nothing is written into a stranger's file, no run stops
// for a line that is lost, and every command says what is wrong with a code.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite(.serialized) struct DescriptorTests {
    /// A file that takes the number of a closed descriptor would be written into by every message.
    @Test func exportedFilesHoldNoMessages() throws {
        let room = try ProgramRoom()
        _ = try room.training()
        let export =
            "$wb export model_name_or_path=m template=chatml export_format=safetensors export_dtype=fp32"
        #expect(try room.run("\(export) export_dir=good >/dev/null 2>&1").code == 0)
        _ = try room.run("\(export) export_dir=bad <&- >&- 2>&-")
        let files = ["good", "bad"].map {
            FileManager.default.contents(atPath: "\(room.root)/\($0)/model.safetensors")
        }
        #expect(files[0] != nil && files[0] == files[1])
    }

    @Test func closedInputIsTheEndOfAConversationAndNoText() throws {
        let room = try ProgramRoom()
        _ = try room.training()
        let chat = try room.run("$wb chat -m m --template chatml --greedy <&-")
        #expect(chat.code == 0 && chat.out.isEmpty)
        for words in [
            "tokenize -m m", "score -m m", "logits -m m", "chat -m m --template chatml --prompt -",
        ] {
            for (input, code, why) in [
                ("<&-", Int32(66), "it is closed"), ("</", 66, "Is a directory"),
                ("0>hole", 74, "Bad file descriptor"),
            ] {
                let ending = try room.run("$wb \(words) \(input)")
                #expect(ending.code == code, "\(words) \(input): \(ending)")
                #expect(ending.err.contains("standard input cannot be read"))
                #expect(ending.err.contains(why))
            }
        }
    }

    /// F8: only a reader that left ends the run.
    @Test(arguments: [
        (">/dev/full", "No space left on device"), (">&-", "it is closed"),
    ])
    func lostLinesDoNotStopARun(output: String, why: String) throws {
        let room = try ProgramRoom()
        for (number, json) in ["", "--json"].enumerated() {
            let train = try room.training("max_steps=3 save_steps=3 output_dir=out\(number)")
            let ending = try room.run("$wb \(train) \(json) \(output)")
            #expect(ending.code == 0, "\(ending)")
            #expect(ending.err.components(separatedBy: "The run goes on").count == 2)
            #expect(ending.err.contains(why))
            #expect(room.exists("out\(number)/adapter_model.safetensors"))
            #expect(room.exists("out\(number)/checkpoint-3"))
        }
    }

    @Test func aReaderThatLeftStopsARunAndKeepsIt() throws {
        let room = try ProgramRoom()
        let train = try room.training("max_steps=100000")
        let ending = try room.run("$wb \(train) | head -4; exit ${PIPESTATUS[0]}")
        #expect(ending.code == 141, "\(ending)")
        #expect(room.exists("out/adapter_model.safetensors"))
    }

    @Test(arguments: ["--version", "--help", "man", "doctor", "paths", "train --help"])
    func answersThatCannotBeGivenHaveACode(words: String) throws {
        let room = try ProgramRoom()
        for (output, why) in [(">/dev/full", "No space left"), (">&-", "it is closed")] {
            let ending = try room.run("$wb \(words) \(output)")
            #expect(ending.code == 74, "\(words) \(output): \(ending)")
            #expect(ending.err.contains("standard output cannot be written"))
            #expect(ending.err.contains(why))
        }
        let piped = try room.run("$wb \(words) | true; exit ${PIPESTATUS[0]}")
        #expect([0, 141].contains(piped.code) && piped.err.isEmpty, "\(piped)")
    }
}
