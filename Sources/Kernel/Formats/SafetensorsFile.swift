// A safetensors file opened for reading: entries over mapped bytes, nothing copied.
// The checks are in SafetensorsHeader; this type only holds their result.

/// A checked safetensors file.
public final class SafetensorsFile: WeightSource {
    public let entries: [WeightEntry]
    public let files: [MappedFile]
    /// The free-form `__metadata__` pairs in the order of the file.
    public let metadata: [(key: String, value: String)]
    private let indexOfName: [String: Int]

    public let unread: [UnreadTensor]

    /// Opens and checks the file at `path`. With `keepsUnread` a tensor of a type that cannot be read is
    /// listed instead of refused: the caller knows whether it is needed.
    public init(path: String, keepsUnread: Bool = false) throws(KernelError) {
        let file = try MappedFile(path: path)
        try LargeFilePointer.refuse(file.bytes, at: path)
        let header: SafetensorsHeader
        do {
            header = try SafetensorsHeader(parsing: file.bytes, keepsUnread: keepsUnread)
        } catch {
            throw error.error(reading: path, format: "safetensors")
        }
        files = [file]
        entries = header.entries
        unread = header.unread
        metadata = header.metadata
        indexOfName = header.entries.indexByName()
    }

    public func entry(named name: String) -> WeightEntry? {
        indexOfName[name].map { entries[$0] }
    }
}

extension [WeightEntry] {
    /// Positions by name; readers have already refused duplicates.
    func indexByName() -> [String: Int] {
        var index: [String: Int] = Dictionary(minimumCapacity: count)
        for (position, entry) in enumerated() { index[entry.name] = position }
        return index
    }
}
