// Which tensors go into which safetensors file, with Hugging Face's names and index.
// It only divides; nothing is written here.

/// Tensors divided into files of bounded size.
struct ShardPlan {
    struct Shard {
        var name: String
        var tensors: [WeightSpec]
    }

    let shards: [Shard]

    /// Fills files in order; a tensor larger than `bytesMax` gets a file of its own.
    init(_ tensors: [WeightSpec], bytesMax: Int) {
        var groups: [[WeightSpec]] = []
        var size = 0
        for tensor in tensors {
            if groups.isEmpty || size + tensor.byteCount > bytesMax {
                groups.append([])
                size = 0
            }
            groups[groups.count - 1].append(tensor)
            size += tensor.byteCount
        }
        shards = groups.enumerated().map { index, tensors in
            Shard(name: Self.name(index + 1, of: groups.count), tensors: tensors)
        }
    }

    private static func name(_ number: Int, of count: Int) -> String {
        func padded(_ number: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        }
        return count == 1
            ? "model.safetensors"
            : "model-\(padded(number))-of-\(padded(count)).safetensors"
    }

    /// The index file of several shards; nil when one file holds everything.
    var index: SideFile? {
        guard shards.count > 1 else { return nil }
        var map = JSONObject()
        for shard in shards {
            for tensor in shard.tensors { map[tensor.name] = .string(shard.name) }
        }
        let tensors = shards.flatMap(\.tensors)
        let elements = tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
        let metadata: JSONValue = [
            "total_parameters": .integer(elements),
            "total_size": .integer(tensors.reduce(0) { $0 + $1.byteCount }),
        ]
        return SideFile(
            "model.safetensors.index.json",
            json: ["metadata": metadata, "weight_map": .object(map.sortedByKey())])
    }
}
