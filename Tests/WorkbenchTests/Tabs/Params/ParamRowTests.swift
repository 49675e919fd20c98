// The rows of the parameter form: every control of the board is there or named with a reason, sections
// fold and unfold, and the search finds what people call a thing.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct ParamRowTests {
    /// The controls of LLaMA-Factory's board that train, by the keys that they set.
    static let board = """
        model_name_or_path finetuning_type adapter_name_or_path quantization_bit quantization_method
        template rope_scaling flash_attn use_unsloth enable_liger_kernel
        stage dataset_dir dataset learning_rate num_train_epochs max_grad_norm seed max_samples bf16
        cutoff_len per_device_train_batch_size gradient_accumulation_steps val_size lr_scheduler_type
        logging_steps save_steps warmup_steps neftune_noise_alpha optim packing neat_packing
        train_on_prompt mask_history resize_vocab use_llama_pro enable_thinking report_to project
        trackio_space_id hub_private_repo
        freeze_trainable_layers freeze_trainable_modules freeze_extra_modules
        lora_rank lora_alpha lora_dropout loraplus_lr_ratio create_new_adapter use_rslora use_dora
        pissa_init lora_target additional_target
        pref_beta pref_ftx pref_loss reward_model ppo_score_norm ppo_whiten_rewards
        freeze_vision_tower freeze_multi_modal_projector freeze_language_model image_max_pixels
        image_min_pixels video_max_pixels video_min_pixels
        use_galore galore_rank galore_update_interval galore_scale galore_target
        use_apollo apollo_rank apollo_update_interval apollo_scale apollo_target
        use_badam badam_mode badam_switch_mode badam_switch_interval badam_update_ratio
        use_swanlab swanlab_project swanlab_run_name swanlab_workspace swanlab_api_key swanlab_mode
        output_dir deepspeed
        """.split { $0 == " " || $0 == "\n" }.map(String.init)

    @Test func everyControlOfTheBoardIsSomewhere() {
        for key in Self.board {
            let isField = ParamFields.all.contains { $0.owns(key) }
            let isMissing = MissingControls.all.contains { $0.key == key }
            #expect(isField != isMissing, "\(key)")
        }
    }

    /// What plan files can set, the form can set.
    @Test func everyHonouredKeyHasAField() {
        // Listed with a reason: the first has no effect, the second must be empty.
        let named = ["enable_thinking", "tool_format"]
        for row in TrainingKeys.table.sections.flatMap(\.rows) {
            guard case .honoured = row.meaning, !row.isAlias, !named.contains(row.name) else {
                continue
            }
            #expect(ParamFields.all.contains { $0.owns(row.name) }, "\(row.name)")
        }
    }

    @Test func whatIsMissingIsRefusedOrWithoutEffectInFilesToo() throws {
        for control in MissingControls.all {
            let row = try #require(TrainingKeys.table.row(named: control.key), "\(control.key)")
            if case .honoured = row.meaning {
                #expect(["enable_thinking", "tool_format"].contains(control.key))
            }
            #expect(control.label.count <= 16, "\(control.label)")
            #expect(!ParamFields.all.contains { $0.owns(control.key) })
        }
        let keys = ParamFields.all.map(\.key) + MissingControls.all.map(\.key)
        #expect(Set(keys).count == keys.count)
    }

    @Test func unitsBelongToFields() {
        for field in ParamFields.all where !field.unit.isEmpty {
            #expect(TrainingKeys.table.row(named: field.key) != nil)
        }
        #expect(ParamFields.named("cutoff_len")?.unit == "tokens")
    }

    // MARK: - Folding

    private static func opened(_ plan: TrainingPlan = Fixture.readyPlan) -> AppRobot {
        let robot = AppRobot(AppState(plan: plan), size: Size(120, 40))
        return robot.press("3")
    }

    /// Goes down to a row.
    private static func go(_ id: String, _ robot: AppRobot) {
        for _ in 0..<200 where ParamsTab.selectedRow(robot.state.params)?.id != id {
            robot.press("↓")
        }
    }

    @Test func rareSectionsAreFoldedAndOpenWithEnter() {
        let robot = Self.opened()
        let shows = {
            ParamsTab.rows(robot.state.params).contains { $0.id == "freeze_trainable_layers" }
        }
        #expect(!shows())
        Self.go("section:Freeze", robot)
        robot.press("Enter")
        #expect(shows() && robot.sees("▾ Freeze"))
        #expect(ParamsTab.selectedRow(robot.state.params)?.id == "section:Freeze")
        robot.press("←")
        #expect(!shows() && robot.sees("▸ Freeze  3 fields"))
        robot.press("→", "↓")
        #expect(ParamsTab.selectedField(robot.state.params)?.key == "freeze_trainable_layers")
        #expect(robot.state.plan == Fixture.readyPlan)
    }

    @Test func allOpenAndFoldAgainWithTheCursorWhereItWas() {
        let robot = Self.opened()
        robot.press("↓", "↓", "z")
        #expect(robot.state.params.folded.isEmpty)
        #expect(ParamsTab.selectedField(robot.state.params)?.key == "finetuning_type")
        robot.press("z")
        #expect(robot.state.params.folded == ParamRow.foldedAtFirst)
        #expect(ParamsTab.selectedField(robot.state.params)?.key == "finetuning_type")
    }

    @Test func foldedSectionsSayWhatIsWrongInside() {
        var plan = Fixture.readyPlan
        plan.optimizer.beta2 = 7
        let robot = Self.opened(plan)
        Self.go("section:Optimizer", robot)
        #expect(robot.sees("▸ Optimizer  1 to fix"))
        #expect(robot.sees("Adam β2: must"))
    }

    @Test func theFieldOfAFindingIsShownAlsoWhenItIsFolded() {
        var plan = Fixture.readyPlan
        plan.optimizer.beta2 = 7
        let robot = Self.opened(plan)
        robot.press("S", "f")
        #expect(ParamsTab.selectedField(robot.state.params)?.key == "adam_beta2")
        #expect(robot.sees("▾ Optimizer"))
    }

    // MARK: - Searching

    @Test(arguments: [
        ("lora_rank", "lora_rank"), ("learning rate", "learning_rate"), ("cutoff", "cutoff_len"),
        ("galore rank", "galore_rank"), ("dora", "use_dora"), ("learning by heart", "lora_dropout"),
    ])
    func theSearchFinds(text: String, key: String) throws {
        let found = ParamRow.found(text)
        #expect(found.prefix(3).contains { $0.id == key }, "\(found.prefix(5).map(\.id))")
    }

    @Test func theSearchKnowsChinese() {
        Language.chinese.speaking {
            #expect(ParamRow.found("学习率").prefix(3).contains { $0.id == "learning_rate" })
            #expect(ParamRow.found("奖励模型").first?.id == "reward_model")
        }
    }

    @Test func aFoundFieldIsShownInItsSection() {
        let robot = Self.opened()
        robot.press("/").type("freeze_extra")
        #expect(robot.sees("Extra modules"))
        #expect(!robot.sees("Learning rate"))
        robot.press("Enter")
        #expect(robot.state.params.search == nil)
        #expect(ParamsTab.selectedField(robot.state.params)?.key == "freeze_extra_modules")
        #expect(robot.sees("▾ Freeze"))
    }

    @Test func aMissingControlIsFoundWithItsReason() {
        let robot = Self.opened()
        robot.press("/").type("deepspeed")
        #expect(robot.sees("needs a GPU"))
        robot.press("Enter", "Enter")
        #expect(!robot.state.params.form.isEditing)
        #expect(robot.state.plan == Fixture.readyPlan)
    }

    @Test func aSearchThatFindsNothingSaysSoAndCloses() {
        let robot = Self.opened()
        robot.press("/").type("qqqqzzzz")
        #expect(robot.sees("nothing fits"))
        robot.press("Enter")
        #expect(robot.state.params.search != nil)
        robot.press("Esc")
        #expect(robot.state.params.search == nil && !robot.program.isFinished)
    }
}
