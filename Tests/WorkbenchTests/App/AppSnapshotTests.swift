// Pictures of the three planning tabs at 80×24 and 120×40, and a storm of sizes and keys: no size
// may trap, lose the tab bar, or draw outside.

import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct AppSnapshotTests {
    static let sizes = [Size(80, 24), Size(120, 40)]

    static func label(_ size: Size) -> String { "\(size.width)x\(size.height)" }

    @Test(arguments: sizes)
    func modelTab(size: Size) {
        let robot = Robot(size: size)
        robot.press("↓")
        let name = "model-" + Self.label(size)
        #expect(Snapshot.difference(robot.frame, named: name) == nil)
    }

    @Test(arguments: sizes)
    func modelPathThatFails(size: Size) {
        let robot = Robot(size: size)
        robot.press("e").type("/models/没有").press("Enter")
        let name = "model-path-" + Self.label(size)
        #expect(Snapshot.difference(robot.frame, named: name) == nil)
    }

    @Test(arguments: sizes)
    func datasetTab(size: Size) {
        let robot = Robot(AppState(plan: Fixture.readyPlan), size: size)
        robot.press("2", "→")
        let name = "dataset-" + Self.label(size)
        #expect(Snapshot.difference(robot.frame, named: name) == nil)
    }

    @Test(arguments: sizes)
    func datasetTabWithIDs(size: Size) {
        let robot = Robot(AppState(plan: Fixture.readyPlan), size: size)
        robot.press("2", "t")
        let name = "dataset-ids-" + Self.label(size)
        #expect(Snapshot.difference(robot.frame, named: name) == nil)
    }

    @Test(arguments: sizes)
    func paramsTab(size: Size) {
        let robot = Robot(AppState(plan: Fixture.readyPlan), size: size)
        robot.press("3", "↓", "↓")
        let name = "params-" + Self.label(size)
        #expect(Snapshot.difference(robot.frame, named: name) == nil)
    }

    @Test(arguments: sizes)
    func paramsTabWithErrors(size: Size) {
        var plan = Fixture.readyPlan
        plan.output.folder = ""
        plan.data.names = []
        plan.optimizer.learningRate = 3e-4
        let robot = Robot(AppState(plan: plan), size: size)
        robot.press("3", "End", "↑", "↑", "Home", "↓", "↓", "↓", "↓", "Enter").type("x")
        let name = "params-errors-" + Self.label(size)
        #expect(Snapshot.difference(robot.frame, named: name) == nil)
    }

    @Test func presetsAndDialog() {
        let robot = Robot(AppState(plan: Fixture.readyPlan))
        robot.press("3", "p")
        #expect(Snapshot.difference(robot.frame, named: "params-presets-80x24") == nil)
        let empty = Robot()
        empty.press("F5")
        #expect(Snapshot.difference(empty.frame, named: "cannot-start-80x24") == nil)
    }

    @Test func helpOverlay() {
        let robot = Robot()
        robot.press("?")
        #expect(Snapshot.difference(robot.frame, named: "help-80x24") == nil)
    }

    /// Every tab with everything over it, from a sliver to a wall.
    @Test(arguments: [AppState.Tab.model, .dataset, .params])
    func everySizeDraws(tab: AppState.Tab) {
        var robots: [Robot] = []
        for keys in [[], ["?"], ["F5"], ["e"], ["p"], ["s"], ["Enter"], ["t"]] {
            let robot = Robot(AppState(plan: Fixture.readyPlan))
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
