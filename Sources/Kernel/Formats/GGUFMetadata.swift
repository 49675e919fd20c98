// The key-value part of a GGUF file, in file order, read with an expected type.
// A value of another type is an error that names the key, never a guess. What was read is remembered, so
// that an unread key is a fact.
import Synchronization

/// What was read of some metadata, and what readers found odd; shared by all copies of them.
final class MetadataLedger: Sendable {
    private struct State {
        var keys: Set<String> = []
        var remarks: [Sentence] = []
    }
    private let state = Mutex(State())

    func read(_ key: String) { state.withLock { _ = $0.keys.insert(key) } }

    func hasRead(_ key: String) -> Bool { state.withLock { $0.keys.contains(key) } }

    /// Keeps a remark for the user.
    func remark(_ text: Sentence) {
        state.withLock { if !$0.remarks.contains(text) { $0.remarks.append(text) } }
    }

    var remarks: [Sentence] { state.withLock { $0.remarks } }
}

/// All metadata of a GGUF file, in file order.
public struct GGUFMetadata: Sendable {
    /// Keys in file order with their values.
    public private(set) var pairs: [(key: String, value: GGUFValue)] = []
    private var indexOfKey: [String: Int] = [:]
    let ledger = MetadataLedger()

    public init() {}

    /// The value of `key`, nil when absent.
    public subscript(key: String) -> GGUFValue? {
        ledger.read(key)
        return indexOfKey[key].map { pairs[$0].value }
    }

    /// The pairs that were not read so far.
    var unread: [(key: String, value: GGUFValue)] { pairs.filter { !ledger.hasRead($0.key) } }

    /// Adds a pair, or replaces the value of a key that is already there; says whether it was new.
    @discardableResult
    public mutating func set(_ key: String, _ value: GGUFValue) -> Bool {
        if let index = indexOfKey[key] {
            pairs[index].value = value
            return false
        }
        indexOfKey[key] = pairs.count
        pairs.append((key, value))
        return true
    }

    // MARK: - Typed reading

    public func integer(_ key: String) throws(KernelError) -> Int? {
        try typed(key, "an integer") { $0.integer }
    }

    public func double(_ key: String) throws(KernelError) -> Double? {
        try typed(key, "a float") { $0.double }
    }

    public func string(_ key: String) throws(KernelError) -> String? {
        try typed(key, "a string") { $0.string }
    }

    public func bool(_ key: String) throws(KernelError) -> Bool? {
        try typed(key, "a bool") { $0.bool }
    }

    public func strings(_ key: String) throws(KernelError) -> [String]? {
        try typed(key, "an array of strings") { $0.array?.strings }
    }

    public func floats(_ key: String) throws(KernelError) -> [Float]? {
        try typed(key, "an array of f32") { $0.array?.floats }
    }

    public func integers(_ key: String) throws(KernelError) -> [Int]? {
        try typed(key, "an array of integers") { $0.array?.integers }
    }

    /// The id under `key`, nil when absent. One that the vocabulary lacks counts as absent as well, as it
    /// does for llama.cpp: -1 in 32 bits stands for none, any other is remarked.
    func tokenID(_ key: String, below count: Int) throws(KernelError) -> Int? {
        guard let id = try integer(key) else { return nil }
        if (0..<count).contains(id) { return id }
        if id != -1, id != Int(UInt32.max) {
            ledger.remark("\(key) \(id) is outside of the vocabulary of \(count) and is not used")
        }
        return nil
    }

    /// Nil when the key is absent, an error when its value is not what `convert` takes.
    private func typed<Value>(
        _ key: String, _ expected: String, _ convert: (GGUFValue) -> Value?
    ) throws(KernelError) -> Value? {
        guard let value = self[key] else { return nil }
        guard let result = convert(value) else {
            throw KernelError(
                .badData, "the GGUF metadata have a wrong type", at: key.escapedForDisplay,
                because: "expected \(expected), found \(value.typeName)")
        }
        return result
    }
}
