// From a plan and a model to the tuning method: names resolved, unknown ones refused with the known ones.

/// The method of a run, the weights it stands on, and the adapter it starts from.
public struct TuningChoice {
    public var method: TuningMethod
    /// The base with finished adapters folded in.
    public var weights: ModelWeights
    /// The adapter that training continues with; nil for a fresh one.
    public var startingAdapter: String?
    /// What the user should know.
    public private(set) var notes: [Sentence] = []

    public init(_ plan: TrainingPlan, weights base: ModelWeights) throws(KernelError) {
        let tuning = plan.tuning
        weights = base
        switch plan.tuning.method {
        case .full:
            method = TuningMethod(trainableNames: Set(base.allParameters.map(\.name)))
        case .freeze:
            method = TuningMethod(trainableNames: try Self.trainableNames(plan.tuning.freeze, base))
        case .lora, .ia3:
            var adapters = plan.model.adapters
            let goesOn = !adapters.isEmpty && !plan.model.createsNewAdapter
            let last = goesOn ? adapters.removeLast() : nil
            weights = try weights.merging(adapters: adapters)
            let started: (weights: ModelWeights, method: TuningMethod)
            if let last {
                let description = try AdapterFile.describe(last)
                let applied = try description.applied(to: weights)
                startingAdapter = last
                started = (applied.weights, applied.method)
                notes = Self.differences(tuning, description, applied.method, applied.weights)
            } else {
                started = try Self.fresh(tuning, over: weights, notes: &notes)
            }
            (weights, method) = started
            if tuning.method == .lora {
                method.adapter?.dropout = Float(tuning.lora.dropout)
                method.loraPlus = tuning.lora.plusRatio.map { LoRAPlus(ratio: $0) }
            }
        }
        method.trainableDType = plan.trainedPrecision
        method.hasValueHead = plan.stage.hasValueHead
    }

    /// The model of the plan's run: parameters as they start, or as the adapter has them that training continues with.
    /// A run that only evaluates measures the base itself where there is none.
    func model(_ plan: TrainingPlan, in arena: Arena) throws(KernelError) -> TunedModel {
        let isPlain = !plan.trains && startingAdapter == nil
        var method = isPlain ? .inference : method
        method.hasValueHead = plan.stage.hasValueHead
        let model = TunedModel(
            weights, method: method, seed: UInt64(bitPattern: Int64(plan.seed)), arena: arena)
        model.decoder.backend = MatmulBackend(plan.precision)
        if let startingAdapter { try AdapterFile.load(startingAdapter, into: model) }
        // Training may begin with a new head, an evaluation may not.
        let folder = plan.model.adapters.last ?? plan.model.path
        if method.hasValueHead, try ValueHeadFile.exists(in: folder) || !plan.trains {
            try ValueHeadFile.load(folder, into: model)
        }
        return model
    }

    /// A new adapter as the settings describe it.
    private static func fresh(
        _ tuning: TrainingPlan.Tuning, over base: ModelWeights, notes: inout [Sentence]
    ) throws(KernelError) -> (ModelWeights, TuningMethod) {
        let lora = tuning.lora
        let targets = tuning.adapterTargets
        let whole = try wholeModules(lora.additionalTargets, over: base)
        var method = TuningMethod(trainableNames: whole.names)
        do throws(AdapterPlacement.Fault) {
            let isAll = targets.names.isEmpty || targets.names.contains("all")
            let placement = try AdapterPlacement(
                tuning.adapter,
                targets: AdapterTargets(chosen: isAll ? .allLinear : .names(targets.names)),
                inputScaled: tuning.method == .ia3
                    ? .names(AdapterShape.ia3InputScaled) : nil,
                saved: lora.additionalTargets, in: base.spec)
            if let name = placement.unmatched.first {
                throw unknownLayer(name, targets.key, in: base)
            }
            method.adapter = placement.shape
        } catch {
            throw KernelError(
                .configuration, "cannot lay the adapter on these layers", at: targets.key,
                because: error.why, hint: error.hint)
        }
        if let place = method.adapter.flatMap(whole.conflict) {
            throw KernelError(
                .configuration, "cannot train a layer twice", at: "additional_target",
                because: "it names \(place.path), on which the adapter lies as well",
                hint: "Name whole layers, or leave this one out of \(targets.key).")
        }
        switch whole.head {
        case .shared:
            notes.append(
                "This model has one table for embedding and head: additional_target trains it as "
                    + "one, and the adapter keeps it for both.")
        case .own:
            notes.append(
                "additional_target names lm_head, which shares its numbers with the embedding: the "
                    + "adapter gives the model a head of its own, as PEFT does.")
        case .untouched: break
        }
        return (whole.weights, method)
    }

    private static func unknownLayer(
        _ name: String, _ key: String, in base: ModelWeights
    ) -> AdapterPlacement.Fault {
        let known = base.layout.linearModuleNames.joined(separator: ", ")
        return AdapterPlacement.Fault(
            key: key, why: "this model has no \(name.escapedForDisplay)",
            hint: "Choose from: all, \(known); or write a path's end, as layers.3.mlp.up_proj.")
    }

    /// Modules by the ends of their paths, as PEFT finds them.
    private static func wholeModules(
        _ names: [String], over base: ModelWeights
    ) throws(KernelError) -> WholeModules {
        let saved: ModuleTree.Saved
        do throws(ModuleTree.Fault) {
            saved = try ModuleTree.saved(names, in: base.spec)
        } catch {
            throw KernelError(
                .configuration, "cannot train these modules", at: "additional_target",
                because: "\(error.name.escapedForDisplay): \(error.why)", hint: error.hint)
        }
        guard let unknown = saved.unmatched.first else {
            return WholeModules(saved, over: base, tie: .cutForHead)
        }
        throw KernelError(
            .configuration, "unknown module in additional_target", at: unknown.escapedForDisplay,
            hint:
                "Write the end of a module's path: embed_tokens, lm_head, model.norm, norm (every "
                + "norm), input_layernorm, o_proj, layers.3.mlp.")
    }

    /// What the adapter decides although the settings say otherwise.
    private static func differences(
        _ tuning: TrainingPlan.Tuning, _ adapter: AdapterDescription, _ method: TuningMethod,
        _ weights: ModelWeights
    ) -> [Sentence] {
        let (lora, spec) = (tuning.lora, weights.spec)
        var words: [String] = []
        if tuning.adapter.kind != adapter.kind { words.append("the method \(adapter.kind.title)") }
        let isLowRank = adapter.kind.isLowRank
        if isLowRank, lora.rank != adapter.rank {
            words.append("lora_rank \(adapter.rank) instead of \(lora.rank)")
        }
        if isLowRank, let alpha = lora.alpha, alpha != adapter.alpha {
            words.append("lora_alpha \(adapter.alpha) instead of \(alpha)")
        }
        if isLowRank, lora.isRankStabilized != adapter.isRankStabilized {
            words.append("use_rslora \(adapter.isRankStabilized)")
        }
        if !lora.targets.isEmpty, !lora.targets.contains("all"),
            let shape = try? AdapterPlacement(
                AdapterShape(rank: adapter.rank, alpha: adapter.alpha, modules: []),
                targets: AdapterTargets(chosen: .names(lora.targets)), saved: [], in: spec
            ).shape,
            shape.modules != method.adapter?.modules
        {
            words.append("other layers than lora_target names")
        }
        if !lora.additionalTargets.isEmpty,
            let saved = try? ModuleTree.saved(lora.additionalTargets, in: spec),
            WholeModules(saved, over: weights, tie: .cutForHead).names != method.trainableNames
        {
            words.append("other whole modules than additional_target names")
        }
        guard !words.isEmpty else { return [] }
        return [
            "Training goes on with the adapter that is there, so its own settings hold: "
                + "\(words.joined(separator: ", ")). Set create_new_adapter: true for a fresh one."
        ]
    }

    /// Weights of the trained layers' modules and of extra modules outside the layers.
    private static func trainableNames(
        _ settings: TrainingPlan.FreezeSettings, _ base: ModelWeights
    ) throws(KernelError) -> Set<String> {
        let layers = settings.trainableLayers(of: base.spec.layers.count)
        let inside = base.layout.slots.filter { $0.layer.map(layers.contains) == true }
            .flatMap(\.tensorNames)
        var chosen: Set<String> = []
        let modules = settings.modules.isEmpty ? ["all"] : settings.modules
        for module in modules {
            let found =
                module == "all"
                ? inside : inside.filter { $0.split(separator: ".").contains(Substring(module)) }
            guard !found.isEmpty else {
                let known = Set(inside.flatMap { $0.split(separator: ".").dropFirst(3).dropLast() })
                    .sorted()
                throw KernelError(
                    .configuration, "unknown module in freeze_trainable_modules",
                    at: module.escapedForDisplay,
                    hint: "Choose from: all, \(known.joined(separator: ", ")).")
            }
            chosen.formUnion(found)
        }
        return chosen.union(try base.trainableNames(modules: settings.extraModules))
    }
}

extension ModelWeights {
    /// All weights of modules by name: "lm_head", "embed_tokens", "norm", or a path's part inside the layers.
    func trainableNames(modules: [String]) throws(KernelError) -> Set<String> {
        var names: Set<String> = []
        for module in modules {
            let found = allParameters.map(\.name).filter {
                $0.split(separator: ".").dropLast().contains(Substring(module))
            }
            guard !found.isEmpty else {
                let known = layout.slots.filter { $0.layer == nil }.map(\.moduleName)
                throw KernelError(
                    .configuration, "unknown module", at: module.escapedForDisplay,
                    because: spec.head.isTied && module == "lm_head"
                        ? "this model's head is its embedding" : nil,
                    hint: "Outside of the layers there are: \(known.joined(separator: ", ")).")
            }
            names.formUnion(found)
        }
        return names
    }
}
