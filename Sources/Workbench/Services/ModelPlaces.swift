// Where models lie on a machine: our own folder, and the caches of the tools that people fetch models with.
// It only names folders; the finder checks which of them exist.

/// Folders that models are looked for in.
struct ModelPlaces: Equatable, Sendable {
    /// Folders with models somewhere below, in the order of the list.
    var folders: [String]
    /// Stores that name models in manifests and keep them as blobs.
    var stores: [String]

    /// The places of a user; `more` come first.
    init(models: String, environment: [String: String], home: String, more: [String] = []) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        let cache = value("XDG_CACHE_HOME") ?? home + "/.cache"
        let hub =
            value("HF_HUB_CACHE") ?? value("HF_HOME").map { $0 + "/hub" }
            ?? cache + "/huggingface/hub"
        folders =
            more + [
                models, hub, value("MODELSCOPE_CACHE") ?? cache + "/modelscope/hub",
                home + "/.lmstudio/models", cache + "/lm-studio/models",
                value("LLAMA_CACHE") ?? cache + "/llama.cpp", home + "/models",
            ]
        stores =
            [value("OLLAMA_MODELS"), home + "/.ollama/models", "/usr/share/ollama/.ollama/models"]
            .compactMap(\.self)
    }

    /// The name of a model by its path: what a hub calls it, or the last part.
    static func name(of path: String) -> String {
        let parts = path.split(separator: "/").map(String.init)
        if let index = parts.lastIndex(where: { $0.hasPrefix("models--") }),
            parts.dropFirst(index + 1).first == "snapshots"
        {
            let name = String(parts[index].dropFirst("models--".count)).replacing("--", with: "/")
            // A repository may hold several files.
            return parts.last?.hasSuffix(".gguf") == true ? "\(name)/\(parts.last ?? "")" : name
        }
        return parts.last ?? path
    }
}
