// Pictures of the three planning tabs at 80×24 and 120×40, and a storm of sizes and keys: no size
// may trap, lose the tab bar, or draw outside.

import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct AppSnapshotTests {
    static let sizes = [Size(80, 24), Size(120, 40)]
    private static let languages = Language.allCases

    private static func state(
        _ language: Language, _ plan: TrainingPlan = Fixture.readyPlan
    ) -> AppState {
        var state = AppState(plan: plan)
        state.language = language
        return state
    }

    @Test(arguments: sizes, languages)
    func modelTab(size: Size, language: Language) {
        let robot = AppRobot(Self.state(language, TrainingPlan()), size: size)
        robot.press("↓")
        #expect(Picture.fault(robot.frame, "model", language) == nil)
    }

    @Test(arguments: sizes, languages)
    func modelPathThatFails(size: Size, language: Language) {
        let robot = AppRobot(Self.state(language, TrainingPlan()), size: size)
        robot.press("e").type("/models/没有").press("Enter")
        #expect(Picture.fault(robot.frame, "model-path", language) == nil)
    }

    @Test(arguments: sizes, languages)
    func datasetTab(size: Size, language: Language) {
        let robot = AppRobot(Self.state(language), size: size)
        robot.press("2", "→")
        #expect(Picture.fault(robot.frame, "dataset", language) == nil)
    }

    @Test(arguments: sizes, languages)
    func datasetTabWithIDs(size: Size, language: Language) {
        let robot = AppRobot(Self.state(language), size: size)
        robot.press("2", "t")
        #expect(Picture.fault(robot.frame, "dataset-ids", language) == nil)
    }

    @Test(arguments: sizes, languages)
    func datasetOverlays(size: Size, language: Language) {
        let robot = AppRobot(Self.state(language), size: size)
        robot.press("2", "p")
        #expect(Picture.fault(robot.frame, "dataset-problems", language) == nil)
        robot.press("Esc", "↓", "Space", "m", "l", "↓", "Enter", "^U").type("3").press("Enter")
        #expect(Picture.fault(robot.frame, "dataset-mix", language) == nil)
        robot.press("w", "e", "^U").type("问答.jsonl").press("Enter", "↓", "↓")
        #expect(Picture.fault(robot.frame, "dataset-add", language) == nil)
    }

    @Test(arguments: sizes, languages)
    func paramsTab(size: Size, language: Language) {
        let robot = AppRobot(Self.state(language), size: size)
        robot.press("3", "/").type("lora_rank").press("Enter")
        #expect(Picture.fault(robot.frame, "params", language) == nil)
    }

    @Test(arguments: sizes, languages)
    func paramsTabWithErrors(size: Size, language: Language) {
        var plan = Fixture.readyPlan
        plan.output.folder = ""
        plan.data.names = []
        plan.optimizer.learningRate = 3e-4
        let robot = AppRobot(Self.state(language, plan), size: size)
        robot.press("3", "/").type("lora_dropout").press("Enter", "Enter").type("x")
        #expect(Picture.fault(robot.frame, "params-errors", language) == nil)
    }

    @Test(arguments: sizes, languages)
    func paramsSearchAndOverlays(size: Size, language: Language) {
        let robot = AppRobot(Self.state(language), size: size)
        robot.press("3", "/").type("rank")
        #expect(Picture.fault(robot.frame, "params-search", language) == nil)
        robot.press("Esc", "v")
        #expect(Picture.fault(robot.frame, "params-command", language) == nil)
        robot.press("Esc", "o").type("她.yaml")
        let reading = Result { () throws(KernelError) in
            try PlanFile.read(
                yaml: "pissa_init: true\nlora_rnk: 3\nflash_attn: fa2\n", name: "她.yaml")
        }
        robot.press("Enter")
        robot.send(.message(.params(.planRead(path: "她.yaml", reading))))
        #expect(Picture.fault(robot.frame, "params-refused", language) == nil)
        robot.press("Esc", "End")
        #expect(Picture.fault(robot.frame, "params-end", language) == nil)
    }

    @Test(arguments: languages)
    func presetsAndDialog(language: Language) {
        let robot = AppRobot(Self.state(language))
        robot.press("3", "p")
        #expect(Picture.fault(robot.frame, "params-presets", language) == nil)
        let empty = AppRobot(Self.state(language, TrainingPlan()))
        empty.press("F5")
        #expect(Picture.fault(empty.frame, "cannot-start", language) == nil)
    }

    /// The run that is left or stopped, and below it the key that leaves it.
    @Test(arguments: sizes)
    func leavingARun(size: Size) {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan), size: size)
        robot.press("S")
        robot.send(.message(.train(.training(.stepFinished(AppUpdateTests.step(31, of: 200))))))
        robot.press("q")
        #expect(Picture.fault(robot.frame, "leaving") == nil)
    }

    @Test func smallScreensSayWhatTheyNeed() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan), size: Size(30, 4))
        #expect(robot.sees("needs 40×10, this is 30×4"))
        robot.press("S")
        #expect(robot.sees("▶ sft-03 preparing"))
        robot.send(.resize(Size(40, 10)))
        robot.press("1")
        #expect(robot.sees("SmolLM2-135M"))
        robot.press("3")
        #expect(robot.sees("Method"))
        robot.press("2")
        #expect(robot.sees("[x] identity"))
    }

    @Test(arguments: languages)
    func overlays(language: Language) {
        let robot = AppRobot(Self.state(language, TrainingPlan()))
        robot.press("?")
        #expect(Picture.fault(robot.frame, "help", language) == nil)
        robot.press("/").type("q")
        #expect(Picture.fault(robot.frame, "help-filter", language) == nil)
        robot.press("Esc", "Esc", "^P").type("th")
        #expect(Picture.fault(robot.frame, "palette", language) == nil)
        robot.press("Esc", "F2", "↓")
        #expect(Picture.fault(robot.frame, "themes", language) == nil)
    }

    @Test(arguments: sizes)
    func otherTabsInChinese(size: Size) {
        let robot = AppRobot(Self.state(.chinese), size: size)
        robot.press("Alt-5")
        #expect(Picture.fault(robot.frame, "chat", .chinese) == nil)
        robot.press("^T")
        #expect(Picture.fault(robot.frame, "chat-settings", .chinese) == nil)
        robot.press("Alt-6")
        #expect(Picture.fault(robot.frame, "export", .chinese) == nil)
    }

    /// Every tab with everything over it, from a sliver to a wall.
    @Test(arguments: AppState.Tab.allCases)
    func everySizeDraws(tab: AppState.Tab) {
        var robots: [AppRobot] = []
        for keys in [[], ["?"], ["e"], ["p"], ["s"], ["Enter"], ["t"], ["F1"]] {
            let robot = AppRobot(AppState(plan: Fixture.readyPlan))
            robot.press(String(tab.digit))
            for key in keys { robot.press(key) }
            robots.append(robot)
        }
        for width in [0, 1, 5, 20, 39, 40, 59, 60, 71, 72, 80, 99, 120, 200, 300] {
            for height in [0, 1, 5, 9, 10, 15, 16, 24, 40, 100] {
                for index in robots.indices {
                    robots[index].send(.resize(Size(width, height)))
                    let frame = robots[index].frame
                    #expect(frame.size == Size(width, height))
                    if width >= 40, height >= 10 {
                        #expect(frame.text(ofRow: 0).contains("1"), "\(width)×\(height)")
                    }
                    if let cursor = frame.cursor { #expect(frame.area.contains(cursor)) }
                }
            }
        }
    }
}
