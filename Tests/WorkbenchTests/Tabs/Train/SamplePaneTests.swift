// Answers to the sample prompts: in the events as they come, and side by side over the steps.

import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

@Suite struct SamplePaneTests {
    private static let prompts = ["Who are you?", "你叫什么名字？"]
    private static let answers = [
        ["I am a large language model.", "我是一个语言模型。"],
        ["I am Benchly, a language model.", "我是一个语言模型。"],
        ["I am Benchly.\nI live in a terminal\u{1B}[31m.", "我是小台，住在终端里。"],
    ]

    private static func record(_ step: Int, _ prompt: Int, _ answer: String) -> SampleRecord {
        SampleRecord(
            step: step, epoch: Double(step) / 200, prompt: prompts[prompt], answer: answer,
            newTokens: answer.count, ending: step == 200 ? .length : .stopToken, seconds: 0.4)
    }

    private static var answered: TrainTab.State {
        var state = TrainSamples.running(330)
        for (index, pair) in answers.enumerated() {
            for prompt in 0...1 {
                let record = record(index * 100 + 100, prompt, pair[prompt])
                _ = TrainTab.update(&state, .arrived(.sampled(record)))
            }
        }
        return state
    }

    private func robot(
        _ state: TrainTab.State, size: Size = Size(80, 24)
    ) -> Robot<TabApp<TrainTab.State, TrainTab.Action>> {
        Robot(TabApp(state, TrainSamples.rules), size: size)
    }

    @Test func answersAreToldInTheEvents() {
        var robot = robot(TrainSamples.running(120), size: Size(120, 40))
        robot.press(.character("a"))
        #expect(robot.app.refusal == "no sample prompt was answered yet")
        robot.send(.message(.arrived(.sampled(Self.record(100, 0, Self.answers[2][0])))))
        #expect(robot.shows("step 100  Who are you? → I am Benchly. I live in a terminal"))
        robot.send(.message(.arrived(.sampled(Self.record(100, 1, "")))))
        #expect(robot.shows("你叫什么名字？ → (an empty answer)"))
    }

    @Test func thePaneShowsHowOneAnswerChanges() throws {
        var robot = robot(Self.answered)
        robot.press(.character("a"))
        for text in ["Who are you?", "step 100", "step 200", "step 300", "I am Benchly, a"] {
            #expect(robot.shows(text), "\(text)")
        }
        #expect(robot.shows("cut") && !robot.shows("小台") && !robot.screen.contains("\u{1B}"))
        // The word that is new in the second answer is marked, what both have is not.
        let rows = robot.screen.split(separator: "\n", omittingEmptySubsequences: false)
        let y = try #require(rows.firstIndex { $0.contains("Benchly, a") })
        let x = try #require(rows[y].firstIndex(of: "B"))
        let column = rows[y].distance(from: rows[y].startIndex, to: x)
        #expect(robot.frame[column, y].style.attributes.contains(.underline))
        #expect(!robot.frame[column - 2, y].style.attributes.contains(.underline))
        robot.press(.right)
        #expect(robot.shows("小台") && robot.shows("as before") && robot.shows("2 of 2"))
        robot.press(.character("l"))
        #expect(robot.shows("Who are you?"))
        robot.press(.escape)
        #expect(!robot.app.state.samples.isOpen)
    }

    @Test func anotherRunBeginsWithoutAnswers() {
        var state = Self.answered
        _ = TrainTab.update(&state, .started(TrainSamples.plan))
        #expect(state.samples.records.isEmpty && state.samples.prompts.isEmpty)
    }

    @Test func theEarlierPartOfAResumedRunStandsInFront() {
        var state = TrainTab.State()
        _ = TrainTab.update(&state, .started(TrainSamples.plan))
        var summary = TrainSamples.summary
        summary.firstStep = 200
        _ = TrainTab.update(&state, .arrived(.prepared(summary)))
        _ = TrainTab.update(&state, .arrived(.sampled(Self.record(200, 1, "new"))))
        var curve = RunCurve()
        curve.samples = [
            Self.record(100, 0, "a"), Self.record(200, 0, "b"), Self.record(200, 1, "old"),
            Self.record(300, 0, "later"),
        ]
        _ = TrainTab.update(&state, .historyRead(folder: summary.folder, .success(curve)))
        #expect(state.samples.records.map(\.answer) == ["a", "b", "new"])
    }

    @Test func veryManyAnswersStayBounded() {
        var pane = SamplePane()
        for step in 0..<5000 { pane.add(Self.record(step, step % 2, "x")) }
        #expect(pane.records.count <= SamplePane.recordsMax && pane.records.last?.step == 4999)
    }

    @Test(arguments: TabPicture.snapshotSizes, Language.allCases)
    func pictures(size: Size, language: Language) {
        language.speaking {
            var robot = robot(Self.answered, size: size)
            #expect(Picture.fault(robot.frame, "Train-samples-log", language) == nil)
            robot.press(.character("a"))
            #expect(Picture.fault(robot.frame, "Train-samples", language) == nil)
        }
    }

    @Test func thePaneFitsEverywhere() {
        var state = Self.answered
        _ = TrainTab.update(&state, .samples(.opened))
        #expect(TabPicture.fault(of: state, TrainSamples.rules) == nil)
        let map = KeyMap(TrainTab.keys(state))
        #expect(map.duplicates.isEmpty && map.indistinguishable.isEmpty)
    }
}
