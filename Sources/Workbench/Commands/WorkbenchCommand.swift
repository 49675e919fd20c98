// The entry point: the terminal interface, unless a subcommand is given.

import ArgumentParser
import Kernel

@main
struct WorkbenchCommand: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "workbench",
        abstract: "Fine-tune language models in the terminal, on any CPU.",
        discussion: "Without a subcommand it opens the terminal interface.",
        version: "workbench \(version)",
        subcommands: [
            InterfaceCommand.self, AttachCommand.self, RunsCommand.self, PlotCommand.self,
            SessionCommand.self,
            TrainCommand.self, ChatCommand.self, DataCommand.self, RenderCommand.self,
            TokenizeCommand.self, ScoreCommand.self, EvaluateCommand.self,
            LogitsCommand.self, ExportCommand.self, ModelsCommand.self, DoctorCommand.self,
            PathsCommand.self, ManCommand.self,
        ], defaultSubcommand: InterfaceCommand.self)

    /// Parses the command line and runs what it asks for. Errors of the command line itself are reported
    /// in JSON too where that was asked for.
    static func main() {
        do throws(KernelError) {
            try ProcessStart.check(words: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
            ProcessStart.settleEnvironment()
        } catch {
            Output.error(ErrorReport.text(error))
            exit(withError: ExitCode(ExitStatus(error.kind).rawValue))
        }
        Exhaustion.watch()
        do {
            let words = try CommandWords.translated(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot(words)
            try command.run()
        } catch let error as KernelError {
            let isJSON = CommandLine.arguments.prefix { $0 != "--" }.contains("--json")
            Output.error(isJSON ? ErrorReport.json(error) : ErrorReport.text(error))
            exit(withError: ExitCode(ExitStatus(error.kind).rawValue))
        } catch {
            // Help and the version are answers: they are written as answers are.
            let answer = fullMessage(for: error)
            if exitCode(for: error).isSuccess, !answer.isEmpty {
                Output.line(answer)
                exit()
            }
            guard let report = ErrorReport.usage(error, words: CommandLine.arguments.dropFirst())
            else { end(with: error) }
            Output.error(ErrorReport.json(report))
            exit(withError: ExitCode(ExitStatus(report.kind).rawValue))
        }
    }

    /// Ends as the argument parser does. Its messages about a wrong command line quote that line as it was typed, so
    /// they are made visible like all that comes from outside.
    private static func end(with error: any Error) -> Never {
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        guard !code.isSuccess, !text.isEmpty else { exit(withError: error) }
        Output.note(text)
        exit(withError: code)
    }
}

extension ErrorReport {
    /// The parser's error as one of ours; nil where JSON was not asked for, and for exits that are no errors.
    static func usage(_ error: any Error, words: some Sequence<String>) -> KernelError? {
        guard words.prefix(while: { $0 != "--" }).contains("--json"), !(error is ExitCode),
            WorkbenchCommand.exitCode(for: error) == .validationFailure
        else { return nil }
        return KernelError(
            .usage, Sentence(verbatim: WorkbenchCommand.message(for: error)),
            hint: "workbench help COMMAND tells what there is.")
    }
}
