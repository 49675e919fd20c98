// workbench attach: the screen of a session that was left, or that another terminal shows, in this terminal.

import ArgumentParser
import Foundation
import Kernel

struct AttachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Show a run that was left, here, with control over it.",
        discussion: """
            Without a run: the session that was left last, else the one that another terminal shows. The other
            terminal gets its shell back; the run notices nothing.
            """)

    @Argument(
        help: ArgumentHelp("A run's name or its folder; see workbench runs.", valueName: "run"))
    var word: String?

    func run() throws {
        try reportAndExit(json: false) {
            let environment = ProcessInfo.processInfo.environment
            let plain = Paths(environment: environment)
            let paths = plain.adopting(SettingsFile.read(path: plain.settingsFile).plan)
            let connection = try connect(paths)
            var keeper = Keeper(
                try Keeper.openTerminal(environment), connection, child: nil,
                logFile: paths.logFile)
            throw ExitCode(keeper.run(environment: environment))
        }
    }

    private func connect(_ paths: Paths) throws(KernelError) -> LineConnection {
        guard let word else {
            let sessions = SessionFolder(paths)
            let found = sessions.find()
            guard let first = found.first(where: { $0.shownTo == nil }) ?? found.first else {
                throw KernelError(
                    .missingInput, "there is no session to attach to",
                    hint: "workbench runs lists the runs; workbench opens a new session.")
            }
            return try sessions.connect(first)
        }
        let record = try RunsCommand.record(word, paths)
        guard record.state.isLive else {
            let hint =
                record.state == .done
                ? "workbench runs show \(record.name)"
                : "workbench train \(record.folder)/\(RunFolder.planName) goes on with it."
            throw KernelError(
                .missingInput, "the run is not under way", at: record.folder,
                because: "it is \(record.state.rawValue)", hint: hint)
        }
        let answer = try RunDoor.ask(record.folder, "session")
        guard let socket = answer["socket"]?.string else {
            throw KernelError(
                .usage, "the run has no interface", at: record.folder,
                because: answer["ok"]?.bool == true
                    ? "its session has no socket" : "it was started by workbench train",
                hint: "workbench runs control \(record.name) pause | resume | stop | save | "
                    + "evaluate; workbench runs show \(record.name) --follow")
        }
        let path = socket as NSString
        return try UnixSocket.connect(
            in: path.deletingLastPathComponent, name: path.lastPathComponent)
    }
}
