// What stands between S or Q and a run, as a person meets it: folders that hold something, things that are not
// there, a disk without room. A run that is there is never written into unasked.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct StartingTests {
    /// Folders with what they hold, as far as they are there.
    private final class Disk: Sendable {
        let folders: [String: StartFacts.Content]
        let missing: [PlanIssue]
        let lacks: Int?

        init(
            _ folders: [String: StartFacts.Content] = [:], missing: [PlanIssue] = [],
            lacks: Int? = nil
        ) {
            (self.folders, self.missing, self.lacks) = (folders, missing, lacks)
        }

        func world(_ effect: Effect) -> [AppMessage] {
            guard case .lookAtStart(let question) = effect else { return Fixture.world(effect) }
            var facts = StartFacts()
            let folder = question.plan.output.folder
            facts.content = folders[folder] ?? .nothing
            facts.freeFolder = AppUpdate.freeFolder(after: folder) { next in
                folders[next] != nil || question.taken.contains { PathText.isSame($0, next) }
            }
            (facts.faults, facts.missingBytes, facts.neededBytes) = (missing, lacks, 3 << 20)
            return [.startSeen(question, facts)]
        }
    }

    private static let ended = StartFacts.Content.run(name: "sft-03", state: .done)

    private static func result(_ folder: String) -> TrainingEvent {
        .finished(
            RunResult(
                ending: .completed, steps: 9, meanLoss: 1, elapsedSeconds: 2, tokensSeen: 9,
                folder: folder))
    }

    private static func began(_ folder: String) -> TrainingEvent {
        .prepared(
            RunSummary(
                modelName: "tiny", family: "llama", parameters: 9, trainableParameters: 3,
                template: "chatml", examples: 9, evaluationExamples: 0, totalSteps: 9,
                firstStep: 0, folder: folder))
    }

    private static let refusal = KernelError(
        .configuration, "cannot resume exactly from this checkpoint", at: "runs/sft-03",
        because: "changed since it was written: settings")

    private func robot(
        _ disk: Disk, isChosen: Bool = false, overwrites: Bool = false,
        _ size: Size = Size(100, 30)
    ) -> AppRobot {
        var plan = Fixture.readyPlan
        plan.output.overwrites = overwrites
        var state = AppState(plan: plan)
        if isChosen { state.chosenFolder = plan.output.folder }
        return AppRobot(state, size: size, world: disk.world)
    }

    private func started(_ robot: AppRobot) -> [TrainingPlan] {
        robot.effects.compactMap { if case .train(.startRun(let plan)) = $0 { plan } else { nil } }
    }

    // MARK: - Folders

    @Test(arguments: [false, true])
    func aTypedFolderThatHoldsARunIsAskedAbout(overwrites: Bool) throws {
        let disk = Disk(["runs/sft-03": Self.ended, "runs/sft-04": Self.ended])
        let robot = robot(disk, overwrites: overwrites)
        #expect(robot.sees("runs/sft-03 is taken: S or F5 asks what to do") && !robot.sees("Ready"))
        robot.press("S")
        #expect(started(robot).isEmpty)
        #expect(robot.sees("runs/sft-03 holds a run: sft-03, done."))
        robot.press("n")
        #expect(started(robot).isEmpty && robot.state.plan.output.folder == "runs/sft-03")
        robot.press("S", "Enter")
        let beside = try #require(started(robot).last)
        // Enter does no harm: the next folder that holds nothing.
        #expect(beside.output.folder == "runs/sft-05" && !beside.output.overwrites)
    }

    @Test func startingOverAndGoingOnAreWordsOfTheirOwn() throws {
        for (key, overwrites) in [("o", true), ("g", false)] {
            let robot = robot(Disk(["runs/sft-03": Self.ended]))
            robot.press("S", key)
            let plan = try #require(started(robot).last, "\(key)")
            #expect(plan.output.folder == "runs/sft-03", "\(key)")
            #expect(plan.output.overwrites == overwrites, "\(key)")
            // The plan itself says nothing of it: the next start asks again.
            #expect(!robot.state.plan.output.overwrites)
        }
    }

    @Test func aFolderWithOtherFilesIsAskedAboutAndALiveRunIsLeftAlone() {
        let files = robot(Disk(["runs/sft-03": .files(["config.json", "notes.txt"])]))
        files.press("S")
        #expect(files.sees("runs/sft-03 holds other files: config.json, notes.txt."))
        let live = robot(Disk(["runs/sft-03": .run(name: "other", state: .training)]))
        live.press("S")
        #expect(live.sees("holds a run: other, training."))
        #expect(!live.sees("start over") && !live.sees("go on with"))
        #expect(started(files).isEmpty && started(live).isEmpty)
    }

    @Test func aFileThatOverwritesLosesNoRunOfASweep() throws {
        let robot = robot(Disk(), overwrites: true)
        robot.press("Q")
        // Into a folder that holds nothing it goes, without the word that deletes.
        #expect(started(robot).map(\.output.overwrites) == [false])
        robot.send(.message(.train(.training(Self.began("runs/sft-03")))))
        robot.send(.message(.train(.training(Self.result("runs/sft-03")))))
        let full = self.robot(Disk(["runs/sft-03": Self.ended]), overwrites: true)
        full.press("Q")
        #expect(full.sees("The folder is taken") && full.sees("queue it into runs/sft-04"))
        full.press("y")
        #expect(started(full).map(\.output.folder) == ["runs/sft-04"])
    }

    @Test func anEndedRunIsFollowedByTheNextFolder() throws {
        let robot = robot(Disk(["runs/sft-03": Self.ended]), isChosen: true)
        #expect(robot.state.plan.output.folder == "runs/sft-04")
        #expect(robot.sees("Ready: press S or F5 to start sft-04 · LoRA r8 · identity"))
        robot.press("S")
        #expect(started(robot).map(\.output.folder) == ["runs/sft-04"])
        #expect(!robot.sees("The folder is taken"))
    }

    @Test func anotherFolderLeavesTheEditsToBeTakenBack() {
        let disk = Disk(["runs/sft-03": Self.ended])
        let robot = robot(disk, isChosen: true)
        robot.press("3", "/").type("lora_rank").press("Enter", "Enter", "^U").type("32")
        robot.press("Enter")
        #expect(robot.state.plan.tuning.lora.rank == 32)
        ParamsTab.moveFolderForTests(robot)
        robot.press("Esc", "u")
        #expect(robot.state.plan.tuning.lora.rank == 8)
    }

    // MARK: - Refused starts

    @Test func aRefusedStartLeavesTheEndedRunAsItWas() {
        let robot = robot(Disk(["runs/sft-03": .nothing]))
        robot.press("S")
        robot.send(.message(.train(.training(Self.began("runs/sft-03")))))
        for step in 1...9 {
            robot.send(
                .message(.train(.training(.stepFinished(TrainSamples.record(step, total: 9))))))
        }
        robot.send(.message(.train(.training(Self.result("runs/sft-03")))))
        let before = robot.state.train
        #expect(robot.sees("✓ sft-03 done"))
        robot.press("S")
        robot.send(.message(.train(.training(.failed(Self.refusal)))))
        let after = robot.state.train
        #expect(after.phase == before.phase && after.curves == before.curves)
        #expect(after.summary == before.summary && after.ended.isEmpty)
        #expect(robot.sees("✓ sft-03 done") && robot.sees("sft-03 could not begin"))
        #expect(robot.sees("cannot resume exactly from this checkpoint"))
        robot.press("1")
        #expect(!robot.sees("Ready"))
        #expect(robot.sees("sft-03 failed: cannot resume exactly"))
        // Another plan may be tried.
        robot.press("3", "/").type("lora_rank").press("Enter", "Enter", "^U").type("32")
        robot.press("Enter")
        #expect(robot.sees("Ready"))
    }

    @Test func aFirstRunThatFailsIsShownAsFailed() {
        let robot = robot(Disk())
        robot.press("S")
        robot.send(.message(.train(.training(.failed(Self.refusal)))))
        #expect(robot.state.train.phase == .failed(Self.refusal))
        #expect(robot.sees("! sft-03 failed"))
    }

    // MARK: - Readiness

    @Test(arguments: [
        ("model_name_or_path", "Next: another model (1)"), ("dataset", "Next: other data (2)"),
        ("eval_dataset", "Next: eval_dataset in Params (3)"),
    ])
    func whatIsNotThereIsSaidInsteadOfReady(field: String, words: String) {
        let robot = robot(
            Disk(missing: [PlanIssue(field: field, message: "there is nothing at /nowhere")]))
        #expect(robot.sees("\(words): there is nothing at /nowhere") && !robot.sees("Ready"))
        robot.press("S")
        #expect(started(robot).isEmpty && robot.sees("The run cannot start yet"))
    }

    @Test func dataThatCannotBeReadAreNotReady() {
        for report in [
            Result<DataReport, KernelError>.success(DataReport(records: 0)),
            .failure(KernelError(.badData, "no usable record is left")),
        ] {
            let robot = AppRobot(AppState(plan: Fixture.readyPlan)) { effect in
                if case .dataset(.inspectData(let plan)) = effect {
                    return [.dataset(.dataInspected(plan, report))]
                }
                return Fixture.world(effect)
            }
            robot.press("2")
            #expect(robot.sees("Next: other data (2)") && !robot.sees("Ready"))
        }
    }

    @Test func theDiskIsLookedAtBeforeTheRun() {
        let robot = robot(Disk(lacks: 2 << 20))
        #expect(
            robot.sees("The disk lacks \(NumberText.bytes(2 << 20)) for this run")
                && !robot.sees("Ready"))
        robot.press("S")
        #expect(robot.sees("Disk: checkpoints and result need \(NumberText.bytes(3 << 20))"))
        robot.press("Enter")
        #expect(started(robot).isEmpty)
        robot.press("S", "y")
        #expect(started(robot).count == 1)
    }
}

extension ParamsTab {
    /// What happens to the edits when the program exchanges the plan's folder.
    fileprivate static func moveFolderForTests(_ robot: AppRobot) {
        let question = StartQuestion(purpose: .readiness, plan: robot.state.plan)
        var facts = StartFacts(freeFolder: "runs/sft-09")
        facts.content = .run(name: "x", state: .done)
        robot.send(.message(.startSeen(question, facts)))
        #expect(robot.state.plan.output.folder == "runs/sft-09")
    }
}
