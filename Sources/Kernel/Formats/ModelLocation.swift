// Finds out what a path points at: a GGUF file, or a folder with config.json and safetensors.
// It opens no weights; its errors say what was found instead and what to do.
import Foundation

/// Where a model's parts lie.
enum ModelLocation: Equatable {
    case gguf(String)
    case folder(String, Weights)

    /// The weights of a folder.
    enum Weights: Equatable {
        case single(String)
        case sharded(String)
        /// A single file, and the index of other files beside it.
        case both(single: String, index: String)
    }

    init(_ path: String) throws(KernelError) {
        var status = stat()
        guard !path.isEmpty, stat(path, &status) == 0 else {
            let code = path.isEmpty ? ENOENT : errno
            guard code == ENOENT || code == ENOTDIR else {
                throw KernelError.system("cannot open the model", path: path, code: code)
            }
            throw KernelError(
                .missingInput, "there is no model", at: path.escapedForDisplay,
                because: "the path does not exist",
                hint: "Give a folder with config.json and model.safetensors, or a .gguf file")
        }
        self =
            status.st_mode & S_IFMT == S_IFDIR
            ? try Self.inspect(folder: path) : try Self.inspect(file: path)
    }

    private static func inspect(file path: String) throws(KernelError) -> ModelLocation {
        let name = path.lowercased()
        if name.hasSuffix(".gguf") { return .gguf(path) }
        if isPickle(name) { throw pickle(at: path) }
        // Some stores name files by their digest.
        if startsAsGGUF(path) { return .gguf(path) }
        let hint: Sentence =
            name.hasSuffix(".safetensors") || name.hasSuffix(".json")
            ? "Give the folder that the file is in" : "Give a model folder or a .gguf file"
        throw KernelError(
            .badData, "the file is not a model", at: path.escapedForDisplay, hint: hint)
    }

    /// Whether a file begins with the mark of a GGUF, whatever it is called.
    private static func startsAsGGUF(_ path: String) -> Bool {
        // A mapping refuses pipes and devices, which a plain read could wait for.
        guard let file = try? MappedFile(path: path) else { return false }
        return file.bytes.starts(with: "GGUF".utf8)
    }

    private static func inspect(folder path: String) throws(KernelError) -> ModelLocation {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw KernelError(
                .permission, "cannot list the folder", at: path.escapedForDisplay,
                because: Sentence(verbatim: error.localizedDescription))
        }
        let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        let ggufs = names.filter(isModelGGUF)
        guard names.contains("config.json") else {
            if ggufs.count == 1 { return .gguf("\(folder)/\(ggufs[0])") }
            throw noConfiguration(folder, names: names, ggufs: ggufs)
        }
        let (single, index) = ("model.safetensors", "model.safetensors.index.json")
        switch (names.contains(single), names.contains(index)) {
        case (true, true):
            let path = "\(folder)/\(index)"
            // An index may name the one file that there is.
            if ShardedWeights.names(single, in: path) { return .folder(folder, .sharded(path)) }
            return .folder(folder, .both(single: "\(folder)/\(single)", index: path))
        case (true, false): return .folder(folder, .single("\(folder)/\(single)"))
        case (false, true): return .folder(folder, .sharded("\(folder)/\(index)"))
        case (false, false): break
        }
        // Folders of GGUF files often keep the configuration that they were made from.
        if ggufs.count == 1 { return .gguf("\(folder)/\(ggufs[0])") }
        if ggufs.count > 1 { throw several(folder, ggufs) }
        if names.contains(where: isPickle) { throw pickle(at: folder) }
        throw noWeights(folder, others: names.filter { $0.hasSuffix(".safetensors") })
    }

    /// A GGUF file that may hold a model: not the part that sees pictures, nor statistics for quantizing.
    private static func isModelGGUF(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasSuffix(".gguf") && !name.hasPrefix("mmproj") && !name.hasPrefix("imatrix")
    }

    private static func noWeights(_ folder: String, others: [String]) -> KernelError {
        var reason: Sentence = "neither model.safetensors nor model.safetensors.index.json is there"
        var hint: Sentence = "Fetch the .safetensors files of the model into the folder"
        if !others.isEmpty {
            reason = "\(reason); the folder holds \(KeyTable.list(others))"
            hint =
                others.count == 1
                ? "If that file is the whole model, rename it to model.safetensors"
                : "Fetch model.safetensors.index.json as well, which names the parts"
        }
        return KernelError(
            .missingInput, "the model folder has no weights", at: folder.escapedForDisplay,
            because: reason, hint: hint)
    }

    private static func several(_ folder: String, _ ggufs: [String]) -> KernelError {
        let parts = ggufs.allSatisfy { $0.lowercased().contains("-of-") }
        return KernelError(
            .missingInput,
            parts ? "the folder holds a model in several parts" : "the folder holds several models",
            at: folder.escapedForDisplay, because: Sentence(verbatim: KeyTable.list(ggufs)),
            hint: parts
                ? "Merge the parts first (llama-gguf-split --merge)"
                : "Give the path of one .gguf file")
    }

    private static func noConfiguration(
        _ folder: String, names: [String], ggufs: [String]
    ) -> KernelError {
        if ggufs.count > 1 { return several(folder, ggufs) }
        if names.contains("adapter_config.json") {
            return KernelError(
                .badData, "the folder holds an adapter, not a model",
                at: folder.escapedForDisplay, because: "there is no config.json",
                hint: "Give the base model here and the adapter as adapter_name_or_path")
        }
        return KernelError(
            .missingInput, "the folder holds no model", at: folder.escapedForDisplay,
            because: "there is no config.json",
            hint: "Give a folder with config.json and model.safetensors, or a .gguf file")
    }

    /// Whether the name is that of weights in Python's pickle format.
    private static func isPickle(_ name: String) -> Bool {
        (name.hasPrefix("pytorch_model")
            && (name.hasSuffix(".bin") || name.hasSuffix(".bin.index.json")))
            || name.hasSuffix(".pth") || name.hasSuffix(".pt") || name.hasSuffix(".bin")
    }

    private static func pickle(at path: String) -> KernelError {
        KernelError(
            .badData, "the model's weights are Python pickles", at: path.escapedForDisplay,
            because: "a pickle can run any program when it is opened, so Workbench never opens one",
            hint: "Fetch the model's .safetensors files, or convert it to safetensors first")
    }
}
