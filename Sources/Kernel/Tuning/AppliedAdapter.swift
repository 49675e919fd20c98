// An adapter's settings found in a model: the places of its matrices, the weights that it replaces, and
// what becomes of a head that shares the embedding's numbers. It reads no tensors.
//
// PEFT gives every module of `modules_to_save` numbers of its own. On a model with a shared table
// "embed_tokens" alone therefore leaves the head at the base's rows, "lm_head" alone the embedding, unless
// `ensure_weight_tying` keeps them one.

/// What an adapter means for a model.
public struct AppliedAdapter {
    /// The model's weights, with a head of its own where the adapter gives it one.
    public let weights: ModelWeights
    public let method: TuningMethod
    /// What the user should know.
    public let notes: [Sentence]
}

extension AppliedAdapter {
    /// The model with the trained numbers of the folder that was applied.
    public func model(
        loading folder: String, arena: Arena = Arena()
    ) throws(KernelError) -> TunedModel {
        let model = TunedModel(weights, method: method, arena: arena)
        try Checkpoint.loadWeights(folder, into: model)
        return model
    }
}

extension AdapterDescription {
    /// Finds what the settings name; what they mean and this model cannot do is refused.
    public func applied(to base: ModelWeights) throws(KernelError) -> AppliedAdapter {
        var notes = notes
        if trainsBiases, base.allParameters.contains(where: { $0.name.hasSuffix(".bias") }) {
            throw refusal("bias", "biases trained beside the adapter are not supported")
        }
        let saved: ModuleTree.Saved
        do throws(ModuleTree.Fault) {
            saved = try ModuleTree.saved(savedModules, in: base.spec)
        } catch {
            throw refusal(
                "modules_to_save", "\(error.name.escapedForDisplay): \(error.why)",
                hint: error.hint)
        }
        if !saved.unmatched.isEmpty {
            notes.append(Self.unmatched("modules_to_save", saved.unmatched))
        }
        let shape: AdapterShape
        do throws(AdapterPlacement.Fault) {
            let placement = try AdapterPlacement(
                settings, targets: targets, inputScaled: inputScaled, saved: savedModules,
                in: base.spec)
            shape = placement.shape
            if !placement.unmatched.isEmpty {
                notes.append(Self.unmatched("target_modules", placement.unmatched))
            }
        } catch {
            throw refusal(error.key, error.why, hint: error.hint)
        }
        let whole = WholeModules(
            saved, over: base, tie: keepsHeadTied || isOfFirstVersion ? .kept : .cut)
        if let place = whole.conflict(with: shape) {
            throw refusal(
                "modules_to_save", "it names \(place.path), on which the adapter lies as well",
                hint: "PEFT writes no such adapter: check target_modules and modules_to_save.")
        }
        switch whole.head {
        case .own:
            notes.append(
                "The adapter gives the model a head of its own: the base has one table for "
                    + "embedding and head, and PEFT changes one without the other.")
        case .shared where isOfFirstVersion && !keepsHeadTied:
            notes.append(
                "The adapter is of Workbench 0.1, which trained embedding and head as one table; "
                    + "PEFT reads it otherwise. Export it as an adapter to write it anew.")
        case .shared, .untouched: break
        }
        return AppliedAdapter(
            weights: whole.weights,
            method: TuningMethod(adapter: shape, trainableNames: whole.names), notes: notes)
    }

    /// The adapter without its places.
    var settings: AdapterShape {
        var shape = AdapterShape(
            rank: rank, alpha: alpha, isRankStabilized: isRankStabilized,
            dropout: Float(dropout), modules: [])
        shape.kind = kind
        return shape
    }

    private static func unmatched(_ key: String, _ names: [String]) -> Sentence {
        let list = names.prefix(8).map(\.escapedForDisplay).joined(separator: ", ")
        return "The adapter's \(key) names what this model does not have: \(list)."
    }

    private func refusal(_ key: String, _ why: Sentence, hint: Sentence? = nil) -> KernelError {
        KernelError(
            .badData, "cannot use this adapter", at: "\(source.escapedForDisplay), \(key)",
            because: why, hint: hint)
    }
}

/// Modules that are trained as a whole beside an adapter.
struct WholeModules {
    /// What becomes of a head that shares the embedding's numbers, when one of both trains.
    enum Tie {
        /// Both stay one table.
        case kept
        /// Each has its own; which of them trains is as listed.
        case cut
        /// One table, unless the head is named.
        case cutForHead
    }

    /// What became of the head.
    enum Head {
        case untouched
        /// Trained as one with the embedding.
        case shared
        /// A table of its own, which the base does not have.
        case own
    }

    let weights: ModelWeights
    /// Their weights by name.
    let names: Set<String>
    let head: Head

    init(_ saved: ModuleTree.Saved, over base: ModelWeights, tie: Tie) {
        let embedding = saved.contains(weight: base.embeddingName)
        let ownHead = saved.contains(weight: base.headName)
        var weights = base
        var head = Head.untouched
        if base.spec.head.isTied, embedding || ownHead {
            let isCut =
                switch tie {
                case .kept: false
                case .cut: true
                case .cutForHead: ownHead
                }
            if isCut { weights = base.withOwnHead() }
            head = isCut ? .own : .shared
        }
        var names = Set(weights.allParameters.map(\.name).filter { saved.contains(weight: $0) })
        if head == .shared { names.insert(base.embeddingName) }
        (self.weights, self.names, self.head) = (weights, names, head)
    }

    /// A place that has an adapter although it is trained as a whole.
    func conflict(with shape: AdapterShape) -> WeightSlot? {
        weights.layout.linears.first {
            shape.lies(on: $0) && names.contains($0.weightName)
        }
    }
}

extension ModelWeights {
    /// The same weights with the embedding's rows as the head of its own.
    func withOwnHead() -> ModelWeights {
        var (spec, matrices) = (spec, matrices)
        spec.head.isTied = false
        matrices[headName] = matrices[embeddingName]
        return ModelWeights(spec: spec, matrices: matrices, vectors: vectors)
    }
}
