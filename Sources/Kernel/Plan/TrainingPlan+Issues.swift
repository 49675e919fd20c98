// What is wrong with a plan by itself: every problem at once, each beside its setting.
// It reads no file: whether a model exists, or fits its data, is checked when the run prepares.

extension TrainingPlan {
    /// All findings about this plan, in the order of its parts; empty means it may run.
    public func issues() -> [PlanIssue] {
        var found = PlanIssueList()
        checkStage(&found)
        checkModel(&found)
        checkTuning(&found)
        tokenLoss.check(self, &found)
        distillation.check(self, &found)
        preference.check(self, &found)
        rollout.check(self, &found)
        group.check(self, &found)
        checkData(&found)
        checkEncoding(&found)
        checkBatches(&found)
        checkOptimizer(&found)
        checkSchedule(&found)
        checkRecording(&found)
        return found.issues
    }

    private func checkStage(_ found: inout PlanIssueList) {
        found.require(
            trains || evaluates, "do_train", "nothing to do: set do_train or do_eval to true.")
        if stage.draws {
            found.require(
                !encoding.trainsOnPrompt, "train_on_prompt",
                "stage \(stage.rawValue) learns from its own answers; leave it out.")
        } else if stage.data != .supervised {
            found.require(
                !encoding.trainsOnPrompt, "train_on_prompt", "only stage sft has prompts.")
            found.require(!encoding.masksHistory, "mask_history", "only stage sft has turns.")
        }
        found.require(seed >= 0, "seed", "must be \(0) or more, is \(seed).")
        if let dataSeed {
            found.require(dataSeed >= 0, "data_seed", "must be \(0) or more, is \(dataSeed).")
        }
        checkComputeType(&found)
        found.require(
            trains || [nil, "false"].contains(checkpointing.resumesFrom), "resume_from_checkpoint",
            "goes with do_train only; to evaluate a run, name its folder in adapter_name_or_path, "
                + "or in model_name_or_path when it trained the model itself.")
    }

    private func checkComputeType(_ found: inout PlanIssueList) {
        switch computeType {
        case .float32, .automatic: break
        case .float16:
            found.add(
                .note, "fp16", "processors compute in float32 instead, which is more accurate.")
        case .bfloat16 where !Precision.hasBFloat16:
            found.add(
                .note, "bf16",
                "this processor has no bf16 arithmetic (AVX512_BF16): computed in float32, "
                    + "which is more accurate.")
        case .bfloat16: break
        case .pureBFloat16:
            if !Precision.hasBFloat16 {
                found.add(
                    .note, "pure_bf16",
                    "this processor has no bf16 arithmetic (AVX512_BF16): products are computed in "
                        + "float32; weights that train are held in bf16 all the same.")
            }
            if tuning.method.trainsAdapter, tuning.lora.additionalTargets.isEmpty {
                found.add(
                    .note, "pure_bf16",
                    "changes nothing beyond bf16 here: adapters train in float32. It halves matrices "
                        + "of the base that train: full, freeze, additional_target.")
            }
        }
    }

    private func checkModel(_ found: inout PlanIssueList) {
        found.require(
            !model.path.isEmpty, "model_name_or_path", "give a model folder or a GGUF file.")
        found.require(
            !model.adapters.contains(""), "adapter_name_or_path", "one of the paths is empty.")
        if !tuning.method.trainsAdapter {
            found.require(
                model.adapters.isEmpty, "adapter_name_or_path",
                "an adapter goes with finetuning_type lora only.")
            found.require(
                !model.createsNewAdapter, "create_new_adapter",
                "an adapter goes with finetuning_type lora only.")
            found.require(
                !quantizes, "quantization_bit",
                "quantized weights cannot train; use finetuning_type lora.")
        }
        guard quantizes else { return }
        found.require(
            !model.createsNewAdapter, "create_new_adapter",
            "adapters cannot be merged into quantized weights; merge them with export first.")
        found.require(
            model.adapters.count <= 1, "adapter_name_or_path",
            "quantized weights take one adapter; merge the others with export first.")
    }

    private func checkTuning(_ found: inout PlanIssueList) {
        if let alpha = tuning.neftuneAlpha {
            found.require(
                alpha.isFinite && alpha >= 0, "neftune_noise_alpha",
                "must be \(0) or more, is \(alpha).")
        }
        switch tuning.method {
        case .full, .ia3: break
        case .freeze:
            found.require(
                tuning.freeze.layers != 0 || !tuning.freeze.extraModules.isEmpty,
                "freeze_trainable_layers", "0 layers and no freeze_extra_modules train nothing.")
        case .lora: checkLoRA(&found)
        }
        tellIdle(&found)
    }

    /// What was set for another method than the plan's: LLaMA-Factory passes it over in silence.
    private func tellIdle(_ found: inout PlanIssueList) {
        let (lora, freeze) = (tuning.lora, tuning.freeze)
        let (noLoRA, noFreeze) = (LoRASettings(), FreezeSettings())
        let idle: [(method: Tuning.Method, field: String, isSet: Bool)] = [
            (.lora, "lora_rank", lora.rank != noLoRA.rank),
            (.lora, "lora_alpha", lora.alpha != noLoRA.alpha),
            (.lora, "lora_dropout", lora.dropout != noLoRA.dropout),
            (.lora, "lora_target", lora.targets != noLoRA.targets),
            (.lora, "use_rslora", lora.isRankStabilized != noLoRA.isRankStabilized),
            (.lora, "use_dora", lora.isWeightDecomposed),
            (.ia3, "ia3_target", !tuning.ia3Targets.isEmpty),
            (.lora, "loraplus_lr_ratio", lora.plusRatio != noLoRA.plusRatio),
            (.freeze, "freeze_trainable_layers", freeze.layers != noFreeze.layers),
            (.freeze, "freeze_trainable_modules", freeze.modules != noFreeze.modules),
            (.freeze, "freeze_extra_modules", freeze.extraModules != noFreeze.extraModules),
        ]
        if !tuning.method.trainsAdapter, lora.additionalTargets != noLoRA.additionalTargets {
            found.add(
                .note, "additional_target", "no effect: it belongs to finetuning_type lora.")
        }
        for (method, field, isSet) in idle where isSet && tuning.method != method {
            found.add(
                .note, field, "no effect: it belongs to finetuning_type \(method.rawValue).")
        }
    }

    private func checkLoRA(_ found: inout PlanIssueList) {
        let lora = tuning.lora
        found.require(
            (1...65_536).contains(lora.rank), "lora_rank",
            "must be between \(1) and \(65536), is \(lora.rank).")
        if let alpha = lora.alpha {
            found.require(
                alpha.isFinite && alpha > 0, "lora_alpha", "must be more than \(0), is \(alpha).")
        }
        if let ratio = lora.plusRatio {
            found.require(
                ratio.isFinite && ratio > 0, "loraplus_lr_ratio",
                "must be more than \(0), is \(ratio).")
        }
        found.require(
            (0..<1).contains(lora.dropout), "lora_dropout",
            "must be at least \(0) and less than \(1), is \(lora.dropout).")
    }

    private func checkData(_ found: inout PlanIssueList) {
        let size = data.validationSize
        if trains { found.require(!data.names.isEmpty, "dataset", "give one or more data sets.") }
        if evaluates || evaluation.cadence != .never {
            found.require(
                !data.evaluationNames.isEmpty || size > 0, evaluates ? "do_eval" : "eval_strategy",
                "there is nothing to evaluate on: give eval_dataset or val_size.")
        }
        found.require(
            size.isFinite && size >= 0 && (size < 1 || size == size.rounded()), "val_size",
            "must be a part below 1 or a whole number of examples, is \(size).")
        if size > 0 {
            found.require(
                data.evaluationNames.isEmpty, "val_size", "goes without eval_dataset only.")
            found.require(!data.names.isEmpty, "val_size", "there is no dataset to split.")
        }
        if let most = data.samplesMax {
            found.require(most > 0, "max_samples", "must be \(1) or more, is \(most).")
        }
        if data.mixing != .concatenate, data.evaluationNames.count > 1 {
            found.add(
                .note, "mix_strategy",
                "mixes training sets only; evaluation sets are joined, each example once.")
        }
        guard !data.probabilities.isEmpty else { return }
        found.require(
            data.mixing != .concatenate, "interleave_probs",
            "goes with an interleaving mix_strategy only.")
        found.require(
            data.probabilities.count == data.names.count, "interleave_probs",
            "\(data.probabilities.count) chances for \(data.names.count) data sets.")
        found.require(
            data.probabilities.allSatisfy { $0.isFinite && $0 >= 0 }
                && data.probabilities.contains { $0 > 0 },
            "interleave_probs", "chances must be 0 or more, one of them above 0.")
    }

    private func checkEncoding(_ found: inout PlanIssueList) {
        found.require(
            (2...1_048_576).contains(encoding.cutoffLength), "cutoff_len",
            "must be between \(2) and \(1048576), is \(encoding.cutoffLength).")
        found.require(
            !(encoding.trainsOnPrompt && encoding.masksHistory), "mask_history",
            "contradicts train_on_prompt; choose one.")
        found.require(
            !(packs && (stage.data.isPreference || stage.draws)), "packing",
            "answers of stage \(stage.rawValue) never share a row; leave it out.")
        if packs, stage.data == .supervised, !stage.draws {
            found.add(
                .note, opensRows ? "packing" : "neat_packing",
                opensRows
                    ? "conversations that share a row see each other, as in LLaMA-Factory; "
                        + "neat_packing: true keeps them apart."
                    : "conversations that share a row never see each other.")
        }
        found.require(
            encoding.toolFormat == nil, "tool_format",
            "tool calls are not yet in this version; leave it out.")
        if encoding.enablesThinking != true {
            found.add(
                .note, "enable_thinking", "no effect: no template of this version writes thoughts.")
        }
    }
}

/// Findings while they are collected.
struct PlanIssueList {
    /// The findings so far, in order.
    private(set) var issues: [PlanIssue] = []

    /// Records a finding.
    mutating func add(_ severity: PlanIssue.Severity, _ field: String, _ message: Sentence) {
        issues.append(PlanIssue(field: field, message: message, severity: severity))
    }

    /// Records an error unless `condition` holds.
    mutating func require(
        _ condition: Bool, _ field: String, _ message: @autoclosure () -> Sentence
    ) {
        if !condition { add(.error, field, message()) }
    }
}
