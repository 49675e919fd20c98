// Names of GGUF files that belong to no module of a model; those of modules are the families' (WeightNames).

/// Names of tensors in GGUF files.
enum GGUFNames {
    /// The factors by which Llama 3.1 divides its rotary frequencies; Hugging Face has no such tensor.
    static let rotaryFactors = "rope_freqs.weight"
}
