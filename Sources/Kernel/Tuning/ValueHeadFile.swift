// The value head of a reward model in a file of its own beside the adapter or model, as LLaMA-Factory writes it.

/// Reads and writes value_head.safetensors: v_head.summary.weight (1, C) and v_head.summary.bias (1).
public enum ValueHeadFile {
    public static let name = "value_head.safetensors"

    /// Whether a folder has one.
    public static func exists(in folder: String) throws(KernelError) -> Bool {
        try DiskCalls.isThere("\(folder)/\(name)")
    }

    /// Writes the head of a model into a folder; nothing where it has none.
    static func save(_ model: TunedModel, to folder: String) throws(KernelError) {
        guard let head = model.decoder.valueHead else { return }
        try TensorFile.write(items(head), to: "\(folder)/\(name)")
    }

    /// Fills the head of a model from a folder's file; nothing where the model has none.
    static func load(_ folder: String, into model: TunedModel) throws(KernelError) {
        guard let head = model.decoder.valueHead else { return }
        let path = "\(folder)/\(name)"
        guard try DiskCalls.isThere(path) else {
            throw KernelError(
                .missingInput, "the value head is missing", at: path,
                because: "the folder is no reward model's",
                hint: "Give a folder that a run of stage rm wrote.")
        }
        try FolderManifest.checkIfThere(folder) { _ in [name] }
        try TensorFile.read(items(head), from: path)
    }

    private static func items(_ head: ValueHead) -> [TensorFile.Item] {
        [head.weight, head.bias].map { TensorFile.Item($0, name: $0.name) }
    }
}
