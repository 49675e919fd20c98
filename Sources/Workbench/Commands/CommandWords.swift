// What users type for LLaMA-Factory and llama.cpp, in the words of our own commands: `--stage sft` becomes
// stage=sft, `--temp 0.7` becomes --temperature=0.7. What has no counterpart is refused with the reason.

import ArgumentParser
import Kernel

/// The words of a command line before they are parsed.
enum CommandWords {
    /// The words as our commands take them.
    static func translated(_ words: [String]) throws(KernelError) -> [String] {
        guard let command = words.first, commands.contains(command),
            command == "evaluate" || words.contains(where: { $0.hasPrefix("-") })
        else { return words }
        if command == "evaluate", words.count > 1, !words[1].hasPrefix("-") {
            return try evaluation(words)
        }
        var translation = WordTranslation(command: command, words: Array(words.dropFirst()))
        try translation.run()
        return [command] + translation.result
    }

    /// The options that a file for evaluate stands for, with the words behind it over them.
    private static func evaluation(_ words: [String]) throws(KernelError) -> [String] {
        let rest = words.dropFirst(2)
        let (options, remarks) = try EvaluationFile.options(
            path: words[1], assignments: rest.filter(isAssignment))
        if !remarks.isEmpty, !rest.contains("--quiet"), !rest.contains("-q") {
            Output.error(
                rest.contains("--json") ? ErrorReport.json(remarks) : ErrorReport.text(remarks))
        }
        return try translated(
            [words[0]] + options + rest.filter { !isAssignment($0) })
    }

    /// Commands that take a settings file.
    private static let commands: Set = ["train", "chat", "data", "export", "evaluate"]

    /// Whether the word is `key=value`: a key is lower-case words joined by underscores.
    static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return false }
        return word[..<equals].utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    /// Whether a word is a negative number, which looks like an option.
    static func isNegative(_ word: String) -> Bool {
        word.hasPrefix("-") && word.count > 1 && SettingNumber.parse(word) != nil
    }
}

/// One command line while it is converted.
private struct WordTranslation {
    let command: String
    var words: [String]
    var result: [String] = []
    private var own: Set<String>?

    init(command: String, words: [String]) { (self.command, self.words) = (command, words) }

    mutating func run() throws(KernelError) {
        while let word = words.first {
            words.removeFirst()
            if word == "--" {
                result += [word] + words
                return
            }
            guard word.hasPrefix("-"), !CommandWords.isNegative(word) else {
                result.append(word)
                continue
            }
            try take(word)
        }
    }

    private mutating func take(_ word: String) throws(KernelError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        var name = String(parts[0])
        let value = parts.count > 1 ? String(parts[1]) : nil
        if command == "chat" {
            if let refusal = LlamaCppWords.refused[name] {
                throw KernelError(.usage, "chat takes no \(name)", because: refusal)
            }
            name = LlamaCppWords.options[name] ?? name
        }
        let plain = String(name.drop { $0 == "-" }.replacing("-", with: "_"))
        let hyphened = "--" + plain.replacing("_", with: "-")
        if try isOwn(name) { return keep(name, value) }
        guard name.hasPrefix("--"), name.count > 2 else { return keep(name, value) }
        if try isOwn(hyphened) { return keep(hyphened, value) }
        guard command != "evaluate" else { return keep(Self.evaluation[plain] ?? name, value) }
        guard isKey(plain) || name.dropFirst(2).contains("_") else { throw unknown(name, plain) }
        assign(plain, value)
    }

    /// The parser would complain about the next word, which it takes for a setting.
    private func unknown(_ name: String, _ plain: String) -> KernelError {
        let names = (own ?? []).filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }
        let near =
            EditDistance.nearest(to: plain.replacing("_", with: "-"), among: names.sorted())
            ?? EditDistance.nearest(to: plain, among: TrainingKeys.plainNames)
        return KernelError(
            .usage, "there is no option \(name)",
            hint: (near.map { "Did you mean --\($0)? " } ?? "")
                + "workbench \(command) --help tells what there is.")
    }

    /// What evaluate calls the settings of a LLaMA-Factory file.
    private static let evaluation = [
        "model_name_or_path": "--model", "adapter_name_or_path": "--adapter",
        "eval_dataset": "--dataset", "per_device_eval_batch_size": "--batch-size",
        "predict_with_generate": "--predict", "do_predict": "--predict",
        "default_system": "--system",
    ]

    /// An option of our own, with a negative number bound to it.
    private mutating func keep(_ name: String, _ value: String?) {
        if let value { return result.append("\(name)=\(value)") }
        guard let next = words.first, CommandWords.isNegative(next), name.hasPrefix("--") else {
            return result.append(name)
        }
        words.removeFirst()
        // A new seed for each answer is what happens without a seed.
        if name != "--seed" { result.append("\(name)=\(next)") }
    }

    /// A setting: the words up to the next option are its value, none is true, several are a list.
    private mutating func assign(_ key: String, _ value: String?) {
        var values: [String] = value.map { [$0] } ?? []
        if value == nil {
            while let next = words.first, isValue(next, of: key, after: values.count) {
                values.append(words.removeFirst())
            }
        }
        result.append("\(key)=" + (values.isEmpty ? "true" : values.joined(separator: ",")))
    }

    private func isValue(_ word: String, of key: String, after count: Int) -> Bool {
        if word.hasPrefix("-"), !CommandWords.isNegative(word) { return false }
        // A key=value word of its own ends the list; optim_args takes one as its value.
        guard CommandWords.isAssignment(word), let equals = word.firstIndex(of: "=") else {
            return true
        }
        return count == 0 && !isKey(String(word[..<equals]))
    }

    private func isKey(_ name: String) -> Bool {
        TrainingKeys.table.row(named: name) != nil || TrainingKeys.table.foreign[name] != nil
            || ChatKeys.table.row(named: name) != nil || ExportKeys.table.row(named: name) != nil
            || SettingSynonyms.key(for: name) != nil || SettingSynonyms.remark(on: name) != nil
    }

    /// Whether the command has this option itself.
    private mutating func isOwn(_ name: String) throws(KernelError) -> Bool {
        if own == nil {
            let tree = try CommandTree.program().subcommands.first { $0.path.last == command }
            own = Set(tree?.arguments.flatMap(\.names) ?? []).union([
                "--help", "-h", "--version", "--help-hidden", "--generate-completion-script",
                "--experimental-dump-help",
            ])
        }
        return own?.contains(name) ?? false
    }
}

/// The options of llama.cpp's chat program.
enum LlamaCppWords {
    /// Those that are ours under another name.
    static let options = [
        "-n": "--max-new-tokens", "--predict": "--max-new-tokens",
        "--n-predict": "--max-new-tokens", "--temp": "--temperature", "-p": "--prompt",
        "-s": "--seed", "-sys": "--system", "--system-prompt": "--system",
        "--repeat-penalty": "--repetition-penalty", "-t": "--threads", "-r": "--stop",
        "--reverse-prompt": "--stop", "--lora": "--adapter", "--chat-template": "--template",
    ]

    /// Those that are not supported, and why.
    static let refused: [String: Sentence] = {
        let context: Sentence =
            "the context is the model's own, and memory for it is taken as it grows"
        let processor: Sentence = "this program runs on the processor; leave it out"
        let law: Sentence =
            "tokens are drawn by --temperature, --top-k, --top-p, --min-p and "
            + "--repetition-penalty alone"
        let always: Sentence = "that is so anyway; leave it out"
        let rows: [(String, Sentence)] = [
            ("-c --ctx-size", context),
            ("-ngl --gpu-layers --n-gpu-layers -dev --device -sm --split-mode -ts -mg", processor),
            (
                "--mirostat --mirostat-lr --mirostat-ent --typical --typical-p --dynatemp-range "
                    + "--dynatemp-exp --xtc-probability --xtc-threshold --dry-multiplier "
                    + "--dry-base --dry-allowed-length --dry-penalty-last-n --top-nsigma "
                    + "--presence-penalty --frequency-penalty --repeat-last-n --samplers "
                    + "--sampling-seq --logit-bias -l --ignore-eos", law
            ),
            ("--grammar --grammar-file --json-schema -j", "answers are not bound to a grammar"),
            (
                "-f --file",
                "a question from a file goes to --prompt - on standard input"
            ),
            (
                "-hf --hf-repo -mu --model-url",
                "models are local files; workbench models lists them"
            ),
            ("--lora-scaled --control-vector", "an adapter has its own scale"),
            (
                "-ctk --cache-type-k -ctv --cache-type-v",
                "--cache-type says how keys and values are kept"
            ),
            (
                "-cnv --conversation -i --interactive -ins --instruct --color -co --jinja "
                    + "-e --escape --no-warmup", always
            ),
            ("-no-cnv --no-conversation -st --single-turn", "--prompt answers once and leaves"),
            (
                "-fa --flash-attn -b --batch-size -ub --ubatch-size -tb --threads-batch "
                    + "--mmap --no-mmap --mlock",
                "this program chooses that itself; leave it out"
            ),
        ]
        var reasons: [String: Sentence] = [:]
        for (names, reason) in rows {
            for name in names.split(separator: " ") { reasons[String(name)] = reason }
        }
        return reasons
    }()
}
