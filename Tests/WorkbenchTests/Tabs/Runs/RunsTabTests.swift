// The list of runs: order, filter, marks and curves, differences, notes, trash, and what goes on in
// other tabs because of it.

import Foundation
import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct RunsTabTests {
    private let listing: RunListing

    init() throws { listing = try RunSamples.listing.get() }

    private func world(_ effect: Workbench.Effect) -> [AppMessage] {
        switch effect {
        case .runs(.discardRun(let folder)):
            [.runs(.runDiscarded(folder: folder, .success("/runs/.trash/x")))]
        case .runs(.restoreRun(_, let folder)): [.runs(.runRestored(folder: folder, nil))]
        case .runs(.saveNotes(_, let folder)): [.runs(.notesSaved(folder: folder, nil))]
        default: Fixture.world(effect)
        }
    }

    private func robot(
        _ size: Size = Size(120, 40), _ language: Language = .english,
        answering: ((Effect) -> [AppMessage]?)? = nil
    ) -> AppRobot {
        var state = AppState(plan: Fixture.readyPlan)
        state.language = language
        let world = world
        let robot = AppRobot(state, size: size) { effect in
            answering?(effect) ?? world(effect)
        }
        robot.press("7")
        return robot
    }

    @Test func runsAreListedOrderedAndFiltered() {
        let robot = robot()
        #expect(robot.sees("3 of 3, by age") && robot.sees("lora r16") && robot.sees("300/600"))
        // The newest first: changed at 2.5, 1.5 and 0 seconds.
        #expect(RunsTab.shown(robot.state.runs).map(\.record.name) == ["sft-02", "客服-03", "oom"])
        robot.press("o", "o")
        #expect(robot.sees("by loss"))
        #expect(RunsTab.shown(robot.state.runs).map(\.record.name) == ["客服-03", "sft-02", "oom"])
        // The selected run stays selected.
        #expect(RunsTab.selected(robot.state.runs)?.record.name == "sft-02")
        robot.press("/").type("state:done lr>1e-4").press("Enter")
        #expect(robot.sees("1 of 3") && robot.sees("客服-03") && !robot.sees("sft-02"))
        robot.press("/")
        for _ in 0..<30 { robot.press("Backspace") }
        robot.type("nothing").press("Enter")
        #expect(robot.sees("No run matches the filter"))
        robot.press("R")
        #expect(robot.sees("there is no run"))
    }

    @Test func filtersUnderstandWordsTagsAndNumbers() {
        let cases: [(String, [String])] = [
            ("", ["客服-03", "sft-02", "oom"]), ("tag:prod", ["客服-03"]), ("GOOD", ["客服-03"]),
            ("memory", ["oom"]), ("loss<2", ["客服-03"]), ("eval=1.25", ["客服-03"]),
            ("lora_rank=8", ["sft-02"]), ("step>100 smollm2", ["客服-03", "sft-02"]),
            ("unknown_key>1", []), ("state:f", ["oom"]),
        ]
        for (text, names) in cases {
            let filter = RunFilter(text)
            let found = listing.runs.filter { filter.matches($0) }.map(\.record.name)
            #expect(found == names, "\(text)")
        }
    }

    @Test func markedRunsAreComparedByLetters() {
        let robot = robot()
        robot.press("Space", "↓", "Space")
        #expect(robot.sees("a━ sft-02") && robot.sees("b━ 客服-03"))
        #expect(robot.sees("learning_rate") && robot.sees("0.0002") && robot.sees("lora_rank"))
        #expect(!robot.sees("lora_dropout"))
        robot.press("e")
        #expect(robot.sees("Held-out losses") && robot.sees("a◆ sft-02"))
        robot.press("x")
        #expect(robot.sees("x: epoch"))
        // A letter stays with its run.
        robot.press("Space")
        #expect(robot.state.runs.marked.map(\.letter) == ["a"])
        robot.press("↓", "Space", "↑", "Space")
        #expect(robot.state.runs.marked.map(\.letter) == ["a", "c", "b"])
        // Narrow screens have room for one of the two.
        robot.send(.resize(Size(80, 24)))
        #expect(robot.sees("Held-out losses") && !robot.sees("Differences"))
        robot.press("d")
        #expect(!robot.sees("Held-out losses") && robot.sees("Differences"))
    }

    @Test func eightRunsAtMostAreMarked() {
        var state = RunsTab.State()
        var runs: [RunEntry] = []
        for number in 0..<10 {
            var entry = listing.runs[0]
            entry.record.folder = "/runs/\(number)"
            runs.append(entry)
        }
        _ = RunsTab.update(&state, .listed(RunListing(runs: runs, nowSeconds: 0)))
        for _ in runs {
            _ = RunsTab.update(&state, .markPressed)
            _ = RunsTab.update(&state, .key(.down))
        }
        #expect(state.marked.count == 8 && Set(state.marked.map(\.letter)).count == 8)
        let match = KeyMap(RunsTab.keys(state, isBusy: false)).match(.character(" "))
        guard case .disabled(let reason)? = match else {
            Issue.record("a ninth run can be marked")
            return
        }
        #expect(reason == "8 runs are marked already")
    }

    @Test func markedRunsLieOverTheRunThatTrains() {
        let robot = robot()
        robot.press("4", "c")
        #expect(robot.sees("there is nothing to plot yet"))
        robot.press("S")
        robot.send(.message(.train(.training(.prepared(AppRoutingTests.summary)))))
        robot.send(.message(.train(.training(.stepFinished(TrainSamples.record(1, total: 200))))))
        robot.press("c")
        #expect(robot.sees("mark other runs in Runs (7) first"))
        robot.press("7", "Space", "4", "c")
        #expect(robot.sees("a━ sft-02") && robot.sees("⣿ train"))
        // The other run is longer than the planned one: it is shown to its end.
        #expect(robot.sees("600"))
        robot.press("c")
        #expect(!robot.sees("sft-02"))
    }

    @Test func notesAndTagsAreSaved() {
        let robot = robot()
        robot.press("n").type("try rank 32").press("Enter")
        #expect(
            robot.effects.last
                == .runs(.saveNotes(RunNotes(note: "try rank 32"), folder: "/runs/sft-02")))
        #expect(robot.sees("try rank 32"))
        robot.press("t").type("cheap 中文").press("Enter")
        let notes = RunNotes(note: "try rank 32", tags: ["cheap", "中文"])
        #expect(robot.effects.last == .runs(.saveNotes(notes, folder: "/runs/sft-02")))
        #expect(robot.sees("cheap 中文"))
    }

    @Test func aRunGoesToTheTrashAndComesBack() {
        let robot = robot()
        robot.press("u")
        #expect(robot.sees("nothing was deleted"))
        robot.press("D", "Enter")
        #expect(!robot.effects.contains(.runs(.discardRun(folder: "/runs/sft-02"))))
        robot.press("D", "y")
        #expect(robot.effects.contains(.runs(.discardRun(folder: "/runs/sft-02"))))
        #expect(robot.sees("u brings it back"))
        robot.press("u")
        #expect(
            robot.effects.contains(
                .runs(.restoreRun(place: "/runs/.trash/x", folder: "/runs/sft-02"))))
        #expect(robot.state.runs.trash.isEmpty)
    }

    @Test func aRunGoesOnByItsOwnPlan() {
        let robot = robot()
        robot.press("R")
        guard
            case .train(.startRun(let plan))? = robot.effects.last(where: { $0 != .runs(.listRuns) }
            )
        else {
            Issue.record("no run was started: \(robot.effects)")
            return
        }
        #expect(plan.output.folder == "/runs/sft-02" && plan.optimizer.learningRate == 1e-4)
        #expect(robot.state.tab == .train)
        robot.press("7", "R")
        #expect(robot.sees("a run is training already"))
        robot.press("↓", "↓", "C")
        #expect(robot.sees("its folder keeps no plan"))
    }

    /// What a start asks about is asked about a run that goes on, too.
    @Test(arguments: [true, false])
    func aRunGoesOnOnceTheDiskWasLookedAt(isFull: Bool) {
        let robot = robot(answering: { effect in
            guard case .lookAtStart(let question) = effect, question.purpose == .resume else {
                return nil
            }
            var facts = StartFacts()
            if isFull {
                (facts.missingBytes, facts.neededBytes) = (1 << 20, 3 << 20)
            } else {
                facts.faults = [PlanIssue(field: "dataset", message: "it is gone")]
            }
            return [.startSeen(question, facts)]
        })
        func started() -> TrainingPlan? {
            robot.effects.compactMap {
                if case .train(.startRun(let plan)) = $0 { plan } else { nil }
            }.last
        }
        robot.press("R")
        #expect(robot.sees("Go on with the run?") && started() == nil)
        #expect(robot.sees(isFull ? "Disk: checkpoints and result need" : "dataset: it is gone"))
        robot.press("n")
        #expect(started() == nil && robot.state.tab == .runs)
        robot.press("R", "y")
        #expect(started()?.output.folder == "/runs/sft-02" && robot.state.tab == .train)
    }

    @Test func aPlanIsClonedIntoParams() {
        let robot = robot()
        robot.press("C")
        #expect(robot.state.tab == .params && robot.state.plan.tuning.lora.rank == 8)
        #expect(robot.state.plan.output.folder == "/runs/sft-03")
        let taken: Set = ["runs/a-2", "runs/a-3"]
        #expect(AppUpdate.freeFolder(after: "runs/a", taken: taken) == "runs/a-4")
        #expect(AppUpdate.freeFolder(after: "runs/a-9", taken: taken) == "runs/a-10")
        #expect(AppUpdate.freeFolder(after: "7", taken: []) == "8")
    }

    @Test func keysDoNotClash() {
        let robot = robot()
        let map = KeyMap(RunsTab.keys(robot.state.runs, isBusy: false))
        #expect(map.duplicates.isEmpty && map.indistinguishable.isEmpty)
    }

    @Test func nothingIsDoneToAnOldList() {
        let robot = AppRobot(
            AppState(plan: Fixture.readyPlan), size: Size(120, 40), world: Fixture.silence)
        robot.press("7")
        robot.send(.message(.runs(.runsListed(listing))))
        #expect(robot.effects.filter { $0 == .runs(.listRuns) }.count == 1)
        // The tab is opened anew: until the answer comes the list may be wrong.
        robot.press("1", "7")
        let effects = robot.effects
        for key in ["Space", "Enter", "n", "t", "D", "R", "C"] {
            robot.press(key)
            #expect(robot.sees("the list is being read"), "\(key)")
        }
        var state = robot.state.runs
        #expect(RunsTab.update(&state, .markPressed).isEmpty && state.marked.isEmpty)
        // Refusals go to the log; nothing else is asked for.
        let asked = robot.effects.filter { if case .keepLine = $0 { false } else { true } }
        #expect(asked == effects && !RunsTab.isModal(robot.state.runs))
        let left = RunListing(runs: [listing.runs[0]], nowSeconds: 100)
        robot.send(.message(.runs(.runsListed(left))))
        robot.press("Space")
        #expect(robot.state.runs.marked.map(\.folder) == ["/runs/客服-03"])
    }

    @Test func aQuestionIsAboutItsRunWhateverTheListBecomes() {
        let robot = robot()
        robot.press("D")
        #expect(robot.sees("Delete sft-02?"))
        let left = RunListing(runs: [listing.runs[0]], nowSeconds: 100)
        robot.send(.message(.runs(.runsListed(left))))
        robot.press("y")
        #expect(!robot.effects.contains { if case .runs(.discardRun) = $0 { true } else { false } })
    }

    @Test func aClickMarksTheSelectedRun() {
        let robot = robot()
        guard let row = (0..<40).first(where: { robot.frame.text(ofRow: $0).contains("sft-02") })
        else {
            Issue.record("the run is not listed")
            return
        }
        robot.send(.key(.mouse(Mouse(.press, at: Point(10, row + 1)))))
        #expect(RunsTab.selected(robot.state.runs)?.record.name == "客服-03")
        robot.send(.key(.mouse(Mouse(.press, at: Point(10, row + 1)))))
        #expect(robot.state.runs.marked.map(\.folder) == ["/runs/客服-03"])
    }

    @Test func statesAreFoundByTheirNamesInBothLanguages() {
        Language.chinese.speaking {
            for text in ["state:done", "state:完成", "完成"] {
                let filter = RunFilter(text)
                let found = listing.runs.filter { filter.matches($0) }.map(\.record.name)
                #expect(found == ["客服-03"], "\(text)")
            }
        }
    }

    @Test(arguments: AppSnapshotTests.sizes, Language.allCases)
    func snapshots(size: Size, language: Language) {
        let robot = robot(size, language)
        #expect(Picture.fault(robot.frame, "runs", language) == nil)
        robot.press("Space", "↓", "Space")
        #expect(Picture.fault(robot.frame, "runs-marked", language) == nil)
        robot.press("d")
        #expect(Picture.fault(robot.frame, "runs-differences", language) == nil)
        robot.press("/").type("state:")
        #expect(Picture.fault(robot.frame, "runs-filter", language) == nil)
    }
}
