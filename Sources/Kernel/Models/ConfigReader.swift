// Reads typed, range-checked members of a JSON object; every error names the key and the file.
// It knows no model: which keys exist and what they mean is its callers' business.

/// A JSON object whose members are read with a type and a range.
struct ConfigReader {
    let object: JSONObject
    /// The file, for errors.
    let source: String
    /// Where in the document the object is: "" at the top, "rope_scaling." below.
    var prefix = ""

    init(_ value: JSONValue, source: String) throws(KernelError) {
        guard let object = value.object else {
            throw KernelError(
                .badData, "cannot read the configuration", at: source.escapedForDisplay,
                because: "the document is \(value.kindName), not an object")
        }
        self.object = object
        self.source = source
    }

    /// The error for one key.
    func error(_ key: String, _ reason: String, hint: String? = nil) -> KernelError {
        KernelError(
            .badData, "cannot use the configuration",
            at: "\(source.escapedForDisplay), key \(prefix)\(key)", because: reason, hint: hint)
    }

    /// The member, nil when absent or null.
    func value(_ key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(KernelError) -> Int? {
        guard let value = value(key) else { return nil }
        guard let number = value.integer else {
            throw error(key, "expected an integer, found \(value.kindName)")
        }
        guard range.contains(number) else {
            throw error(key, "\(number) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func requiredInteger(_ key: String, in range: ClosedRange<Int>) throws(KernelError) -> Int {
        guard let number = try integer(key, in: range) else { throw error(key, "it is missing") }
        return number
    }

    /// A finite number within the closed range.
    func double(_ key: String, in range: ClosedRange<Double>) throws(KernelError) -> Double? {
        guard let value = value(key) else { return nil }
        guard let number = value.double else {
            throw error(key, "expected a number, found \(value.kindName)")
        }
        guard number.isFinite, range.contains(number) else {
            throw error(key, "\(number) is not in \(range.lowerBound)…\(range.upperBound)")
        }
        return number
    }

    func requiredDouble(_ key: String, in range: ClosedRange<Double>) throws(KernelError) -> Double
    {
        guard let number = try double(key, in: range) else { throw error(key, "it is missing") }
        return number
    }

    func bool(_ key: String) throws(KernelError) -> Bool? {
        guard let value = value(key) else { return nil }
        guard let flag = value.bool else {
            throw error(key, "expected true or false, found \(value.kindName)")
        }
        return flag
    }

    func string(_ key: String) throws(KernelError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else {
            throw error(key, "expected a string, found \(value.kindName)")
        }
        return text
    }

    /// A member object with a prefix of its own.
    func child(_ key: String) throws(KernelError) -> ConfigReader? {
        guard let value = value(key) else { return nil }
        guard value.object != nil else {
            throw error(key, "expected an object, found \(value.kindName)")
        }
        var reader = try ConfigReader(value, source: source)
        reader.prefix = "\(prefix)\(key)."
        return reader
    }

    /// One id or a list of ids; empty when absent.
    func tokenIDs(_ key: String, below count: Int) throws(KernelError) -> [Int] {
        guard let value = value(key) else { return [] }
        var ids: [Int] = []
        for element in value.array ?? [value] {
            guard let id = element.integer else {
                throw error(key, "expected an id or a list of ids, found \(element.kindName)")
            }
            guard (0..<count).contains(id) else {
                throw error(key, "\(id) is not in the vocabulary of \(count)")
            }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }
}
