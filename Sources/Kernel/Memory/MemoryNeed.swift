// Whether a run fits: its estimate with and without recomputing activations, the decision between them, and what
// the user should know of it.

/// What a plan's run takes of memory, with the decision whether activations are recomputed.
public struct MemoryNeed: Sendable, Equatable {
    /// The peak with that decision.
    public let estimate: MemoryEstimate
    /// Whether activations are recomputed: as the plan says, or when the run needs it to fit.
    public let recomputes: Bool
    /// The peak without recomputing.
    public let bytesWithoutRecomputing: Int

    /// Left to itself, a run recomputes when keeping activations leaves less than a tenth of the
    /// `available` bytes free; without that number it keeps them.
    public init(
        _ plan: TrainingPlan, model: ModelFolder, tuning: TuningChoice,
        reference: ReferenceModel? = nil, load: RunLoad, available: Int?
    ) {
        func estimate(_ recomputes: Bool) -> MemoryEstimate {
            MemoryEstimate(
                plan, model: model, tuning: tuning, reference: reference, load: load,
                recomputes: recomputes)
        }
        let kept = estimate(false)
        bytesWithoutRecomputing = kept.total
        switch plan.gradientCheckpointing {
        case .on: recomputes = true
        case .off: recomputes = false
        case .automatic: recomputes = available.map { kept.total > $0 - $0 / 10 } ?? false
        }
        self.estimate = recomputes ? estimate(true) : kept
    }

    /// What the user should know, given the bytes that are free.
    func notes(_ plan: TrainingPlan, available: Int?) -> [Sentence] {
        guard let available else { return [] }
        let gib = MemoryAllowance.gib
        var notes: [Sentence] = []
        if recomputes, plan.gradientCheckpointing == .automatic {
            notes.append(
                "Activations are recomputed to save memory: keeping them would take up to "
                    + "\(gib(bytesWithoutRecomputing)), and \(gib(available)) are free.")
        }
        if estimate.total > available, estimate.neededBytes <= available {
            notes.append(
                "The model's file (\(gib(estimate.mapped))) does not fit into the \(gib(available)) that "
                    + "are free beside the run: it is read from the disk again and again, which is slow. "
                    + "quantization_bit: 4 holds it in memory.")
        } else if estimate.total > available {
            notes.append(
                "The run may take up to \(gib(estimate.total)), and \(gib(available)) are free: "
                    + "lower per_device_train_batch_size or cutoff_len if it runs out of memory.")
        }
        return notes
    }
}
