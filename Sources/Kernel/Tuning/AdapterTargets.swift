// Which layers adapter_config.json names: lists of ends of paths, regular expressions, numbers of blocks, and
// ranks of single layers. AdapterPlacement finds what they match in a model.

/// Which layers an adapter lies on, as PEFT finds them.
struct AdapterTargets: Sendable, Equatable {
    /// Layers by name.
    enum Selection: Sendable, Equatable {
        /// Ends of module paths.
        case names([String])
        /// A regular expression over whole paths.
        case pattern(String)
        case allLinear
    }

    /// A key of `rank_pattern` or `alpha_pattern` with its value.
    struct Pattern<Value: Sendable & Equatable>: Sendable, Equatable {
        var key: String
        var value: Value
    }

    var chosen: Selection
    var excluded: Selection?
    /// The blocks that it is restricted to; nil for all.
    var layers: [Int]?
    /// Names of the list of blocks; none stands for any.
    var layerLists: [String] = []
    var ranks: [Pattern<Int>] = []
    var alphas: [Pattern<Double>] = []
}

extension AdapterTargets {
    /// `absent` is what the key's absence means.
    init(_ reader: ConfigReader, absent: [String]) throws(KernelError) {
        chosen = try Self.selection(reader, "target_modules") ?? .names(absent)
        excluded = try Self.selection(reader, "exclude_modules")
        if case .names([])? = excluded { excluded = nil }
        if case .pattern("")? = excluded { excluded = nil }
        let layersKey = "layers_to_transform"
        if let value = reader.value(layersKey) {
            let numbers = (value.array ?? [value]).map(\.integer)
            guard !numbers.contains(nil) else {
                throw reader.error(layersKey, "expected the number of a layer or a list of them")
            }
            layers = numbers.isEmpty ? nil : numbers.compactMap(\.self)
        }
        let listKey = "layers_pattern"
        if let name = reader.value(listKey)?.string {
            layerLists = name.isEmpty ? [] : [name]
        } else {
            layerLists = try reader.names(listKey) ?? []
        }
        for (key, value) in try reader.members("rank_pattern") {
            guard let rank = value.integer, (1...65_536).contains(rank) else {
                throw reader.error(
                    "rank_pattern.\(key.escapedForDisplay)", "expected a rank from 1 to 65536")
            }
            ranks.append(.init(key: key, value: rank))
        }
        for (key, value) in try reader.members("alpha_pattern") {
            guard let alpha = value.double, alpha > 0, alpha <= 1e9 else {
                throw reader.error(
                    "alpha_pattern.\(key.escapedForDisplay)", "expected a number above 0")
            }
            alphas.append(.init(key: key, value: alpha))
        }
    }

    /// A list of names or, as one text, a regular expression.
    static func selection(
        _ reader: ConfigReader, _ key: String
    ) throws(KernelError) -> Selection? {
        guard let value = reader.value(key) else { return nil }
        if let text = value.string {
            return key == "target_modules" && text.lowercased() == "all-linear"
                ? .allLinear : .pattern(text)
        }
        return .names(try reader.names(key) ?? [])
    }
}

extension ConfigReader {
    /// A list of texts.
    func names(_ key: String) throws(KernelError) -> [String]? {
        guard let value = value(key) else { return nil }
        guard let texts = value.array?.map(\.string), !texts.contains(nil) else {
            throw error(key, "expected a list of names, found \(value.kindName)")
        }
        return texts.compactMap(\.self)
    }

    /// The members of an object, none when it is absent.
    fileprivate func members(_ key: String) throws(KernelError) -> [JSONObject.Element] {
        guard let value = value(key) else { return [] }
        guard let object = value.object else {
            throw error(key, "expected an object, found \(value.kindName)")
        }
        return Array(object)
    }
}
