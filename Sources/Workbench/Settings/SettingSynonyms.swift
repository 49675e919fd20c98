// Names that other programs give to what a key of ours does, and the advice for names that have no single
// counterpart. A suggestion by meaning goes before one by spelling.

/// What a foreign name means here.
enum SettingSynonyms {
    /// The key that does the same, or nil.
    static func key(for name: String) -> String? { keys[plain(name)] }

    /// What to write instead, where it is not one key; nil when there is no advice.
    static func remark(on name: String) -> String? { remarks[plain(name)] }

    private static func plain(_ name: String) -> String {
        name.lowercased().replacing("-", with: "_")
    }

    private static let keys = inverted([
        "model_name_or_path": """
        model base_model model_path model_id model_name model_id_or_path base_model_name_or_path \
        pretrained_model_name_or_path pretrained_model pretrained
        """,
        "adapter_name_or_path":
            "adapters adapter_path adapter_dir lora_path lora_model_dir peft_model",
        "dataset": """
        datasets train_dataset train_datasets data data_path data_files train_file train_data \
        training_data dataset_name dataset_path
        """,
        "eval_dataset":
            "val_dataset test_dataset test_datasets eval_file eval_data validation_file val_data",
        "val_size":
            "val_set_size val_ratio split_dataset_ratio validation_split eval_size test_size",
        "cutoff_len": """
        max_seq_length max_seq_len max_sequence_length sequence_len sequence_length seq_len \
        seq_length block_size cutoff_length max_source_length context_length
        """,
        "per_device_train_batch_size": """
        batch_size micro_batch_size train_batch_size per_gpu_train_batch_size \
        per_device_batch_size train_micro_batch_size_per_gpu
        """,
        "per_device_eval_batch_size": "eval_batch_size val_batch_size per_gpu_eval_batch_size",
        "gradient_accumulation_steps": """
        gradient_accumulation grad_accum grad_accum_steps accumulation_steps accum_steps \
        accumulate_grad_batches grad_accumulation_steps
        """,
        "num_train_epochs": "epoch epochs num_epochs n_epochs max_epochs train_epochs",
        "max_steps": "steps num_steps train_steps max_train_steps iters iterations num_iterations",
        "learning_rate": "lr base_lr peak_lr max_lr rate",
        "lora_rank": "r rank lora_r lora_dim",
        "lora_alpha": "alpha",
        "lora_dropout": "dropout",
        "lora_target": "target_modules lora_target_modules lora_modules lora_targets",
        "additional_target": "modules_to_save lora_modules_to_save",
        "finetuning_type": """
        finetune_type tuning_type tuner_type train_type training_type sft_type peft_type peft_method \
        use_lora use_peft
        """,
        "quantization_type": "quant_type bnb_4bit_quant_type",
        "optim": "optimizer optimizer_type optim_name",
        "lr_scheduler_type": "lr_scheduler scheduler scheduler_type lr_schedule lr_decay_style",
        "warmup_steps": "warmup num_warmup_steps lr_warmup_steps warm_up_steps warmup_iters",
        "warmup_ratio": "warmup_proportion warmup_fraction warm_up_ratio",
        "weight_decay": "wd",
        "adam_epsilon": "adam_eps eps epsilon",
        "max_grad_norm": """
        gradient_clipping gradient_clip gradient_clip_val grad_clip clip_grad clip_grad_norm \
        grad_norm_clip max_norm
        """,
        "save_steps": "save_every save_interval save_freq checkpoint_every checkpoint_steps",
        "logging_steps": "log_every log_steps log_interval logging_interval logging_freq",
        "eval_steps": "eval_every eval_interval eval_freq",
        "save_total_limit": "save_limit max_checkpoints keep_checkpoints",
        "output_dir": "output out out_dir output_path output_folder save_path",
        "template":
            "chat_template prompt_template prompt_style conversation_template template_name",
        "default_system": "system system_prompt system_message",
        "train_on_prompt": "train_on_inputs train_on_input",
        "neat_packing": "sample_packing multipack",
        "packing": "pack",
        "seed": "random_seed manual_seed",
        "resume_from_checkpoint": "resume resume_from resume_checkpoint",
        "overwrite_output_dir": "overwrite",
        "neftune_noise_alpha": "neftune neftune_alpha",
        "early_stopping_steps": "early_stopping early_stopping_patience patience",
        "max_samples": "num_samples max_train_samples sample_limit",
        "freeze_trainable_layers": "trainable_layers unfreeze_layers num_layer_trainable",
        "gradient_checkpointing": "grad_checkpointing gradient_ckpt use_gradient_checkpointing",
        "export_dir": "merged_dir merge_dir",
        "add_special_tokens": "new_special_tokens special_tokens_to_add",
    ])

    private static let remarks = expanded([
        ("load_in_4bit quant_bits bits", "write quantization_bit: 4."),
        ("load_in_8bit", "write quantization_bit: 8."),
        ("quant_config quantization_config quantization", "write quantization_bit: 4 or 8."),
        (
            "mixed_precision precision dtype torch_dtype",
            "write bf16: true, or leave it out for float32."
        ),
        (
            "peft_config lora_config lora",
            "write finetuning_type, lora_rank, lora_alpha and lora_target."
        ),
        (
            "adapter", "write finetuning_type for the method, adapter_name_or_path for a folder."
        ),
        ("betas adam_betas", "write adam_beta1 and adam_beta2."),
        (
            "global_batch_size",
            "write per_device_train_batch_size and gradient_accumulation_steps, whose product it is."
        ),
        ("shuffle", "write disable_shuffling, which is its opposite."),
        ("saves_per_epoch", "write save_strategy and save_steps."),
        ("evals_per_epoch", "write eval_strategy and eval_steps."),
        (
            "kernel_config dist_config model_class sample_backend batching_strategy init_config",
            "it belongs to LLaMA-Factory's v1 interface; nothing here is like it."
        ),
        (
            "task task_dir n_shot lang",
            "it belongs to LLaMA-Factory's MMLU evaluation, which is not here."
        ),
        (
            """
            tensor_model_parallel_size pipeline_model_parallel_size expert_model_parallel_size \
            context_parallel_size sequence_parallel virtual_pipeline_model_parallel_size \
            bias_activation_fusion apply_rope_fusion use_distributed_optimizer overlap_param_gather \
            overlap_grad_reduce moe_grouped_gemm moe_token_dispatcher_type recompute_granularity
            """, "it belongs to Megatron (use_mca), which is not in this version."
        ),
        (
            "wandb_project wandb_entity wandb_name wandb_run_id tracker tracking",
            "metrics go to trainer_log.jsonl; leave it out."
        ),
    ])

    private static func inverted(_ rows: [String: String]) -> [String: String] {
        var keys: [String: String] = [:]
        for (key, names) in rows {
            for name in names.split(separator: " ") { keys[String(name)] = key }
        }
        return keys
    }

    private static func expanded(_ rows: [(names: String, remark: String)]) -> [String: String] {
        var remarks: [String: String] = [:]
        for row in rows {
            for name in row.names.split(separator: " ") { remarks[String(name)] = row.remark }
        }
        return remarks
    }
}
