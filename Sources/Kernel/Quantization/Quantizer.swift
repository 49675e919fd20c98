// How the frozen base lies in memory, as rows: as its file has it, decoded, or in one of the formats whose
// weights this folder makes. Settings keys, the form, fits and estimates walk the table. One that needs a
// calibration would say so in a field of its row.

/// One way to hold the frozen weights.
public struct Quantizer: Sendable, RawRepresentable, CaseIterable, Codable, Hashable {
    /// Its name in coded plans; digests of runs have it, so it stays.
    public let rawValue: String
    /// Its name for people; those with `bits` have it in settings files too (`quantization_type`).
    public let name: String
    /// Bits of a code (`quantization_bit`); nil where nothing is quantized here.
    public let bits: Int?
    /// Bits a weight takes with its share of scales; nil as the file has them.
    public let bitsPerWeight: Double?
    /// Whether embedding and head go through it as well; else they stay as the file has them.
    let takesTables: Bool
    /// Another weight of the same numbers, or that weight itself.
    let encode: @Sendable (BlockWeight) throws(KernelError) -> any PackedWeight

    init(
        _ rawValue: String, name: String, bits: Int? = nil, bitsPerWeight: Double?,
        takesTables: Bool = false,
        encode: @escaping @Sendable (BlockWeight) throws(KernelError) -> any PackedWeight
    ) {
        self.rawValue = rawValue
        self.name = name
        self.bits = bits
        self.bitsPerWeight = bitsPerWeight
        self.takesTables = takesTables
        self.encode = encode
    }

    /// As the file stores them: floats stay floats, the blocks of a GGUF stay blocks, and an adapter is
    /// trained straight on them.
    public static let fromFile = Quantizer(
        "fromFile", name: "as stored", bitsPerWeight: nil,
        encode: { weight throws(KernelError) in weight })

    /// Decoded to float32 once, whatever the file holds.
    public static let dequantized = Quantizer(
        "none", name: "float32", bitsPerWeight: 32, takesTables: true,
        encode: { weight throws(KernelError) in try BlockWeight(decoding: weight) })

    /// All of them, in the order of lists.
    public static let allCases: [Quantizer] = [.fromFile, .dequantized, .int8, .int4, .nf4]

    /// The one of a coded plan; nil for others.
    public init?(rawValue: String) {
        guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = kind
    }

    /// Those whose codes have so many bits, the smallest first: it is the usual one.
    public static func withBits(_ bits: Int) -> [Quantizer] {
        allCases.filter { $0.bits == bits }
            .sorted { $0.bitsPerWeight ?? .infinity < $1.bitsPerWeight ?? .infinity }
    }

    /// The one that takes least memory.
    public static var smallest: Quantizer {
        allCases.min { $0.bitsPerWeight ?? .infinity < $1.bitsPerWeight ?? .infinity } ?? .fromFile
    }

    /// Whether a weight of a model goes through it.
    func takes(_ slot: WeightSlot) -> Bool {
        bitsPerWeight != nil && slot.shape.count > 1 && (slot.isQuantizable || takesTables)
    }

    /// Bytes of a frozen matrix as it is held, given those that the file has of it.
    func byteCount(_ slot: WeightSlot, stored: Int) -> Int {
        guard let bitsPerWeight, takes(slot) else { return stored }
        let count = slot.shape.reduce(1, *)
        return Int((Double(count) * bitsPerWeight / 8).rounded(.up))
    }

    public static func == (a: Quantizer, b: Quantizer) -> Bool { a.rawValue == b.rawValue }
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
