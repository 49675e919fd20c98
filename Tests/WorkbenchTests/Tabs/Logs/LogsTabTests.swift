// The log: what becomes a line, what is shown of it, following, searching, whole lines and the file.

import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

/// A session in which some things happened.
enum LogSamples {
    static let fault = KernelError(
        .inputOutput, "cannot write the export", at: "/exports/客服-03",
        because: "the disk is full", hint: "Choose another folder.")

    static let messages: [AppMessage] = [
        .train(.training(.prepared(AppRoutingTests.summary))),
        .train(.training(.notice("\(2) samples were cut to the cutoff length."))),
        .train(.training(.stepFinished(AppUpdateTests.step(1, of: 200)))),
        .train(.training(.stepFinished(AppUpdateTests.step(2, of: 200)))),
        .train(
            .training(
                .evaluated(EvaluationRecord(step: 2, epoch: 0.1, loss: 2.31, tokens: 9, seconds: 1))
            )),
        .train(.training(.checkpointSaved(path: "runs/sft-03/checkpoint-2", step: 2))),
        .export(.event(.failed(fault))), .notice("hello \u{1B}[2J\u{202E}there"),
        .fileWritten(path: "runs/sft-03/curves.csv", nil),
    ]

    static func robot(
        _ size: Size = Size(80, 24), _ language: Language = .english
    ) -> AppRobot {
        var state = AppState(plan: Fixture.readyPlan)
        state.language = language
        state.logs.path = "~/.local/state/workbench/workbench.log"
        let robot = AppRobot(state, size: size)
        for item in messages { robot.send(.message(item)) }
        robot.press("Alt-\(AppState.Tab.logs.digit)")
        return robot
    }
}

@Suite struct LogsTabTests {
    private func shown(_ robot: AppRobot) -> [String] {
        LogsTab.shown(robot.state.logs).map(\.message.description)
    }

    @Test func mailBecomesLinesByLevelAndSource() {
        let robot = LogSamples.robot()
        #expect(
            shown(robot) == [
                "run begins", "note", "held-out loss", "checkpoint", "export failed",
                "hello \u{1B}[2J\u{202E}there", "written",
            ])
        #expect(!robot.screen.unicodeScalars.contains("\u{202E}"))
        robot.press("l")
        #expect(shown(robot) == ["export failed"] && robot.sees("level warn and up"))
        robot.press("l", "l")
        #expect(shown(robot).filter { $0 == "step" }.count == 2 && robot.sees("step=2/200"))
        robot.press("s")
        #expect(LogsTab.shown(robot.state.logs).allSatisfy { $0.source == .run })
        #expect(robot.sees("source: run"))
        robot.press("s")
        #expect(shown(robot) == ["export failed"] && robot.sees("source: export"))
    }

    /// What a key is refused is told once and stands in the log afterwards; messages are not told twice.
    @Test func refusalsAreLinesToo() {
        let robot = LogSamples.robot()
        robot.press("n")
        let last = LogsTab.shown(robot.state.logs).last
        #expect(last?.message == "search with / first" && last?.level == .warning)
        let kept = robot.effects.compactMap { effect in
            if case .keepLine(let line) = effect { line.message } else { nil }
        }
        #expect(last?.source == .interface && kept == ["search with / first"])
        let count = robot.state.logs.book.lines.count
        robot.send(.message(.params(.planSaved(path: "p.yaml", .success(TrainingPlan())))))
        #expect(robot.state.logs.book.lines.count == count + 1)
    }

    @Test func followingEndsWhenScrolledUpAndBeginsAtTheEnd() {
        let robot = LogSamples.robot()
        for index in 0..<40 { robot.send(.message(.notice("line \(index)"))) }
        #expect(robot.sees("line 39") && robot.sees("● following"))
        robot.press("↑", "PgUp")
        #expect(robot.sees("‖ standing, 0 new"))
        let before = robot.state.logs.selected
        robot.send(.message(.train(.training(.notice("later")))))
        #expect(robot.state.logs.selected == before && robot.sees("‖ standing, 1 new"))
        #expect(!robot.sees("later"))
        robot.press("G")
        #expect(robot.sees("● following") && robot.sees("later"))
        robot.press("f")
        robot.send(.message(.notice("the newest")))
        #expect(robot.sees("‖ standing, 1 new"))
        robot.press("f")
        #expect(robot.sees("● following"))
        robot.send(.key(.mouse(Mouse(.wheelUp, at: Point(5, 5)))))
        #expect(robot.sees("‖ standing, 0 new"))
    }

    @Test func searchGoesRoundInBothDirections() {
        let robot = LogSamples.robot()
        for index in 0..<30 { robot.send(.message(.notice("line \(index)"))) }
        robot.press("/").type("LINE 1").press("Enter")
        // 1 and 10 … 19: eleven lines; the last one before the end comes first.
        #expect(robot.sees("/LINE 1  11/11"))
        robot.press("n")
        #expect(robot.sees("/LINE 1  1/11"))
        robot.press("N")
        #expect(robot.sees("/LINE 1  11/11"))
        let line = LogsTab.shown(robot.state.logs).first { $0.message == "line 19" }
        #expect(robot.state.logs.selected == line?.number)
        robot.press("Esc")
        #expect(!robot.sees("/LINE 1"))
        robot.press("/").type("nowhere").press("Enter")
        #expect(robot.sees("/nowhere  0/0"))
    }

    @Test func aLineIsShownInFull() {
        let robot = LogSamples.robot()
        let words = (0..<60).map { "word\($0)" }.joined(separator: " ")
        robot.send(.message(.notice(words)))
        #expect(!robot.sees("word59"))
        robot.press("Enter")
        #expect(robot.sees("word59") && robot.sees("The whole line"))
        // Every key belongs to it until it is closed.
        robot.press("q", "Enter", "Esc")
        #expect(!robot.sees("The whole line") && !robot.state.isFinished)
    }

    @Test func linesAreWrittenAsTheyAreShown() {
        let robot = LogSamples.robot()
        robot.press("l", "w")
        robot.press("Enter")
        let written = robot.effects.compactMap { effect -> String? in
            if case .writeText(let text, "workbench-log.txt") = effect { text } else { nil }
        }
        #expect(written.count == 1)
        #expect(written.first?.hasPrefix("1970-01-01 00:00:00 error export: export failed") == true)
        #expect(written.first?.contains("run begins") == false)
        robot.press("w")
        for _ in 0..<30 { robot.press("Backspace") }
        robot.press("Enter")
        #expect(robot.sees("give a file"))
    }

    @Test func memoryIsBounded() {
        var state = LogsTab.State()
        for index in 0..<25_000 {
            LogsTab.add(LogLine(.info, .program, "\(index)"), at: WallTime(), to: &state)
        }
        #expect(state.book.lines.count <= LogBook.linesMax)
        #expect(state.book.lines.count + state.book.droppedCount == 25_000)
        #expect(
            state.book.lines.last?.message == "24999" && state.book.lines.last?.number == 24_999)
        // A selected line that is dropped leaves its place to the oldest one.
        state.selected = 3
        #expect(LogsTab.row(state, among: LogsTab.shown(state)) == 0)
    }

    @Test func clocksAreThoseOfTheWall() {
        #expect(WallTime(seconds: 86_399.9, zoneSeconds: 0).stamp == "1970-01-01 23:59:59")
        #expect(WallTime(seconds: 3600, zoneSeconds: -7200).clock == "23:00:00")
        #expect(WallTime(seconds: 86_400, zoneSeconds: 28_800).stamp == "1970-01-02 08:00:00")
    }

    @Test(arguments: AppSnapshotTests.sizes, Language.allCases)
    func pictures(size: Size, language: Language) {
        let robot = LogSamples.robot(size, language)
        robot.press("/").type("sft").press("Enter", "↑")
        #expect(Picture.fault(robot.frame, "logs", language) == nil)
        robot.press("↓", "↓", "Enter")
        #expect(Picture.fault(robot.frame, "logs-line", language) == nil)
    }

    @Test func keysDoNotClash() {
        for keys in [[], ["/"], ["Enter"]] {
            let robot = LogSamples.robot()
            for key in keys { robot.press(key) }
            let map = KeyMap(LogsTab.keys(robot.state.logs))
            #expect(map.duplicates.isEmpty && map.indistinguishable.isEmpty)
        }
    }
}
