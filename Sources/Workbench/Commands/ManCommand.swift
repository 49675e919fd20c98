// workbench man: the manual page, for `make install` and for users who have none installed.

import ArgumentParser
import Kernel

struct ManCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "man", abstract: "Print the manual page in roff.",
        discussion: "To read it: workbench man | man -l -")

    @OptionGroup var answer: AnswerOptions

    func run() throws {
        try reportAndExit(json: answer.json) {
            let text = ManualPage.text(try CommandTree.program())
            if answer.json {
                Output.json([
                    "name": "workbench", "section": 1, "version": .string(WorkbenchCommand.version),
                    "roff": .string(text),
                ])
            } else {
                Output.text(text)
            }
        }
    }
}
