// Sorting and finding models, and the fit of each for the chosen method.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct ModelOrderTests {
    private static func model(
        _ name: String, _ parameters: Int?, _ bytes: Int, context: Int? = nil
    ) -> ModelSummary {
        ModelSummary(
            path: "/m/\(name)", name: name, family: name.hasPrefix("q") ? "qwen3" : "llama",
            parameters: parameters, bytes: bytes, format: "GGUF Q4_0", contextLength: context)
    }

    private static let models = [
        model("b", 20, 300, context: 8192), model("qa", nil, 100), model("A", 5, 200, context: 512),
    ]

    @Test(arguments: [
        (ModelOrder.place, false, ["b", "qa", "A"]), (.place, true, ["A", "qa", "b"]),
        (.name, false, ["A", "b", "qa"]), (.parameters, false, ["A", "b", "qa"]),
        (.parameters, true, ["b", "A", "qa"]), (.size, false, ["qa", "A", "b"]),
        (.context, true, ["b", "A", "qa"]), (.family, false, ["b", "A", "qa"]),
        (.fit, false, ["A", "b", "qa"]),
    ])
    func ordersPutTheUnknownLast(order: ModelOrder, reversed: Bool, names: [String]) {
        let fits: [String: ModelFit] = ["/m/A": .fits, "/m/b": .packed, "/m/qa": .unknown]
        let sorted = order.sorted(Self.models, fits: fits, reversed: reversed)
        #expect(sorted.map(\.name) == names)
    }

    @Test func verdictsBecomeWords() {
        #expect(ModelFit(.fits(0.5), packed: nil) == .fits)
        #expect(ModelFit(.tight(0.05), packed: nil) == .tight)
        #expect(ModelFit(.tooLarge(1), packed: .fits(0.3)) == .packed)
        #expect(ModelFit(.tooLarge(1), packed: .tooLarge(9)) == .tooLarge)
        #expect(ModelFit(.unknown, packed: nil) == .unknown)
    }

    // MARK: - The tab

    @Test func theCursorStaysOnItsModelWhileTheOrderTurns() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan), size: Size(120, 40))
        robot.press("↓")
        #expect(ModelTab.selected(robot.state.model)?.path == Fixture.qwen.path)
        for _ in ModelOrder.allCases {
            robot.press("s")
            #expect(ModelTab.selected(robot.state.model)?.path == Fixture.qwen.path)
        }
        robot.press("s", "o")
        #expect(robot.sees("by name ▴"))
        #expect(ModelTab.selected(robot.state.model)?.path == Fixture.qwen.path)
    }

    @Test func aFewLettersFindAModel() {
        let robot = AppRobot()
        robot.press("/").type("tywen3")
        #expect(!robot.sees("SmolLM2-135M-Inst"))
        robot.press("^U").type("通义")
        #expect(robot.sees("通义千问3-0.6B") && !robot.sees("broken"))
        robot.press("Enter", "Enter")
        #expect(robot.state.plan.model.path == Fixture.qwen.path)
        robot.press("Esc")
        #expect(robot.sees("broken"))
        robot.press("/").type("zzzz")
        #expect(robot.sees("nothing fits"))
    }

    /// Where there is no room for all columns, the one that is sorted by is among them.
    @Test func theColumnThatIsSortedByIsShown() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan), size: Size(80, 24))
        #expect(robot.sees("PARAMS") && robot.sees("FIT") && !robot.sees("CONTEXT"))
        for order in ModelOrder.allCases.dropFirst() {
            robot.press("s")
            #expect(robot.state.model.order == order)
            #expect(ModelOrder.columns(width: 40, sortedBy: order).count == 2)
        }
        robot.press("o").send(.resize(Size(80, 24)))
        #expect(robot.sees("by fit ▴"))
        for width in [10, 39, 55, 100] {
            for order in [ModelOrder.family, .parameters, .type, .size, .context, .fit] {
                #expect(ModelOrder.columns(width: width, sortedBy: order).contains(order))
            }
        }
    }

    /// A short pane names what passed; a tall one tells of each.
    @Test func everyCheckIsNamedWhereThereIsLittleRoom() {
        var summary = Fixture.smol
        summary.checks = (0..<12).map {
            .init(title: "check-\($0)", passed: $0 != 7, detail: "what was found in check-\($0)")
        }
        func text(_ height: Int) -> String {
            ModelDetail(theme: .mono, width: 36).lines(
                path: summary.path, listed: nil, inspection: .done(summary),
                plan: Fixture.readyPlan, height: height
            ).map(\.string).joined(separator: " ")
        }
        #expect(text(90).contains("found in check-3") && text(90).contains("q_proj"))
        #expect(!text(20).contains("found in check-3") && !text(20).contains("q_proj"))
        for number in 0..<12 { #expect(text(20).contains("check-\(number)")) }
        #expect(text(20).contains("found in check-7"))
    }

    @Test func fitsAreAskedOnceForEachMethod() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan), size: Size(120, 40))
        let asked = {
            robot.effects.count { if case .model(.fitModels) = $0 { true } else { false } }
        }
        #expect(asked() == 1 && robot.sees("with nf4"))
        robot.press("2", "1")
        #expect(asked() == 1)
        robot.press("3")
        ParamsTabTests.goTo("finetuning_type", robot)
        robot.press("→", "1")
        #expect(asked() == 2)
        // An answer to the old question changes nothing.
        robot.send(.message(.model(.modelFits(Fixture.readyPlan.fitQuestion, [:]))))
        #expect(robot.sees("with nf4"))
    }
}
