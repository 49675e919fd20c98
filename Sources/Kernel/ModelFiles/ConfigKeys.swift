// The keys of config.json and generation_config.json that no reader asks for: which are harmless, which
// are told, which are refused. Data only; a new key of another program becomes a row here.

enum ConfigKeys {
    /// config.json of the four families.
    static let model = KeyTable(
        [
            // Where it came from, how it was made, how others hold it in memory.
            .harmless(
                "_name_or_path", "name_or_path", "_commit_hash", "transformers_version",
                "torch_dtype", "dtype", "initializer_range", "use_cache", "pretraining_tp",
                "output_attentions", "output_hidden_states", "output_past", "return_dict",
                "torchscript", "use_bfloat16", "tf_legacy_loss", "chunk_size_feed_forward",
                "_attn_implementation", "_attn_implementation_autoset",
                "_attn_implementation_internal", "attn_implementation", "_flash_attn_2_enabled",
                "_experts_implementation", "use_flash_attention", "gradient_checkpointing",
                "is_decoder", "problem_type", "finetuning_task", "id2label", "label2id",
                "num_labels", "tokenizer_class", "task_specific_params", "prefix",
                "unk_token_id", "sep_token_id", "decoder_start_token_id", "model_max_length",
                "max_sequence_length", "unsloth_version", "unsloth_fixed",
                "transformers.js_config", "keys_to_ignore_at_inference"),
            // What training by others would do.
            .told(
                "attention_dropout", "hidden_dropout", "resid_pdrop", "embd_pdrop", "attn_pdrop",
                unless: [0], "nothing is dropped out in training here"),
            // Another network than the family's.
            .refused(
                "is_encoder_decoder", "add_cross_attention", "tie_encoder_decoder",
                "cross_attention_hidden_size", unless: [false],
                "only decoders without cross attention are supported"),
            .refused(
                "is_causal", unless: [true], "only causal attention is supported"),
            .refused(
                "use_bidirectional_attention", "bidirectional", unless: [false],
                "only causal attention is supported"),
            .refused(
                "pruned_heads", "per_layer_config", unless: [[:], []],
                "layers that differ in shape are not supported"),
            .told(
                "auto_map", unless: [[:]],
                "a model's own code is never run, the family's network is computed"),
            .told("attention_bias", "mlp_bias", unless: [false], "this family has no use for it"),
            .told(
                "sliding_window", "max_window_layers", "use_sliding_window", unless: [false],
                "this family has no use for it"),
            // Rotary settings beside those of the chosen method.
            .harmless("rope_scaling.finetuned", "rope_parameters.finetuned"),
            .told(
                "rope_scaling.partial_rotary_factor", "rope_parameters.partial_rotary_factor",
                unless: [1], "this family has no use for it"),
        ] + generationRows)

    /// generation_config.json.
    static let generation = KeyTable(
        [
            .harmless(
                "_from_model_config", "transformers_version", "bos_token_id", "pad_token_id",
                "unk_token_id", "sep_token_id", "decoder_start_token_id", "use_cache",
                "output_attentions", "output_hidden_states", "output_scores", "output_logits",
                "return_dict_in_generate", "cache_implementation", "cache_config",
                "max_cache_len", "compile_config", "disable_compile", "low_memory",
                "continuous_batching_config", "prefill_chunk_size", "trust_remote_code")
        ] + generationRows)

    /// What transformers' generation does with these and this program does not; old configurations carry
    /// them as well.
    private static let generationRows: [KeyRow] = [
        .told(
            "temperature", "top_p", "repetition_penalty", unless: [1],
            "answers follow this program's own settings"),
        .told("top_k", unless: [50, 0], "answers follow this program's own settings"),
        .harmless(
            "max_length", "max_new_tokens", "min_length", "min_new_tokens", "max_time",
            "do_sample", "num_return_sequences", "is_assistant", "num_assistant_tokens",
            "num_assistant_tokens_schedule", "assistant_confidence_threshold",
            "prompt_lookup_num_tokens", "max_matching_ngram_size", "assistant_early_exit",
            "assistant_lookbehind", "target_lookbehind", "assistant_ensemble_weight",
            "speculation_type", "use_mtp", "renormalize_logits", "remove_invalid_values",
            "output_scores", "return_dict_in_generate"),
        .told(
            "num_beams", "num_beam_groups", unless: [1], "one answer is followed at a time here"),
        .told(
            "early_stopping", "token_healing", unless: [false], unused),
        .told(
            "no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "epsilon_cutoff", "eta_cutoff",
            "diversity_penalty", "min_p", "penalty_alpha", unless: [0], unused),
        .told(
            "typical_p", "length_penalty", "encoder_repetition_penalty", "guidance_scale",
            unless: [1], unused),
        .told(
            "bad_words_ids", "suppress_tokens", "begin_suppress_tokens", "sequence_bias",
            "forced_bos_token_id", "forced_eos_token_id", "exponential_decay_length_penalty",
            "stop_strings", "constraints", "force_words_ids", "watermarking_config", "dola_layers",
            "top_h", unless: [[], [:]], unused),
    ]

    private static let unused: Sentence = "not used here"
}
