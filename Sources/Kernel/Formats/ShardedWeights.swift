// Several safetensors files as one source, joined by model.safetensors.index.json.
// Names in the index are file names beside it, never paths: a model cannot point outside its folder.

/// A checkpoint split over several safetensors files.
public final class ShardedWeights: WeightSource {
    static let shardLimit = 1_024

    public let entries: [WeightEntry]
    public let files: [MappedFile]
    /// Tensors of which the index names another shard; they are not used.
    public let unlisted: [String]
    public let unread: [UnreadTensor]
    private let names: NameIndex

    /// Opens the index at `path` and every shard it names.
    public init(indexPath path: String) throws(KernelError) {
        let (shards, fileOfTensor) = try Self.readIndex(path)
        let folder = path.parentFolder
        var entries: [WeightEntry] = []
        var files: [MappedFile] = []
        var unlisted: [String] = []
        var unread: [UnreadTensor] = []
        // Tensors that the index does not name are the model's all the same, as for transformers, which
        // takes from the index only which files there are; their reader judges them by their names.
        var ownFile = fileOfTensor
        for (fileIndex, name) in shards.enumerated() {
            let shard = try Self.openShard(name, in: folder, indexPath: path)
            files += shard.files
            unread += shard.unread
            for entry in shard.entries {
                guard ownFile[entry.name, default: fileIndex] == fileIndex else {
                    unlisted.append(entry.name)
                    continue
                }
                ownFile[entry.name] = fileIndex
                entries.append(
                    WeightEntry(
                        name: entry.name, dtype: entry.dtype, shape: entry.shape,
                        byteRange: entry.byteRange, fileIndex: fileIndex))
            }
        }
        let names = entries.indexByName()
        let known = Set(unread.map(\.name))
        let absent = fileOfTensor.keys.filter {
            entries.entry(named: $0, by: names) == nil && !known.contains($0)
        }.sorted()
        if let first = absent.first {
            throw KernelError(
                .badData, "a shard lacks a tensor that the index places there",
                at: path.escapedForDisplay,
                because: "\"\(first.escapedForDisplay)\" is not in "
                    + "\(shards[fileOfTensor[first] ?? 0].escapedForDisplay)",
                hint: "Fetch the model's files again; they belong to different versions")
        }
        self.entries = entries
        self.files = files
        self.unlisted = unlisted
        self.unread = unread
        self.names = names
    }

    public func entry(named name: String) -> WeightEntry? {
        entries.entry(named: name, by: names)
    }

    /// Whether the index at `path` can be read and names this file among its shards.
    static func names(_ file: String, in path: String) -> Bool {
        (try? readIndex(path))?.shards.contains(file) ?? false
    }

    /// The distinct shard names in order, and each tensor's index among them.
    private static func readIndex(
        _ path: String
    ) throws(KernelError) -> (shards: [String], fileOfTensor: [String: Int]) {
        func refuse(_ reason: Sentence) -> KernelError {
            KernelError(
                .badData, "cannot read the shard index", at: path.escapedForDisplay,
                because: reason)
        }
        let document = try JSONValue(contentsOf: path, limits: .ofModels)
        guard let map = document["weight_map"]?.object else {
            throw refuse("\"weight_map\" is missing or not an object")
        }
        var shards: [String] = []
        var numberOfShard: [String: Int] = [:]
        var fileOfTensor: [String: Int] = [:]
        for (tensor, value) in map {
            guard let name = value.string else {
                throw refuse(
                    "weight_map[\"\(tensor.escapedForDisplay)\"] is \(value.kindName), "
                        + "not a file name")
            }
            if let known = numberOfShard[name] {
                fileOfTensor[tensor] = known
                continue
            }
            guard isPlainFileName(name), name.hasSuffix(".safetensors") else {
                throw refuse(
                    "\"\(name.escapedForDisplay)\" is not the name of a .safetensors file "
                        + "beside the index")
            }
            guard shards.count < shardLimit else { throw refuse("more than \(shardLimit) shards") }
            fileOfTensor[tensor] = shards.count
            numberOfShard[name] = shards.count
            shards.append(name)
        }
        return (shards, fileOfTensor)
    }

    private static func isPlainFileName(_ name: String) -> Bool {
        !name.hasPrefix(".") && name.utf8.count <= 255
            && name.utf8.allSatisfy { $0 != 0x2F && $0 != 0x5C && $0 >= 0x20 }
    }

    private static func openShard(
        _ name: String, in folder: String, indexPath: String
    ) throws(KernelError) -> SafetensorsFile {
        do {
            return try SafetensorsFile(path: "\(folder)/\(name)", keepsUnread: true)
        } catch {
            guard error.kind == .missingInput else { throw error }
            throw KernelError(
                .missingInput, "a shard of the model is missing",
                at: "\(folder)/\(name)".escapedForDisplay,
                because: "\(indexPath.escapedForDisplay) names it",
                hint: "Fetch the missing file into the model's folder")
        }
    }
}
