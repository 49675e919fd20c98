// A safetensors file opened for reading: entries over mapped bytes, nothing copied.
// The checks are in SafetensorsHeader; this type only holds their result.

/// A checked safetensors file.
public final class SafetensorsFile: WeightSource {
    public let entries: [WeightEntry]
    public let files: [MappedFile]
    /// The free-form `__metadata__` pairs in the order of the file.
    public let metadata: [(key: String, value: String)]
    private let names: NameIndex

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
        names = header.entries.indexByName()
    }

    public func entry(named name: String) -> WeightEntry? {
        entries.entry(named: name, by: names)
    }
}

extension [WeightEntry] {
    /// Positions by name; readers have already refused duplicates.
    func indexByName() -> NameIndex { NameIndex(count: count) { self[$0].name } }

    /// The entry of this name by the index of this list.
    func entry(named name: String, by names: NameIndex) -> WeightEntry? {
        names.position(of: name) { self[$0].name }.map { self[$0] }
    }
}
