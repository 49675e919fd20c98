// The modules of a decoder by the paths that transformers and PEFT know, and how PEFT picks those that are
// trained whole: by the end of the path, whatever stands before it.

/// Paths of modules.
enum ModuleTree {
    /// All modules but the linear ones of each block: what holds others, norms, embedding and head.
    static func otherPaths(in spec: DecoderSpec) -> [String] {
        var paths: [String] = []
        var seen: Set<String> = []
        func add(_ path: String) {
            if seen.insert(path).inserted { paths.append(path) }
        }
        for slot in spec.layout.slots {
            var outer = slot.path[...]
            var outerPaths: [String] = []
            while let dot = outer.lastIndex(of: ".") {
                outer = outer[..<dot]
                outerPaths.append(String(outer))
            }
            outerPaths.reversed().forEach(add)
            if slot.linear == nil { add(slot.path) }
        }
        // A tied head is a module all the same.
        add(spec.names.paths(.head, layer: nil).huggingFace)
        return paths
    }

    static func allPaths(in spec: DecoderSpec) -> [String] {
        otherPaths(in: spec) + spec.layout.linears.map(\.path)
    }

    /// Whether a module is one of these, or inside of one: the adapter leaves them alone.
    static func isInside(_ path: String, _ modules: [String]) -> Bool {
        modules.contains { ".\(path).".contains(".\($0).") }
    }

    /// The modules that are trained whole when these ends of paths are listed.
    static func saved(_ names: [String], in spec: DecoderSpec) throws(Fault) -> Saved {
        let paths = allPaths(in: spec)
        var found: Set<String> = []
        var unmatched: [String] = []
        for name in names {
            let hits = paths.filter { $0.hasSuffix(name) }
            if hits.isEmpty { unmatched.append(name) }
            // What holds every block.
            if let whole = hits.first(where: { spec.names.block.huggingFace.hasPrefix($0 + ".") }) {
                throw Fault(
                    name: name, why: "it means \(whole), and so nearly the whole model",
                    hint: "Train everything with finetuning_type: full.")
            }
            found.formUnion(hits)
        }
        for path in found {
            if let outer = found.first(where: { path.hasPrefix($0 + ".") }) {
                throw Fault(
                    name: path, why: "it lies inside of \(outer), which is listed as well",
                    hint: nil)
            }
        }
        return Saved(paths: found, unmatched: unmatched)
    }

    /// What a list of ends of paths stands for.
    struct Saved {
        var paths: Set<String>
        /// Names that no module ends in; PEFT passes them over.
        var unmatched: [String]

        /// Whether a weight belongs to one of the modules.
        func contains(weight name: String) -> Bool {
            paths.contains { name.hasPrefix($0 + ".") }
        }
    }

    /// What is wrong with a name of a list.
    struct Fault: Error {
        var name: String
        var why: Sentence
        var hint: Sentence?
    }

    /// The shortest names that stand for these modules, and for no others, when PEFT matches them.
    static func names(of modules: Set<String>, in spec: DecoderSpec) -> [String] {
        let paths = allPaths(in: spec)
        var names: Set<String> = []
        for module in modules {
            let parts = module.split(separator: ".")
            let ends = parts.indices.reversed().map { parts[$0...].joined(separator: ".") }
            let exact = ends.first { end in
                paths.allSatisfy { !$0.hasSuffix(end) || modules.contains($0) }
            }
            names.insert(exact ?? module)
        }
        return names.sorted()
    }
}
