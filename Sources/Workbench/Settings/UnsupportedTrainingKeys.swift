// The keys of a training plan that have no effect here, or stop the run, each with its reason.
// Nothing that would change a result is ignored silently: it is refused until it works.

import Kernel

/// Known keys that are not honoured.
enum UnsupportedTrainingKeys {
    typealias Row = SettingRow<TrainingPlan>

    private static let notYet: Sentence = "not yet in this version; leave it out."
    private static let processor: Sentence = "no effect: this program runs on the processor."
    private static let alone: Sentence = "no effect: this version trains in one process."
    private static let hub: Sentence = "no effect: models are local files."
    private static let code: Sentence = "no effect: no code of a model is ever run."
    private static let tracker: Sentence = "no effect: metrics go to trainer_log.jsonl."

    static let model: [Row] =
        Row.ignored(["trust_remote_code"], because: code, silently: ["false", "null"])
        + Row.ignored(
            ["cache_dir", "model_revision", "hf_hub_token", "ms_hub_token", "om_hub_token"],
            because: hub, silently: ["null", "main"])
        + Row.refused(
            ["adapter_folder"], because: "write the whole path into adapter_name_or_path.")
        // The same result with another implementation; a file that asks for one gets a note that it is not here.
        + Row.ignored(
            [
                "use_unsloth", "use_unsloth_gc", "enable_liger_kernel", "use_liger_kernel",
                "liger_kernel_config", "use_v1_kernels", "device_map", "quantization_device_map",
                "compute_dtype", "block_diag_attn", "offload_folder",
            ], because: processor, silently: ["false", "null", "auto", "offload"])
        + Row.ignored(
            ["model_max_length"], because: "no effect: examples are cut by cutoff_len.",
            silently: ["null"])
        + Row.ignored(
            ["flash_attn"], because: processor, silently: ["auto", "sdpa", "disabled", "null"])
        // Either value is what this program does.
        + Row.ignored(
            ["use_reentrant_gc", "low_cpu_mem_usage"], because: processor,
            silently: ["true", "false", "null"])
        + Row.ignored(
            ["use_fast_tokenizer"], because: "no effect: the tokenizer is tokenizer.json's always.",
            silently: ["true", "null"])
        + Row.ignored(
            ["upcast_layernorm", "upcast_lmhead_output"],
            because: "no effect: norms and logits are float32 always.",
            silently: ["true", "false", "null"])
        + Row.ignored(
            ["print_param_status"], because: "no effect: inspect lists the parameters.",
            silently: ["false"])
        + Row.ignored(
            ["double_quantization"], because: "no effect: NF4 scales are always quantized too.",
            silently: ["true"])
        + Row.ignored(
            ["init_special_tokens"], because: "no effect without new tokens.",
            silently: ["noise_init"])
        + Row.refused(
            ["quantization_method"], because: "the only method of this version is bnb.",
            unless: ["bnb", "bitsandbytes", "null"])
        + Row.refused(
            [
                "resize_vocab", "add_tokens", "add_special_tokens", "new_special_tokens_config",
                "rope_scaling", "shift_attn", "mixture_of_depths",
                "train_from_scratch", "moe_aux_loss_coef",
            ], because: notYet)
        + Row.ignored(
            [
                "image_max_pixels", "image_min_pixels", "image_do_pan_and_scan", "crop_to_patches",
                "video_max_pixels", "video_min_pixels", "video_fps", "video_maxlen",
                "use_audio_in_video", "audio_sampling_rate", "media_dir",
            ], because: "no effect: models read text only.", silently: ["null", "false"])
        + Row.refused(["use_kt"], because: notYet)
        + Row.ignored(
            [
                "kt_cpu_activation", "kt_weight_path", "kt_non_expert_weight_path",
                "kt_expert_checkpoint_path", "kt_use_lora_experts", "kt_lora_expert_num",
                "kt_lora_expert_intermediate_size", "kt_config",
            ], because: "no effect without use_kt.", silently: ["null", "false"],
            of: [.init(key: "use_kt")])

    static let method: [Row] =
        Row.refused(
            [
                "pissa_init", "pissa_convert", "use_llama_pro",
                "use_galore", "use_apollo", "use_badam", "use_adam_mini", "use_muon",
            ], because: notYet)
        + Row.refused(
            ["use_mca", "use_megatron_bridge", "use_hyper_parallel", "megatron_bridge_args"],
            because: notYet)
        + Row.ignored(
            [
                "pissa_iter", "hyper_parallel_args", "hyper_parallel_cp_size",
            ], because: "no effect without the method it belongs to.", of: methods)
        + Row.ignored(
            ["loraplus_lr_embedding"],
            because: "no effect: adapters lie on linear layers, none on the embedding.",
            silently: ["1e-6", "1e-06", "0.000001", "null"])
        + Row.ignored(
            [
                "galore_target", "galore_rank", "galore_update_interval", "galore_scale",
                "galore_proj_type", "galore_layerwise", "apollo_target", "apollo_rank",
                "apollo_update_interval", "apollo_scale", "apollo_proj", "apollo_proj_type",
                "apollo_scale_type", "apollo_layerwise", "apollo_scale_front", "badam_mode",
                "badam_start_block", "badam_switch_mode", "badam_switch_interval",
                "badam_update_ratio", "badam_mask_mode", "badam_verbose", "module_dropout",
                "oft_rank", "oft_block_size", "oft_target",
            ], because: "no effect without the method it belongs to.", of: methods)
        + Row.ignored(
            [
                "ppo_buffer_size", "ppo_epochs",
                "ppo_score_norm", "ppo_target", "ppo_whiten_rewards", "reward_model",
                "reward_model_adapters", "reward_model_quantization_bit", "reward_model_type",
            ], because: "no effect: it belongs to another preference stage or loss.",
            silently: Row.unused, of: [.init(key: "stage", values: Set(TrainingStage.missing))])
        + Row.ignored(
            ["freeze_vision_tower", "freeze_multi_modal_projector"],
            because: "no effect: models read text only.", silently: ["true", "null"])
        + Row.ignored(
            ["freeze_language_model"], because: "no effect: models read text only.",
            silently: ["false", "null"])

    /// Methods that are refused, with the keys that come along with them.
    private static let methods: [Row.Owner] =
        [
            "pissa_init", "use_galore", "use_apollo", "use_badam", "use_hyper_parallel",
        ].map { .init(key: $0) } + [.init(key: "finetuning_type", values: ["oft"])]

    static let dataset: [Row] =
        Row.refused(["streaming", "tokenized_path", "preserve_thinking"], because: notYet)
        + Row.refused(
            ["ignore_pad_token_for_loss"], because: "cannot be turned off: padding never counts.",
            unless: ["true", "null"])
        + Row.ignored(
            ["buffer_size"], because: "no effect without streaming.",
            of: [.init(key: "streaming")])
        + Row.ignored(
            ["preprocessing_batch_size"],
            because: "no effect: records are always looked at together by the thousand.",
            silently: ["1000", "null"])
        + Row.ignored(
            [
                "overwrite_cache", "preprocessing_num_workers",
                "dataloader_num_workers", "dataloader_pin_memory", "dataloader_persistent_workers",
                "dataloader_prefetch_factor", "dataloader_multiprocessing_context",
                "dataloader_in_order", "data_shared_file_system", "remove_unused_columns",
                "length_column_name", "label_names",
            ], because: "no effect: examples are prepared in memory, without a cache.",
            silently: ["null", "false", "0"])

    static let output: [Row] =
        Row.ignored(
            ["plot_loss"], because: "no effect: the Train tab and workbench plot draw the loss.",
            silently: ["false"])
        + Row.ignored(
            [
                "project", "trackio_space_id", "trackio_bucket_id",
                "trackio_static_space_id", "use_swanlab", "swanlab_project", "swanlab_workspace",
                "swanlab_run_name", "swanlab_mode", "swanlab_api_key", "swanlab_logdir",
                "swanlab_lark_webhook_url", "swanlab_lark_secret",
            ], because: tracker, silently: ["none", "null", "false", "[]"])
        + Row.ignored(
            [
                "include_num_input_tokens_seen", "include_tokens_per_second",
                "include_effective_tokens_per_second", "logging_nan_inf_filter", "log_level",
                "log_level_replica", "log_on_each_node", "disable_tqdm", "skip_memory_metrics",
            ], because: "no effect: tokens are always counted, and lines are always the same.",
            silently: ["true", "false", "null", "passive"])
        + Row.ignored(
            [
                "push_to_hub", "hub_token", "hub_private_repo", "hub_model_id", "hub_strategy",
                "hub_always_push", "hub_revision",
            ], because: hub, silently: ["false", "null"])
        + Row.ignored(
            ["save_safetensors"], because: "no effect: files are always safetensors.",
            silently: ["true", "null"])
        + Row.ignored(
            ["save_on_each_node", "enable_jit_checkpoint"], because: alone,
            silently: ["false", "null"])

    static let train: [Row] =
        Row.refused(
            [
                "auto_find_batch_size", "ignore_data_skip",
                "optim_target_modules", "enable_torch_profiler",
            ], because: notYet)
        + Row.ignored(
            [
                "tf32", "bf16_full_eval", "fp16_full_eval", "fp8", "fp8_backend",
                "fp8_enable_fsdp_float8_all_gather", "torch_compile",
                "torch_compile_backend", "torch_compile_mode", "torch_empty_cache_steps",
                "activation_checkpointing", "activation_checkpointing_kwargs",
                "gradient_checkpointing_kwargs", "debug",
            ], because: processor, silently: ["false", "null", "auto", "", "[]", "{}"])
        // Either value is what this program does.
        + Row.ignored(
            ["use_cpu", "no_cuda", "use_cache", "full_determinism"], because: processor,
            silently: ["true", "false", "null"])
        + Row.ignored(
            [
                "profiler_output_dir", "profiler_wait_steps", "profiler_warmup_steps",
                "profiler_active_steps", "profiler_repeat", "profiler_record_shapes",
                "profiler_profile_memory", "profiler_with_stack", "profile_modules",
            ], because: "no effect: nothing is profiled.",
            silently: ["false", "null", "auto", "true", ""],
            of: [.init(key: "enable_torch_profiler")])
        + Row.ignored(
            [
                "ddp_timeout", "ddp_bucket_cap_mb", "ddp_backend", "deepspeed", "fsdp",
                "fsdp_config", "fsdp_transformer_layer_cls_to_wrap", "local_rank",
                "accelerator_config", "parallelism_config", "ray_num_workers", "ray_init_kwargs",
                "master_addr", "master_port", "restore_callback_states_from_checkpoint",
            ], because: alone, silently: ["null", "false", "", "-1", "0", "[]", "{}"])
        // Either value is the same for one process.
        + Row.ignored(
            [
                "ddp_find_unused_parameters", "ddp_broadcast_buffers", "ddp_static_graph",
                "average_tokens_across_devices",
            ], because: alone, silently: ["null", "false", "true"])

    static let evaluation: [Row] =
        Row.refused(
            ["do_predict", "predict_with_generate"],
            because: "answers are generated by workbench evaluate FILE.yaml; leave it out.")
        + Row.refused(
            [
                "compute_accuracy", "eval_on_each_dataset", "eval_delay", "generation_config",
                "sortish_sampler",
            ], because: notYet)
        + Row.refused(
            ["metric_for_best_model"], because: "can only be loss in this version.",
            unless: ["loss", "eval_loss", "null"])
        + Row.refused(
            ["greater_is_better"], because: "contradicts the loss, of which less is better.")
        + Row.ignored(
            [
                "eval_accumulation_steps", "eval_num_beams", "generation_max_length",
                "generation_num_beams",
                "eval_use_gather_object", "include_for_metrics", "batch_eval_metrics",
            ], because: "no effect: evaluation measures the loss.",
            silently: ["null", "false", "[]"])

        // Either value gives the same loss.
        + Row.ignored(
            ["prediction_loss_only", "eval_do_concat_batches"],
            because: "no effect: evaluation measures the loss.",
            silently: ["null", "false", "true"])

    /// Keys of chat, export and server files, which a training file may carry along.
    static let foreign: [String: Sentence] = {
        let chat: Sentence = "no effect on training; chat reads it."
        let export: Sentence = "no effect on training; export reads it."
        var reasons: [String: Sentence] = [:]
        for name in InferenceKeys.own { reasons[name] = chat }
        reasons["max_length"] =
            "no effect on training; chat reads it. Examples are cut by cutoff_len."
        for name in ExportKeys.own { reasons[name] = export }
        return reasons
    }()
}
