// Findings that lead to their records, mixtures that go into the plan, files that become named sets, and
// data that change while they are looked at.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct DatasetOverlayTests {
    private static func opened(
        _ world: @escaping (Effect) -> [AppMessage] = Fixture.world
    ) -> AppRobot {
        AppRobot(AppState(plan: Fixture.readyPlan), size: Size(120, 40), world: world).press("2")
    }

    // MARK: - Findings

    @Test func aFindingLeadsToItsRecord() {
        let robot = Self.opened()
        robot.press("p")
        #expect(robot.sees("left out") && robot.sees("must end with an answer"))
        #expect(robot.sees("like 对话.jsonl:1"))
        robot.press("↓", "Enter")
        #expect(robot.state.dataset.overlay == nil)
        #expect(robot.effects.last == .dataset(.viewRecord(Fixture.readyPlan, index: 1)))
        #expect(robot.sees("Record 2 of 3"))
    }

    @Test func findingsOfOneKindAndThoseWithoutARecord() {
        let robot = Self.opened()
        robot.press("p", "Tab")
        #expect(robot.sees("must end") && !robot.sees("like 对话"))
        robot.press("Tab", "Tab")
        #expect(!robot.sees("must end") && robot.sees("like 对话"))
        let count = robot.effects.count {
            if case .dataset(.viewRecord) = $0 { true } else { false }
        }
        robot.press("Enter")
        #expect(robot.sees("it is in no marked set"))
        #expect(
            robot.effects.count { if case .dataset(.viewRecord) = $0 { true } else { false } }
                == count)
        robot.press("Tab")
        #expect(robot.sees("3 listed"))
    }

    @Test func withoutFindingsThereIsNoList() {
        let robot = Self.opened { effect in
            guard case .dataset(.inspectData(let plan)) = effect else {
                return Fixture.world(effect)
            }
            return [.dataset(.dataInspected(plan, .success(DataReport(records: 1))))]
        }
        robot.press("p")
        #expect(robot.state.dataset.overlay == nil && robot.sees("nothing to list"))
    }

    /// A record that cannot be shown does not stop the way to the next one.
    @Test func theWayGoesOnPastABrokenRecord() {
        let robot = Self.opened { effect in
            guard case .dataset(.viewRecord(let plan, 1)) = effect else {
                return Fixture.world(effect)
            }
            return [
                .dataset(.record(plan, index: 1, .failure(KernelError(.badData, "broken record"))))
            ]
        }
        robot.press("→")
        #expect(robot.sees("broken record"))
        robot.press("→")
        #expect(robot.sees("Record 3 of 3"))
    }

    @Test func aBrokenFirstRecordIsNoDeadEnd() {
        let robot = Self.opened { effect in
            switch effect {
            case .dataset(.viewRecord(let plan, 0)):
                return [
                    .dataset(
                        .record(plan, index: 0, .failure(KernelError(.badData, "broken record"))))
                ]
            case .dataset(.inspectData(let plan)):
                var report = Fixture.report
                report.inFiles = 3
                return [.dataset(.dataInspected(plan, .success(report)))]
            default: return Fixture.world(effect)
            }
        }
        #expect(robot.sees("broken record"))
        robot.press("→")
        #expect(robot.sees("Record 2 of 3"))
    }

    // MARK: - Mixtures

    @Test func weightsGoIntoThePlanAndFollowTheMarks() {
        let robot = Self.opened()
        robot.press("m")
        #expect(robot.sees("mark two data sets"))
        robot.press("↓", "Space", "m")
        #expect(robot.sees("one after the other"))
        robot.press("→", "↓", "Enter", "^U").type("3").press("Enter")
        #expect(robot.sees("75 %") && robot.sees("25 %"))
        robot.press("w")
        #expect(robot.state.plan.data.mixing == .interleaveUnder)
        #expect(robot.state.plan.data.probabilities == [3, 1])
        #expect(robot.sees("×75 %"))
        robot.press("Home", "Space")
        #expect(robot.state.plan.data.probabilities == [1])
        robot.press("Space")
        #expect(robot.state.plan.data.names == ["对话", "identity"])
        #expect(robot.state.plan.data.probabilities == [1, 1])
        #expect(!robot.state.plan.issues().contains { $0.field == "interleave_probs" })
    }

    @Test func equalWeightsTakeTurnsAndAllZeroIsRefused() {
        var data = TrainingPlan.DataSources()
        data.names = ["a", "b"]
        data.mixing = .interleaveOver
        var mixture = MixtureForm(data)
        mixture.weights = [2, 2]
        mixture.written(to: &data)
        #expect(data.probabilities.isEmpty)
        mixture.weights = [0, 0]
        #expect(mixture.problem != nil)
        mixture.mixing = .concatenate
        mixture.weights = [1, 2]
        mixture.written(to: &data)
        #expect(data.probabilities.isEmpty && data.mixing == .concatenate)
    }

    // MARK: - Adding

    @Test func aFileBecomesANamedSet() throws {
        let robot = Self.opened()
        robot.press("e", "^U").type("identity.jsonl").press("Enter")
        guard case .adding(let form) = robot.state.dataset.overlay else {
            Issue.record("no form")
            return
        }
        #expect(form.name == "identity-2", "a name that is taken is not proposed")
        #expect(form.style.columns.prompt == "question")
        #expect(form.style.columns.response == "answer" && form.style.columns.query == nil)
        robot.press("↓", "↓", "←")
        robot.press("w")
        guard
            case .dataset(.writeDataset(let definition))? = robot.effects.first(where: {
                if case .dataset(.writeDataset) = $0 { true } else { false }
            })
        else {
            Issue.record("nothing was written")
            return
        }
        #expect(definition.style.columns.prompt == "问题")
        #expect(robot.state.plan.data.names == ["identity", "identity-2"])
        #expect(robot.state.dataset.overlay == nil)
        #expect(robot.effects.count { $0 == .dataset(.listDatasets(folder: "sample-data")) } == 2)
    }

    @Test func whatIsWrongWithAnEntryStopsIt() {
        let robot = Self.opened()
        robot.press("e", "^U").type("x.json").press("Enter")
        robot.press("Enter", "^U").type("identity").press("Enter")
        #expect(robot.sees("the list has this name already"))
        robot.press("w")
        #expect(robot.state.dataset.overlay != nil)
        robot.press("^C")
        #expect(robot.state.dataset.overlay == nil && robot.state.plan.data.names == ["identity"])
    }

    @Test func anEntryOfAnotherFolderChangesTheFolder() {
        let robot = Self.opened { effect in
            guard case .dataset(.proposeDataset(let path, _)) = effect else {
                return Fixture.world(effect)
            }
            return [
                .dataset(
                    .datasetProposed(path: path, .success(Fixture.proposal(path, "/elsewhere"))))
            ]
        }
        robot.press("e", "^U").type("x.json").press("Enter", "w")
        #expect(robot.state.plan.data.folder == "/elsewhere")
        #expect(robot.state.plan.data.names == ["x"])
    }

    @Test func aFileThatCannotBeReadKeepsTheField() {
        let robot = Self.opened { effect in
            guard case .dataset(.proposeDataset(let path, _)) = effect else {
                return Fixture.world(effect)
            }
            return [
                .dataset(
                    .datasetProposed(path: path, .failure(KernelError(.badData, "it is a ZIP"))))
            ]
        }
        robot.press("e", "^U").type("x.json").press("Enter")
        #expect(robot.sees("it is a ZIP") && robot.state.isTyping)
        #expect(robot.state.plan == Fixture.readyPlan)
    }

    // MARK: - Searching, watching, stopping

    @Test func setsAreFoundAndFiltered() {
        let robot = Self.opened()
        robot.press("/").type("ident")
        #expect(robot.sees("[x] identity") && !robot.sees("[ ] missing"))
        robot.press("Enter", "Space")
        #expect(robot.state.plan.data.names.isEmpty)
        robot.press("Esc", "f", "f")
        #expect(robot.sees("usable only") && !robot.sees("[ ] missing"))
        robot.press("f")
        #expect(robot.sees("[ ] missing") && !robot.sees("[ ] identity"))
    }

    @Test func changedDataAreReadAgainAtTheSameRecord() {
        let robot = Self.opened()
        robot.press("→", "→")
        let before = robot.effects.count
        robot.send(.message(.dataset(.dataChanged)))
        let asked = robot.effects.dropFirst(before)
        #expect(asked.contains(.dataset(.listDatasets(folder: "sample-data"))))
        #expect(asked.contains(.dataset(.inspectData(Fixture.readyPlan))))
        #expect(asked.contains(.dataset(.viewRecord(Fixture.readyPlan, index: 2))))
        // The list may name other files now.
        let watched = DatasetTab.WatchedData(folder: "sample-data", names: ["identity"])
        #expect(asked.contains(.dataset(.watchData(watched))))
        #expect(robot.sees("Record 3 of 3") && robot.sees("the data changed"))
    }

    @Test func dataThatChangeUnseenAreReadWhenTheyAreLookedAt() {
        let robot = Self.opened()
        robot.press("1")
        let before = robot.effects.count
        robot.send(.message(.dataset(.dataChanged)))
        // Only whether they are there is looked at.
        let asked = robot.effects.dropFirst(before)
        #expect(
            asked.allSatisfy { if case .lookAtStart = $0 { true } else { false } })
        robot.press("2")
        #expect(robot.effects.dropFirst(before).contains(.dataset(.inspectData(Fixture.readyPlan))))
    }

    @Test func aLongReportTellsHowFarItIsAndStops() {
        let robot = Self.opened { effect in
            if case .dataset(.inspectData) = effect { return [] }
            return Fixture.world(effect)
        }
        let fraction = DatasetTab.LoadFraction(isEncoding: true, done: 500, total: 2000)
        robot.send(.message(.dataset(.dataProgress(Fixture.readyPlan, fraction))))
        #expect(robot.sees("Encoding 500 of 2 000 records"))
        robot.press("x")
        #expect(robot.effects.contains(.dataset(.cancelInspection)))
        #expect(robot.sees("was stopped"))
        robot.press("r")
        #expect(robot.state.dataset.report == .waiting)
    }
}
