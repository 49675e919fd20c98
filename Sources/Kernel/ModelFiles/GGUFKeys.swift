// The metadata keys of GGUF files that no reader asks for: which are harmless, which are told, which are
// refused. A file means what llama.cpp computes from it. Data only; "{arch}" stands for the architecture.

enum GGUFKeys {
    static let table = KeyTable([
        // What people and programs wrote about the file.
        .told(
            "general.sampling.temp", "general.sampling.top_p", "general.sampling.penalty_repeat",
            unless: [1], drawing),
        .told("general.sampling.top_k", unless: [50, 40, 0], drawing),
        .told("general.sampling.*", unless: [0], drawing),
        .harmless(
            "general.*", "quantize.*", "split.*", "imatrix.*", "mradermacher.*", "unsloth.*",
            "tokenizer.chat_template.*", "tokenizer.chat_templates"),
        // The tokenizer has readers of its own.
        .harmless(
            "tokenizer.chat_template", "tokenizer.ggml.model", "tokenizer.ggml.pre",
            "tokenizer.ggml.tokens", "tokenizer.ggml.token_type", "tokenizer.ggml.merges",
            "tokenizer.ggml.add_bos_token", "tokenizer.ggml.unknown_token_id"),
        .harmless(
            "tokenizer.ggml.scores", "tokenizer.ggml.token_type_count",
            "tokenizer.ggml.add_space_prefix", "tokenizer.ggml.seperator_token_id",
            "tokenizer.ggml.separator_token_id", "tokenizer.ggml.mask_token_id",
            "tokenizer.ggml.cls_token_id", "tokenizer.ggml.fim_*",
            "tokenizer.ggml.prefix_token_id", "tokenizer.ggml.suffix_token_id",
            "tokenizer.ggml.middle_token_id", "tokenizer.ggml.eog_token_ids",
            "tokenizer.huggingface.json"),
        .told(
            "tokenizer.ggml.add_eos_token", "tokenizer.ggml.add_sep_token", unless: [false],
            "no text gets that token here"),
        .told("tokenizer.ggml.remove_extra_whitespaces", unless: [false], notUsed),
        // Counts of parts that these architectures have none of.
        .refused("{arch}.expert_used_count", unless: [0], "mixtures of experts are not supported"),
        .harmless("{arch}.rope.scaling.finetuned", "{arch}.tensor_data_layout"),
        .told("{arch}.pooling_type", unless: [0], "texts are not pooled here"),
        // llama.cpp does not read these for the supported architectures either.
        .told(
            "{arch}.rope.scaling.yarn_beta_fast", unless: [32], likeOthers),
        .told(
            "{arch}.rope.scaling.yarn_beta_slow", "{arch}.rope.scaling.yarn_attn_factor",
            "{arch}.rope.scaling.yarn_ext_factor", unless: [1], likeOthers),
        .told("{arch}.rope.scaling.yarn_log_multiplier", unless: [0], likeOthers),
        .told(
            "{arch}.attention.layer_norm_epsilon", "{arch}.attention.scale", "{arch}.logit_scale",
            "{arch}.residual_scale", "{arch}.embedding_scale",
            "{arch}.attention.output_scale", "{arch}.attn_logit_softcapping",
            "{arch}.final_logit_softcapping", "{arch}.attention.clamp_kqv",
            "{arch}.attention.max_alibi_bias", unless: [0], likeOthers),
        .told("{arch}.use_parallel_residual", unless: [false], likeOthers),
    ])

    private static let drawing: Sentence = "answers follow this program's own settings"
    private static let notUsed: Sentence = "not used here"
    private static let likeOthers: Sentence =
        "not used, as llama.cpp does not use it for this architecture"
}
