// The entry point: the terminal interface, unless a subcommand is given.

import ArgumentParser

@main
struct WorkbenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workbench", abstract: "Fine-tune language models in the terminal, on any CPU."
    )
}
