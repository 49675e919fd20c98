// Routing, readiness, starting and leaving, as a person meets them: keys in, effects and text out.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct AppUpdateTests {
    // MARK: - Opening

    @Test func openingLooksForModelsOnce() {
        let robot = AppRobot(world: Fixture.silence)
        #expect(robot.effects == [.model(.findModels)])
        robot.send(.resize(Size(100, 30)))
        #expect(robot.effects == [.model(.findModels)])
        #expect(robot.sees("Looking for models"))
    }

    @Test func openingWithAPlanInspectsItsModel() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan), world: Fixture.silence)
        let look = StartQuestion(purpose: .readiness, plan: Fixture.readyPlan)
        #expect(
            robot.effects == [
                .lookAtStart(look), .model(.findModels),
                .model(.inspectModel(path: Fixture.smol.path)),
                .params(.estimate(Fixture.readyPlan)),
            ])
        // Nobody has looked yet whether model and data are there.
        #expect(!robot.sees("Ready") && robot.sees("Looking at model, data and folder"))
        robot.send(.message(.startSeen(look, Fixture.facts(look))))
        #expect(robot.sees("Ready: press S or F5 to start sft-03"))
    }

    @Test func theFirstScreenSaysWhatIsNext() {
        let robot = AppRobot()
        #expect(robot.sees("Next: choose a model (1)"))
        robot.press("Enter")
        #expect(robot.sees("Next: mark a data set (2)"))
        robot.press("2", "Space")
        #expect(robot.sees("Next: output_dir in Params (3)"))
    }

    // MARK: - Keys

    @Test func digitsSwitchTabsUnlessTextIsTyped() {
        let robot = AppRobot()
        robot.press("3")
        #expect(robot.state.tab == .params)
        robot.press("1", "e", "2")
        #expect(robot.state.tab == .model)
        #expect(robot.state.model.path.text == "2")
        robot.press("Alt-2")
        #expect(robot.state.tab == .dataset)
        robot.press("]", "]")
        #expect(robot.state.tab == .train)
        robot.press("[")
        #expect(robot.state.tab == .params)
    }

    @Test func noKeyMeansTwoThings() {
        for tab in AppState.Tab.allCases {
            for keys in [[], ["e"], ["p"], ["s"], ["Enter"]] {
                let robot = AppRobot(AppState(plan: Fixture.readyPlan))
                robot.press(String(tab.digit))
                for key in keys { robot.press(key) }
                let own = KeyMap(GlobalKeys.tabBindings(robot.state))
                let global = KeyMap(GlobalKeys.bindings(robot.state))
                #expect(own.duplicates.isEmpty, "\(tab) \(keys)")
                #expect(global.duplicates.isEmpty, "\(tab) \(keys)")
                #expect(own.indistinguishable.isEmpty && global.indistinguishable.isEmpty)
                // Only interrupting may be taken over by a tab.
                let shared = Set(own.bindings.flatMap(\.keys))
                    .intersection(global.bindings.flatMap(\.keys))
                #expect(
                    shared.isSubset(of: [.control("c"), .character("q")]), "\(tab) \(keys)")
            }
        }
    }

    @Test func aDisabledKeySaysWhy() {
        let robot = AppRobot()
        robot.press("3", "u")
        #expect(robot.sees("nothing to undo"))
        robot.send(.tick)
        #expect(robot.sees("nothing to undo"))
        for _ in 0..<3 { robot.send(.tick) }
        #expect(!robot.sees("nothing to undo"))
        #expect(robot.program.tickInterval == nil)
    }

    @Test func helpOpensScrollsAndCloses() {
        let robot = AppRobot()
        robot.press("?")
        #expect(robot.sees("Esc closes"))
        #expect(robot.sees("type a path"))
        robot.press("G")
        #expect(robot.sees("suspend"))
        robot.press("Esc")
        #expect(!robot.sees("Esc closes"))
        // While text is typed, F1 does it and ? is text.
        robot.press("e", "?")
        #expect(robot.state.model.path.text == "?")
        robot.press("F1")
        #expect(robot.sees("Esc closes"))
    }

    @Test(arguments: ["S", "F5"])
    func aReadyPlanStartsFromAnyTab(key: String) {
        for tab in ["1", "2", "3"] {
            let robot = AppRobot(AppState(plan: Fixture.readyPlan))
            robot.press(tab, key)
            #expect(robot.effects.contains(.train(.startRun(Fixture.readyPlan))))
            #expect(robot.state.tab == .train)
            #expect(robot.sees("sft-03 preparing"))
            robot.press("1", key)
            #expect(robot.sees("a run is training already"))
            #expect(robot.effects.count { $0 == .train(.startRun(Fixture.readyPlan)) } == 1)
        }
    }

    @Test func anIncompletePlanIsExplained() {
        let robot = AppRobot()
        robot.press("F5")
        #expect(robot.sees("The run cannot start yet"))
        #expect(robot.sees("model_name_or_path"))
        robot.press("n")
        #expect(!robot.sees("The run cannot start yet"))
        #expect(!robot.effects.contains { if case .train(.startRun) = $0 { true } else { false } })
    }

    @Test func fixingGoesToTheField() {
        var plan = Fixture.readyPlan
        plan.output.folder = ""
        let robot = AppRobot(AppState(plan: plan))
        robot.press("S", "f")
        #expect(robot.state.tab == .params)
        #expect(ParamsTab.selectedField(robot.state.params)?.key == "output_dir")
    }

    @Test func aDoubtIsAskedAndEnterDoesNotStart() {
        var plan = Fixture.readyPlan
        plan.schedule.kind = .constant
        plan.schedule.warmupRatio = 0.1
        let robot = AppRobot(AppState(plan: plan))
        robot.press("S")
        #expect(robot.sees("constant has no warm-up"))
        robot.press("Enter")
        #expect(!robot.effects.contains(.train(.startRun(plan))))
        robot.press("S", "y")
        #expect(robot.effects.contains(.train(.startRun(plan))))
    }

    @Test func aFailedCheckAndMissingMemoryAreDoubts() {
        var plan = Fixture.readyPlan
        plan.model.path = Fixture.qwen.path
        let robot = AppRobot(AppState(plan: plan)) { effect in
            guard case .params(.estimate(let plan)) = effect else { return Fixture.world(effect) }
            var estimate = Fixture.estimate
            estimate.availableBytes = 1 << 30
            return [.params(.estimated(plan, .success(estimate)))]
        }
        robot.press("S")
        #expect(robot.sees("pad and eos are the same token"))
        #expect(robot.sees("512 MiB more than is free"))
    }

    @Test func aDraftCountsWhenTheRunStarts() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("3", "/").type("lora_rank").press("Enter", "Enter", "^U").type("32")
        robot.press("F5")
        var plan = Fixture.readyPlan
        plan.tuning.lora.rank = 32
        #expect(robot.effects.contains(.train(.startRun(plan))))
    }

    // MARK: - The run

    @Test func theChipFollowsTheRun() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("S")
        let summary = RunSummary(
            modelName: "SmolLM2", family: "llama", parameters: 1, trainableParameters: 1,
            template: "chatml", examples: 485, evaluationExamples: 0, totalSteps: 200,
            firstStep: 0, folder: "runs/sft-03")
        robot.send(.message(.train(.training(.prepared(summary)))))
        robot.send(.message(.train(.training(.stepFinished(Self.step(82, of: 200))))))
        #expect(robot.sees("▶ sft-03 41%"))
        robot.send(.message(.train(.training(.paused(step: 82)))))
        #expect(robot.sees("‖ sft-03 41% paused"))
        robot.send(
            .message(.train(.training(.failed(KernelError(.internalFault, "loss is not finite"))))))
        #expect(robot.sees("! sft-03 failed"))
        #expect(robot.sees("loss is not finite"))
        #expect(!robot.state.run.isActive)
    }

    static func step(_ step: Int, of total: Int) -> StepRecord {
        StepRecord(
            step: step, totalSteps: total, epoch: 1,
            values: [
                .loss: 2, .learningRate: 1e-4, .gradientNorm: 1, .tokensPerSecond: 100,
                .trainedTokens: 5,
            ], tokens: 10, tokensSeen: 10, elapsedSeconds: 1, remainingSeconds: nil)
    }

    // MARK: - Leaving

    @Test func quittingIsOneKeyWithoutARun() {
        let robot = AppRobot()
        robot.press("q")
        #expect(robot.program.isFinished)
        #expect(robot.effects.last == .quit)
    }

    @Test func controlCQuitsOnlyWhenPressedTwice() {
        let robot = AppRobot()
        robot.press("^C")
        #expect(robot.sees("press ^C again"))
        #expect(!robot.program.isFinished)
        robot.press("j", "^C")
        #expect(!robot.program.isFinished)
        robot.send(.tick)
        robot.send(.tick)
        robot.press("^C")
        #expect(!robot.program.isFinished)
        robot.press("^C")
        #expect(robot.program.isFinished)
    }

    @Test func leavingARunAsksAndEnterLeavesItTraining() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("S")
        robot.send(.message(.train(.training(.stepFinished(Self.step(31, of: 200))))))
        robot.press("1", "q")
        #expect(robot.sees("31 steps are not saved yet"))
        robot.press("Enter")
        #expect(!robot.program.isFinished && robot.state.run.isActive)
        #expect(robot.effects.contains { if case .detach = $0 { true } else { false } })
        // Control-C cancels the question and never quits over a run.
        robot.press("^C", "^C")
        #expect(!robot.program.isFinished)
    }

    @Test func stoppingWaitsForTheRunToEnd() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("S", "1", "q", "s")
        #expect(robot.effects.last == .train(.controlRun(.stop)))
        #expect(!robot.program.isFinished)
        let result = RunResult(
            ending: .stopped, steps: 3, meanLoss: 1, elapsedSeconds: 2, tokensSeen: 9,
            folder: "runs/sft-03")
        robot.send(.message(.train(.training(.finished(result)))))
        #expect(robot.program.isFinished)
        #expect(robot.effects.last == .quit)
    }

    @Test func leavingKeepsTheRunUnlessOneStays() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("S", "1", "q", "c")
        #expect(robot.state.question == nil && robot.state.hasScreen)
        robot.press("4", "d")
        guard case .detach(let note)? = robot.effects.last else {
            Issue.record("\(String(describing: robot.effects.last))")
            return
        }
        #expect(note.contains("sft-03 goes on training in runs/sft-03"))
        #expect(note.contains("workbench attach"))
        #expect(!robot.program.isFinished)
    }

    @Test func detachingNeedsSomethingThatGoesOn() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("4", "d")
        #expect(robot.sees("nothing is under way"))
        #expect(!robot.effects.contains { if case .detach = $0 { true } else { false } })
    }

    @Test func withoutAScreenTheProgramStaysForItsRunOnly() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("S")
        robot.send(.hidden)
        robot.send(.message(.train(.training(.stepFinished(Self.step(31, of: 200))))))
        #expect(!robot.program.isFinished)
        // The next screen shows what happened meanwhile, in as many colours as it has.
        robot.send(.shown(.monochrome))
        robot.send(.resize(Size(100, 30)))
        #expect(robot.sees("31"))
        #expect(robot.state.themes == Theme.builtin.map { $0.adapted(to: .monochrome) })
        robot.send(.shown(.full))
        #expect(robot.state.themes == Theme.builtin)
        robot.send(.hidden)
        let result = RunResult(
            ending: .completed, steps: 200, meanLoss: 1, elapsedSeconds: 2, tokensSeen: 9,
            folder: "runs/sft-03")
        robot.send(.message(.train(.training(.finished(result)))))
        #expect(robot.program.isFinished && robot.effects.last == .quit)
    }

    @Test func withoutScreenAndRunTheProgramEnds() {
        let robot = AppRobot()
        robot.send(.hidden)
        #expect(robot.program.isFinished)
    }

    @Test func aHangupStopsTheRun() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("S")
        robot.send(.closing(.hangup))
        #expect(robot.effects.suffix(2) == [.train(.controlRun(.stop)), .quit])
    }
}
