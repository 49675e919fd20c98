// The optimizers of this program as rows. Settings keys, the form, checks, checkpoints and estimates of memory
// and disk walk the table; what a step computes is each optimizer's own file.

/// A constant of an update rule, by its key in settings files.
public enum OptimizerSetting: String, Sendable, CaseIterable {
    case beta1 = "adam_beta1"
    case beta2 = "adam_beta2"
    case epsilon = "adam_epsilon"
    case momentum = "optim_args"
}

/// One optimizer: its names, what it reads, what it keeps, how it is made.
public struct OptimizerKind: Sendable, RawRepresentable, CaseIterable, Codable, Hashable {
    /// Its name in plans and settings files, as transformers has it (`optim`).
    public let rawValue: String
    /// Its name in messages.
    public let title: String
    /// Other spellings of the same.
    public let aliases: [String]
    /// Variants of other programs whose state lies elsewhere or in fewer bits: they run as this one, and a
    /// note says so.
    public let variants: [String]
    /// Its names in DeepSpeed's files, in small letters.
    public let deepSpeedTypes: [String]
    /// The constants it reads besides rate and weight decay.
    public let reads: Set<OptimizerSetting>
    /// Bytes of its state for these parameters.
    public let stateBytes: @Sendable (OptimizerSettings, [ParameterSpec]) -> Int
    /// Makes one for a run's parameters; `seed` decides how bf16 numbers are rounded.
    let make:
        @Sendable (OptimizerSettings, ParameterStore, _ seed: UInt64)
            -> any Optimizer

    init(
        _ name: String, title: String, aliases: [String] = [], variants: [String] = [],
        deepSpeedTypes: [String] = [], reads: Set<OptimizerSetting>,
        stateBytes:
            @escaping @Sendable (
                OptimizerSettings, [ParameterSpec]
            ) -> Int,
        make:
            @escaping @Sendable (
                OptimizerSettings, ParameterStore, _ seed: UInt64
            ) -> any Optimizer
    ) {
        rawValue = name
        self.title = title
        self.aliases = aliases
        self.variants = variants
        self.deepSpeedTypes = deepSpeedTypes
        self.reads = reads
        self.stateBytes = stateBytes
        self.make = make
    }

    /// All of them, in the order of lists; the first is the default.
    public static let allCases: [OptimizerKind] = [.adamW, .sgd, .lion, .adafactor]

    /// The one of a name that plans have; nil for others.
    public init?(rawValue: String) {
        guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = kind
    }

    /// The one that a settings file means, and whether it is a variant that runs as this one.
    public static func named(_ name: String) -> (kind: OptimizerKind, isVariant: Bool)? {
        for kind in allCases {
            if kind.rawValue == name || kind.aliases.contains(name) { return (kind, false) }
            if kind.variants.contains(name) { return (kind, true) }
        }
        return nil
    }

    /// The names of those that read a constant.
    public static func reading(_ setting: OptimizerSetting) -> [String] {
        allCases.filter { $0.reads.contains(setting) }.map(\.rawValue)
    }

    public static func == (a: OptimizerKind, b: OptimizerKind) -> Bool { a.rawValue == b.rawValue }
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}
