// Runs that outlive their screen, in real terminals: left and found again, taken over, and after every kind of
// death. Each test is a person's story; the program is the built one, the model a tiny one.

import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite(.serialized) struct OutlivingTests {
    /// A room in which a run trains on the screen of a terminal.
    private func training(
        term: String = "tmux-256color", steps: Int = 1_000_000
    ) throws -> (room: TerminalRoom, pane: Pane, session: Int32) {
        let room = try TerminalRoom(term: term)
        let pane = try room.open()
        try pane.workbench("ui --plan \(try room.plan(steps: steps)) --threads 1")
        try pane.startsTheRun()
        try pane.sees("step ")
        try room.waitFor(state: "training")
        return (room, pane, try room.session())
    }

    /// A room in which `workbench train` trains in a terminal.
    private func trainingHeadless() throws -> (room: TerminalRoom, pane: Pane) {
        let room = try TerminalRoom()
        let pane = try room.open()
        try pane.workbench("train \(try room.plan(steps: 1_000_000)) --threads 1 --quiet")
        try room.waitFor(state: "training")
        return (room, pane)
    }

    @Test(arguments: ["tmux-256color", "xterm-256color"])
    func leftRunGoesOnAndIsFoundAgain(term: String) throws {
        let (room, pane, session) = try training(term: term)
        try pane.press("d")
        try pane.sees("run goes on training")
        try pane.hasPrompt()
        #expect(try pane.hasPlainModes())
        try room.waitForSteps()
        var status = stat()
        #expect(lstat("\(room.run)/control.sock", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        // Another terminal of another type and size; the first shell is free meanwhile.
        let other = try room.open("b", columns: 120, rows: 40, term: "xterm-256color")
        try other.workbench("attach \(room.run)")
        try other.sees("▶ run")
        try other.sees("Events")
        #expect(try other.screen().split(separator: "\n").contains { $0.count > 110 })
        // It is under control there.
        try other.press("p")
        try room.waitFor(state: "paused")
        try other.press("p")
        try room.waitFor(state: "training")
        try other.press("q")
        try other.sees("A run is training")
        try other.press("s")
        try other.hasPrompt()
        try room.waitForEnd(of: session)
        #expect(try room.state() == "stopped")
        #expect(room.sessions.isEmpty)
        #expect(lstat("\(room.run)/control.sock", &status) != 0)
    }

    /// What a batch system sends before the time is up saves the run of a session, and the run goes on.
    @Test func sessionSavesItsRunWhenABatchSystemAsks() throws {
        let (room, pane, session) = try training()
        try room.waitForSteps()
        kill(session, SIGUSR1)
        func saved() -> [String] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: room.run)) ?? []
            return names.filter { $0.hasPrefix("checkpoint-") }
        }
        try room.wait("a checkpoint") { !saved().isEmpty }
        try room.waitForSteps()
        #expect(try room.state() == "training" && TerminalRoom.isAlive(session))
        try pane.sees("saved")
    }

    @Test func plainStartComesBackToTheRunThatWasLeft() throws {
        let (room, pane, session) = try training()
        try pane.press("q")
        try pane.sees("keep training and leave")
        // The first answer is the harmless one.
        try pane.press("Enter")
        try pane.hasPrompt()
        try pane.workbench("")
        try pane.sees("▶ run")
        #expect(try room.session() == session)
    }

    @Test func secondTerminalTakesTheScreenOver() throws {
        let (room, pane, session) = try training()
        let other = try room.open("b", columns: 100, rows: 30)
        try other.workbench("attach")
        try other.sees("▶ run")
        try pane.sees("shown in another terminal now")
        try pane.hasPrompt()
        // And back; a type that nobody knows is refused and takes nothing.
        let odd = try room.open("c", term: "no-such-terminal")
        try odd.workbench("attach")
        try odd.sees("is not known on this machine")
        try pane.workbench("attach")
        try pane.sees("▶ run")
        try other.hasPrompt()
        // A terminal of another locale brings its language, and takes it along.
        try other.enter("LC_ALL=zh_CN.UTF-8 \(TerminalRoom.program) attach")
        try other.sees("4 训练")
        try pane.hasPrompt()
        try pane.enter("LC_ALL=en_US.UTF-8 \(TerminalRoom.program) attach")
        try pane.sees("4 Train")
        try other.sees("会话已改在另一终端显示")
        #expect(TerminalRoom.isAlive(session))
    }

    @Test func runOutlivesTheDeathOfItsKeeper() throws {
        let (room, pane, session) = try training()
        let proxy = try pane.job()
        kill(proxy, SIGKILL)
        try room.waitForEnd(of: proxy)
        // A prompt that was written while the screen was still the interface's went with it.
        try room.wait("a prompt after Enter") {
            try pane.press("Enter")
            return try !pane.screen().contains("1 Model") && pane.screen().contains("ready>")
        }
        try room.waitForSteps()
        #expect(TerminalRoom.isAlive(session))
        try pane.enter("clear")
        #expect(try pane.hasPlainModes())
        try pane.workbench("attach \(room.run)")
        try pane.sees("▶ run")
    }

    @Test func runOutlivesItsTerminal() throws {
        let (room, pane, session) = try training()
        let other = try room.open("b")
        try pane.close()
        try room.waitForSteps()
        try other.workbench("attach")
        try other.sees("▶ run")
        try other.press("d")
        try other.hasPrompt()
        // Steered to its end without a screen, the session ends as well.
        #expect(try room.workbench("runs", "control", room.run, "stop").code == 0)
        try room.waitForEnd(of: session)
        #expect(try room.state() == "stopped")
        let (_, code) = try room.workbench("runs", "control", room.run, "pause")
        #expect(code == ExitStatus.unavailable.rawValue)
    }

    @Test func deathOfTheSessionGivesTheTerminalBack() throws {
        let (room, pane, session) = try training()
        try pane.press("s")
        try pane.sees("saved")
        try room.wait("a checkpoint") { try room.status()?["saved_step"]?.integer != nil }
        kill(session, SIGKILL)
        try pane.sees("the session died")
        try pane.sees("signal 9")
        try pane.hasPrompt()
        #expect(try pane.hasPlainModes())
        #expect(try room.state() == "lost")
        let saved = try #require(try room.status()?["saved_step"]?.integer)
        // The command that was named goes on from the checkpoint.
        let steps = "grep -o --line-buffered 'going on after step [0-9]*'"
        try pane.workbench("train \(room.run)/training_args.yaml --threads 1 | \(steps)")
        try pane.sees("going on after step \(saved)")
        try room.waitFor(state: "training")
        try pane.press("C-c")
        try room.waitFor(state: "stopped")
        #expect(try room.step() >= saved)
    }

    @Test func sessionThatIsToldToEndSavesTheRun() throws {
        let (room, pane, session) = try training()
        kill(session, SIGTERM)
        try pane.hasPrompt()
        try room.waitForEnd(of: session)
        #expect(try room.state() == "stopped")
        #expect(try room.status()?["saved_step"]?.integer == room.step())
        try pane.enter("echo code $?")
        try pane.sees("code 143")
    }

    @Test func suspendedScreenLeavesTheRunGoing() throws {
        let (room, pane, _) = try training()
        try pane.press("C-z")
        try pane.sees("Stopped")
        try pane.hasPrompt()
        try room.waitForSteps()
        #expect(try pane.hasPlainModes())
        try pane.enter("fg")
        try pane.sees("▶ run")
        try pane.press("1")
        try pane.sees("Checks: 1 of 5 failed")
    }

    @Test func startedInTheBackgroundItLeavesTheShellItsKeys() throws {
        let room = try TerminalRoom()
        let pane = try room.open()
        try pane.enter("\(TerminalRoom.program) ui --new &")
        try room.wait("a stopped job") {
            try pane.enter("jobs")
            return try pane.screen().contains("Stopped")
        }
        try pane.enter("echo the shell has $((6 * 7)) keys")
        try pane.sees("the shell has 42 keys")
        #expect(try !pane.screen().contains("1 Mod"))
        // In front it opens as ever, and gives the shell back as it was.
        try pane.enter("fg")
        try pane.sees("1 Mod")
        try pane.press("q")
        try pane.hasPrompt()
    }

    @Test func stormOfSizesEndsInAWholePicture() throws {
        let (_, pane, _) = try training()
        for index in 0..<30 { try pane.resize(columns: 30 + index * 3, rows: 8 + index) }
        try pane.resize(columns: 96, rows: 28)
        try pane.room.wait("a picture of 96 columns") {
            let lines = try pane.screen().split(separator: "\n", omittingEmptySubsequences: false)
            return lines.contains { $0.count == 96 && $0.hasPrefix("┌") }
                && lines.contains { $0.contains("Space pause") }
        }
    }

    @Test func idleSessionEndsWithItsTerminal() throws {
        let room = try TerminalRoom()
        let (pane, _) = (try room.open(), try room.open("b"))
        try pane.workbench("ui --plan \(try room.plan(steps: 5)) --threads 1")
        try pane.sees("Ready: press S")
        let session = try room.session()
        try pane.close()
        try room.waitForEnd(of: session)
        #expect(room.sessions.isEmpty)
    }

    @Test func runWithoutInterfaceIsSteeredThroughItsFolder() throws {
        let (room, pane) = try trainingHeadless()
        try room.waitForSteps()
        for (command, state) in [("pause", "paused"), ("resume", "training")] {
            #expect(try room.workbench("runs", "control", room.run, command).code == 0)
            try room.waitFor(state: state)
        }
        #expect(try room.workbench("runs", "control", room.run, "dance").code != 0)
        #expect(try room.workbench("runs", "control", room.run, "evaluate").code != 0)
        #expect(try room.workbench("runs", "control", room.run, "rate", "5e-4").code == 0)
        try room.wait("a change of the rate in the log") {
            let log = try? String(contentsOfFile: "\(room.run)/trainer_log.jsonl", encoding: .utf8)
            return log?.contains("learning_rate") ?? false
        }
        #expect(try room.workbench("runs", "control", room.run, "rate", "0").code != 0)
        #expect(try room.workbench("runs", "control", room.run, "pause", "5").code != 0)
        #expect(try room.workbench("runs", room.root).text.contains("training"))
        #expect(try room.workbench("runs", "control", room.run, "stop").code == 0)
        try room.waitFor(state: "stopped")
        try pane.hasPrompt()
    }

    /// `workbench train` in one terminal, its screen in another: seen, paused, left, steered on and stopped.
    @Test func runWithoutInterfaceGetsAScreen() throws {
        let (room, pane) = try trainingHeadless()
        let other = try room.open("b", columns: 120, rows: 40)
        try room.waitForSteps()
        try other.workbench("attach \(room.run)")
        try other.sees("attached · process")
        try other.sees("▶ run")
        let before = try other.screen()
        try room.wait("steps that move") { try other.screen() != before }
        let session = try room.session()
        try other.press("p")
        try other.sees("paused after step")
        try room.waitFor(state: "paused")
        // A second screen at the same time, in Chinese.
        let third = try room.open("c")
        try third.workbench("attach \(room.run) --language zh")
        try third.sees("已连接 · 进程")
        try third.press("q")
        try third.sees("离开，训练保持原状")
        try third.press("Enter")
        try third.sees("保持暂停")
        try third.hasPrompt()
        try other.press("d")
        try other.sees("stays paused in process")
        try other.hasPrompt()
        #expect(try other.hasPlainModes())
        try room.waitForEnd(of: session)
        #expect(room.sessions.isEmpty)
        #expect(try room.state() == "paused")
        #expect(try room.workbench("runs", "control", room.run, "resume").code == 0)
        try room.waitForSteps()
        // Closing a terminal does not end it either. Without a name it is the run that trains.
        try other.enter("mkdir saves && ln -s ../run saves/run")
        try other.workbench("attach")
        try other.sees("▶ run")
        try other.close()
        try room.waitForSteps()
        let (text, code) = try room.workbench("runs", "control", room.run, "stop", "--json")
        #expect(code == 0 && text.contains("\"ok\":true"))
        try room.waitFor(state: "stopped")
        try pane.hasPrompt()
    }

    @Test func deathOfARunUnderAScreenIsToldAndItGoesOn() throws {
        let (room, pane) = try trainingHeadless()
        let other = try room.open("b", columns: 120, rows: 40)
        try other.workbench("attach \(room.run)")
        try other.sees("▶ run")
        try other.press("s")
        try room.wait("a checkpoint") { try room.status()?["saved_step"]?.integer != nil }
        let trainer = try pane.job()
        kill(trainer, SIGKILL)
        try other.sees("the process of the run has died")
        try room.waitFor(state: "lost")
        let saved = try #require(try room.status()?["saved_step"]?.integer)
        try other.press("7")
        try other.sees("1 of 1, by age")
        try other.sees("lost")
        try other.press("R")
        try other.sees("goes on from step \(saved)")
        try room.waitFor(state: "training")
        try room.waitForSteps()
        try other.press("q")
        try other.sees("A run is training")
        try other.press("s")
        try other.hasPrompt()
        #expect(try room.state() == "stopped")
        #expect(try room.step() > saved)
    }
}

/// The whole way through the tabs on a real screen.
@Suite(.serialized) struct JourneyTests {
    @Test(arguments: ["tmux-256color", "xterm-256color"])
    func fromThePlanToAnExport(term: String) throws {
        let room = try TerminalRoom(term: term)
        let pane = try room.open()
        try pane.workbench("ui --plan \(try room.plan(steps: 30)) --threads 1")
        try pane.startsTheRun()
        try pane.sees("✓ run done")
        try pane.press("5")
        try pane.sees("Enter sends")
        try pane.enter("Say red")
        try pane.sees("tok/s")
        try pane.press("M-6")
        try pane.sees("Will be written")
        try pane.press("E")
        try pane.sees("Use it")
        let session = try room.session()
        try pane.press("q")
        try pane.hasPrompt()
        try room.waitForEnd(of: session)
        #expect(try room.state() == "done")
        #expect(room.sessions.isEmpty)
    }
}
