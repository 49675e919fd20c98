// The keys of LLaMA-Factory's chat files. Training and export files may carry them along: they are distinguished
// from typing mistakes, and have no effect there.

/// The keys of a chat file.
enum InferenceKeys {
    /// Names that choose what answers: a file with one of them is for chat.
    static let engine = ["infer_backend", "infer_dtype", "use_kv_cache"] + engines

    /// Names that only chat files have.
    static let own =
        [
            "do_sample", "temperature", "top_p", "top_k", "min_p", "repetition_penalty",
            "max_new_tokens", "max_length", "num_beams", "length_penalty", "skip_special_tokens",
            "use_kv_cache", "infer_backend", "infer_dtype",
        ] + engines

    /// Names of other programs that answer for LLaMA-Factory.
    static let engines = [
        "vllm_maxlen", "vllm_gpu_util", "vllm_enforce_eager", "vllm_max_lora_rank", "vllm_config",
        "sglang_maxlen", "sglang_mem_fraction", "sglang_tp_size", "sglang_config",
        "sglang_lora_backend",
    ]
}
