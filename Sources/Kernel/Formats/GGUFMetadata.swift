// The key-value part of a GGUF file, in file order, read with an expected type.
// A value of another type is an error that names the key, never a guess.

/// All metadata of a GGUF file, in file order.
public struct GGUFMetadata: Sendable {
    /// Keys in file order with their values.
    public private(set) var pairs: [(key: String, value: GGUFValue)] = []
    private var indexOfKey: [String: Int] = [:]

    public init() {}

    /// The value of `key`, nil when absent.
    public subscript(key: String) -> GGUFValue? { indexOfKey[key].map { pairs[$0].value } }

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
