// LoRA+: which parameters of a run learn faster. It does not know adapters beyond the names of their files.

/// The rate of an adapter's B, and of vectors that train beside it, is `ratio` times the run's, which A and
/// whole matrices have. Paper: Hayou, Ghosh and Yu 2024 (arXiv 2402.12354); the groups are those of PEFT's
/// create_loraplus_optimizer. Which parameters decay stays as it is.
public struct LoRAPlus: Sendable, Equatable {
    public var ratio: Double

    public init(ratio: Double) { self.ratio = ratio }

    /// A parameter with the group that it has under LoRA+.
    func regrouped(_ spec: ParameterSpec) -> ParameterSpec {
        var spec = spec
        if spec.name.hasSuffix(".lora_B.weight") || spec.shape.count == 1 {
            spec.group.learningRateScale *= ratio
        }
        return spec
    }
}
