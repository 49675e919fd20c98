// Choosing models: what is asked, what goes into the plan, and what happens when answers are late,
// fail, or come for something that is no longer wanted.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct ModelTabTests {
    @Test func choosingTakesTheDetectedTemplate() {
        let robot = AppRobot()
        robot.press("Enter")
        #expect(robot.state.plan.model.path == Fixture.smol.path)
        #expect(robot.state.plan.encoding.template == "chatml")
        #expect(robot.state.params.layers == Fixture.smol.trainableLayers)
        #expect(robot.sees("the file's chat"))
        robot.press("↓", "Enter")
        #expect(robot.state.plan.encoding.template == "qwen3")
    }

    /// What is odd about a model stands in the conversation, not only for a moment in the last line.
    @Test func notesOfAModelReachTheConversation() throws {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan), world: Fixture.silence)
        robot.press("5")
        robot.type("hi")
        robot.press("Enter")
        let id = try #require(robot.state.chat.pending.keys.first)
        let note = "config.json: not known here and not used: mystery_scale"
        robot.send(.message(.chat(.event(id, .noted(Sentence(verbatim: note))))))
        #expect(robot.sees("note: " + note))
        robot.press("Esc", "9")
        #expect(robot.sees("mystery_scale"))
    }

    @Test func aTemplateThatComesLateIsStillTaken() {
        let robot = AppRobot(world: Fixture.silence)
        robot.send(.message(.model(.modelsFound(Fixture.models))))
        robot.press("Enter")
        #expect(robot.state.plan.model.path == Fixture.smol.path)
        #expect(robot.state.plan.encoding.template == nil)
        let answer = AppMessage.model(
            .modelInspected(
                path: Fixture.smol.path, .success(Fixture.smol)))
        robot.send(.message(answer))
        #expect(robot.state.plan.encoding.template == "chatml")
        #expect(robot.effects.count { $0 == .model(.inspectModel(path: Fixture.smol.path)) } == 1)
    }

    @Test func aTemplateOfThePlanIsNotReplacedByLooking() {
        var plan = Fixture.readyPlan
        plan.encoding.template = "llama3"
        let robot = AppRobot(AppState(plan: plan))
        #expect(robot.state.plan.encoding.template == "llama3")
        #expect(robot.sees("detected: chatml"))
    }

    @Test func anotherBaseDropsTheAdaptersOfTheOld() {
        var plan = Fixture.readyPlan
        plan.model.adapters = ["runs/sft-02"]
        let robot = AppRobot(AppState(plan: plan))
        robot.press("Enter")
        #expect(robot.state.plan.model.adapters == ["runs/sft-02"])
        robot.press("↓", "Enter")
        #expect(robot.state.plan.model.adapters.isEmpty)
    }

    @Test func movingInspectsEachModelOnce() {
        let robot = AppRobot()
        robot.press("↓", "↑", "↓", "j", "k")
        let asked = robot.effects.filter {
            if case .model(.inspectModel) = $0 { true } else { false }
        }
        #expect(asked.count == 3)
        robot.press("G")
        #expect(robot.sees("expected a number, found a"))
        #expect(robot.sees("Fetch the model again"))
    }

    @Test func aModelThatDoesNotOpenIsNotChosen() {
        let robot = AppRobot()
        robot.press("G", "Enter")
        #expect(robot.state.plan.model.path.isEmpty)
        // It was asked again, because the reason may be gone.
        let path = Fixture.broken
        #expect(robot.effects.count { $0 == .model(.inspectModel(path: path)) } == 2)
    }

    @Test func aTypedPathBecomesTheModelWhenItOpens() {
        let robot = AppRobot(world: Fixture.silence)
        robot.press("e").type(" /tmp/我的模型 ").press("Enter")
        #expect(robot.effects.last == .model(.inspectModel(path: "/tmp/我的模型")))
        #expect(robot.sees("opening…"))
        var summary = Fixture.smol
        (summary.path, summary.name) = ("/tmp/我的模型", "我的模型")
        robot.send(.message(.model(.modelInspected(path: summary.path, .success(summary)))))
        #expect(robot.state.plan.model.path == "/tmp/我的模型")
        #expect(!robot.state.isTyping)
        #expect(robot.sees("● 我的模型"))
        // A new search does not know it; it stays.
        robot.send(.message(.model(.modelsFound(Fixture.models))))
        #expect(robot.state.model.models.count == 4)
    }

    @Test func aTypedPathThatFailsKeepsTheFocusAndSaysWhy() {
        let robot = AppRobot()
        robot.press("e").type("/nowhere").press("Enter")
        #expect(robot.state.isTyping)
        #expect(robot.state.plan.model.path.isEmpty)
        #expect(robot.sees("there is no model"))
        robot.press("Esc")
        #expect(!robot.state.isTyping)
        #expect(robot.state.model.path.text == "/nowhere")
        robot.press("e", "^C")
        #expect(robot.state.model.path.text.isEmpty)
        #expect(!robot.program.isFinished)
    }

    @Test func editingThePathGivesUpTheOldOne() {
        let robot = AppRobot(world: Fixture.silence)
        robot.press("e").type("/a").press("Enter").type("b")
        var summary = Fixture.smol
        summary.path = "/a"
        robot.send(.message(.model(.modelInspected(path: "/a", .success(summary)))))
        #expect(robot.state.plan.model.path.isEmpty)
        #expect(robot.state.model.path.text == "/ab")
    }

    @Test func rescanAsksAgain() {
        let robot = AppRobot()
        let before = robot.effects.count
        robot.press("r")
        #expect(robot.effects[before] == .model(.findModels))
        #expect(robot.effects.contains(.model(.inspectModel(path: Fixture.smol.path))))
    }
}
