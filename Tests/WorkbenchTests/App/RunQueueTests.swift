// The queue of runs as a person meets it: plans are added while one trains, change places, begin by
// themselves, and are asked about before they are lost.

import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct RunQueueTests {
    private static func plan(_ folder: String) -> TrainingPlan {
        var plan = Fixture.readyPlan
        plan.output.folder = folder
        return plan
    }

    private static func finished(_ folder: String, _ ending: RunResult.Ending = .completed)
        -> Event<AppMessage>
    {
        .message(
            .train(
                .training(
                    .finished(
                        RunResult(
                            ending: ending, steps: 200, meanLoss: 1, elapsedSeconds: 2,
                            tokensSeen: 9,
                            folder: folder)))))
    }

    private static let failure = KernelError(.badData, "training diverged at step 7")

    /// `runs/a` trains, the others wait.
    private static func queued(
        _ others: [String] = ["runs/b", "runs/c"], size: Size = Size(80, 24),
        language: Language = .english
    ) -> AppRobot {
        var state = AppState(plan: plan("runs/a"))
        state.language = language
        state.train.queue = others.reduce(into: RunQueue()) { $0.add(plan($1)) }
        state.train.queue.isHeld = true
        let robot = AppRobot(state, size: size)
        robot.press("S", "n", "w", "Esc")
        return robot
    }

    private func started(_ robot: AppRobot) -> [String] {
        robot.effects.compactMap {
            if case .train(.startRun(let plan)) = $0 { plan.output.folder } else { nil }
        }
    }

    private func waiting(_ robot: AppRobot) -> [String] {
        robot.state.train.queue.entries.map(\.plan.output.folder)
    }

    // MARK: - Adding

    @Test func aPlanIsQueuedBehindTheRunThatTrains() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("S", "3", "Q")
        // The run has this folder; the next free one is proposed.
        #expect(robot.sees("sft-03 writes into runs/sft-03."))
        robot.press("y")
        #expect(waiting(robot) == ["runs/sft-04"])
        #expect(robot.sees("sft-04 is number 1 of the queue"))
        #expect(robot.state.plan.output.folder == "runs/sft-04")
        // Pressed again, it is not queued twice into one folder.
        robot.press("Q", "y")
        #expect(waiting(robot) == ["runs/sft-04", "runs/sft-05"])
        robot.press("Q", "n")
        #expect(waiting(robot).count == 2)
        #expect(started(robot) == ["runs/sft-03"])
        #expect(robot.sees("+2"))
    }

    @Test func theQueueBeginsAtOnceWhenNothingTrains() {
        let robot = AppRobot(AppState(plan: Fixture.readyPlan))
        robot.press("3", "Q")
        #expect(started(robot) == ["runs/sft-03"])
        #expect(robot.state.tab == .params)
        #expect(robot.sees("sft-03 of the queue begins"))
        #expect(robot.state.train.queue.isEmpty)
    }

    @Test func whatCannotRunIsNotQueued() {
        var plan = Fixture.readyPlan
        plan.optimizer.learningRate = -1
        let robot = AppRobot(AppState(plan: plan))
        robot.press("Q")
        #expect(robot.sees("The run cannot be queued yet") && robot.sees("learning_rate"))
        robot.press("f")
        #expect(robot.state.tab == .params && robot.state.train.queue.isEmpty)
        #expect(started(robot).isEmpty)
    }

    @Test func doubtsAreAskedAndEnterAddsNothing() {
        let robot = Self.queued([])
        robot.press("1", "↓", "Enter", "Q")
        // The other model failed a check, and the folder is the run's own.
        robot.press("y")
        #expect(robot.sees("pad and eos are the same token"))
        robot.press("Enter")
        #expect(waiting(robot).isEmpty)
        robot.press("Q", "y")
        #expect(waiting(robot) == ["runs/a-2"])
    }

    // MARK: - Going on

    @Test func runsBeginOneAfterAnotherHoweverTheyEnd() {
        let robot = Self.queued(["runs/b", "runs/c", "runs/d"])
        robot.press("1")
        #expect(started(robot) == ["runs/a"])
        robot.send(Self.finished("runs/a"))
        #expect(started(robot) == ["runs/a", "runs/b"])
        // Whoever works elsewhere is told and left there.
        #expect(robot.state.tab == .model && robot.sees("a has ended; b of the queue begins"))
        robot.send(.message(.train(.training(.failed(Self.failure)))))
        #expect(started(robot) == ["runs/a", "runs/b", "runs/c"])
        #expect(robot.sees("b failed; c of the queue begins"))
        robot.press("4")
        #expect(robot.sees("the run before, b, failed: training diverged at step 7"))
        let lines = robot.state.logs.book.lines.map(\.text)
        #expect(lines.contains { $0.contains("training diverged at step 7") })
        #expect(lines.contains { $0.contains("next of the queue  folder=runs/c  waiting=1") })
        robot.send(Self.finished("runs/c", .earlyStopped))
        robot.send(Self.finished("runs/d"))
        #expect(started(robot) == ["runs/a", "runs/b", "runs/c", "runs/d"])
        #expect(!robot.state.run.isActive)
    }

    @Test func stoppingAsksWhetherTheQueueGoesOn() {
        for (key, next) in [("s", ["runs/a", "runs/b"]), ("w", ["runs/a"])] {
            let robot = Self.queued()
            robot.press("X")
            #expect(robot.sees("2 in the queue, b is the next."))
            robot.press(key)
            #expect(robot.effects.contains(.train(.controlRun(.stop))))
            robot.send(Self.finished("runs/a", .stopped))
            #expect(started(robot) == next, "\(key)")
        }
        // What waits is seen, and goes on by a word.
        let robot = Self.queued()
        robot.press("X", "w")
        robot.send(Self.finished("runs/a", .stopped))
        #expect(robot.sees("2 in the queue, which waits"))
        robot.press("n", "w")
        #expect(started(robot) == ["runs/a", "runs/b"])
    }

    @Test func theQueueGoesOnWithoutAScreen() {
        let robot = Self.queued(["runs/b"])
        robot.send(.hidden)
        robot.send(Self.finished("runs/a"))
        #expect(started(robot) == ["runs/a", "runs/b"] && !robot.program.isFinished)
        robot.send(Self.finished("runs/b"))
        #expect(robot.program.isFinished)
    }

    // MARK: - The list

    @Test func runsChangePlacesAndGo() {
        let robot = Self.queued(["runs/b", "runs/c", "runs/d"])
        robot.press("n")
        robot.press("J")
        #expect(waiting(robot) == ["runs/c", "runs/b", "runs/d"])
        robot.press("↓", "K", "K")
        #expect(waiting(robot) == ["runs/d", "runs/c", "runs/b"])
        #expect(robot.state.train.queue.selected?.name == "d")
        robot.press("K")
        #expect(robot.sees("it is the first"))
        robot.press("x")
        #expect(waiting(robot) == ["runs/c", "runs/b"])
        // The selection stays with its run when the first one begins.
        robot.press("↓")
        robot.send(Self.finished("runs/a"))
        #expect(robot.state.train.queue.selected?.name == "b")
        robot.press("x", "x")
        #expect(waiting(robot).isEmpty && robot.sees("the queue is empty"))
        robot.press("Esc")
        #expect(!robot.state.train.queue.isOpen)
    }

    // MARK: - Leaving

    @Test func quittingTellsOfTheQueue() {
        let robot = Self.queued()
        robot.press("q")
        #expect(robot.sees("2 in the queue"))
        robot.press("s")
        robot.send(Self.finished("runs/a", .stopped))
        #expect(started(robot) == ["runs/a"] && robot.program.isFinished)
    }

    @Test func aQueueThatWaitsIsNotForgottenUnasked() {
        let robot = Self.queued()
        robot.press("X", "w")
        robot.send(Self.finished("runs/a", .stopped))
        robot.press("q")
        #expect(robot.sees("Runs wait in the queue"))
        robot.press("Enter")
        guard case .detach(let note)? = robot.effects.last else {
            Issue.record("\(String(describing: robot.effects.last))")
            return
        }
        #expect(note == "The queue waits. Back to it: workbench attach")
        robot.press("q", "x")
        #expect(robot.program.isFinished && started(robot) == ["runs/a"])
    }

    // MARK: - Pictures

    @Test(arguments: AppSnapshotTests.sizes, Language.allCases)
    func pictures(size: Size, language: Language) {
        let robot = Self.queued(size: size, language: language)
        robot.press("n", "↓")
        #expect(Picture.fault(robot.frame, "queue", language) == nil)
        robot.press("Esc", "X")
        #expect(Picture.fault(robot.frame, "queue-stop", language) == nil)
    }

    @Test func theListFitsEverywhere() {
        for count in [0, 1, 30] {
            var state = TrainSamples.running(330)
            state.queue = (0..<count).reduce(into: RunQueue()) {
                $0.add(Self.plan("runs/客服-\($1)"))
            }
            state.queue.isOpen = true
            #expect(TabPicture.fault(of: state, TrainSamples.rules) == nil)
            let map = KeyMap(TrainTab.keys(state))
            #expect(map.duplicates.isEmpty && map.indistinguishable.isEmpty)
        }
    }
}
