// The wheel over panes: what lies below the pointer moves, the keyboard stays where it is, and what lies over a
// tab keeps the wheel to itself.

import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct WheelTests {
    /// Turns the wheel over the first place of a text.
    private func turn(_ kind: Mouse.Kind, over text: String, _ robot: AppRobot, times: Int = 1) {
        for y in 0..<robot.frame.size.height {
            let row = robot.frame.text(ofRow: y)
            guard let range = row.range(of: text) else { continue }
            let x = TextWidth.columns(of: String(row[..<range.lowerBound]))
            for _ in 0..<times { robot.send(.key(.mouse(Mouse(kind, at: Point(x, y))))) }
            return
        }
        Issue.record("\(text) is not on the screen\n\(robot.screen)")
    }

    @Test func setsAndRecordMoveWithoutTheKeyboard() {
        let plan = Fixture.readyPlan
        let robot = DatasetTabTests.opened()
        var long = Fixture.record(0)
        long.pieces += (0..<200).map {
            .init(text: "line \($0)\n", id: $0, isTrained: true, isSpecial: false)
        }
        robot.send(.message(.dataset(.record(plan, index: 0, .success(long)))))
        turn(.wheelDown, over: "Record 1 of 3", robot, times: 4)
        #expect(robot.state.dataset.scroll == 12 && robot.state.dataset.part == .list)
        #expect(robot.state.dataset.list.selection == 0)
        turn(.wheelUp, over: "Record 1 of 3", robot)
        #expect(robot.state.dataset.scroll == 9)
        // From the record the sets move, also while a name is searched for.
        robot.press("Tab")
        turn(.wheelDown, over: "对话", robot)
        #expect(robot.state.dataset.list.selection == 1 && robot.state.dataset.scroll == 9)
        #expect(robot.state.dataset.part == .record)
        robot.press("Shift-Tab", "/").type("i")
        turn(.wheelUp, over: "Record 1 of 3", robot)
        #expect(robot.state.dataset.scroll == 6 && robot.state.dataset.isSearching)
        // A list over the tab keeps the wheel to itself.
        robot.press("Esc", "p")
        let before = robot.state.dataset
        turn(.wheelDown, over: "identity.json:4", robot)
        let after = robot.state.dataset
        #expect(after.scroll == before.scroll && after.list == before.list)
        #expect(after.overlay != before.overlay)
    }

    @Test func formAndResultsOfAnEvaluationMove() {
        var plan = Fixture.readyPlan
        plan.data.validationSize = 0.1
        let robot = AppRobot(AppState(plan: plan), size: Size(120, 40))
        robot.press("8")
        for _ in 0..<2 {
            robot.press("E")
            for message in EvaluationSamples.events() { robot.send(.message(message)) }
            robot.send(.message(.evaluate(.finished(EvaluationSamples.report))))
        }
        #expect(robot.state.evaluate.part == .results)
        turn(.wheelDown, over: "─ Evaluate", robot)
        #expect(robot.state.evaluate.form.selection == 1)
        robot.press("Tab")
        turn(.wheelUp, over: "Evaluations of", robot)
        let state = robot.state.evaluate
        #expect(state.list.selection == 0 && state.form.selection == 1 && state.part == .form)
        // Over the hints the part with the keyboard moves.
        turn(.wheelDown, over: "help", robot)
        #expect(robot.state.evaluate.form.selection == 2)
    }

    @Test func answersAndTheirTextMove() throws {
        var plan = Fixture.readyPlan
        plan.data.validationSize = 0.1
        let robot = AppRobot(AppState(plan: plan), size: Size(80, 16))
        robot.press("8", "E")
        for message in EvaluationSamples.events() { robot.send(.message(message)) }
        robot.send(.message(.evaluate(.finished(EvaluationSamples.report))))
        robot.press("Enter")
        let top = try #require(robot.state.evaluate.browser).text
        turn(.wheelDown, over: "Answer and", robot)
        let browser = try #require(robot.state.evaluate.browser)
        #expect(browser.text != top && !browser.readsText && browser.list.selection == 0)
        robot.press("Tab")
        turn(.wheelDown, over: "Answers of", robot)
        #expect(robot.state.evaluate.browser?.list.selection == 1)
        #expect(robot.state.evaluate.browser?.readsText == true)
    }

    @Test func oneOfTwoConversationsScrolls() {
        var start = AppState()
        start.tab = .chat
        let text = (0..<60).map { "line \($0)" }.joined(separator: "\n")
        var chat = ChatSamples.compared
        _ = ChatTab.update(&chat, .promptPressed)
        chat = ChatSamples.asking("more", chat)
        for stamp in [ChatSamples.base, ChatSamples.tuned] {
            chat = ChatSamples.told(
                [.answering(stamp), .text(text), .finished(ChatSamples.figures(60))], chat)
        }
        start.chat = chat
        let robot = AppRobot(start, size: Size(140, 30))
        func follow() -> [Bool] {
            ChatSide.allCases.map { robot.state.chat.panes[$0].view.follows }
        }
        #expect(follow() == [true, true])
        turn(.wheelUp, over: "line 59", robot, times: 2)
        #expect(follow() == [false, true] && robot.state.chat.part == .prompt)
        robot.press("Esc", "l", "t")
        turn(.wheelDown, over: "─ A base", robot, times: 9)
        #expect(follow() == [true, true] && robot.state.chat.form.selection == 0)
        turn(.wheelDown, over: "Settings", robot)
        #expect(robot.state.chat.form.selection == 1 && follow() == [true, true])
        // A text over the tab hides what is below.
        robot.press("Esc", "Alt-s")
        turn(.wheelUp, over: "line 59", robot)
        #expect(follow() == [true, true])
    }

    // MARK: - Details of a model

    /// A model with more checks than a screen has rows.
    private static func checked(_ language: Language, _ size: Size) -> AppRobot {
        var state = AppState()
        state.language = language
        let robot = AppRobot(state, size: size)
        var model = Fixture.smol
        model.checks = (0..<44).map {
            .init(title: "check-\($0)", passed: $0 > 39, detail: "张量形状不符 in blk.\($0)")
        }
        robot.send(.message(.model(.modelInspected(path: model.path, .success(model)))))
        return robot
    }

    @Test(arguments: [Size(80, 24), Size(120, 40)], Language.allCases)
    func longDetailsScroll(size: Size, language: Language) {
        let robot = Self.checked(language, size)
        #expect(robot.sees("} ▼") && !robot.sees("{ ▲") && !robot.sees("check-43"))
        for _ in 0..<14 { robot.press("}") }
        #expect(robot.sees("{ ▲") && !robot.sees("} ▼") && robot.sees("check-43"))
        robot.press("{")
        #expect(Picture.fault(robot.frame, "model-details", language) == nil)
        turn(.wheelUp, over: "─ SmolLM2", robot, times: 30)
        #expect(robot.state.model.detail.top == 0 && robot.state.model.list.selection == 0)
        turn(.wheelDown, over: "─ SmolLM2", robot)
        #expect(robot.state.model.detail.top == 3)
        // Another model begins at its top.
        turn(.wheelDown, over: Fixture.qwen.name, robot)
        #expect(robot.state.model.list.selection == 1 && robot.sees("qwen3"))
        #expect(!robot.sees("{ ▲"))
        // The letters of a path are text; the wheel scrolls all the same.
        robot.press("k", "e").type("{}")
        #expect(robot.state.model.path.text == "{}")
    }

    @Test func aSmallerScreenKeepsTheEndInSight() {
        let robot = Self.checked(.english, Size(80, 24))
        for _ in 0..<14 { robot.press("}") }
        robot.send(.resize(Size(120, 40)))
        #expect(robot.sees("check-43"))
        robot.press("{")
        #expect(robot.state.model.detail.top < 30)
        robot.send(.resize(Size(300, 200)))
        #expect(robot.sees("check-0") && !robot.sees("{ ▲") && !robot.sees("} ▼"))
    }
}
