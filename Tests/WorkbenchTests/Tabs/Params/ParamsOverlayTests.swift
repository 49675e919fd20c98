// What lies over the parameter form: own presets, plans loaded with everything they ask for in vain,
// prompts that complete paths, and the command that does the same run.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct ParamsOverlayTests {
    private static func opened(
        _ world: @escaping (Effect) -> [AppMessage] = Fixture.world
    ) -> AppRobot {
        let robot = AppRobot(
            AppState(plan: Fixture.readyPlan), size: Size(120, 40), world: world)
        return robot.press("3")
    }

    private static var own: UserPreset {
        var plan = TrainingPlan()
        plan.tuning.lora.rank = 77
        plan.optimizer.learningRate = 3e-4
        return UserPreset(name: "客服", plan: plan)
    }

    // MARK: - Presets

    @Test func ownPresetsStandBehindTheProgramsAndAreTaken() {
        let robot = Self.opened { effect in
            effect == .params(.listPresets)
                ? [
                    .params(
                        .presetsListed(
                            PresetListing(presets: [Self.own], faults: ["x.yaml: broken"])))
                ]
                : Fixture.world(effect)
        }
        robot.press("p")
        #expect(robot.sees("客服") && robot.sees("x.yaml: broken"))
        robot.press("G", "Enter")
        #expect(robot.state.plan.tuning.lora.rank == 77)
        #expect(robot.state.plan.model.path == Fixture.smol.path)
        #expect(robot.state.plan.output.folder == "runs/sft-03")
        #expect(ParamsTab.changedCount(robot.state.params, robot.state.plan) == 0)
        robot.press("u")
        #expect(robot.state.plan == Fixture.readyPlan)
    }

    @Test func thePlanIsKeptAsAPresetWithoutModelAndData() throws {
        let robot = Self.opened()
        robot.press("p", "n").type("a/b").press("Enter")
        #expect(robot.sees("a name has no /"))
        robot.press("^U").type("quick").press("Enter")
        #expect(robot.sees("a preset of the program has this name"))
        robot.press("^U").type("support").press("Enter")
        guard case .params(.keepPreset(let preset))? = robot.effects.last else {
            Issue.record("\(String(describing: robot.effects.last))")
            return
        }
        #expect(preset.name == "support")
        #expect(preset.plan.model.path.isEmpty && preset.plan.data.names.isEmpty)
        #expect(preset.plan == Fixture.readyPlan.asPreset)
    }

    @Test func onlyOwnPresetsAreDeletedAndOnlyOnTheSecondPress() {
        let robot = Self.opened { effect in
            effect == .params(.listPresets)
                ? [.params(.presetsListed(PresetListing(presets: [Self.own])))]
                : Fixture.world(effect)
        }
        robot.press("p", "x")
        #expect(robot.sees("this one is the program's"))
        robot.press("G", "x")
        #expect(robot.sees("x again deletes it"))
        #expect(!robot.effects.contains(.params(.deletePreset(name: "客服"))))
        robot.press("k", "G", "x", "x")
        #expect(robot.effects.last == .params(.deletePreset(name: "客服")))
    }

    // MARK: - Loading

    private static func loading(_ yaml: String) -> AppRobot {
        let robot = opened { effect in
            guard case .params(.readPlan(let path)) = effect else { return Fixture.world(effect) }
            let result = Result { () throws(KernelError) in
                try PlanFile.read(yaml: yaml, name: path)
            }
            return [.params(.planRead(path: path, result))]
        }
        robot.press("o").type("her.yaml").press("Enter")
        return robot
    }

    @Test func aPlanIsLoadedAndUndone() {
        let robot = Self.loading(
            """
            model_name_or_path: /models/通义千问3-0.6B
            stage: sft
            do_train: true
            finetuning_type: lora
            lora_rank: 4
            dataset: identity
            output_dir: runs/x
            """)
        #expect(robot.state.params.overlay == nil)
        #expect(robot.state.plan.tuning.lora.rank == 4)
        #expect(robot.state.plan.model.path == Fixture.qwen.path)
        robot.press("u")
        #expect(robot.state.plan == Fixture.readyPlan)
    }

    @Test func everythingThatIsRefusedIsToldAtOnce() {
        let robot = Self.loading(
            """
            stage: sft
            do_train: true
            pissa_init: true
            use_galore: true
            lora_rnk: 3
            lora_rank: 5
            report_to: wandb
            """)
        #expect(robot.sees("pissa_init") && robot.sees("use_galore") && robot.sees("lora_rnk"))
        #expect(robot.sees("report_to"))
        #expect(robot.state.plan == Fixture.readyPlan)
        robot.press("Esc")
        #expect(robot.state.plan == Fixture.readyPlan && robot.state.params.overlay == nil)
        robot.press("o").type("her.yaml").press("Enter", "Enter")
        #expect(robot.state.plan.tuning.lora.rank == 5)
    }

    @Test func aFileThatIsNoPlanSaysWhyAndAsksOn() {
        let robot = Self.loading("- 1\n- 2\n")
        #expect(robot.sees("not a list of `key: value` lines"))
        #expect(robot.state.isTyping && robot.state.plan == Fixture.readyPlan)
    }

    // MARK: - Paths

    @Test func tabCompletesThePath() {
        let robot = Self.opened { effect in
            guard case .completePath(let question) = effect else { return Fixture.world(effect) }
            return [
                .pathCompleted(
                    PathAnswer(
                        question: question, completed: question.text + "la",
                        names: ["lama.yaml", "lasso/"], count: 9))
            ]
        }
        robot.press("o").type("plans/").press("Tab")
        #expect(
            robot.effects.last
                == .completePath(
                    PathQuestion(
                        asker: .params, text: "plans/", endings: ParamsOverlay.endings)))
        #expect(robot.sees("plans/la") && robot.sees("lasso/") && robot.sees("and 7 more"))
        robot.type("m")
        #expect(robot.sees("plans/lam") && !robot.sees("lasso/"))
    }

    @Test func anAnswerThatComesLateChangesNothing() {
        var prompt = PathPrompt("a")
        let late = PathQuestion(asker: .model, text: "b")
        prompt.take(PathAnswer(question: late, completed: "bcd", names: [], count: 1))
        #expect(prompt.text == "a" && prompt.remark.isEmpty)
    }

    // MARK: - The command

    @Test func theCommandIsShownCopiedAndItsFileWritten() {
        let robot = Self.opened()
        robot.press("v")
        #expect(robot.sees("workbench train plan.yaml"))
        #expect(robot.sees("once w has written plan.yaml"))
        #expect(robot.sees("output_dir=runs/sft-03"))
        robot.press("c")
        #expect(robot.effects.last == .copy(HeadlessCommand.line(for: Fixture.readyPlan)))
        robot.press("y")
        #expect(robot.effects.last == .copy(PlanFile.yaml(for: Fixture.readyPlan)))
        robot.press("w", "Enter")
        #expect(robot.effects.last == .params(.savePlan(Fixture.readyPlan, path: "plan.yaml")))
        robot.press("v")
        #expect(robot.sees("by the file plan.yaml"))
    }
}
