// The weights of a model, told once: what each is for, what files call it, its shape. All that walks a model walks
// this list: reading and checking, adapters and tuning, assembling, merging, exports, estimates. It holds no numbers.

/// The norms of a block.
public enum BlockNorm: CaseIterable, Sendable {
    /// Before the attention.
    case attention
    /// Before the feed-forward part.
    case feedForward
    /// On each head of the queries.
    case query
    /// On each head of the keys.
    case key
    /// On what the attention adds to the stream.
    case attentionOutput
    /// On what the feed-forward part adds to the stream.
    case feedForwardOutput
}

/// The linear modules of a block.
public enum LinearModule: Int, CaseIterable, Sendable {
    case query, key, value, output, gate, up, down
}

/// What a weight is for.
public enum WeightRole: Hashable, Sendable {
    case embedding, finalNorm, head
    case norm(BlockNorm)
    case linear(LinearModule)
}

/// One module of a model that holds a weight, and a bias beside it if `hasBias`.
public struct WeightSlot: Hashable, Sendable {
    public let role: WeightRole
    /// The block, counted from 0; nil outside of the blocks.
    public let layer: Int?
    /// The module's path in Hugging Face files: "model.layers.3.self_attn.q_proj".
    public let path: String
    /// The same in GGUF files: "blk.3.attn_q".
    public let ggufPath: String
    /// (outputs, inputs) of a matrix, (width) of a norm's gain.
    public let shape: [Int]
    public let hasBias: Bool
    /// How rows lie in GGUF files, nil when row r is simply row r.
    let ggufPermutation: RowPermutation?
    /// What GGUF files add to the numbers.
    let ggufOffset: Float

    /// The tensor of the weight in Hugging Face files.
    public var weightName: String { path + ".weight" }
    /// The tensor of the bias in Hugging Face files.
    public var biasName: String { path + ".bias" }
    /// The tensors that the module must have.
    var tensorNames: [String] { hasBias ? [weightName, biasName] : [weightName] }
    /// The module's own name: what `lora_target` lists.
    public var moduleName: String { path.lastModule }

    /// What a tensor of the module is called in GGUF files.
    func ggufName(ofTensor name: String) -> String {
        ggufPath + (name == biasName ? ".bias" : ".weight")
    }

    /// The linear module of a block that this is.
    public var linear: LinearModule? {
        if case .linear(let module) = role { module } else { nil }
    }

    /// Whether quantizers of the base pack it: linear modules, but neither embedding nor head.
    public var isQuantizable: Bool { linear != nil }
}

extension String {
    /// What stands behind the last dot.
    fileprivate var lastModule: String { split(separator: ".").last.map(String.init) ?? self }
}

/// A tensor that a model must have.
public struct ExpectedTensor: Sendable, Equatable {
    public let name: String
    public let shape: [Int]
}

/// All weights of a model, in the order in which full tuning keeps them.
public struct WeightLayout: Sendable {
    public let slots: [WeightSlot]

    /// The linear modules of all blocks, block by block.
    public var linears: [WeightSlot] { slots.filter { $0.linear != nil } }

    public init(_ spec: DecoderSpec) {
        let names = spec.names
        var slots: [WeightSlot] = []
        func add(
            _ role: WeightRole, _ shape: [Int], in layer: Int? = nil, hasBias: Bool = false,
            head: Int? = nil
        ) {
            let (path, ggufPath) = names.paths(role, layer: layer)
            slots.append(
                WeightSlot(
                    role: role, layer: layer, path: path, ggufPath: ggufPath, shape: shape,
                    hasBias: hasBias,
                    ggufPermutation: names.interleavesHeads
                        ? head.map { RowPermutation(headDimension: $0) } : nil,
                    ggufOffset: role.isNorm ? names.ggufGainOffset : 0))
        }
        let hidden = spec.hiddenSize
        add(.embedding, [spec.vocabularySize, hidden])
        for (index, layer) in spec.layers.enumerated() {
            for module in LinearModule.allCases {
                let (outputs, inputs) = layer.shape(of: module, hiddenSize: hidden)
                add(
                    .linear(module), [outputs, inputs], in: index, hasBias: layer.hasBias(module),
                    head: module == .query || module == .key ? layer.attention.headDimension : nil)
            }
            for norm in BlockNorm.allCases {
                if let width = layer.width(of: norm, hiddenSize: hidden) {
                    add(.norm(norm), [width], in: index)
                }
            }
        }
        add(.finalNorm, [hidden])
        if !spec.head.isTied { add(.head, [spec.vocabularySize, hidden]) }
        self.slots = slots
    }

    /// What `lora_target` may name: each linear module once, in the order of a block.
    public var linearModuleNames: [String] {
        var names: [String] = []
        for slot in linears where !names.contains(slot.moduleName) { names.append(slot.moduleName) }
        return names
    }

    /// All tensors under their Hugging Face names; a tied head is not among them.
    public var tensors: [ExpectedTensor] {
        slots.flatMap { slot in
            [ExpectedTensor(name: slot.weightName, shape: slot.shape)]
                + (slot.hasBias
                    ? [ExpectedTensor(name: slot.biasName, shape: [slot.shape[0]])] : [])
        }
    }

    /// The number of weights, a tied head counted once.
    public var parameterCount: Int { tensors.reduce(0) { $0 + $1.shape.reduce(1, *) } }

    /// The slot to which a tensor with this Hugging Face name belongs.
    func slotsByTensor() -> [String: WeightSlot] {
        var byName: [String: WeightSlot] = [:]
        for slot in slots {
            byName[slot.weightName] = slot
            byName[slot.biasName] = slot
        }
        return byName
    }
}
