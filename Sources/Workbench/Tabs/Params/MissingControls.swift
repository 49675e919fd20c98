// Controls of LLaMA-Factory's board that cannot be set here, each in its section with the reason: a
// processor has no use for it, or this version does not support it. The keys are those of plan files, whose table
// has their fate there.

import Kernel

/// A control of the board that this form only names.
struct MissingControl: Sendable, Equatable {
    /// Why it is not here.
    enum Reason: Sendable, CaseIterable {
        case gpu, network, textOnly, notYet, preference, galore, apollo, badam, thinking, tools
        case formats, always

        /// The reason in English, for `tr`.
        var english: String {
            switch self {
            case .gpu: phrase("needs a GPU; this program computes on the processor")
            case .network: phrase("needs a service on the network; metrics go to files here")
            case .textOnly: phrase("needs pictures or films; models here read text only")
            case .notYet: phrase("not in this version yet")
            case .preference: phrase("not in this version yet: reward models and PPO")
            case .galore: phrase("not in this version yet: GaLore")
            case .apollo: phrase("not in this version yet: APOLLO")
            case .badam: phrase("not in this version yet: BAdam")
            case .thinking: phrase("not in this version yet: templates that think")
            case .tools: phrase("not in this version yet: training on tool calls")
            case .formats: phrase("needs a GPU library; here base weights has int8, int4 and nf4")
            case .always: phrase("always on here: padding is never computed")
            }
        }
    }

    /// The key of plan files.
    let key: String
    /// The name in the form.
    let label: String
    let reason: Reason

    init(_ key: String, _ label: String, _ reason: Reason) {
        (self.key, self.label, self.reason) = (key, label, reason)
    }
}

/// The controls that are missing, section by section.
enum MissingControls {
    static let model: [MissingControl] = [
        .init("quantization_method", "Quantizer", .formats),
        .init("rope_scaling", "RoPE scaling", .notYet),
        .init("flash_attn", "FlashAttention", .gpu),
        .init("use_unsloth", "Unsloth", .gpu),
        .init("enable_liger_kernel", "Liger kernel", .gpu),
    ]

    static let training: [MissingControl] = [
        .init("streaming", "Streaming", .notYet)
    ]

    static let lora: [MissingControl] = [
        .init("pissa_init", "PiSSA", .notYet),
        .init("use_llama_pro", "LLaMA Pro", .notYet),
        .init("oft_rank", "OFT rank", .notYet),
    ]

    static let optimizer: [MissingControl] = [
        .init("use_muon", "Muon", .notYet),
        .init("use_adam_mini", "Adam-mini", .notYet),
    ]

    static let sequences: [MissingControl] = [
        .init("resize_vocab", "Resize vocab", .notYet),
        .init("add_tokens", "New tokens", .notYet),
        .init("enable_thinking", "Thinking", .thinking),
        .init("tool_format", "Tool format", .tools),
        .init("ignore_pad_token_for_loss", "Ignore padding", .always),
    ]

    static let evaluation: [MissingControl] = [
        .init("compute_accuracy", "Accuracy", .notYet)
    ]

    static let saving: [MissingControl] = [
        .init("project", "Trackio project", .network),
        .init("trackio_space_id", "Trackio space", .network),
        .init("hub_private_repo", "Private repo", .network),
        .init("push_to_hub", "Push to hub", .network),
    ]

    static let output: [MissingControl] = [
        .init("deepspeed", "DeepSpeed", .gpu),
        .init("fsdp", "FSDP", .gpu),
    ]

    /// Sections of which nothing is here.
    static let sections: [ParamFields.Section] = [
        section("Multimodal", media),
        section("GaLore", galore), section("APOLLO", apollo), section("BAdam", badam),
        section("SwanLab", swanLab),
    ]

    private static func section(
        _ title: String, _ controls: [MissingControl]
    ) -> ParamFields.Section {
        ParamFields.Section(title: title, missing: controls, isFolded: true)
    }

    static let preference: [MissingControl] = [
        .init("reward_model", "Reward model", .preference),
        .init("ppo_score_norm", "Score norm", .preference),
        .init("ppo_whiten_rewards", "Whiten rewards", .preference),
    ]

    private static let media: [MissingControl] = [
        .init("freeze_vision_tower", "Freeze vision", .textOnly),
        .init("freeze_multi_modal_projector", "Freeze projector", .textOnly),
        .init("freeze_language_model", "Freeze language", .textOnly),
        .init("image_max_pixels", "Image max", .textOnly),
        .init("image_min_pixels", "Image min", .textOnly),
        .init("video_max_pixels", "Video max", .textOnly),
        .init("video_min_pixels", "Video min", .textOnly),
    ]

    private static let galore: [MissingControl] = [
        .init("use_galore", "Use GaLore", .galore), .init("galore_rank", "GaLore rank", .galore),
        .init("galore_update_interval", "Interval", .galore),
        .init("galore_scale", "Scale", .galore), .init("galore_target", "Modules", .galore),
    ]

    private static let apollo: [MissingControl] = [
        .init("use_apollo", "Use APOLLO", .apollo), .init("apollo_rank", "APOLLO rank", .apollo),
        .init("apollo_update_interval", "Interval", .apollo),
        .init("apollo_scale", "Scale", .apollo), .init("apollo_target", "Modules", .apollo),
    ]

    private static let badam: [MissingControl] = [
        .init("use_badam", "Use BAdam", .badam), .init("badam_mode", "BAdam mode", .badam),
        .init("badam_switch_mode", "Switch mode", .badam),
        .init("badam_switch_interval", "Interval", .badam),
        .init("badam_update_ratio", "Update ratio", .badam),
    ]

    private static let swanLab: [MissingControl] = [
        .init("use_swanlab", "Use SwanLab", .network),
        .init("swanlab_project", "Project", .network),
        .init("swanlab_run_name", "Experiment", .network),
        .init("swanlab_workspace", "Workspace", .network),
        .init("swanlab_api_key", "API key", .network),
        .init("swanlab_mode", "SwanLab mode", .network),
    ]

    /// All of them.
    static let all = ParamFields.sections.flatMap(\.missing)
}
