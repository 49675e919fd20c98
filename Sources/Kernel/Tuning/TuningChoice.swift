// From a plan and a model to the tuning method: names resolved, unknown ones refused with the known ones.

/// The method of a run, the weights it stands on, and the adapter it starts from.
public struct TuningChoice {
    public var method: TuningMethod
    /// The base with finished adapters folded in.
    public var weights: ModelWeights
    /// The adapter that training goes on with; nil for a fresh one.
    public var startingAdapter: String?
    public var alpha: Double
    public var isRankStabilized: Bool

    public init(_ plan: TrainingPlan, weights base: ModelWeights) throws(KernelError) {
        let lora = plan.tuning.lora
        (alpha, isRankStabilized, weights) = (lora.effectiveAlpha, lora.isRankStabilized, base)
        switch plan.tuning.method {
        case .full:
            method = TuningMethod(trainedNames: Set(base.allParameters.map(\.name)))
        case .freeze:
            method = TuningMethod(trainedNames: try Self.frozenNames(plan.tuning.freeze, base))
        case .lora:
            var adapters = plan.model.adapters
            let goesOn = !adapters.isEmpty && !plan.model.createsNewAdapter
            let last = goesOn ? adapters.removeLast() : nil
            for folder in adapters { weights = try weights.folding(adapter: folder) }
            if let last {
                let description = try AdapterFile.describe(last)
                startingAdapter = last
                (alpha, isRankStabilized) = (description.alpha, description.isRankStabilized)
                var shape = description.shape
                shape.dropout = Float(lora.dropout)
                method = TuningMethod(
                    lora: shape,
                    trainedNames: try base.trainedNames(modules: description.savedModules))
            } else {
                let shape = LoRAShape(
                    rank: lora.rank, scale: Float(lora.scaling), dropout: Float(lora.dropout),
                    slots: try Self.slots(lora.targets))
                method = TuningMethod(
                    lora: shape,
                    trainedNames: try base.trainedNames(modules: lora.additionalTargets))
            }
        }
        method.matricesIn = plan.trainedPrecision
    }

    private static func slots(_ names: [String]) throws(KernelError) -> Set<LinearSlot> {
        if names.isEmpty || names.contains("all") { return Set(LinearSlot.allCases) }
        var slots: Set<LinearSlot> = []
        for name in names {
            guard let slot = LinearSlot.allCases.first(where: { $0.moduleName == name }) else {
                let known = LinearSlot.allCases.map(\.moduleName).joined(separator: ", ")
                throw KernelError(
                    .configuration, "unknown layer in lora_target", at: name.escapedForDisplay,
                    hint: "Choose from: all, \(known).")
            }
            slots.insert(slot)
        }
        return slots
    }

    /// Weights of the trained layers' modules and of extra modules outside the layers.
    private static func frozenNames(
        _ settings: TrainingPlan.FreezeSettings, _ base: ModelWeights
    ) throws(KernelError) -> Set<String> {
        let layers = settings.trainableLayers(of: base.spec.layerCount)
        let inside = base.allParameters.map(\.name).filter { name in
            layers.contains { name.hasPrefix("model.layers.\($0).") }
        }
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
        return chosen.union(try base.trainedNames(modules: settings.extraModules))
    }
}

extension ModelWeights {
    /// All weights of modules by name: "lm_head", "embed_tokens", "norm", or a path's part inside the layers.
    func trainedNames(modules: [String]) throws(KernelError) -> Set<String> {
        var names: Set<String> = []
        for module in modules {
            let found = allParameters.map(\.name).filter {
                $0.split(separator: ".").dropLast().contains(Substring(module))
            }
            guard !found.isEmpty else {
                let outside = allParameters.map(\.name).filter { !$0.hasPrefix("model.layers.") }
                let known = outside.compactMap {
                    $0.split(separator: ".").dropLast().last.map(String.init)
                }
                throw KernelError(
                    .configuration, "unknown module", at: module.escapedForDisplay,
                    because: spec.tiedHead && module == "lm_head"
                        ? "this model's head is its embedding" : nil,
                    hint: "Outside of the layers there are: \(known.joined(separator: ", ")).")
            }
            names.formUnion(found)
        }
        return names
    }
}
