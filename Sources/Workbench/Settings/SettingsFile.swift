// The interface's own settings, a small YAML file of the user's; the program changes one line of it when told to.
// A damaged file never keeps the program from starting: the defaults and the issues come back.

import Foundation
import Kernel

/// What the user chose for the interface.
struct InterfaceSettings: Sendable, Equatable {
    /// The name of a theme or the path of a theme file; empty is `auto` (`theme`).
    var theme = ""
    /// The language: by the locale, English or Chinese (`language`).
    var language: Language.Choice = .auto
    /// Whether clicks come to the interface (`mouse`).
    var mouse: MouseChoice = .auto
    /// Whether the end of a run rings the bell (`bell`).
    var bell = false
    /// Threads for computing; nil takes every core (`threads`).
    var threads: Int?
    /// The folder of models; nil takes the data folder's (`models_dir`).
    var modelsFolder: String?
    /// The folder of runs; nil takes the data folder's (`runs_dir`).
    var runsFolder: String?
}

/// The settings file.
enum SettingsFile {
    static let table = SettingTable<InterfaceSettings>(
        [
            .init(
                title: "interface",
                rows: [
                    .field(
                        "theme", \.theme, "auto, the name of a theme, or the path of a theme file."),
                    .field("language", \.language, "auto, en or zh; auto follows the locale."),
                    .field("mouse", \.mouse, "auto, on or off; auto is off over SSH."),
                    .field("bell", \.bell, "Whether the end of a run rings the bell."),
                    .field("threads", \.threads, "Threads for computing; null is every core."),
                    .field("models_dir", \.modelsFolder, "The folder of models."),
                    .field("runs_dir", \.runsFolder, "The folder of runs."),
                ])
        ], blank: InterfaceSettings())

    /// Reads the file; one that is missing gives the defaults, a damaged one an issue as well.
    /// Relative paths start at the file's folder, a tilde is the user's home.
    static func read(path: String) -> PlanReading<InterfaceSettings> {
        var settings = InterfaceSettings()
        do throws(KernelError) {
            let document = try SettingDocument(path: path)
            var issues = table.read(document.entries, into: &settings)
            if let threads = settings.threads, !(1...256).contains(threads) {
                issues.append(.error("threads", "must be between 1 and 256, is \(threads)."))
                settings.threads = nil
            }
            let folder = (path as NSString).deletingLastPathComponent
            settings.modelsFolder = settings.modelsFolder.map { absolute($0, in: folder) }
            settings.runsFolder = settings.runsFolder.map { absolute($0, in: folder) }
            if settings.theme.contains("/") {
                settings.theme = absolute(settings.theme, in: folder)
            }
            return PlanReading(plan: settings, issues: issues)
        } catch {
            if error.kind == .missingInput { return PlanReading(plan: settings, issues: []) }
            return PlanReading(
                plan: settings, issues: [PlanIssue(field: path, message: error.sentence)])
        }
    }

    private static func absolute(_ path: String, in folder: String) -> String {
        let path = HomePath.expanded(path)
        return path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }
}
