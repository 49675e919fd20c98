// Where an adapter lies in a model: names, paths, patterns and numbers of blocks become places, as PEFT
// matches them. It reads no file.

/// Finds the places of an adapter.
struct AdapterPlacement {
    /// The places with rank and scale.
    let shape: AdapterShape
    /// Names that match nothing in this model; PEFT passes them over.
    let unmatched: [String]

    /// - Parameters:
    ///   - settings: the adapter without its places.
    ///   - inputScaled: which places have their inputs scaled.
    ///   - saved: ends of module paths that are trained whole; the adapter leaves them alone.
    init(
        _ settings: AdapterShape, targets: AdapterTargets,
        inputScaled: AdapterTargets.Selection? = nil, saved: [String], in spec: DecoderSpec
    ) throws(Fault) {
        let places = spec.layout.linears
        let chosen = try Matcher(targets.chosen, "target_modules")
        let excluded = try targets.excluded.map { (one) throws(Fault) in
            try Matcher(one, "exclude_modules")
        }
        let lists = try targets.layerLists.map { (name) throws(Fault) in
            try Fault.of("layers_pattern") { () throws(ModulePattern.Refusal) in
                try ModulePattern("(?:.*?\\.)?(?:\(name))\\.\\d+\\..*")
            }
        }
        let ranks = try Self.patterns(targets.ranks, "rank_pattern")
        let alphas = try Self.patterns(targets.alphas, "alpha_pattern")
        let plain = settings.plain
        var found: [WeightSlot: LoRAFactor] = [:]
        for place in places {
            let path = place.path
            guard try chosen.matches(path), try excluded?.matches(path) != true,
                !ModuleTree.isInside(path, saved)
            else { continue }
            if let layers = targets.layers, let layer = place.layer, !chosen.names(path),
                !layers.contains(layer)
            {
                continue
            }
            if targets.layers != nil, !lists.isEmpty, !chosen.names(path) {
                guard try Self.matchesAny(lists, path) else { continue }
            }
            found[place] = LoRAFactor(
                rank: try Self.value(ranks, path, "rank_pattern") ?? settings.rank,
                alpha: try Self.value(alphas, path, "alpha_pattern") ?? settings.alpha,
                isRankStabilized: settings.isRankStabilized)
        }
        try chosen.refuseOtherModules(spec, excluded, saved)
        guard !found.isEmpty else {
            let known = spec.layout.linearModuleNames.joined(separator: ", ")
            throw Fault(
                key: "target_modules", why: "it matches no layer: found \(chosen.shown)",
                hint: "Known layers: \(known).")
        }
        var shape = settings
        shape.modules = Set(found.keys.compactMap(\.linear))
        for place in places where place.linear.map(shape.modules.contains) == true {
            let factor = found[place]
            if factor != plain { shape.exceptions[place.path] = .some(factor) }
        }
        if let inputScaled {
            for place in found.keys where try Self.ends(place.path, inputScaled) {
                shape.inputScaled.insert(place.path)
            }
        }
        self.shape = shape
        unmatched = try chosen.unmatched(spec)
    }

    /// PEFT compares these names with the ends of paths as texts.
    private static func ends(
        _ path: String, _ selection: AdapterTargets.Selection
    ) throws(Fault) -> Bool {
        switch selection {
        case .allLinear: true
        case .names(let names): names.contains { path.hasSuffix($0) }
        case .pattern(let pattern):
            try Fault.of("feedforward_modules") { () throws(ModulePattern.Refusal) in
                try ModulePattern(pattern).matches(path)
            }
        }
    }

    private typealias Compiled<Value> = (pattern: ModulePattern, value: Value)

    private static func patterns<Value>(
        _ patterns: [AdapterTargets.Pattern<Value>], _ key: String
    ) throws(Fault) -> [Compiled<Value>] {
        try patterns.map { (one) throws(Fault) in
            let pattern = try Fault.of(key) { () throws(ModulePattern.Refusal) in
                try ModulePattern(one.key)
            }
            return (pattern, one.value)
        }
    }

    /// The value of the first key that matches the end of the path.
    private static func value<Value>(
        _ patterns: [Compiled<Value>], _ path: String, _ key: String
    ) throws(Fault) -> Value? {
        for one in patterns {
            let isMatch = try Fault.of(key) { () throws(ModulePattern.Refusal) in
                try one.pattern.matchesEnd(of: path)
            }
            if isMatch { return one.value }
        }
        return nil
    }

    private static func matchesAny(
        _ lists: [ModulePattern], _ path: String
    ) throws(Fault) -> Bool {
        for list in lists {
            let isMatch = try Fault.of("layers_pattern") { () throws(ModulePattern.Refusal) in
                try list.matches(path)
            }
            if isMatch { return true }
        }
        return false
    }
}

extension AdapterPlacement {
    /// What is wrong with a setting of places.
    struct Fault: Error {
        var key: String
        var why: Sentence
        var hint: Sentence?

        /// A pattern's refusal as that of a key.
        static func of<Value>(
            _ key: String, _ body: () throws(ModulePattern.Refusal) -> Value
        ) throws(Fault) -> Value {
            do throws(ModulePattern.Refusal) { return try body() } catch {
                throw Fault(
                    key: key, why: "the regular expression cannot be used: \(error.why)",
                    hint: "Names of layers in a list do as well.")
            }
        }
    }

    /// A selection ready to be asked.
    private struct Matcher {
        let selection: AdapterTargets.Selection
        let key: String
        private let pattern: ModulePattern?

        init(_ selection: AdapterTargets.Selection, _ key: String) throws(Fault) {
            (self.selection, self.key) = (selection, key)
            if case .pattern(let text) = selection {
                pattern = try Fault.of(key) { () throws(ModulePattern.Refusal) in
                    try ModulePattern(text)
                }
            } else {
                pattern = nil
            }
        }

        func matches(_ path: String) throws(Fault) -> Bool {
            switch selection {
            case .allLinear: return true
            case .names(let names): return names.contains { path == $0 || path.hasSuffix("." + $0) }
            case .pattern:
                return try Fault.of(key) { () throws(ModulePattern.Refusal) in
                    try pattern?.matches(path) ?? false
                }
            }
        }

        /// Whether the whole path stands in the list: such a name counts in every block.
        func names(_ path: String) -> Bool {
            if case .names(let names) = selection { names.contains(path) } else { false }
        }

        var shown: String {
            switch selection {
            case .allLinear: "all-linear"
            case .names(let names):
                names.isEmpty
                    ? "an empty list" : names.map(\.escapedForDisplay).joined(separator: ", ")
            case .pattern(let text): text.escapedForDisplay
            }
        }

        /// LoRA on anything but the linear layers of the blocks is another thing.
        func refuseOtherModules(
            _ spec: DecoderSpec, _ excluded: Matcher?, _ saved: [String]
        ) throws(Fault) {
            if case .allLinear = selection { return }
            for path in ModuleTree.otherPaths(in: spec) {
                guard try matches(path), try excluded?.matches(path) != true,
                    !ModuleTree.isInside(path, saved)
                else { continue }
                let isTable = [.embedding, .head].contains {
                    spec.names.paths($0, layer: nil).huggingFace == path
                }
                throw Fault(
                    key: key,
                    why: isTable
                        ? "LoRA on \(path) is not supported"
                        : "it matches \(path), which is no linear layer",
                    hint: "Known layers: "
                        + "\(spec.layout.linearModuleNames.joined(separator: ", ")).")
            }
        }

        /// Names of a list that no module of the model has.
        func unmatched(_ spec: DecoderSpec) throws(Fault) -> [String] {
            guard case .names(let names) = selection else { return [] }
            let paths = spec.layout.linears.map(\.path)
            return names.filter { name in
                !paths.contains { $0 == name || $0.hasSuffix("." + name) }
            }
        }
    }
}
