// The terminal interface: what `workbench` without a subcommand opens.

import ArgumentParser
import Foundation
import Kernel
import Panels

struct InterfaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ui", abstract: "Open the terminal interface (the same as no subcommand).")

    @Option(help: "A plan to open with: a LLaMA-Factory YAML.")
    var plan: String?
    @Option(name: .customLong("models"), help: "A further folder to look for models in.")
    var folders: [String] = []
    @OptionGroup var machine: MachineOptions

    func run() throws {
        try reportAndExit(json: false) {
            machine.apply()
            let environment = ProcessInfo.processInfo.environment
            let paths = Paths(environment: environment)
            let plan: TrainingPlan
            if let path = self.plan {
                plan = try PlanFile.read(path: path).plan
            } else {
                plan = StartingPlan.make(paths)
            }
            let terminal = try openTerminal(environment)
            let queue = EventQueue<AppMail>()
            let effects = EffectRunner(queue: queue, paths: paths, folders: folders)
            let themes = Theme.builtin.map { $0.adapted(to: terminal.colorDepth) }
            var program = Program(
                AppProgram(AppState(plan: plan, themes: themes)), terminal: terminal, queue: queue)
            let (_, ending) = program.run { effect, _ in effects.perform(effect) }
            effects.finish()
            if case .closed(let closing) = ending { throw ExitCode(closing.exitCode) }
        }
    }

    private func openTerminal(_ environment: [String: String]) throws -> CursesTerminal {
        do {
            return try CursesTerminal()
        } catch {
            throw KernelError(
                .usage, "the interface needs a terminal", because: "\(error)",
                hint:
                    "Use the commands without a screen: workbench train, chat, export; see workbench --help."
            )
        }
    }
}
