// LLaMA-Factory's files for predictions, as options of our own command.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite("File for evaluate")
struct EvaluationFileTests {
    private static let example = """
        model_name_or_path: m
        adapter_name_or_path: saves/a
        stage: sft
        do_predict: true
        finetuning_type: lora
        eval_dataset: identity
        template: llama3
        cutoff_len: 256
        max_samples: 50
        output_dir: saves/p
        overwrite_output_dir: true
        per_device_eval_batch_size: 1
        predict_with_generate: true
        ddp_timeout: 180000000

        """

    private func words(_ more: String = "", _ rest: [String] = []) throws -> [String] {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml").path
        try Data((Self.example + more).utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try CommandWords.translated(["evaluate", path, "--quiet"] + rest)
    }

    @Test("the example becomes the command, with LLaMA-Factory's way of drawing")
    func example() throws {
        #expect(
            try words() == [
                "evaluate", "--model=m", "--adapter=saves/a", "--template=llama3",
                "--dataset=identity", "--dataset-dir=data", "--seed=42", "--stage=sft",
                "--cutoff-len=256", "--batch-size=1", "--max-samples=50", "--output-dir=saves/p",
                "--predict", "--max-new-tokens=1024", "--temperature=0.95", "--top-p=0.7",
                "--quiet",
            ])
        let greedy = try words("do_sample: false\nmax_new_tokens: 64")
        #expect(greedy.contains("--max-new-tokens=64"))
        #expect(!greedy.contains { $0.hasPrefix("--temperature") })
        _ = try WorkbenchCommand.parseAsRoot(try words("temperature: 0.5"))
    }

    @Test("words behind the file go over it")
    func overrides() throws {
        #expect(try words("", ["seed=7"]).contains("--seed=7"))
        #expect(try words("", ["--limit", "3"]).suffix(3) == ["--quiet", "--limit", "3"])
        let held = try words("", ["eval_dataset=null", "dataset=d", "val_size=0.1"])
        #expect(held.contains("--dataset=d") && held.contains("--val-size=0.1"))
    }

    @Test(
        "what it asks for and the command has not is refused by its key",
        arguments: [
            "quantization_bit: 4", "top_k: many", "repetition_penalty: high", "temperature: warm",
            "do_sample: perhaps", "val_size: 0.1", "skip_special_tokens: false",
            "train_on_prompt: true",
            "num_beams: 4", "mask_history: true", "lora_rnak: 3", "compute_accuracy: true",
        ])
    func refused(line: String) throws {
        let error = #expect(throws: KernelError.self) { try words(line) }
        #expect(error?.kind == .configuration)
        #expect(error?.why?.description.contains(line.prefix { $0 != ":" }) == true)
    }

    @Test("how answers are drawn, the system text and the tokens of records go along")
    func honoured() throws {
        let found = try words(
            "default_system: Be brief.\ntop_k: 5\nmin_p: 0.1\nrepetition_penalty: 1.2\n"
                + "split_special_tokens: true\ninfer_dtype: float32\n")
        for word in [
            "--system=Be brief.", "--top-k=5", "--min-p=0.1", "--repetition-penalty=1.2",
            "--split-special-tokens", "--infer-dtype=float32",
        ] { #expect(found.contains(word), "\(word)") }
        let command = try #require(
            try WorkbenchCommand.parseAsRoot(found) as? EvaluateCommand)
        #expect(command.system == "Be brief.")
        let settings = try #require(command.prediction.settings(seed: 1))
        #expect(settings.topK == 5 && settings.minP == 0.1 && settings.repetitionPenalty == 1.2)
        #expect(!settings.isGreedy && settings.temperature == 0.95 && settings.topP == 0.7)
        #expect(try command.data.plan().options.splitsSpecialTokens)
        // The penalty alone draws nothing.
        let greedy = try #require(
            try WorkbenchCommand.parseAsRoot(
                words("do_sample: false\nrepetition_penalty: 1.2\ntop_k: 5")) as? EvaluateCommand)
        let surest = try #require(greedy.prediction.settings(seed: 1))
        #expect(surest.isGreedy && surest.repetitionPenalty == 1.2)
        // Off as transformers and llama.cpp have it.
        for word in ["0", "-1"] {
            let all = try #require(
                try WorkbenchCommand.parseAsRoot(
                    CommandWords.translated(try words("", ["--top-k", word]))) as? EvaluateCommand)
            #expect(all.prediction.settings(seed: 1)?.topK == 0)
        }
    }

    @Test("max_samples counts for each set, and before a part is held out")
    func samplesOfEachSet() throws {
        let two = try words("", ["eval_dataset=a,b"])
        #expect(two.contains("--dataset=a") && two.contains("--dataset=b"))
        #expect(two.contains("--max-samples=50") && !two.contains { $0.hasPrefix("--limit") })
        let command = try #require(try WorkbenchCommand.parseAsRoot(two) as? EvaluateCommand)
        let plan = try command.data.plan()
        #expect(plan.options.samplesMax == 50 && plan.recordsMax == nil)
        let flags = try CommandWords.translated(
            ["evaluate", "--model=m", "--dataset=a", "--max_samples", "7", "--default_system", "x"])
        #expect(flags.contains("--max-samples") && flags.contains("--system"))
    }
}
