// Command lines as people type them for LLaMA-Factory and llama.cpp, and what our commands make of them.

import ArgumentParser
import Kernel
import Testing

@testable import Workbench

@Suite("Words of other programs")
struct CommandWordsTests {
    private func words(_ line: String) throws -> String {
        try CommandWords.translated(line.split(separator: " ").map(String.init))
            .joined(separator: " ")
    }

    @Test(
        "LLaMA-Factory's flags are settings",
        arguments: [
            (
                "train --stage sft --do_train True --model_name_or_path m",
                "train stage=sft do_train=True model_name_or_path=m"
            ),
            ("train --learning_rate=1e-4 --plot_loss", "train learning_rate=1e-4 plot_loss=true"),
            ("train --do-train --lora-rank 4 --json", "train do_train=true lora_rank=4 --json"),
            ("train a.yaml --max_steps -1 seed=3", "train a.yaml max_steps=-1 seed=3"),
            (
                "train --lora_target q_proj v_proj --quiet",
                "train lora_target=q_proj,v_proj --quiet"
            ),
            (
                "train --optim_args momentum=0.9 bf16=true",
                "train optim_args=momentum=0.9 bf16=true"
            ),
            ("train --plot_loss stage=pt --threads 2", "train plot_loss=true stage=pt --threads 2"),
            ("train --unknown_thing 3", "train unknown_thing=3"),
            ("train -q --plain", "train -q --plain"),
            ("train -- --stage sft", "train -- --stage sft"),
            ("export --export_dir o --overwrite", "export export_dir=o --overwrite"),
            ("data --dataset a --record 3", "data dataset=a --record 3"),
            (
                "chat --model_name_or_path m --infer_backend vllm",
                "chat model_name_or_path=m infer_backend=vllm"
            ),
            ("evaluate --model_name_or_path m --val_size 0.1", "evaluate --model m --val-size 0.1"),
            ("ui --stage sft", "ui --stage sft"),
        ])
    func settings(line: String, expected: String) throws { #expect(try words(line) == expected) }

    @Test(
        "llama.cpp's options are ours under another name",
        arguments: [
            (
                "chat -m x --temp 0 -n 64 -p hi",
                "chat -m x --temperature 0 --max-new-tokens 64 --prompt hi"
            ),
            ("chat --top_p 0.9 --top-k -1", "chat --top-p 0.9 --top-k=-1"),
            (
                "chat -n -1 --repeat-penalty 1.1",
                "chat --max-new-tokens=-1 --repetition-penalty 1.1"
            ),
            ("chat --seed -1 -t 4", "chat --threads 4"),
            ("chat -s 7 -sys be", "chat --seed 7 --system be"),
            ("chat --lora a --temp=0.5", "chat --adapter a --temperature=0.5"),
        ])
    func options(line: String, expected: String) throws { #expect(try words(line) == expected) }

    @Test(
        "what llama.cpp has and this has not is refused by its name",
        arguments: ["-c 4096", "-ngl 99", "--mirostat 2", "--grammar g", "-fa on", "--ctx-size=8"])
    func refused(option: String) throws {
        let error = #expect(throws: KernelError.self) { try words("chat -m x \(option)") }
        #expect(error?.kind == .usage)
        #expect(error?.what.description.contains(option.prefix { $0 != " " && $0 != "=" }) == true)
        #expect(error?.why?.description.isEmpty == false)
    }

    @Test("every option that a foreign one stands for exists")
    func targets() throws {
        let chat = try #require(
            try CommandTree.program().subcommands.first { $0.path.last == "chat" })
        let names = Set(chat.arguments.flatMap(\.names))
        for option in LlamaCppWords.options.values { #expect(names.contains(option), "\(option)") }
        for option in LlamaCppWords.options.keys { #expect(!names.contains(option), "\(option)") }
        for option in LlamaCppWords.refused.keys { #expect(!names.contains(option), "\(option)") }
    }

    @Test("a misspelt option is told as one, not its value as a setting")
    func misspelt() throws {
        let error = #expect(throws: KernelError.self) { try words("train a.yaml --thread 3") }
        #expect(error?.kind == .usage && error?.what == "there is no option --thread")
        #expect(error?.hint?.description.hasPrefix("Did you mean --threads?") == true)
    }

    @Test("a bare word is told how a setting is written")
    func bareWords() throws {
        let error = #expect(throws: (any Error).self) {
            try WorkbenchCommand.parseAsRoot(["train", "a.yaml", "sft"])
        }
        let message = WorkbenchCommand.message(for: try #require(error))
        #expect(message.contains("key=value"))
    }
}
