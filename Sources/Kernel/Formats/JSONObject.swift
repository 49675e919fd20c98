// The members of a JSON object in the order of the text, found by key in constant time.
// Keys are equal only when their bytes are: Swift's own comparison takes "é" and "e" + U+0301 for one
// key, but a vocabulary may hold both.

/// An ordered collection of unique keys with their values.
public struct JSONObject: Sendable, Equatable {
    /// One key and its value.
    public typealias Element = (key: String, value: JSONValue)

    /// Objects up to this size are searched from the front, without a table.
    private static let smallCount = 8

    private struct Member: Sendable, Equatable {
        var key: String
        var value: JSONValue
        var hash: UInt32
    }

    private var members: [Member] = []
    /// Open addressing over a power of two of places: member indices, -1 where free.
    private var table: [Int32] = []

    /// An object without members.
    public init() {}

    /// An object of these pairs; a repeated key is a programmer's error.
    public init(uniqueKeysWithValues pairs: some Sequence<(String, JSONValue)>) {
        for (key, value) in pairs {
            let old = updateValue(value, forKey: key)
            precondition(old == nil, "the key \(key) occurs twice")
        }
    }

    /// The keys in order.
    public var keys: [String] { members.map(\.key) }

    /// The values in the order of their keys.
    public var values: [JSONValue] { members.map(\.value) }

    /// The value of `key`; assigning nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { index(of: key, hash: Self.hash(key)).map { members[$0].value } }
        set {
            if let newValue {
                updateValue(newValue, forKey: key)
            } else {
                removeValue(forKey: key)
            }
        }
    }

    /// Sets the value of `key`, at the end when it is new; gives back the value it had.
    @discardableResult
    public mutating func updateValue(_ value: JSONValue, forKey key: String) -> JSONValue? {
        let hash = Self.hash(key)
        if let index = index(of: key, hash: hash) {
            let old = members[index].value
            members[index].value = value
            return old
        }
        members.append(Member(key: key, value: value, hash: hash))
        if members.count > Self.smallCount {
            if members.count * 2 > table.count {
                rebuildTable()
            } else {
                enter(members.count - 1)
            }
        }
        return nil
    }

    /// Removes a member; takes time in proportion to the object's size.
    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSONValue? {
        guard let index = index(of: key, hash: Self.hash(key)) else { return nil }
        let old = members.remove(at: index).value
        rebuildTable()
        return old
    }

    /// Takes over the members of `other`, at the end where they are new; `combine` gets the old and
    /// the new value of a key that both have.
    public mutating func merge(
        _ other: JSONObject, uniquingKeysWith combine: (JSONValue, JSONValue) -> JSONValue
    ) {
        for (key, value) in other { self[key] = self[key].map { combine($0, value) } ?? value }
    }

    /// The same members with their keys in ascending order.
    public func sortedByKey() -> JSONObject {
        var result = self
        result.members.sort { $0.key < $1.key }
        result.rebuildTable()
        return result
    }

    public static func == (one: JSONObject, other: JSONObject) -> Bool {
        one.members == other.members
    }

    // MARK: - Lookup

    /// Seeded anew in every process, so that a file cannot be made to collide.
    private static func hash(_ key: String) -> UInt32 {
        var hasher = Hasher()
        var key = key
        key.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }

    private func index(of key: String, hash: UInt32) -> Int? {
        guard !table.isEmpty else {
            return members.firstIndex { $0.hash == hash && $0.key.utf8.elementsEqual(key.utf8) }
        }
        let mask = table.count - 1
        var place = Int(hash) & mask
        while table[place] >= 0 {
            let index = Int(table[place])
            if members[index].hash == hash, members[index].key.utf8.elementsEqual(key.utf8) {
                return index
            }
            place = (place + 1) & mask
        }
        return nil
    }

    private mutating func enter(_ index: Int) {
        let mask = table.count - 1
        var place = Int(members[index].hash) & mask
        while table[place] >= 0 { place = (place + 1) & mask }
        table[place] = Int32(index)
    }

    private mutating func rebuildTable() {
        guard members.count > Self.smallCount else {
            table = []
            return
        }
        precondition(members.count < Int32.max, "an object of \(members.count) members")
        var size = 32
        while size < members.count * 3 { size *= 2 }
        table = [Int32](repeating: -1, count: size)
        for index in members.indices { enter(index) }
    }
}

extension JSONObject: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { members.count }
    public subscript(position: Int) -> (key: String, value: JSONValue) {
        (members[position].key, members[position].value)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(uniqueKeysWithValues: elements)
    }
}
