// The interface's own settings, as a small YAML file in the user's configuration folder.
// A damaged file never keeps the program from starting: the defaults and the issues come back.

import Foundation
import Kernel

/// What the user chose for the interface.
struct InterfaceSettings: Sendable, Equatable {
    /// The name of the colour theme; empty takes the built-in one (`theme`).
    var theme = ""
    /// Whether pictures may move: spinners, blinking (`motion`, on).
    var moves = true
    /// Threads of the kernel; nil takes every core (`threads`).
    var threads: Int?
    /// The folder of models; nil takes the data folder's (`models_dir`).
    var modelsFolder: String?
    /// The folder of runs; nil takes the data folder's (`runs_dir`).
    var runsFolder: String?
    /// The model that was opened last (`last_model`).
    var lastModel: String?
    /// Keys by the name of their action: `quit=ctrl-q` (`keys`).
    var keys: [String] = []
}

/// The settings file.
enum SettingsFile {
    static let table = SettingTable<InterfaceSettings>(
        [
            .init(
                title: "interface",
                rows: [
                    .field("theme", \.theme, "The colour theme; empty is the built-in one."),
                    .field("motion", \.moves, "Whether pictures may move."),
                    .field("threads", \.threads, "Threads for computing; null is every core."),
                    .field("models_dir", \.modelsFolder, "The folder of models."),
                    .field("runs_dir", \.runsFolder, "The folder of runs."),
                    .field("last_model", \.lastModel, "The model that was opened last."),
                    .field("keys", \.keys, "Own keys, as action=key with commas between."),
                ])
        ], blank: InterfaceSettings())

    /// Reads the file; one that is missing gives the defaults, a damaged one an issue as well.
    static func read(path: String) -> PlanReading<InterfaceSettings> {
        var settings = InterfaceSettings()
        do throws(KernelError) {
            let document = try SettingDocument(path: path)
            let issues = table.read(document.entries, into: &settings)
            return PlanReading(plan: settings, issues: issues)
        } catch {
            if error.kind == .missingInput { return PlanReading(plan: settings, issues: []) }
            return PlanReading(
                plan: settings, issues: [PlanIssue(field: path, message: error.description)])
        }
    }

    /// Writes the file whole or not at all; the folder is made when it is missing.
    static func write(_ settings: InterfaceSettings, to path: String) throws(KernelError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(table.yaml(of: settings).utf8).write(
                to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw KernelError(
                .cannotCreate, "cannot write the settings", at: path,
                because: error.localizedDescription)
        }
    }
}
