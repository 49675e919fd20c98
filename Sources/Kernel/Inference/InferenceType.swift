// Storage and compute types of a model that answers. It does not know the decoder.

/// The data type of inference, named as in LLaMA-Factory's `infer_dtype`.
public enum InferenceType: String, Sendable, CaseIterable {
    /// bf16 for prompts where the processor multiplies it and the weights are not float32 themselves.
    case auto
    case float32, bfloat16

    /// The compute type of prompts (prefill). Single tokens and prompts of up to `Projection.smallBatchMax`
    /// rows are fp32 always: their products wait for memory anyway.
    public func promptPrecision(of weights: ModelWeights) throws(KernelError) -> Precision {
        switch self {
        case .float32: return .float32
        case .auto:
            return Precision.hasBFloat16 && weights.formatName != DType.f32.rawValue
                ? .bfloat16 : .float32
        case .bfloat16:
            guard Precision.hasBFloat16 else {
                throw KernelError(
                    .usage, "cannot compute in bf16", at: "infer_dtype",
                    because: "this processor has no AVX512_BF16", hint: "Use float32 or auto.")
            }
            return .bfloat16
        }
    }
}
