// workbench tokenize: the ids of standard input.

import ArgumentParser
import Kernel

struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize", abstract: "Print the token ids of standard input.",
        discussion:
            """
            Special tokens written in the text become their ids, as in Hugging Face; --no-special keeps them text. \
            The model's start token is put in front where its own tokenizer does that; --bos and --no-bos decide it.
            """
    )

    @Option(
        name: [.customLong("model"), .customShort("m")],
        help: "A Hugging Face folder or a GGUF file.")
    var model: String
    @Flag(help: "Treat special tokens in the text as ordinary characters.")
    var noSpecial = false
    @OptionGroup var start: StartOptions
    @OptionGroup var answer: AnswerOptions

    func run() throws {
        try reportAndExit(json: answer.json) {
            let tokenizer = try TokenizerLoader.load(modelAt: model).tokenizer
            let ids = try start.ids(
                of: Output.standardInput(), tokenizer, allowSpecial: !noSpecial, model: model,
                isQuiet: answer.quiet)
            if answer.json {
                Output.json([
                    "ids": .array(ids.map { .integer($0) }),
                    "tokens": .array(
                        ids.map { .string(tokenizer.decode([$0], skipSpecial: false)) }),
                ])
            } else {
                Output.line(ids.map(String.init).joined(separator: " "))
            }
        }
    }
}
