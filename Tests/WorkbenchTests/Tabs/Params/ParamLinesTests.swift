// Settings of several lines in the form of parameters: written in a text of their own, one value a line.

import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct ParamLinesTests {
    /// The form at the field of sample prompts.
    private func robot(
        _ prompts: [String] = [], size: Size = Size(80, 24), language: Language = .english
    ) -> AppRobot {
        var plan = Fixture.readyPlan
        plan.samples.prompts = prompts
        var state = AppState(plan: plan)
        state.language = language
        let robot = AppRobot(state, size: size)
        robot.press("3")
        ParamsTabTests.goTo("sample_prompts", robot)
        return robot
    }

    @Test func promptsAreWrittenOneALine() {
        let robot = robot(size: Size(120, 40))
        robot.press("Enter").type("Hello, who are you?").press("Enter", "Enter")
        robot.type("  你是谁？ ").press("Tab")
        #expect(robot.state.plan.samples.prompts == ["Hello, who are you?", "你是谁？"])
        #expect(robot.sees("Hello, who are you? +1"))
        // Undo takes the whole text back.
        robot.press("u")
        #expect(robot.state.plan.samples.prompts.isEmpty)
    }

    @Test func escapeLeavesThemAsTheyWere() {
        let robot = robot(["one", "two"])
        robot.press("Enter", "Enter").type("three")
        #expect(robot.sees("one a line") && robot.sees("three"))
        // Letters of the program are text here.
        robot.press("q", "S", "3")
        #expect(robot.sees("threeqS3") && robot.state.tab == .params)
        robot.press("Esc")
        #expect(robot.state.plan.samples.prompts == ["one", "two"])
        robot.press("Enter", "^U", "Backspace", "^U", "Tab")
        #expect(robot.state.plan.samples.prompts.isEmpty)
    }

    @Test func promptsOfSeveralLinesBelongToTheFile() {
        let robot = robot(["one\ntwo"], size: Size(120, 40))
        robot.press("Enter")
        #expect(robot.state.params.overlay == nil)
        #expect(robot.sees("a prompt has several lines; change it in the file"))
    }

    @Test(arguments: AppSnapshotTests.sizes, Language.allCases)
    func pictures(size: Size, language: Language) {
        let robot = robot(["Who are you?", "你是谁？"], size: size, language: language)
        #expect(Picture.fault(robot.frame, "params-samples", language) == nil)
        robot.press("Enter")
        #expect(Picture.fault(robot.frame, "params-lines", language) == nil)
    }
}
