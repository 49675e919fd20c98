// Editing the plan: values go in as they are accepted, mistakes show while they are typed, edits
// can be taken back, and every field writes what a plan file would read.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct ParamsTabTests {
    /// The form with the cursor on a field.
    static func at(_ key: String, _ plan: TrainingPlan = Fixture.readyPlan) -> AppRobot {
        let robot = AppRobot(AppState(plan: plan), size: Size(120, 40))
        robot.press("3")
        goTo(key, robot)
        return robot
    }

    /// Opens all sections and goes down to a field.
    static func goTo(_ key: String, _ robot: AppRobot) {
        if !robot.state.params.folded.isEmpty { robot.press("z") }
        robot.press("Home")
        let index = ParamRow.all(folded: []).firstIndex { $0.id == key }
        for _ in 0..<(index ?? 0) { robot.press("↓") }
    }

    // MARK: - Fields

    @Test(arguments: ParamFields.all.map(\.key))
    func everyFieldIsAKeyOfPlanFiles(key: String) throws {
        #expect(TrainingKeys.table.row(named: key) != nil)
        let field = try #require(ParamFields.named(key))
        #expect(!field.help.isEmpty && field.label.count <= 16)
        for other in field.otherKeys {
            #expect(TrainingKeys.table.row(named: other) != nil, "\(other)")
        }
    }

    /// Writing the shown value back changes nothing, whatever the plan.
    @Test(arguments: ParamFields.all.map(\.key))
    func shownValuesReadBack(key: String) throws {
        let field = try #require(ParamFields.named(key))
        for preset in Preset.all {
            let plan = preset.applied(to: Fixture.readyPlan)
            var changed = plan
            let issues = field.set(field.value(plan), &changed)
            #expect(!issues.containsErrors, "\(preset.name): \(issues)")
            // Writing a derived value down makes it explicit.
            if key == "lora_alpha" { changed.tuning.lora.alpha = plan.tuning.lora.alpha }
            if key == "logging_steps" || key == "save_steps" { continue }
            #expect(changed == plan, "\(preset.name)")
        }
    }

    @Test(arguments: ParamFields.all.map(\.key))
    func emptyTextIsTheDefault(key: String) throws {
        let field = try #require(ParamFields.named(key))
        var plan = Preset.all[2].applied(to: Fixture.readyPlan)
        let issues = field.set("", &plan)
        #expect(!issues.containsErrors, "\(issues)")
        if key == "lora_alpha" {
            #expect(plan.tuning.lora.alpha == nil)
        } else {
            #expect(field.value(plan) == field.standard)
        }
    }

    @Test func everyChoiceIsTaken() {
        for field in ParamFields.all {
            guard case .choice(let words) = field.editor else { continue }
            for word in words {
                var plan = Fixture.readyPlan
                let issues = field.set(word, &plan)
                #expect(!issues.containsErrors, "\(field.key) \(word)")
                #expect(field.value(plan) == word, "\(field.key)")
            }
        }
    }

    // MARK: - Editing

    @Test func anAcceptedValueGoesIntoThePlanAndIsEstimated() {
        let robot = Self.at("learning_rate")
        robot.press("Enter", "^U").type("2e-4").press("Enter")
        #expect(robot.state.plan.optimizer.learningRate == 2e-4)
        #expect(robot.effects.last == .params(.estimate(robot.state.plan)))
        #expect(robot.sees("183, 61 per epoch"))
        #expect(robot.sees("2 442 240"))
        #expect(robot.sees("81 % stays free"))
    }

    @Test func aMistakeShowsWhileItIsTyped() {
        let robot = Self.at("lora_rank")
        robot.press("Enter", "^U").type("1")
        #expect(!robot.sees("to fix"))
        robot.type("x")
        #expect(robot.sees("1 thing to fix"))
        #expect(robot.sees("expected a whole number"))
        robot.press("Enter")
        #expect(robot.state.params.form.isEditing, "the focus stays on what is wrong")
        #expect(robot.state.plan == Fixture.readyPlan)
        robot.press("Backspace", "2", "Enter")
        #expect(robot.state.plan.tuning.lora.rank == 12)
        #expect(!robot.sees("to fix"))
    }

    @Test func textThatIsNoValueIsKeptAndStopsTheRun() {
        let robot = Self.at("save_steps")
        robot.press("Enter", "^U").type("often").press("Enter")
        #expect(robot.state.plan == Fixture.readyPlan)
        #expect(robot.sees("often"))
        robot.press("S")
        #expect(robot.sees("The run cannot start yet"))
        robot.press("n", "d")
        #expect(!robot.sees("often"))
        #expect(robot.sees("Ready: press S or F5"))
    }

    @Test func allProblemsAreListedAtOnce() {
        var plan = Fixture.readyPlan
        plan.output.folder = ""
        plan.tuning.lora.dropout = 1.5
        plan.optimizer.learningRate = -1
        let robot = Self.at("stage", plan)
        #expect(robot.sees("3 things to fix"))
        #expect(robot.sees("Dropout: must be at least 0"))
        #expect(robot.sees("Learning rate: must be more than 0"))
        #expect(robot.sees("Run folder: give a folder"))
        #expect(!robot.effects.contains { if case .params(.estimate) = $0 { true } else { false } })
    }

    @Test func targetsThatTheModelLacksAreNamed() {
        let robot = Self.at("lora_target")
        robot.press("Enter", "^U").type("q_proj,gate_proj").press("Enter")
        #expect(robot.state.plan.tuning.lora.targets == ["q_proj", "gate_proj"])
        #expect(robot.sees("the model has no gate_proj"))
        robot.press("d")
        #expect(robot.state.plan.tuning.lora.targets.isEmpty)
    }

    @Test func fieldsWithoutEffectSayWhy() {
        var plan = Fixture.readyPlan
        plan.tuning.method = .full
        let robot = Self.at("lora_rank", plan)
        #expect(robot.sees("only with method lora"))
        robot.press("Enter", "→")
        #expect(robot.state.plan == plan)
    }

    @Test func arrowsCountScaleAndTurn() {
        var robot = Self.at("per_device_train_batch_size")
        robot.press("←")
        #expect(robot.state.plan.batching.microBatchSize == 7)
        #expect(robot.sees("× 1 = 7 a step"))
        robot = Self.at("learning_rate")
        robot.press("→")
        #expect(abs(robot.state.plan.optimizer.learningRate - 6.25e-5) < 1e-12)
        robot = Self.at("quantization_bit")
        robot.press("←")
        #expect(robot.state.plan.model.quantization == .nf4)
        robot = Self.at("use_rslora")
        robot.press("Space")
        #expect(robot.state.plan.tuning.lora.isRankStabilized)
    }

    // MARK: - History

    @Test func editsAreTakenBackAndDoneAgain() {
        let robot = Self.at("lora_rank")
        robot.press("→", "→", "u")
        #expect(robot.state.plan.tuning.lora.rank == 9)
        robot.press("u")
        #expect(robot.state.plan == Fixture.readyPlan)
        robot.press("^R", "^R")
        #expect(robot.state.plan.tuning.lora.rank == 10)
        robot.press("^R")
        #expect(robot.sees("nothing to redo"))
    }

    @Test func undoDoesNotTakeBackOtherTabs() {
        let robot = Self.at("lora_rank")
        robot.press("→", "2", "↓", "Space", "3", "u")
        #expect(robot.sees("nothing to undo"))
        #expect(robot.state.plan.data.names == ["identity", "对话"])
        #expect(robot.state.plan.tuning.lora.rank == 9)
    }

    // MARK: - Presets and saving

    @Test func aPresetKeepsModelAndDataAndCanBeTakenBack() {
        let robot = Self.at("stage")
        robot.press("p", "↓", "Enter")
        #expect(robot.effects.contains(.params(.listPresets)))
        #expect(robot.state.plan.tuning.lora.rank == 16)
        #expect(robot.state.plan.model.path == Fixture.smol.path)
        #expect(robot.state.plan.data.names == ["identity"])
        #expect(robot.state.params.overlay == nil)
        robot.press("u")
        #expect(robot.state.plan == Fixture.readyPlan)
    }

    @Test func closingPresetsChangesNothing() {
        for key in ["Esc", "q", "^C", "p"] {
            let robot = Self.at("stage")
            robot.press("p", "↓", key)
            #expect(robot.state.params.overlay == nil)
            #expect(robot.state.plan == Fixture.readyPlan)
            #expect(!robot.program.isFinished)
        }
    }

    @Test func savingAsksForANameOnceAndRemembersIt() {
        let robot = Self.at("stage")
        robot.press("s", "^U").type("plans/小台.yaml").press("Enter")
        #expect(robot.effects.last == .params(.savePlan(Fixture.readyPlan, path: "plans/小台.yaml")))
        #expect(robot.sees("saved plans/小台.yaml"))
        robot.press("s")
        #expect(robot.sees("plans/小台.yaml"))
        robot.press("^U", "Enter")
        #expect(robot.state.params.overlay != nil, "a file needs a name")
    }
}
