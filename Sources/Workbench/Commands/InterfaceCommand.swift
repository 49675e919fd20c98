// The terminal interface: what `workbench` without a subcommand opens. This process only keeps the
// terminal; the interface and its run are in a session of their own, which stays when this one goes.

import ArgumentParser
import Foundation
import Kernel
import Panels

/// What the interface opens with.
struct InterfaceOptions: ParsableArguments {
    @Option(help: "A plan to open with: a LLaMA-Factory YAML.")
    var plan: String?
    @Option(name: .customLong("models"), help: "A further folder to look for models in.")
    var folders: [String] = []
    @Option(help: "The colours: auto, the name of a theme, or a theme file.")
    var theme: String?
    @Option(help: "The language of the interface: auto, en or zh.")
    var language: Language.Choice?
    @Flag(help: "Open no screen: tell which command does what each tab does, in plain lines.")
    var plain = false
    @OptionGroup var machine: MachineOptions
}

struct InterfaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ui", abstract: "Open the terminal interface (the same as no subcommand).",
        discussion: """
            Without options it comes back to a session that was left with a run under way; there is one after
            `d`, and after its terminal was closed.
            """)

    @OptionGroup var options: InterfaceOptions
    @Flag(help: "Open a new session, also when one waits without a screen.")
    var new = false

    func run() throws {
        if options.plain { return Output.line(PlainGuide.text) }
        try Language.ofPerson(options.language).speaking { try keep() }
    }

    private func keep() throws {
        try reportAndExit(json: false) {
            let environment = ProcessInfo.processInfo.environment
            let paths = try Paths(environment: environment)
            let terminal = try TerminalProxy.openTerminal(environment)
            let words = Self.words(CommandLine.arguments)
            if !new, words.isEmpty {
                let sessions = SessionFolder(paths)
                if let left = sessions.find().first(where: { $0.shownTo == nil }) {
                    var proxy = TerminalProxy(
                        terminal, try sessions.connect(left), child: nil, logFile: paths.logFile)
                    throw ExitCode(proxy.run(environment: environment))
                }
            }
            throw ExitCode(try Self.open(words, terminal, environment, paths))
        }
    }

    /// The session's command line: our own, without the options that are for this process alone.
    static func words(_ arguments: [String]) -> [String] {
        var words = Array(arguments.dropFirst())
        if words.first == configuration.commandName { words.removeFirst() }
        return words.filter { $0 != "--new" }
    }

    /// Starts a session with some options and keeps the terminal for it.
    static func open(
        _ words: [String], _ terminal: KeptTerminal, _ environment: [String: String],
        _ paths: Paths
    ) throws(KernelError) -> Int32 {
        let (here, there) = try UnixSocket.pair()
        let name = CommandLine.arguments.first ?? "workbench"
        let child = try UnixSocket.startSelf(
            [name, SessionCommand.name] + words, channel: there)
        var proxy = TerminalProxy(
            terminal, try UnixSocket.connection(here), child: child, logFile: paths.logFile)
        return proxy.run(environment: environment)
    }
}

extension TerminalProxy {
    /// The terminal of this process, or why there can be no interface.
    static func openTerminal(_ environment: [String: String]) throws(KernelError) -> KeptTerminal {
        do {
            return try KeptTerminal(environment: environment)
        } catch {
            throw KernelError(
                .usage, "the interface needs a terminal",
                because: Sentence(verbatim: "\(error)"),
                hint: "workbench --plain names the commands that do the same in whole lines.")
        }
    }
}
