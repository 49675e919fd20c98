// workbench runs control: commands to a run that goes on in another process, through the socket in its folder.

import ArgumentParser
import Foundation
import Kernel

struct RunControlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "control",
        abstract: "Pause, resume, stop, save or evaluate a run, or change its learning rate.",
        discussion: """
            Examples: workbench runs control benchly pause
                      workbench runs control benchly rate 1e-4     (a new peak)
                      workbench runs control benchly rate x0.5     (half of what the plan says)
            The rate counts from the next step on and stands in the run's log.
            """)

    @Argument(help: ArgumentHelp("A run's name or its folder.", valueName: "run"))
    var word: String
    @Argument(help: "pause, resume, stop, save (or checkpoint), evaluate or rate.")
    var command: String
    @Argument(help: "With rate: a peak such as 1e-4, or a factor such as x0.5.")
    var value: String?
    @OptionGroup var answer: AnswerOptions
    @OptionGroup var spoken: LanguageOptions

    mutating func validate() throws {
        if command == RunControlEndpoint.rate {
            guard let value, RateChange(value) != nil else {
                throw ValidationError(
                    "rate needs a rate above 0, such as 1e-4, or a factor, such as x0.5.")
            }
            return
        }
        guard RunControlEndpoint.commands[command] != nil else {
            let known = (RunControlEndpoint.commands.keys + [RunControlEndpoint.rate]).sorted()
                .joined(separator: ", ")
            throw ValidationError("\"\(command)\" is no command to a run; known are \(known).")
        }
        if let value { throw ValidationError("\(command) takes no value such as \"\(value)\".") }
    }

    func run() throws { try spoken.speaking { try control() } }

    private func control() throws {
        try reportAndExit(json: answer.json) {
            let record = try RunsCommand.record(word, RunsCommand.paths)
            guard record.state.isLive else {
                throw KernelError(
                    .unavailable, "the run is not under way", at: record.folder,
                    because: "it is \(record.state.name)")
            }
            let reply = try ControlSocket.ask(record.folder, command, value: value)
            guard reply["ok"]?.bool == true else {
                throw KernelError(
                    .unavailable, "the run refused the command", at: record.folder,
                    because: reply["error"]?.string.map(Sentence.init(stringLiteral:)))
            }
            if answer.json {
                Output.json(.object(reply))
            } else if !answer.quiet {
                let words = [command, value].compactMap(\.self).joined(separator: " ")
                Output.row(tr("{1}: asked to {2}", record.name, words))
            }
        }
    }
}
