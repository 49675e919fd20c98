// Choosing data and looking at records: marks go into the plan, answers that were overtaken are
// dropped, and the record shows what is trained without colour.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct DatasetTabTests {
    static func opened(_ world: @escaping (Effect) -> [AppMessage] = Fixture.world) -> AppRobot {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan), size: Size(100, 30), world: world)
        robot.press("2")
        return robot
    }

    @Test func openingAsksForSetsReportAndRecord() {
        let robot = Self.opened(Fixture.silence)
        let plan = Fixture.readyPlan
        #expect(
            robot.effects.suffix(3) == [
                .dataset(.listDatasets(folder: "sample-data")), .dataset(.inspectData(plan)),
                .dataset(.viewRecord(plan, index: 0)),
            ])
        let count = robot.effects.count
        robot.press("1", "2")
        #expect(robot.effects.count == count, "nothing changed, nothing is asked again")
    }

    @Test func markingChangesThePlanInOrder() {
        let robot = Self.opened()
        robot.press("↓", "Space")
        #expect(robot.state.plan.data.names == ["identity", "对话"])
        #expect(robot.sees("2 marked"))
        robot.press("↑", "Enter")
        #expect(robot.state.plan.data.names == ["对话"])
        #expect(robot.sees("[ ] identity"))
        #expect(robot.sees("[x] 对话"))
    }

    @Test func withoutAModelNothingIsEncoded() {
        let robot = AppRobot()
        robot.press("2", "Space")
        #expect(
            !robot.effects.contains { if case .dataset(.inspectData) = $0 { true } else { false } })
        #expect(robot.sees("Choose a model first (1)"))
        robot.press("→")
        #expect(robot.sees("choose a model first"))
    }

    @Test func theReportCountsEverything() {
        let robot = Self.opened()
        robot.send(.resize(Size(120, 40)))
        for text in [
            "485", "48 120", "21 003 tokens (43.6 %)", "3 empty answer",
            "2 (0.4 %) at 2 048 tokens", "640 tokens", "≤ 128", "211",
        ] {
            #expect(robot.sees(text), "\(text)")
        }
    }

    @Test func overtakenAnswersAreDropped() {
        let robot = Self.opened(Fixture.silence)
        let old = robot.state.plan
        robot.press("↓")
        robot.send(
            .message(.dataset(.datasetsListed(folder: "sample-data", .success(Fixture.datasets)))))
        robot.press("↓", "Space")
        robot.send(.message(.dataset(.dataInspected(old, .success(Fixture.report)))))
        #expect(robot.state.dataset.report == .waiting)
        robot.send(.message(.dataset(.record(old, index: 0, .success(Fixture.record(0))))))
        #expect(robot.state.dataset.record == .waiting)
        robot.send(.message(.dataset(.datasetsListed(folder: "elsewhere", .success([])))))
        #expect(robot.sees("identity"))
    }

    @Test func aSettingThatChangesEncodingAsksAgainAndAnotherDoesNot() {
        let robot = Self.opened()
        let asked = { (robot: AppRobot) in
            robot.effects.count { if case .dataset(.inspectData) = $0 { true } else { false } }
        }
        let before = asked(robot)
        robot.press("3")
        ParamsTabTests.goTo("lora_rank", robot)
        robot.press("→", "2")
        #expect(robot.state.plan.tuning.lora.rank == 9)
        #expect(asked(robot) == before)
        robot.press("3")
        ParamsTabTests.goTo("cutoff_len", robot)
        robot.press("←", "2")
        #expect(robot.state.plan.encoding.cutoffLength == 2047)
        #expect(asked(robot) == before + 1)
    }

    // MARK: - Records

    @Test func recordsStepAndStopAtTheEnds() {
        let robot = Self.opened()
        #expect(robot.sees("Record 1 of 3 · identity"))
        robot.press("←")
        #expect(robot.sees("Record 1 of 3"))
        robot.press("→")
        #expect(robot.sees("Record 2 of 3 · 对话"))
        robot.press("l", "l", "l")
        #expect(robot.sees("Record 3 of 3"))
        #expect(!robot.effects.contains { $0 == .dataset(.viewRecord(robot.state.plan, index: 3)) })
    }

    @Test func trainedTokensAreMarkedWithoutColour() throws {
        let record = Fixture.record(0)
        let rows = RecordText(record: record, showsIDs: false, theme: .mono).rows(width: 60)
        #expect(
            rows.map(\.string) == [
                "  <|im_start|>user⏎", "  Who are you?<|im_end|>⏎", "  <|im_start|>assistant⏎",
                "▌ I am Benchly.<|im_end|>",
            ])
        let last = try #require(rows.last)
        #expect(last.spans.dropFirst().allSatisfy { $0.style.attributes.contains(.underline) })
        let user = rows[1].spans.first { $0.text.string.contains("Who") }
        #expect(user?.style.attributes.contains(.underline) == false)
    }

    @Test func marksStandAboveTheirAnswer() {
        var record = Fixture.record(0)
        let heads = [true, false].map { isGood in
            record.isGood = isGood
            return RecordText(record: record, showsIDs: false, theme: .mono).rows(width: 60)
                .map(\.string).first
        }
        #expect(
            heads == [
                "  ✓ marked good: training makes this answer likelier",
                "  ✗ marked bad: training makes this answer less likely",
            ])
    }

    @Test func theCutIsShownAndWhatFollowsIsNotTrained() {
        let rows = RecordText(record: Fixture.record(1), showsIDs: false, theme: .mono)
            .rows(width: 70).map(\.string)
        #expect(rows.contains("▌ 我是小台，"))
        #expect(rows.contains { $0.contains("2 tokens are cut here") })
        #expect(rows.last == "  住在终端里。<|im_end|>")
    }

    @Test func idsStandBehindTheirTokens() {
        let rows = RecordText(record: Fixture.record(0), showsIDs: true, theme: .mono)
            .rows(width: 76).map(\.string)
        #expect(rows.first == "  <|im_start|>·1 user·4093 ⏎·198 ")
        #expect(rows[1] == "  Who·401 ␣are·402 ␣you?·403 <|im_end|>·2 ⏎·198 ")
    }

    @Test func chineseRecordsWrapInsideTheirPane() {
        var record = Fixture.record(1)
        record.pieces[3].text = String(repeating: "请问怎么修改绑定的手机号码？", count: 40)
        let width = 33
        let rows = RecordText(record: record, showsIDs: false, theme: .mono).rows(width: width)
        #expect(rows.count > 30)
        #expect(rows.allSatisfy { $0.width <= width })
    }

    @Test func aLongRecordScrollsAndStops() {
        let robot = Self.opened { effect in
            guard case .dataset(.viewRecord(let plan, let index)) = effect else {
                return Fixture.world(effect)
            }
            var record = Fixture.record(index)
            record.pieces[3].text = String(repeating: "line\n", count: 50)
            return [.dataset(.record(plan, index: index, .success(record)))]
        }
        robot.press("Tab", "G")
        #expect(robot.sees("I am Benchly."))
        let bottom = robot.state.dataset.scroll
        robot.press("j")
        #expect(robot.state.dataset.scroll == bottom)
        robot.press("g")
        #expect(robot.state.dataset.scroll == 0)
        robot.press("k")
        #expect(robot.state.dataset.scroll == 0)
    }

    // MARK: - Folder

    @Test func anotherFolderIsListed() {
        let robot = Self.opened()
        robot.press("e", "^U").type("/data/中文").press("Enter")
        #expect(robot.state.plan.data.folder == "/data/中文")
        #expect(robot.effects.contains(.dataset(.listDatasets(folder: "/data/中文"))))
        robot.press("e", "^U").type("half").press("Esc")
        #expect(robot.state.dataset.folder.text == "/data/中文")
    }

    @Test func aFileIsAddedAsASet() {
        let robot = Self.opened()
        robot.press("e", "^U").type("my/notes.jsonl").press("Enter")
        #expect(robot.sees("Add notes.jsonl") && robot.sees("120 records"))
        robot.press("f")
        #expect(robot.state.plan.data.names == ["identity", "my/notes.jsonl"])
        #expect(robot.state.plan.data.folder == "sample-data")
        #expect(robot.sees("[x] my/notes.jsonl"))
    }

    @Test func aNameThatIsNotInTheFolderIsMarkedSo() {
        var plan = Fixture.readyPlan
        plan.data.names = ["identity", "typo"]
        let robot = AppRobot(AppState(plan: plan))
        robot.press("2")
        #expect(robot.sees("not in sample-data"))
    }

    @Test func aFolderThatFailsSaysWhy() {
        var plan = Fixture.readyPlan
        plan.data.names = []
        let robot = AppRobot(AppState(plan: plan)) { effect in
            guard case .dataset(.listDatasets(let folder)) = effect else {
                return Fixture.world(effect)
            }
            let error = KernelError(.missingInput, "there is no folder", at: folder)
            return [.dataset(.datasetsListed(folder: folder, .failure(error)))]
        }
        robot.press("2")
        #expect(robot.sees("there is no folder"))
    }
}
