// How much memory a run may take at most, as somebody outside of the kernel has found out, and the refusal of
// what needs more. It does not know how the number was found.

/// The memory that can be had, and what limits it.
public struct MemoryAllowance: Sendable, Equatable {
    public var bytes: Int
    /// The limit: "the machine", "ulimit -v", …
    public var limit: String
    /// How to overrule it, as a sentence.
    public var hint: Sentence

    public init(bytes: Int, limit: String, hint: Sentence) {
        (self.bytes, self.limit, self.hint) = (bytes, limit, hint)
    }

    /// Estimates are right within so many hundredths.
    private static let tolerance = 3

    /// Throws when `needed` bytes cannot be had: `what` does not fit, `tries` are sentences.
    public func check(_ needed: Int, what: Sentence, try tries: [Sentence]) throws(KernelError) {
        guard needed - needed / 100 * Self.tolerance > bytes else { return }
        throw KernelError(
            .temporary, what,
            because:
                "it needs about \(Self.gib(needed)), and \(limit) allows \(Self.gib(bytes)) more",
            hint: Sentence.joined(tries + [hint], separator: " "))
    }

    /// "3.2 GiB", "80 MiB".
    static func gib(_ bytes: Int) -> String {
        bytes < 1 << 30
            ? "\((bytes + (1 << 19)) >> 20) MiB"
            : "\((Double(bytes) / Double(1 << 30) * 10).rounded() / 10) GiB"
    }
}

extension MemoryNeed {
    /// Throws when the run cannot have what it needs besides the pages of files, which come and go.
    func check(_ plan: TrainingPlan, _ allowance: MemoryAllowance?) throws(KernelError) {
        try allowance?.check(
            estimate.neededBytes, what: "the run does not fit into memory",
            try: Self.tries(plan, recomputes))
    }

    /// What would make the run smaller, the most effective first.
    static func tries(_ plan: TrainingPlan, _ recomputes: Bool) -> [Sentence] {
        var tries: [Sentence] = []
        if plan.tuning.method == .full { tries.append("Set finetuning_type: lora.") }
        if plan.tuning.method.trainsAdapter, plan.model.quantization.bitsPerWeight ?? 0 >= 8 {
            tries.append("Set quantization_bit: 4.")
        }
        if !recomputes { tries.append("Set gradient_checkpointing: true.") }
        tries.append("Lower cutoff_len or per_device_train_batch_size.")
        return tries
    }
}
