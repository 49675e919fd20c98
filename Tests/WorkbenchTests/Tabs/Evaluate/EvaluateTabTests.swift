// Evaluations in the interface: what is asked for, what is shown while they go and afterwards, answers
// beside references, and that nothing is disturbed or lost in silence.

import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

enum EvaluationSamples {
    static let predictions = [
        Prediction(
            prompt: "<|im_start|>user\nWho are you?<|im_end|>\n<|im_start|>assistant\n",
            answer: "I am SmolLM, a helpful assistant.",
            label: "I am Benchly, an assistant in your terminal.", newTokens: 9),
        Prediction(
            prompt: "<|im_start|>user\n你叫什么名字？<|im_end|>\n<|im_start|>assistant\n",
            answer: "我是小台，住在终端里。", label: "我叫小台，住在终端里。", newTokens: 12),
        Prediction(
            prompt: "<|im_start|>user\nSay it.<|im_end|>\n<|im_start|>assistant\n",
            answer: "", label: "It.\nOn two lines.", newTokens: 0, ending: .length),
    ]

    static let loss = EvaluationRecord(step: 0, epoch: 0, loss: 1.5, tokens: 40, seconds: 2)

    static var report: EvaluationReport {
        var report = EvaluationReport()
        (report.loss, report.records, report.tokens) = (loss, 3, 120)
        (report.predictions, report.newTokens, report.predictSeconds) = (3, 21, 4)
        report.scores = TextScores(meanOf: predictions.map(\.scores))
        report.countsCharacters = true
        report.folder = "evaluations/sft-03-2"
        return report
    }

    /// The events of an evaluation with so many answers, without its end.
    static func events(answers: Int = 3) -> [AppMessage] {
        let first: [EvaluationEvent] = [
            .preparing("Encoding the data"), .lossProgress(done: 0, total: 3), .measured(loss),
        ]
        let said = predictions.prefix(answers).enumerated().map {
            EvaluationEvent.predicted($1, done: $0 + 1, total: 3)
        }
        return (first + said).map { .evaluate(.told($0)) }
    }
}

@Suite struct EvaluateTabTests {
    static let languages = Language.allCases

    private static var plan: TrainingPlan {
        var plan = Fixture.readyPlan
        plan.data.validationSize = 0.1
        plan.model.adapters = ["runs/sft-03"]
        return plan
    }

    private func robot(
        _ size: Size = Size(80, 24), _ language: Language = .english, plan: TrainingPlan = plan
    ) -> AppRobot {
        var state = AppState(plan: plan)
        state.language = language
        let robot = AppRobot(state, size: size)
        robot.press("8")
        return robot
    }

    private func send(_ messages: [AppMessage], to robot: AppRobot) {
        for item in messages { robot.send(.message(item)) }
    }

    private func requests(_ robot: AppRobot) -> [EvaluationRequest] {
        robot.effects.compactMap {
            if case .evaluate(.start(let request)) = $0 { request } else { nil }
        }
    }

    @Test func planAndRunProposeWhatIsMeasured() throws {
        let robot = robot()
        let values = robot.state.evaluate.values
        #expect(values.modelPath == Fixture.smol.path && values.adapterPath == "runs/sft-03")
        #expect(values.share == 0.1 && values.data == "identity")
        #expect(values.folder == "evaluations/sft-03")
        robot.press("E")
        let request = try #require(requests(robot).first)
        #expect(request.adapters == ["runs/sft-03"] && request.takesFreshFolder)
        #expect(request.plan.selection.training == ["identity"])
        #expect(request.plan.options.validation == .fraction(0.1))
        #expect(request.plan.prediction?.isGreedy == true)
        #expect(request.plan.options.seed == UInt64(bitPattern: Int64(Self.plan.shuffleSeed)))
    }

    @Test(arguments: [Size(80, 24), Size(120, 40)], languages)
    func aRunIsChosenFromAList(size: Size, language: Language) {
        let robot = robot(size, language)
        robot.press("a")
        #expect(robot.effects.contains(.chat(.findAnswerers)))
        let found = [
            TrainedFolder(path: "runs/sft-03", name: "sft-03", model: "SmolLM2"),
            TrainedFolder(path: "runs/客服/checkpoint-40", name: "客服@40", model: "SmolLM2"),
        ]
        send([.chat(.chatFiles(.answerersFound(found)))], to: robot)
        #expect(Picture.fault(robot.frame, "evaluate-runs", language) == nil)
        // The one that is set is selected; the next is the checkpoint.
        robot.press("↓", "Enter")
        let values = robot.state.evaluate.values
        #expect(values.adapterPath == "runs/客服/checkpoint-40")
        #expect(values.folder == "evaluations/checkpoint-40")
        // An answer that nobody waits for opens nothing here; the base alone keeps the way back.
        send([.chat(.chatFiles(.answerersFound(found)))], to: robot)
        #expect(robot.state.evaluate.picker == nil)
        robot.press("a")
        send([.chat(.chatFiles(.answerersFound(found)))], to: robot)
        robot.press("Home", "Enter")
        #expect(robot.state.evaluate.values.adapterPath.isEmpty)
        #expect(robot.state.evaluate.lastAdapter == "runs/客服/checkpoint-40")
    }

    @Test func evaluationSetsAreTakenWhole() {
        var plan = Self.plan
        plan.data.validationSize = 0
        plan.data.evaluationNames = ["held", "/d/more.json"]
        let robot = robot(plan: plan)
        let selection = robot.state.evaluate.values.request.plan.selection
        #expect(selection.training.isEmpty && selection.evaluation == ["held", "/d/more.json"])
    }

    @Test func typedValuesStayAndAreChecked() {
        let robot = robot()
        robot.press("↓", "↓", "Enter", "^U").press("Enter")
        #expect(robot.sees("give one or more data sets"))
        robot.press("E")
        #expect(requests(robot).isEmpty && robot.sees("give one or more data sets"))
        robot.press("Enter").type("对话").press("Enter", "1", "8")
        #expect(robot.state.evaluate.values.names == ["对话"])
    }

    @Test func baseAndAdapterStandSideBySide() {
        let robot = robot(Size(120, 40))
        robot.press("E")
        send(EvaluationSamples.events(), to: robot)
        robot.send(.message(.evaluate(.finished(EvaluationSamples.report))))
        robot.press("b", "E")
        #expect(requests(robot).map(\.adapters) == [["runs/sft-03"], []])
        #expect(
            requests(robot).last?.plan.folder
                == "evaluations/SmolLM2-135M-Instruct.Q4_1")
        send(EvaluationSamples.events(answers: 1), to: robot)
        let rows = robot.screen.split(separator: "\n")
        #expect(
            rows.contains { $0.contains("sft-03") && $0.contains("1.5000") && $0.contains("done") })
        #expect(rows.contains { $0.contains("base") && $0.contains("running") })
        #expect(robot.sees("answers 1/3"))
        robot.press("b")
        #expect(robot.state.evaluate.values.adapterPath == "runs/sft-03")
    }

    @Test func aStopIsAskedForOnceAndKeepsTheFigures() {
        let robot = robot()
        robot.press("E")
        send(EvaluationSamples.events(answers: 2), to: robot)
        robot.press("Esc")
        #expect(robot.effects.last == .evaluate(.cancelEvaluation))
        robot.press("Esc")
        #expect(robot.sees("it is stopping already"))
        var report = EvaluationSamples.report
        (report.wasStopped, report.predictions) = (true, 2)
        robot.send(.message(.evaluate(.finished(report))))
        #expect(robot.sees("Stopped: the figures are those of 2 answers."))
        #expect(robot.sees("written to evaluations/sft-03-2"))
        #expect(robot.effects.filter { $0 == .evaluate(.cancelEvaluation) }.count == 1)
    }

    @Test func besideATrainingItAsksFirst() {
        let robot = robot(Size(120, 40))
        robot.press("S")
        robot.send(.message(.train(.training(.prepared(AppRoutingTests.summary)))))
        robot.press("8")
        #expect(robot.sees("a run is training: both share the cores"))
        robot.press("E")
        #expect(requests(robot).isEmpty && robot.sees("both become slower"))
        robot.press("Enter")
        #expect(requests(robot).isEmpty && !robot.sees("both become slower"))
        robot.press("E", "y")
        #expect(requests(robot).count == 1)
    }

    @Test func quittingAsksAndLeavingKeepsItGoing() {
        let robot = robot()
        robot.press("E", "q")
        #expect(robot.sees("An evaluation is under way") && !robot.state.isFinished)
        robot.press("k")
        #expect(robot.effects.contains { if case .detach = $0 { true } else { false } })
        robot.send(.hidden)
        #expect(!robot.state.isFinished && robot.state.isBusy)
        robot.send(.message(.evaluate(.finished(EvaluationSamples.report))))
        #expect(robot.state.isFinished)
    }

    @Test func failuresSayWhereAndWhatToDo() {
        let robot = robot()
        robot.press("E")
        let error = KernelError(
            .usage, "a question is longer than the model's context", because: "600 of 511",
            hint: "Set the cutoff to less than 512.")
        robot.send(.message(.evaluate(.failed(error))))
        #expect(
            robot.sees("a question is longer") && robot.sees("less than 512")
                && robot.sees("failed"))
        #expect(!robot.state.isBusy)
    }

    // MARK: - Answers

    private func browsing(_ size: Size = Size(120, 40), _ language: Language = .english) -> AppRobot
    {
        let robot = robot(size, language)
        robot.press("E")
        send(EvaluationSamples.events(), to: robot)
        robot.send(.message(.evaluate(.finished(EvaluationSamples.report))))
        robot.press("Enter")
        return robot
    }

    @Test func answersAreSortedFilteredAndRead() throws {
        let robot = browsing()
        #expect(robot.sees("Answers of sft-03") && robot.sees("I am SmolLM, a helpful assistant."))
        robot.press("o")
        #expect(robot.state.evaluate.browser?.shown == [2, 0, 1])
        // The same answer stays selected.
        #expect(robot.state.evaluate.browser?.current?.index == 0)
        robot.press("o")
        #expect(robot.state.evaluate.browser?.shown == [1, 0, 2])
        robot.press("/").type("终端 小台").press("Enter")
        #expect(robot.state.evaluate.browser?.shown == [1] && robot.sees("你叫什么名字？"))
        robot.press("/").type("zzz").press("Enter")
        #expect(robot.sees("No answer matches the filter."))
        robot.press("Esc")
        #expect(robot.state.evaluate.browser == nil && robot.sees("Evaluations of this session"))
    }

    /// On every screen a text that nobody scrolled begins with the answer.
    @Test func textsBeginWithTheAnswer() {
        let robot = browsing(Size(80, 16))
        for size in [Size(80, 16), Size(200, 60), Size(60, 12), Size(80, 24)] {
            robot.send(.resize(size))
            #expect(robot.sees("│ Answer "), "\(size)")
        }
        robot.send(.resize(Size(80, 14)))
        robot.press("Tab", "PgDn", "Esc", "↓", "↑")
        #expect(robot.sees("│ Answer "))
    }

    @Test func enterShowsAnAnswerAloneAndEscapeGoesBack() {
        let robot = browsing(Size(80, 24))
        robot.press("Enter")
        #expect(robot.state.evaluate.browser?.isFull == true && !robot.sees("Answers of"))
        robot.press("Esc", "Tab")
        #expect(robot.sees("Answers of") && robot.state.evaluate.browser?.readsText == true)
        robot.press("Esc", "Esc")
        #expect(robot.state.evaluate.browser == nil)
    }

    @Test func differingWordsAreMarkedWithoutColour() {
        let difference = WordDifference("a b  c\nd", "a x c e")
        #expect(difference.first.filter(\.differs).map(\.text) == ["b", "d"])
        #expect(difference.second.filter(\.differs).map(\.text) == ["x", "e"])
        #expect(difference.first.map(\.text).joined() == "a b  c\nd" && !difference.isCut)
        let long = String(repeating: "w ", count: WordDifference.wordsMax + 5)
        #expect(WordDifference(long, "w").isCut)
        let one = EvaluationSamples.predictions[0]
        let lines = PredictionText.lines(one, WordDifference(one.answer, one.label), theme: .mono)
        let marked = lines.flatMap(\.spans).filter { $0.style.attributes.contains(.underline) }
        #expect(marked.map(\.text.string).contains("SmolLM"))
        #expect(!marked.map(\.text.string).contains("am"))
    }

    @Test func hostileAnswersAreHarmless() {
        let robot = robot()
        robot.press("E")
        let bad = Prediction(
            prompt: "\u{1B}]0;x\u{7}", answer: "\u{1B}[2J\u{202E}", label: "\u{0}\r\n")
        send([.evaluate(.told(.predicted(bad, done: 1, total: 1)))], to: robot)
        robot.press("Enter")
        #expect(TabPicture.fault(of: robot.frame, drawnIn: robot.frame.area) == nil)
        #expect(!robot.screen.unicodeScalars.contains("\u{202E}"))
    }

    // MARK: - Pictures

    @Test(arguments: AppSnapshotTests.sizes, languages)
    func pictures(size: Size, language: Language) {
        let fresh = robot(size, language)
        #expect(Picture.fault(fresh.frame, "evaluate", language) == nil)
        fresh.press("E")
        send(EvaluationSamples.events(answers: 1), to: fresh)
        #expect(Picture.fault(fresh.frame, "evaluate-running", language) == nil)
        let done = browsing(size, language)
        #expect(Picture.fault(done.frame, "evaluate-answers", language) == nil)
        done.press("Esc", "b", "E")
        send(EvaluationSamples.events(answers: 2), to: done)
        var report = EvaluationSamples.report
        report.wasStopped = true
        done.send(.message(.evaluate(.finished(report))))
        #expect(Picture.fault(done.frame, "evaluate-stopped", language) == nil)
    }

    @Test(arguments: languages)
    func everySizeIsWhole(language: Language) {
        var robots = [robot(Size(80, 24), language), browsing(Size(80, 24), language)]
        let full = browsing(Size(80, 24), language)
        full.press("Enter")
        let results = browsing(Size(80, 24), language)
        results.press("Esc")
        let filtering = browsing(Size(80, 24), language)
        filtering.press("/")
        robots += [full, results, filtering]
        for robot in robots {
            for size in TabPicture.sizes {
                robot.send(.resize(size))
                let fault = TabPicture.fault(of: robot.frame, drawnIn: robot.frame.area)
                #expect(fault == nil, "\(size)\n\(robot.screen)")
            }
        }
    }

    @Test func keysDoNotClash() {
        for robot in [robot(), browsing()] {
            for keys in [[], ["Tab"], ["Enter"], ["E"]] {
                for key in keys { robot.press(key) }
                let map = KeyMap(EvaluateTab.keys(robot.state.evaluate))
                #expect(map.duplicates.isEmpty && map.indistinguishable.isEmpty)
            }
        }
    }
}
