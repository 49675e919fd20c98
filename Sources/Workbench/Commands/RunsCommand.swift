// workbench runs: what was trained and what is training, one line a run, and one run in full. Commands to runs
// are in RunControlCommand.swift.

import ArgumentParser
import Foundation
import Kernel

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List runs, show one, or steer one that is under way.",
        subcommands: [RunList.self, RunShow.self, RunControlCommand.self],
        defaultSubcommand: RunList.self)

    /// The run that is meant, or an error that lists the runs there are.
    static func record(_ word: String, _ paths: Paths) throws(KernelError) -> RunRecord {
        let finder = finder(paths)
        if let record = finder.run(named: word) { return record }
        let names = finder.find().prefix(5).map(\.name)
        throw KernelError(
            .missingInput, "there is no such run", at: word,
            hint: names.isEmpty
                ? "There are no runs in \(paths.runs)."
                : "There are: \(names.joined(separator: ", "))")
    }

    /// Looks for runs, also where sessions currently have them.
    static func finder(_ paths: Paths, more: [String] = []) -> RunFinder {
        RunFinder(paths, more: more + SessionFolder(paths).find().compactMap(\.runFolder))
    }

    static var paths: Paths {
        get throws(KernelError) {
            let plain = try Paths(environment: ProcessInfo.processInfo.environment)
            return plain.adopting(SettingsFile.read(path: plain.settingsFile).plan)
        }
    }
}

extension RunOrder: ExpressibleByArgument {}

struct RunList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the runs (the same as no subcommand).")

    @Argument(help: "Further folders to look in.")
    var folders: [String] = []
    @Option(help: "What comes first: age, name, loss, eval, step or state.")
    var sort = RunOrder.age
    @OptionGroup var answer: AnswerOptions
    @OptionGroup var spoken: LanguageOptions

    func run() throws { try spoken.speaking { try list() } }

    private func list() throws {
        try reportAndExit(json: answer.json) {
            let finder = try RunsCommand.finder(RunsCommand.paths, more: folders)
            let found = finder.search()
            let runs = sort.sorted(found.runs).map(\.asked)
            if !answer.quiet {
                for folder in found.cut { Output.note(finder.remark(onCut: folder)) }
            }
            let now = Date().timeIntervalSince1970
            if answer.json {
                Output.json(.array(runs.map { .object($0.json) }))
                return
            }
            if runs.isEmpty {
                return Output.note(
                    tr("No runs in {1} and ./saves.", try RunsCommand.paths.runs))
            }
            Output.text(RunTable.text(runs, now: now))
            if !answer.quiet, runs.contains(where: { $0.state == .lost }) {
                Output.note(
                    tr("lost: the process died. workbench runs show RUN says how to go on."))
            }
        }
    }
}

struct RunShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one run.")

    @Argument(help: ArgumentHelp("A run's name or its folder.", valueName: "run"))
    var word: String
    @Flag(help: "Go on with the run's events as they come, one JSON object a line.")
    var follow = false
    @OptionGroup var answer: AnswerOptions
    @OptionGroup var spoken: LanguageOptions

    func run() throws { try spoken.speaking { try show() } }

    private func show() throws {
        try reportAndExit(json: answer.json) {
            let record = try RunsCommand.record(word, RunsCommand.paths).asked
            if follow { return try Self.follow(record) }
            if answer.json { return Output.json(.object(record.json)) }
            Output.text(RunTable.text(of: record, now: Date().timeIntervalSince1970))
        }
    }

    private static func follow(_ record: RunRecord) throws(KernelError) {
        let connection = try UnixSocket.connect(in: record.folder, name: ControlSocket.name)
        connection.send(["command": "subscribe"])
        while true {
            var polls = [pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)]
            _ = poll(&polls, 1, -1)
            let received = connection.receive()
            for message in received.messages where message.event != nil {
                Output.json(.object(message.body))
            }
            if !received.isOpen { return }
        }
    }
}
