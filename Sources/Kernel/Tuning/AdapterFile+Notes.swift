// What a user should know of an adapter before its answers are believed: unknown keys, another
// base than the one it was trained over, a head that it cuts loose. It changes nothing.

import Foundation

extension AdapterFile {
    /// What is odd about these adapters over a base; each is told once. `weights` are the base's as its
    /// file has them. Folders of full and freeze runs have nothing to tell.
    public static func notes(
        of folders: [String], over base: ModelFolder, weights: ModelWeights
    ) throws(KernelError) -> [Sentence] {
        var notes: [Sentence] = []
        for folder in folders where exists(in: folder) {
            let description = try describe(folder)
            var own = try description.applied(to: weights).notes
            if let other = try otherBase(folder, description, base, weights) { own.append(other) }
            let name = (folder as NSString).lastPathComponent
            notes += folders.count > 1 ? own.map { "\(name): \($0)" } : own
        }
        return notes
    }

    /// A remark when the adapter was trained over another base.
    private static func otherBase(
        _ folder: String, _ description: AdapterDescription, _ base: ModelFolder,
        _ weights: ModelWeights
    ) throws(KernelError) -> Sentence? {
        let named = description.baseModel.flatMap { $0.isEmpty ? nil : $0 }
        let shown = named.map { " (\($0.escapedForDisplay))" } ?? ""
        if let sample = BaseSample(try SafetensorsFile(path: try weightsPath(folder)).metadata) {
            switch BaseSample(weights).likeness(to: sample) {
            case .equal: return nil
            case .near:
                return
                    "The model's numbers are near those that the adapter was trained over\(shown), "
                    + "but not the same: another quantization, or a model trained further."
            case .other:
                return "The adapter was trained over another model of the same shapes\(shown): "
                    + "its answers over this one mean nothing."
            }
        }
        guard let named, !BaseName.isKnown(named, of: base) else { return nil }
        return "The adapter says that it belongs to \(named.escapedForDisplay), not to this model."
    }
}

/// Names of models, compared as people would.
enum BaseName {
    /// Whether a model goes by this name: by its path's last part, or by what its files call it.
    static func isKnown(_ name: String, of base: ModelFolder) -> Bool {
        var names = [base.path]
        if let resolved = realpath(base.path, nil) {
            names.append(String(cString: resolved))
            free(resolved)
        }
        if let own = base.config.rawJSON["_name_or_path"]?.string { names.append(own) }
        if case .gguf(let file) = base.tokenizerSource {
            for key in ["general.name", "general.basename", "general.base_model.0.name"] {
                if let own = try? file.metadata.string(key) { names.append(own) }
            }
        }
        return names.contains { plain($0) == plain(name) }
    }

    /// The last part of a path or of a name on a hub, without what says how its numbers are stored.
    static func plain(_ name: String) -> String {
        let parts = name.split(separator: "/").map(String.init)
        var last = parts.last ?? name
        // A cache of downloads keeps models--OWNER--NAME/snapshots/COMMIT.
        if let cached = parts.last(where: { $0.hasPrefix("models--") }) {
            last = cached.components(separatedBy: "--").last ?? cached
        }
        last = last.lowercased().replacingOccurrences(of: " ", with: "-")
        if last.hasSuffix(".gguf") { last.removeLast(5) }
        let stored = ["f32", "f16", "bf16", "fp16", "fp32", "4bit", "8bit", "bnb", "unsloth"]
        while let boundary = last.lastIndex(where: { $0 == "-" || $0 == "." }) {
            let end = last[last.index(after: boundary)...]
            let isQuant =
                (end.hasPrefix("q") || end.hasPrefix("iq"))
                && end.drop { $0 == "i" || $0 == "q" }.first?.isNumber == true && end.contains("_")
            guard isQuant || stored.contains(String(end)) else { break }
            last = String(last[..<boundary])
        }
        return last
    }
}
