// The entry point: the terminal interface, unless a subcommand is given.

import ArgumentParser

@main
struct WorkbenchCommand: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "workbench",
        abstract: "Fine-tune language models in the terminal, on any CPU.",
        discussion: "Without a subcommand it opens the terminal interface.",
        version: "workbench \(version)",
        subcommands: [
            InterfaceCommand.self, AttachCommand.self, RunsCommand.self, SessionCommand.self,
            TrainCommand.self, ChatCommand.self, DataCommand.self, TokenizeCommand.self,
            ScoreCommand.self, EvaluateCommand.self,
            LogitsCommand.self, ExportCommand.self, ModelsCommand.self, DoctorCommand.self,
            PathsCommand.self,
        ], defaultSubcommand: InterfaceCommand.self)
}
