// The language of commands that are used beside the interface: by option, by the settings file, by the
// locale, as in the interface. What scripts read is always English.

import ArgumentParser
import Foundation
import Panels

extension Language.Choice: ExpressibleByArgument {}

/// The language that a command prints in.
struct LanguageOptions: ParsableArguments {
    @Option(help: "The language of what is told: auto, en or zh.")
    var language: Language.Choice?

    /// Runs a closure in the user's language.
    func speaking(_ body: () throws -> Void) rethrows {
        try Language.ofPerson(language).speaking(body)
    }
}

extension Language {
    /// The language of the user at this process's terminal; `choice` is what was asked for.
    static func ofPerson(_ choice: Choice?) -> Language {
        let environment = ProcessInfo.processInfo.environment
        // Without a home folder there are no settings, and the locale decides.
        let paths = try? Paths(environment: environment)
        let settings = paths.map { SettingsFile.read(path: $0.settingsFile).plan }
        return Language(
            choice ?? settings?.language ?? .auto, environment: environment)
    }

    /// The same for a terminal that is described by its variables.
    init(_ choice: Choice, environment: [String: String]) {
        self.init(
            choice, environment: environment, isUTF8: CursesTerminal.showsUTF8(environment))
    }
}
