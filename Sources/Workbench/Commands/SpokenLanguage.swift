// The language of commands that people use beside the interface: by option, by the settings file, by the
// locale, as the interface does it. What scripts read is English always.

import ArgumentParser
import Foundation
import Panels

extension Language.Choice: ExpressibleByArgument {}

/// In which language a command tells what it tells.
struct LanguageOptions: ParsableArguments {
    @Option(help: "The language of what is told: auto, en or zh.")
    var language: Language.Choice?

    /// Does something in the person's language.
    func speaking(_ body: () throws -> Void) rethrows {
        try Language.ofPerson(language).speaking(body)
    }
}

extension Language {
    /// The language of the person at this process's terminal; `choice` is what was asked for.
    static func ofPerson(_ choice: Choice?) -> Language {
        let environment = ProcessInfo.processInfo.environment
        // Without a folder of this user there are no settings, and the locale speaks.
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
