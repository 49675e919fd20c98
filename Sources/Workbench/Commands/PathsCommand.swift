// workbench paths: where the program's own files lie, for scripts and for cleaning up.

import ArgumentParser
import Foundation
import Kernel

struct PathsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paths", abstract: "Tell where models, runs, settings and the log lie.",
        discussion: "With a name, that path alone: cd \"$(workbench paths runs)\"")

    /// The places, by the name that a script asks for.
    enum Place: String, CaseIterable, ExpressibleByArgument {
        case models, runs, settings, themes, presets, log

        func path(_ paths: Paths) -> String {
            switch self {
            case .models: paths.models
            case .runs: paths.runs
            case .settings: paths.settingsFile
            case .themes: paths.themes
            case .presets: paths.presets
            case .log: paths.logFile
            }
        }
    }

    @Argument(help: "The one to tell; all of them unless given.")
    var place: Place?
    @OptionGroup var answer: AnswerOptions

    func run() throws { try reportAndExit(json: answer.json) { try tell() } }

    private func tell() throws {
        var environment = ProcessInfo.processInfo.environment
        // Bytes that are no text can still be reported to a script, though nothing here can use them.
        let home = answer.json || Output.isTerminal ? nil : HomeFolder.bytes
        if home != nil { environment["HOME"] = Self.standIn }
        let plain = try Paths(environment: environment)
        let paths = plain.adopting(SettingsFile.read(path: plain.settingsFile).plan)
        let places = place.map { [$0] } ?? Place.allCases
        if answer.json {
            let pairs = places.map { ($0.rawValue, JSONValue.string($0.path(paths))) }
            return Output.json(.object(JSONObject(uniqueKeysWithValues: pairs)))
        }
        for each in places {
            let name = each.rawValue.padding(toLength: 10, withPad: " ", startingAt: 0)
            let line = (place == nil ? name : "") + each.path(paths)
            guard let home else {
                Output.row(line)
                continue
            }
            let parts = "\(line)\n".split(separator: Self.standIn, omittingEmptySubsequences: false)
            Output.bytes(Array(parts.map { Array($0.utf8) }.joined(separator: home)))
        }
    }

    /// Stands for the home folder where its name is no text; no real folder has this name.
    private static let standIn = "/\u{1}home\u{1}"
}
