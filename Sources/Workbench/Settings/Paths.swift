// Where the program's own files lie, by the XDG rules, from an environment handed in as a value.
// It creates nothing; whoever writes first makes the folder.

/// The folders of this user.
struct Paths: Sendable, Equatable {
    /// Downloaded and exported models.
    let models: String
    /// Runs that were given no folder of their own.
    let runs: String
    /// The settings file of the interface.
    let settingsFile: String
    /// What may be deleted at any time.
    let cache: String
    /// The log of the interface, which owns the screen.
    let logFile: String

    init(environment: [String: String]) {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "."
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
        settingsFile = base("XDG_CONFIG_HOME", ".config") + "/workbench/settings.yaml"
        cache = base("XDG_CACHE_HOME", ".cache") + "/workbench"
        logFile = base("XDG_STATE_HOME", ".local/state") + "/workbench/workbench.log"
    }

    /// The small model that `make run` fetches.
    var sampleModel: String { models + "/SmolLM2-135M-Instruct.Q4_1.gguf" }
}
