// What the kernel found on this CPU: the loops it uses.

import Microkernels

/// Sets of vector instructions for which the loops are compiled, each holding those before it.
public enum InstructionSet: String, Sendable, CaseIterable {
    case base, avx2, avx512

    private var level: Int32 {
        switch self {
        case .base: Int32(MK_BASE)
        case .avx2: Int32(MK_AVX2)
        case .avx512: Int32(MK_AVX512)
        }
    }

    /// The set in use.
    public static var current: InstructionSet {
        allCases.first { $0.level == mk_level() } ?? .base
    }

    /// The best of this processor.
    public static var best: InstructionSet {
        allCases.first { $0.level == mk_level_max() } ?? .base
    }

    /// Uses at most `set` from now on, on all threads; never more than the processor has.
    public static func limit(to set: InstructionSet) { _ = mk_force_level(set.level) }
}
