// workbench attach: the screen of a session that was left, or that another terminal shows, in this terminal;
// or a screen for a run that has none because `workbench train` started it.

import ArgumentParser
import Foundation
import Kernel

struct AttachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Show a run that goes on, here, with control over it.",
        discussion: """
            Without a run: the session that was left last, else the one that another terminal shows, else the
            newest run that trains. The other terminal gets its shell back; the run notices nothing.
            """)

    @Argument(
        help: ArgumentHelp("A run's name or its folder; see workbench runs.", valueName: "run"))
    var word: String?
    @OptionGroup var spoken: LanguageOptions

    /// What can be shown.
    private enum Found {
        case session(LineConnection)
        /// A run without an interface, by its whole path, and the threads that it computes with.
        case run(folder: String, threads: Int?)
    }

    func run() throws {
        try spoken.speaking {
            try reportAndExit(json: false) {
                let environment = ProcessInfo.processInfo.environment
                let plain = try Paths(environment: environment)
                let paths = plain.adopting(SettingsFile.read(path: plain.settingsFile).plan)
                let found = try find(paths)
                let terminal = try TerminalProxy.openTerminal(environment)
                switch found {
                case .session(let connection):
                    var proxy = TerminalProxy(
                        terminal, connection, child: nil, logFile: paths.logFile,
                        language: spoken.language)
                    throw ExitCode(proxy.run(environment: environment))
                case .run(let folder, let threads):
                    var words = ["--attach", folder]
                    words += spoken.language.map { ["--language", $0.rawValue] } ?? []
                    // If the run dies, it is resumed here to the same last bit: that takes as many threads.
                    words += threads.map { ["--threads", "\($0)"] } ?? []
                    throw ExitCode(
                        try InterfaceCommand.open(words, terminal, environment, paths))
                }
            }
        }
    }

    private func find(_ paths: Paths) throws(KernelError) -> Found {
        if let word { return try find(RunsCommand.record(word, paths)) }
        let sessions = SessionFolder(paths)
        let found = sessions.find()
        if let first = found.first(where: { $0.shownTo == nil }) ?? found.first {
            return .session(try sessions.connect(first))
        }
        if let live = RunFinder(paths).find().first(where: \.state.isLive) {
            return try find(live)
        }
        throw KernelError(
            .missingInput, "there is no session to attach to",
            hint: "workbench runs lists the runs; workbench opens a new session.")
    }

    private func find(_ record: RunRecord) throws(KernelError) -> Found {
        guard record.state.isLive else {
            let plan = "\(record.folder)/\(RunFolder.planName)"
            let hint: Sentence =
                record.state == .done
                ? "workbench runs show \(record.name)" : "workbench train \(plan) goes on with it."
            throw KernelError(
                .missingInput, "the run is not under way", at: record.folder,
                because: "it is \(record.state.name)", hint: hint)
        }
        let answer = try ControlSocket.ask(record.folder, "session")
        if let socket = answer["socket"]?.string {
            let path = socket as NSString
            return .session(
                try UnixSocket.connect(
                    in: path.deletingLastPathComponent, name: path.lastPathComponent))
        }
        guard answer["ok"]?.bool != true else {
            throw KernelError(
                .usage, "the run has no interface", at: record.folder,
                because: "its session has no socket",
                hint: "workbench runs control \(record.name) pause")
        }
        let threads = try ControlSocket.ask(record.folder, "status")["threads"]?.integer
        // The run is known by this path whatever the session's folder is.
        let here = FileManager.default.currentDirectoryPath
        let isWhole = record.folder.hasPrefix("/")
        return .run(
            folder: isWhole ? record.folder : "\(here)/\(record.folder)",
            threads: threads.flatMap { (1...Parallel.threadCountMax).contains($0) ? $0 : nil })
    }
}
