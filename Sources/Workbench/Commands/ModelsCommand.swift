// workbench models: what can be trained or chatted with on this machine.

import ArgumentParser
import Foundation
import Kernel

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the models in the models folder and in other tools' folders.")

    @Argument(help: "Further folders to look in.")
    var folders: [String] = []
    @OptionGroup var answer: AnswerOptions

    func run() throws {
        try reportAndExit(json: answer.json) {
            let paths = try Paths(environment: ProcessInfo.processInfo.environment)
            for folder in folders
            where !FileManager.default.fileExists(atPath: HomePath.expanded(folder)) {
                throw KernelError(
                    .missingInput, "there is no such folder",
                    at: ErrorReport.visible(folder),
                    hint: "Check the path; without folders the usual places are looked through.")
            }
            let settings = SettingsFile.read(path: paths.settingsFile).plan
            let finder = ModelFinder(paths.adopting(settings))
            let (candidates, remarks) = finder.search(folders.map(HomePath.expanded))
            if !answer.quiet { for remark in remarks { Output.note(remark) } }
            let found = finder.found(candidates)
            if answer.json {
                Output.json(
                    .array(
                        found.map { model in
                            switch model.summary {
                            case .success(let text):
                                ["path": .string(model.path), "summary": .string(text)]
                            case .failure(let error):
                                ["path": .string(model.path), "error": .string(error.description)]
                            }
                        }))
                return
            }
            if found.isEmpty {
                Output.note("No models found. `make model` fetches the sample model.")
            }
            for model in found {
                Output.row(model.path)
                switch model.summary {
                case .success(let text): Output.row("    \(text)")
                case .failure(let error): Output.row("    unusable: \(error.description)")
                }
            }
        }
    }
}
