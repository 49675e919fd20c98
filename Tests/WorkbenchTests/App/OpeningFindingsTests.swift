// What the files that the interface opens with ask for in vain is told before anything else, and Enter
// never passes it over.

import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct OpeningFindingsTests {
    private func robot(_ findings: [PlanIssue]) -> AppRobot {
        var state = AppState()
        state.tell(findings)
        return AppRobot(state)
    }

    @Test func refusedKeysAreAQuestion() throws {
        let robot = robot([
            .error("use_galore", "GaLore is not there yet."),
            PlanIssue(field: "plot_loss", message: "no effect.", severity: .note),
        ])
        #expect(robot.sees("use_galore: GaLore is not there yet."))
        robot.press("o")
        #expect(robot.state.question == nil && !robot.state.isFinished)
        robot.press("2")
        #expect(robot.state.tab == .dataset)
    }

    @Test func enterLeavesToCorrectTheFile() {
        let robot = robot([.error("use_galore", "GaLore is not there yet.")])
        robot.press("Enter")
        #expect(robot.state.isFinished && robot.effects.last == .quit)
    }

    @Test func keysWithoutEffectAreALine() {
        let notes = ["plot_loss", "report_to"].map {
            PlanIssue(field: $0, message: "no effect.", severity: .note)
        }
        let robot = robot(notes)
        #expect(robot.state.question == nil)
        #expect(robot.sees("no effect here: plot_loss, report_to"))
    }

    @Test func manyFindingsAreCutShort() {
        let robot = robot((1...30).map { .error("key\($0)", "unknown key.") })
        #expect(robot.sees("key10: unknown key.") && !robot.sees("key11"))
        #expect(robot.sees("… and 20 more"))
        #expect(robot.sees("open without them"))
    }

    @Test func nothingFoundIsNothingTold() {
        #expect(robot([]).state.question == nil && robot([]).state.notice == nil)
    }
}
