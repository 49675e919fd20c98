// Where the program's own files lie, by the XDG rules, from an environment handed in as a value.
// It creates nothing; the first writer makes the folder.

import Kernel

/// The folders of this user.
struct Paths: Sendable, Equatable {
    /// Downloaded and exported models.
    private(set) var models: String
    /// Runs that were given no folder of their own.
    private(set) var runs: String
    /// Conversations that were saved.
    let chats: String
    /// The settings file of the interface.
    let settingsFile: String
    /// Themes of the user's own.
    let themes: String
    /// Presets of the user's own.
    let presets: String
    /// What libraries and the language's runtime print while the interface owns the screen.
    let logFile: String
    /// The sockets of sessions that run.
    let sessions: String

    /// Throws where a folder is needed that neither the environment nor the database of users names.
    init(environment: [String: String]) throws(KernelError) {
        let bases = ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"]
        for name in bases { try HomeFolder.checkText(name, environment) }
        let isComplete = bases.allSatisfy { environment[$0]?.hasPrefix("/") ?? false }
        self.init(
            environment: environment, home: isComplete ? "/" : try HomeFolder.path(environment))
    }

    init(environment: [String: String], home: String) {
        let home = home == "/" ? "" : home
        // The XDG rules: a relative path counts as not set.
        func base(_ name: String, _ standard: String) -> String {
            guard let path = environment[name], path.hasPrefix("/") else {
                return home + "/" + standard
            }
            return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        }
        let data = base("XDG_DATA_HOME", ".local/share") + "/workbench"
        models = data + "/models"
        runs = data + "/runs"
        chats = data + "/chats"
        let config = base("XDG_CONFIG_HOME", ".config") + "/workbench"
        settingsFile = config + "/settings.yaml"
        themes = config + "/themes"
        presets = config + "/presets"
        let state = base("XDG_STATE_HOME", ".local/state") + "/workbench"
        logFile = state + "/workbench.log"
        sessions = state + "/sessions"
    }

    /// The same with the folders that the settings file names.
    func adopting(_ settings: InterfaceSettings) -> Paths {
        var paths = self
        paths.models = settings.modelsFolder ?? models
        paths.runs = settings.runsFolder ?? runs
        return paths
    }

    /// The small model that `make run` fetches.
    var sampleModel: String { models + "/SmolLM2-135M-Instruct.Q4_1.gguf" }
}
