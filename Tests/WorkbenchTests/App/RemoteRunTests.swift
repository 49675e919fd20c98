// A run of another process as a person meets it: shown live, steered, left alone, lost and found; and that
// nothing of it is taken for a run of this process.

import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct RemoteRunTests {
    private static let folder = "/runs/客服-03"

    private static func summary(first: Int = 0) -> RunSummary {
        var summary = TrainSamples.summary
        (summary.folder, summary.firstStep) = (folder, first)
        return summary
    }

    /// What its folder and process say after so many steps, logged each tenth.
    private static func run(
        steps: Int, process: Int32 = 4711, more: [TrainingEvent] = []
    ) -> RemoteRun {
        var curve = RunCurve()
        for step in stride(from: 10, through: steps, by: 10) {
            curve.steps.append(TrainSamples.record(step))
            guard step % 100 == 0 else { continue }
            curve.evaluations.append(
                EvaluationRecord(
                    step: step, epoch: 1, loss: TrainSamples.loss(step) + 0.05, tokens: 0,
                    seconds: 0))
        }
        return RemoteRun(
            folder: folder, process: process, plan: TrainSamples.plan, curve: curve,
            events: [.prepared(summary()), .stepFinished(TrainSamples.record(steps))] + more)
    }

    /// An interface that was opened with the run.
    private static func attached(
        size: Size = Size(80, 24), language: Language = .english, joins: Bool = true
    ) -> AppRobot {
        var state = AppState(plan: Fixture.readyPlan)
        (state.language, state.terminalLanguage) = (language, language)
        state.opensWithRun = folder
        let robot = AppRobot(state, size: size)
        if joins { robot.send(.message(.train(.remote(1, .joined(run(steps: 333)))))) }
        return robot
    }

    private func tell(_ robot: AppRobot, _ event: TrainingEvent) {
        robot.send(.message(.train(.remote(robot.state.attachments, .told(event)))))
    }

    private static let gone = KernelError(
        .unavailable, "the process of the run has died", at: folder,
        hint: "R in Runs (7) goes on with it.")

    @Test func runIsShownLiveAndSteered() {
        let robot = Self.attached(joins: false)
        #expect(robot.effects.contains(.train(.attachRun(folder: Self.folder, number: 1))))
        #expect(robot.state.tab == .train && robot.sees("Connecting to the run"))
        robot.press("p")
        #expect(robot.sees("the run is not connected"))
        robot.send(.message(.train(.remote(1, .joined(Self.run(steps: 333))))))
        #expect(robot.sees("attached · process 4711") && robot.sees("333/600"))
        #expect(robot.state.train.curves.records.count == 34)
        #expect(robot.state.train.curves.evaluations.count == 3)
        // A step that the log told already counts once.
        tell(robot, .stepFinished(TrainSamples.record(330)))
        tell(robot, .stepFinished(TrainSamples.record(334)))
        #expect(robot.state.train.curves.records.count == 35 && robot.sees("334/600"))
        robot.press("p")
        #expect(robot.effects.last == .train(.controlRun(.pause)))
        tell(robot, .paused(step: 334))
        #expect(robot.sees("paused after step 334"))
        robot.press("p", "s")
        #expect(
            robot.effects.suffix(2) == [
                .train(.controlRun(.resume)), .train(.controlRun(.saveNow)),
            ])
        robot.press("r").type("x0.5").press("Enter")
        #expect(robot.effects.last == .train(.controlRun(.changeRate(.factor(0.5)))))
        robot.press("X")
        #expect(robot.sees("It trains in process 4711, which ends with it."))
        robot.press("s")
        #expect(robot.effects.last == .train(.controlRun(.stop)))
        tell(
            robot,
            .finished(
                RunResult(
                    ending: .stopped, steps: 334, meanLoss: 2, elapsedSeconds: 9, tokensSeen: 7,
                    folder: Self.folder)))
        #expect(robot.sees("✓ stopped") && robot.sees("was process 4711"))
        // Its result can be talked to, as that of any run.
        #expect(robot.state.adapterPath == Self.folder)
    }

    @Test func leavingAsksForNothingAndStopsNothing() {
        let robot = Self.attached()
        robot.press("q")
        #expect(robot.sees("The run belongs to another process"))
        #expect(robot.sees("It goes on in process 4711 without this screen."))
        robot.press("Enter")
        let note =
            "客服-03 goes on in process 4711, in /runs/客服-03\n"
            + "Back to it: workbench attach /runs/客服-03"
        #expect(robot.effects.suffix(2) == [.train(.leaveRun), .detach(note: note)])
        // Without a screen nothing keeps the session.
        robot.send(.hidden)
        #expect(robot.state.isFinished && robot.effects.last == .quit)
        #expect(
            !robot.effects.contains { if case .train(.controlRun) = $0 { true } else { false } })

        let other = Self.attached()
        tell(other, .paused(step: 333))
        other.press("d")
        guard case .detach(let note)? = other.effects.last else {
            Issue.record("not left")
            return
        }
        #expect(note.contains("stays paused in process 4711"))
    }

    @Test func endOfTheSessionLeavesTheRunAlone() {
        for event: Event<AppMessage> in [.closing(.terminate), .hidden] {
            let robot = Self.attached()
            robot.send(event)
            #expect(robot.state.isFinished)
            #expect(!robot.effects.contains(.train(.controlRun(.stop))))
        }
    }

    @Test func weightsOfTheOtherProcessAreNotOffered() {
        let robot = Self.attached()
        #expect(!robot.state.hasWeights && !robot.state.isBusy && robot.state.ownFolder == nil)
    }

    @Test func lostLineIsToldAndJoinedAgain() {
        let robot = Self.attached()
        robot.press("s")
        robot.send(.message(.train(.remote(1, .interrupted))))
        #expect(robot.sees("reconnecting") && robot.sees("is lost; it is tried again"))
        robot.press("p")
        #expect(robot.sees("the run is not connected"))
        #expect(!robot.state.train.awaitsCheckpoint)
        robot.send(.message(.train(.remote(1, .joined(Self.run(steps: 360))))))
        // What was measured in between comes from the log, what was there stays.
        let steps = robot.state.train.curves.records.map(\.step)
        #expect(steps.suffix(5) == [330, 333, 340, 350, 360])
        #expect(robot.state.train.curves.evaluations.count == 3)
        robot.press("p")
        #expect(robot.effects.last == .train(.controlRun(.pause)))
        robot.send(.message(.train(.remote(1, .refused("the run is stopping")))))
        #expect(robot.state.run.phase == .running && robot.sees("the run did not take it"))
    }

    @Test func anotherProcessThatGoesOnBeginsAnew() {
        let robot = Self.attached()
        robot.send(.message(.train(.remote(1, .interrupted))))
        var next = Self.run(steps: 300, process: 5000)
        next.events[0] = .prepared(Self.summary(first: 300))
        robot.send(.message(.train(.remote(1, .joined(next)))))
        #expect(robot.sees("attached · process 5000"))
        #expect(robot.state.train.curves.last?.step == 300)
        #expect(robot.state.train.curves.breaks == [300] && robot.state.train.savedStep == 300)
    }

    @Test func deathIsSaidAndTheRunGoesOnFromTheList() {
        let robot = Self.attached()
        robot.send(.message(.train(.remote(1, .lost(Self.gone)))))
        #expect(robot.sees("the process of the run has died"))
        #expect(robot.sees("R in Runs (7) goes on with it.") && robot.sees("was process 4711"))
        tell(robot, .stepFinished(TrainSamples.record(400)))
        #expect(robot.state.train.curves.last?.step == 333)
        robot.press("7", "R")
        #expect(robot.effects.contains { if case .train(.startRun) = $0 { true } else { false } })
        #expect(robot.state.train.attachment == nil && robot.state.run.trainsHere)
        // What the lost run still says is not this one's.
        robot.send(.message(.train(.remote(1, .told(.paused(step: 1))))))
        #expect(robot.state.run.phase != .paused)
    }

    @Test func ownRunTakesThePlaceAfterAQuestion() {
        let robot = Self.attached()
        robot.press("S")
        #expect(robot.sees("trains in another process"))
        robot.press("n")
        #expect(robot.state.run.isForeign)
        robot.press("S", "y")
        #expect(
            robot.state.run.trainsHere
                && robot.effects.contains(.train(.startRun(Fixture.readyPlan))))
        #expect(!robot.sees("attached"))
        robot.press("q")
        #expect(robot.sees("A run is training"))
    }

    @Test func runIsLeftWithoutLeavingTheProgram() {
        let robot = Self.attached()
        robot.press("u")
        #expect(robot.effects.last == .train(.leaveRun))
        #expect(robot.state.run.phase == .idle && !robot.state.run.isForeign)
        robot.send(.message(.train(.remote(1, .told(.paused(step: 1))))))
        #expect(robot.state.run.phase == .idle)
    }

    // MARK: - From the list

    private static func listed(_ state: RunState, own: Bool = false) throws -> AppRobot {
        var listing = try RunSamples.listing.get()
        for index in listing.runs.indices {
            listing.runs[index].record.state = state
            listing.runs[index].record.process = 4711
        }
        let known = listing
        let robot = AppRobot(
            AppState(plan: Fixture.readyPlan), size: Size(120, 40),
            world: { effect in
                if case .runs(.listRuns) = effect { return [.runs(.runsListed(known))] }
                return Fixture.world(effect)
            })
        if own {
            robot.press("S")
            robot.send(.message(.train(.training(.prepared(AppRoutingTests.summary)))))
        }
        robot.press("7")
        return robot
    }

    @Test func runOfTheListIsShownLive() throws {
        let robot = try Self.listed(.training)
        let folder = try #require(RunsTab.selected(robot.state.runs)?.folder)
        robot.press("a")
        #expect(robot.effects.last == .train(.attachRun(folder: folder, number: 1)))
        #expect(robot.state.tab == .train)
        // A second one takes its place, and the messages of the first are stale.
        robot.press("7", "↓", "a")
        #expect(robot.state.attachments == 2)
        robot.send(.message(.train(.remote(1, .joined(Self.run(steps: 20))))))
        #expect(robot.state.train.summary == nil)
    }

    @Test func onlyLiveRunsAreShownAndNoneBesideAnOwn() throws {
        let dead = try Self.listed(.lost)
        dead.press("a")
        #expect(dead.sees("no process works on it"))
        let busy = try Self.listed(.training, own: true)
        busy.press("a")
        #expect(busy.sees("a run is training here already"))
        #expect(busy.state.train.attachment == nil)
    }

    // MARK: - Language

    @Test func terminalOfAnotherLocaleBringsItsLanguage() {
        let robot = Self.attached()
        robot.send(.message(.terminalSpeaks(.english, isAsked: false)))
        #expect(robot.state.language == .english)
        robot.send(.message(.terminalSpeaks(.chinese, isAsked: false)))
        #expect(robot.state.language == .chinese && robot.sees("已连接 · 进程 4711"))
        // Chosen by hand, it stays for terminals of the same locale.
        robot.press("F3")
        robot.send(.message(.terminalSpeaks(.chinese, isAsked: false)))
        #expect(robot.state.language == .english)
        robot.send(.message(.terminalSpeaks(.chinese, isAsked: true)))
        #expect(robot.state.language == .chinese)
    }

    // MARK: - Pictures

    @Test(arguments: AppSnapshotTests.sizes, Language.allCases)
    func attachedRun(size: Size, language: Language) {
        let robot = Self.attached(size: size, language: language)
        robot.send(.message(.train(.remote(1, .interrupted))))
        robot.send(.message(.train(.remote(1, .joined(Self.run(steps: 340))))))
        #expect(Picture.fault(robot.frame, "attached", language) == nil)
    }

    @Test(arguments: AppSnapshotTests.sizes, Language.allCases)
    func leavingAnAttachedRun(size: Size, language: Language) {
        let robot = Self.attached(size: size, language: language)
        robot.press("q")
        #expect(Picture.fault(robot.frame, "attached-leaving", language) == nil)
    }

    @Test(arguments: AppSnapshotTests.sizes, Language.allCases)
    func deathOfAnAttachedRun(size: Size, language: Language) {
        let robot = Self.attached(size: size, language: language)
        robot.send(.message(.train(.remote(1, .lost(Self.gone)))))
        #expect(Picture.fault(robot.frame, "attached-died", language) == nil)
    }
}
