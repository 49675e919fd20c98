// How the tabs that use models learn of plan and run, and how their events, questions and keys find
// them whatever tab is open.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct AppRoutingTests {
    static let summary = RunSummary(
        modelName: "SmolLM2", family: "llama", parameters: 134_515_008,
        trainableParameters: 2_442_240, template: "chatml", examples: 485,
        evaluationExamples: 0, totalSteps: 200, firstStep: 0, folder: "runs/sft-03")
    static let result = RunResult(
        ending: .completed, steps: 200, meanLoss: 1, elapsedSeconds: 60, tokensSeen: 9,
        folder: "runs/sft-03")

    @Test func aChosenModelReachesChatAndExport() {
        let robot = AppRobot()
        robot.press("Enter")
        #expect(robot.state.chat.around.modelPath == Fixture.smol.path)
        #expect(robot.state.chat.around.template == "chatml")
        #expect(robot.state.export.values.modelPath == Fixture.smol.path)
        robot.press("5").type("你是谁？").press("Enter")
        let asked = robot.effects.compactMap { effect in
            if case .chat(.ask(let request)) = effect { request } else { nil }
        }
        #expect(asked.count == 1)
        #expect(asked.first?.modelPath == Fixture.smol.path)
        #expect(asked.first?.messages.last == ChatLine(speaker: .user, text: "你是谁？"))
    }

    @Test func aRunGivesWeightsAndThenAnAdapter() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        #expect(!robot.state.chat.settings.hasRun)
        robot.press("S")
        robot.send(.message(.train(.training(.prepared(Self.summary)))))
        #expect(robot.state.chat.settings.hasRun)
        #expect(robot.state.adapterPath == nil)
        robot.send(.message(.train(.training(.finished(Self.result)))))
        #expect(!robot.state.chat.settings.hasRun)
        #expect(robot.state.chat.settings[.a].adapterPath == "runs/sft-03")
        #expect(robot.state.export.values.adapterPath == "runs/sft-03")
        #expect(robot.sees("✓ sft-03 done"))
    }

    @Test func aFullTuningLeavesNoAdapter() {
        var plan = Fixture.readyPlan
        plan.tuning.method = .full
        let robot = AppRobot(AppState(plan: plan))
        robot.press("S")
        robot.send(.message(.train(.training(.prepared(Self.summary)))))
        robot.send(.message(.train(.training(.finished(Self.result)))))
        #expect(robot.state.adapterPath == nil)
        // The whole model that it left is what is talked to and exported, until another is chosen.
        #expect(robot.state.chat.around.modelPath == "runs/sft-03")
        #expect(robot.state.modelPath == "runs/sft-03")
        // Nobody looked at it yet: chat wants to know whether its template lists tools.
        #expect(
            robot.effects.filter { $0 == .model(.inspectModel(path: "runs/sft-03")) }.count == 1)
        var other = robot.state
        other.plan.model.path = Fixture.qwen.path
        #expect(other.modelPath == Fixture.qwen.path)
    }

    @Test func aChatWithTheRunGoesOnWithItsAdapter() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("S")
        robot.send(.message(.train(.training(.prepared(Self.summary)))))
        robot.press("5", "^O")
        #expect(robot.state.chat.settings[.a].source == .currentRun)
        robot.send(.message(.train(.training(.finished(Self.result)))))
        #expect(robot.state.chat.settings[.a].source == .adapter)
        #expect(robot.state.chat.settings[.a].adapterPath == "runs/sft-03")
    }

    @Test func answersArriveWhileAnotherTabIsOpen() {
        let robot = AppRobot()
        robot.press("Enter", "5").type("hi").press("Enter", "Alt-1")
        robot.send(.message(.chat(.event(1, .answering(ChatSamples.base)))))
        robot.send(.message(.chat(.event(1, .text("Hello 世界")))))
        #expect(robot.state.tab == .model)
        #expect(!robot.sees("Hello 世界"))
        robot.press("5")
        #expect(robot.sees("Hello 世界"))
    }

    @Test func controlCStopsTheAnswerAndNotTheProgram() {
        let robot = AppRobot()
        robot.press("Enter", "5").type("hi").press("Enter", "^C")
        #expect(robot.effects.last == .chat(.cancelChat))
        #expect(robot.state.quitTicks == 0)
        #expect(!robot.program.isFinished)
    }

    @Test func theTrainTabsQuestionTakesAllKeys() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("S")
        robot.send(.message(.train(.training(.prepared(Self.summary)))))
        robot.press("^C")
        #expect(robot.state.isModal)
        robot.press("2", "q")
        #expect(robot.state.tab == .train, "a digit is no tab while something is asked")
        #expect(!robot.state.isModal)
        robot.press("^C", "s")
        #expect(robot.effects.last == .train(.controlRun(.stop)))
        #expect(robot.sees("stopping"))
    }

    @Test func anExportIsToldEverywhereAndGuardsTheDoor() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("6", "E")
        let exports = robot.effects.filter { if case .export(.start) = $0 { true } else { false } }
        #expect(exports.count == 1)
        robot.press("1", "q")
        #expect(robot.sees("An export is being written"))
        robot.press("Enter")
        #expect(!robot.program.isFinished)
        let outcome = ExportOutcome(
            folder: "exports/小台", files: [], verification: "equal", verified: true, usage: [])
        robot.send(.message(.export(.event(.finished(outcome)))))
        #expect(robot.sees("exported exports/小台"))
        robot.press("q")
        #expect(robot.program.isFinished)
    }

    @Test func leavingAnExportCancelsIt() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("6", "E", "1", "q", "x")
        #expect(robot.effects.suffix(2) == [.export(.cancelExport), .quit])
        #expect(robot.program.isFinished)
    }
}
