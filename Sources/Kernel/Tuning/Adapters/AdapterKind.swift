// The kinds of adapters, a row each: what they train on a layer and how that changes it. A kind has a file of its own;
// its keys in adapter_config.json are AdapterDescription's.

/// What an adapter trains on one layer, before memory is laid out.
struct AdapterParameter {
    /// Behind the layer's path, as PEFT's files have it.
    var suffix: String
    var shape: [Int]
    var start: ParameterSpec.Start

    init(_ suffix: String, _ shape: [Int], start: ParameterSpec.Start) {
        (self.suffix, self.shape, self.start) = (suffix, shape, start)
    }
}

/// A kind of adapter.
public struct AdapterKind: Sendable {
    /// What `finetuning_type` and `use_dora` make of it; unique.
    public let name: String
    /// For people.
    public let title: String
    /// `peft_type` of adapter_config.json.
    let peftType: String
    /// Whether rank and alpha mean something.
    let isLowRank: Bool
    /// What trains on a layer; nothing where the adapter does not lie.
    let parameters: @Sendable (AdapterShape, WeightSlot) -> [AdapterParameter]
    /// The adapter of a layer from its parameters, in that order.
    let make:
        @Sendable (AdapterShape, WeightSlot, [Parameter], (base: BaseWeight, arena: Arena)) ->
            (any LinearAdapter)?

    /// What a layer that has it takes in a pass, the layer's own included.
    let memory: @Sendable (AdapterShape, WeightSlot, LinearMemory) -> MemoryCost
    /// What a library that it opens takes of memory.
    let libraryBytes: Int

    static let all: [AdapterKind] = [.lora, .dora, .ia3]
}

extension AdapterKind: Equatable {
    public static func == (one: Self, other: Self) -> Bool { one.name == other.name }
}

/// The rank of an adapter at one place, and what it is scaled by.
struct LoRAFactor: Sendable, Equatable {
    var rank: Int
    /// The numerator of the scale, as settings have it.
    var alpha: Double
    var scale: Float

    init(rank: Int, alpha: Double, isRankStabilized: Bool) {
        (self.rank, self.alpha) = (rank, alpha)
        scale = Float(alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank)))
    }
}

/// The settings of an adapter, and where it lies.
public struct AdapterShape: Sendable, Equatable {
    public var kind = AdapterKind.lora
    public var rank: Int
    /// The numerator of the scale.
    public var alpha: Double
    /// Whether the scale is alpha / √rank (rsLoRA) instead of alpha / rank.
    public var isRankStabilized: Bool
    public var dropout: Float
    /// The linear modules that have it, in every block but for the exceptions.
    public var modules: Set<LinearModule>
    /// Modules with another rank or scale than the rest, or without an adapter (nil), by their paths.
    var exceptions: [String: LoRAFactor?] = [:]
    /// Modules whose inputs are scaled (IA3), by their paths.
    var inputScaled: Set<String> = []

    public init(
        rank: Int, alpha: Double, isRankStabilized: Bool = false, dropout: Float = 0,
        modules: Set<LinearModule>
    ) {
        self.rank = rank
        self.alpha = alpha
        self.isRankStabilized = isRankStabilized
        self.dropout = dropout
        self.modules = modules
    }

    /// Rank and scale of every place but the exceptions.
    var plain: LoRAFactor {
        LoRAFactor(rank: rank, alpha: alpha, isRankStabilized: isRankStabilized)
    }

    /// Rank and scale on a module; nil where there is no adapter.
    func factor(of slot: WeightSlot) -> LoRAFactor? {
        if let exception = exceptions[slot.path] { return exception }
        return slot.linear.map(modules.contains) == true ? plain : nil
    }

    /// Whether a module has the adapter.
    func lies(on slot: WeightSlot) -> Bool { factor(of: slot) != nil }

    func scalesInput(of slot: WeightSlot) -> Bool { inputScaled.contains(slot.path) }

    /// The highest rank of any place.
    var highestRank: Int {
        exceptions.values.reduce(rank) { max($0, $1?.rank ?? 0) }
    }

    /// What trains on one module.
    func parameters(on slot: WeightSlot) -> [ParameterSpec] {
        kind.parameters(self, slot).map { one in
            var spec = ParameterSpec(
                name: slot.path + one.suffix, shape: one.shape)
            spec.start = one.start
            return spec
        }
    }

    /// What trains on all modules.
    func parameters(in layout: WeightLayout) -> [ParameterSpec] {
        layout.linears.flatMap(parameters)
    }
}
