// The export tab: suggestions, choices that fit together, checks while typing, and an export that
// succeeds, fails or is cancelled.

import Kernel
import Panels
import TestSupport
import Testing

@testable import Workbench

enum ExportSamples {
    static let rules = TabRules<ExportTab.State, ExportTab.Action>(
        update: { ExportTab.update(&$0, $1) }, keys: { ExportTab.keys($0) },
        view: { state, area, frame, theme in
            ExportTab.view(state, in: area, on: &frame, theme: theme)
        }, key: { .key($0) }, fitted: { _ in nil })

    static var suggested: ExportTab.State {
        var state = ExportTab.State()
        _ = ExportTab.update(
            &state,
            .suggest(
                modelPath: "models/SmolLM2-135M", adapterPath: "runs/客服-03", template: "chatml"))
        return state
    }

    static let outcome = ExportOutcome(
        folder: "exports/客服-03",
        files: [
            ("客服-03-q8_0.gguf", 144_811_104), ("Modelfile", 812), ("README.md", 2048),
        ], verification: "8 of 8 greedy answers equal, largest logit difference 0.0003",
        verified: true,
        usage: [
            "ollama create 客服 -f exports/客服-03/Modelfile",
            "llama-cli -m exports/客服-03/客服-03-q8_0.gguf -cnv",
        ])

    static let failure = KernelError(
        .cannotCreate, "cannot write the export", at: "exports/客服-03",
        because: "the folder exists and is not empty", hint: "Choose another folder.")

    static let small = ExportVariant(format: .gguf, dtype: "q8_0")
    static let bf16 = ExportVariant(format: .safetensors, dtype: "bf16")
    static let adapterAlone = ExportVariant(format: .adapter, dtype: "fp32")

    static let question = ExportQuestion(
        modelPath: "models/SmolLM2-135M", adapterPath: "runs/客服-03", template: "chatml",
        folder: "exports/客服-03", shardGigabytes: 5)
    static let sizes = ExportSizes(
        bytes: [small: 144_811_104, bf16: 269_060_552, adapterAlone: 19_537_920],
        freeBytes: 40_000_000_000)

    /// Three formats whose first is being written.
    static var several: ExportTab.State {
        var state = suggested
        state.values.marked = [small, bf16, adapterAlone]
        _ = ExportTab.update(&state, .opened)
        _ = ExportTab.update(&state, .measured(question, .success(sizes)))
        _ = ExportTab.update(&state, .startPressed)
        return state
    }

    static var states: [(name: String, state: ExportTab.State)] {
        func after(_ events: ExportEvent...) -> ExportTab.State {
            var state = suggested
            _ = ExportTab.update(&state, .startPressed)
            for event in events { _ = ExportTab.update(&state, .arrived(event)) }
            return state
        }
        var many = outcome
        many.files = (1...40).map { ("model-000\($0)-of-00040.safetensors", $0 << 20) }
        many.verified = false
        many.verification = "answers differ from token 3 on"
        let adapter = ExportOutcome(
            folder: "exports/客服-03-adapter", files: [("adapter_model.safetensors", 19_537_920)],
            verification: "\("the first \(24) greedy tokens are equal" as Sentence), largest logit "
                + "difference \(0)",
            verified: true, usage: ["vllm serve models/m --enable-lora --lora-modules 客服=exports/x"]
        )
        var chosen = several
        chosen.copying = ListState(selection: 1)
        chosen.jobs[0].standing = .done(adapter)
        chosen.jobs[1].standing = .done(outcome)
        chosen.phase = .ended
        var parts = several
        _ = ExportTab.update(&parts, .arrived(.finished(adapter)))
        _ = ExportTab.update(&parts, .arrived(.failed(failure)))
        _ = ExportTab.update(&parts, .arrived(.progress(stage: "Writing", fraction: 0.5)))
        var narrow = suggested
        narrow.values.marked = [small, bf16]
        _ = ExportTab.update(&narrow, .opened)
        _ = ExportTab.update(
            &narrow,
            .measured(
                narrow.question ?? question,
                .success(ExportSizes(bytes: sizes.bytes, freeBytes: 300_000_000))))
        return [
            ("parts", parts), ("copying", chosen), ("full", narrow),
            ("empty", ExportTab.State()), ("suggested", suggested),
            ("running", after(.progress(stage: "Merging layer 12 of 30", fraction: 0.4))),
            ("finished", after(.finished(outcome))), ("many", after(.finished(many))),
            ("failed", after(.failed(failure))),
        ]
    }
}

extension Robot where Application == TabApp<ExportTab.State, ExportTab.Action> {
    /// What the exporter was asked for.
    var exports: [ExportRequest] {
        effects.compactMap { if case .export(.start(let request)) = $0 { request } else { nil } }
    }
}

@Suite struct ExportTabTests {
    private func robot(
        _ state: ExportTab.State, size: Size = Size(80, 24)
    ) -> Robot<TabApp<ExportTab.State, ExportTab.Action>> {
        Robot(TabApp(state, ExportSamples.rules), size: size)
    }

    @Test func anExportIsChosenStartedWatchedAndShown() {
        var robot = robot(ExportSamples.suggested)
        #expect(robot.shows("runs/客服-03") && robot.shows("exports/客服-03"))
        // Another format instead of the one that was marked.
        robot.press(.down, .down, .down, .character(" "), .down, .down, .down, .character(" "))
        #expect(robot.app.state.values.variants == [ExportSamples.small])
        #expect(robot.shows("one .gguf file") && robot.shows("q8_0, with tokenizer"))
        robot.press(.end, .up, .right)
        #expect(robot.app.state.values.shardGigabytes == 5)
        #expect(robot.shows("only safetensors are cut into shards"))
        robot.press(.character("E"))
        #expect(
            robot.exports == [
                ExportRequest(
                    modelPath: "models/SmolLM2-135M", adapterPath: "runs/客服-03",
                    template: "chatml", templateYields: true, folder: "exports/客服-03-gguf",
                    format: .gguf, dtype: "q8_0", shardGigabytes: 5)
            ])
        robot.send(.message(.arrived(.progress(stage: "Merging layer 12 of 30", fraction: 0.4))))
        #expect(robot.shows("Merging layer 12 of 30") && robot.shows("40%"))
        robot.press(.right, .character("E"))
        #expect(robot.exports.count == 1 && robot.app.state.values.shardGigabytes == 5)
        robot.send(.message(.arrived(.finished(ExportSamples.outcome))))
        #expect(robot.shows("✓ 8 of 8 greedy answers equal") && robot.shows("138 MiB"))
        // Lines to copy stand at the left edge, without a frame.
        #expect(robot.screen.contains("\nllama-cli -m exports/客服-03/客服-03-q8_0.gguf -cnv\n"))
        robot.press(.escape)
        #expect(robot.shows("Will be written"))
    }

    @Test func severalFormatsAreWrittenOneAfterAnother() {
        var robot = robot(ExportSamples.suggested, size: Size(120, 40))
        robot.press(.down, .down, .character(" "), .down, .down, .down, .down, .character(" "))
        let folders = ["exports/客服-03-adapter", "exports/客服-03-bf16", "exports/客服-03-gguf-q8_0"]
        #expect(robot.app.state.values.requests.map(\.folder) == folders)
        for folder in folders { #expect(robot.shows(folder)) }
        robot.press(.character("E"))
        #expect(robot.exports.map(\.folder) == [folders[0]])
        robot.send(.message(.arrived(.finished(ExportSamples.outcome))))
        #expect(robot.exports.map(\.folder) == Array(folders.prefix(2)))
        #expect(robot.shows("✓ adapter alone"))
        // A format that fails stops none of the others.
        robot.send(.message(.arrived(.failed(ExportSamples.failure))))
        #expect(robot.exports.map(\.format) == [.adapter, .safetensors, .gguf])
        robot.send(.message(.arrived(.progress(stage: "Writing", fraction: 0.5))))
        #expect(robot.shows("✗ merged bf16") && robot.shows("Writing 50%"))
        robot.send(.message(.arrived(.finished(ExportSamples.outcome))))
        #expect(robot.shows("2 of 3 written") && robot.app.state.phase == .ended)
        #expect(robot.app.state.usage.count == 4)
    }

    @Test func aCancelLeavesOutWhatWaits() {
        var robot = robot(ExportSamples.several)
        robot.press(.escape)
        robot.send(.message(.arrived(.failed(ExportSamples.failure))))
        #expect(robot.app.state.jobs.map(\.standing) == [.cancelled, .cancelled, .cancelled])
        #expect(robot.exports.isEmpty && !robot.app.state.phase.isActive)
        // What was finished in spite of the cancel stays.
        var late = self.robot(ExportSamples.several)
        late.press(.escape)
        late.send(.message(.arrived(.finished(ExportSamples.outcome))))
        #expect(late.app.state.jobs.compactMap(\.outcome) == [ExportSamples.outcome])
        #expect(late.exports.isEmpty)
    }

    @Test func sizesAreAskedForShownAndMustFit() {
        var robot = robot(ExportSamples.suggested, size: Size(120, 40))
        robot.send(.message(.opened))
        let question = ExportSamples.question
        #expect(robot.effects == [.export(.measureExport(question))])
        robot.send(.message(.measured(question, .success(ExportSamples.sizes))))
        #expect(robot.shows("257 MiB") && robot.shows("37.3 GiB free"))
        // A stale answer is not taken.
        var other = question
        other.folder = "elsewhere"
        robot.send(.message(.measured(other, .success(ExportSizes(freeBytes: 1)))))
        #expect(robot.app.state.sizes == ExportSamples.sizes)
        robot.press(.down, .down, .down, .down, .down, .down, .character(" "))
        #expect(robot.effects.count == 1, "marks change no size")
        let full = ExportSizes(bytes: ExportSamples.sizes.bytes, freeBytes: 300_000_000)
        robot.send(.message(.measured(question, .success(full))))
        #expect(robot.shows("395 MiB are needed, 286 MiB are free there"))
        robot.press(.character("E"))
        #expect(robot.exports.isEmpty && robot.app.refusal?.contains("are needed") == true)
    }

    @Test func aLineIsChosenAndCopied() {
        var state = ExportSamples.suggested
        _ = ExportTab.update(&state, .startPressed)
        _ = ExportTab.update(&state, .arrived(.finished(ExportSamples.outcome)))
        var robot = robot(state)
        robot.press(.character("y"))
        #expect(robot.shows("Copy a line"))
        robot.press(.down, .enter)
        #expect(robot.effects == [.copy(ExportSamples.outcome.usage[1])])
        #expect(robot.app.state.copying == nil)
        robot.press(.character("y"), .escape)
        #expect(robot.app.state.copying == nil && robot.effects.count == 1)
    }

    @Test func somethingMustBeMarked() {
        var values = ExportSamples.suggested.values
        values.take(id: "safetensors-bf16", value: "false")
        #expect(values.problem() == "formats: mark one or more with Space")
        #expect(Set(ExportVariant.all.map(\.id)).count == ExportVariant.all.count)
        #expect(Set(ExportVariant.all.map(\.suffix)).count == ExportVariant.all.count)
    }

    @Test func whatIsTypedIsCheckedAsItGrows() {
        var robot = robot(ExportSamples.suggested)
        robot.press(.end, .up, .up, .enter, .control("u"))
        #expect(robot.shows("give the folder to write"))
        robot.type("./runs/客服-03")
        #expect(robot.shows("this is the adapter's own folder") && robot.exports.isEmpty)
        robot.type("x")
        #expect(!robot.shows("own folder"))
        robot.press(.backspace, .enter, .character("E"))
        #expect(robot.app.refusal?.contains("adapter's own folder") == true)
        robot.press(.enter)
        robot.type("-merged")
        robot.press(.enter, .function(6))
        #expect(robot.exports.count == 1)
    }

    @Test func anAdapterAloneNeedsAnAdapter() {
        var values = ExportSamples.suggested.values
        values.take(id: "adapter", value: "")
        #expect(values.problem() == nil && values.requests.allSatisfy { $0.adapterPath == nil })
        values.take(id: "adapter-fp32", value: "true")
        #expect(values.problem() == "adapter: this format writes an adapter; give its folder")
    }

    @Test func suggestionsLeaveWhatWasTypedAlone() {
        var state = ExportSamples.suggested
        for key in [Key.end, .up, .up, .enter, .character("2"), .enter] {
            _ = ExportTab.update(&state, .key(key))
        }
        #expect(state.values.folder == "exports/客服-032")
        _ = ExportTab.update(
            &state, .suggest(modelPath: "models/Qwen3-0.6B", adapterPath: nil, template: nil))
        #expect(state.values.modelPath == "models/Qwen3-0.6B" && state.values.adapterPath.isEmpty)
        #expect(state.values.folder == "exports/客服-032")
    }

    @Test func eachFormatGoesToAFolderOfItsOwn() {
        var values = ExportForm(modelPath: "models/m.gguf", adapterPath: "runs/客服-03")
        #expect(values.suggestedFolder == "exports/客服-03")
        values.marked = [ExportSamples.small]
        #expect(values.suggestedFolder == "exports/客服-03-gguf")
        values.marked = [ExportSamples.adapterAlone]
        #expect(values.suggestedFolder == "exports/客服-03-adapter")
        // A single one goes where the field says, several beside it.
        values.folder = "out/"
        #expect(values.requests.map(\.folder) == ["out/"])
        values.marked.insert(ExportSamples.bf16)
        #expect(values.requests.map(\.folder) == ["out-adapter", "out-bf16"])
        #expect(values.requests.allSatisfy { !$0.replaces })
        values.take(id: "replace", value: "true")
        #expect(values.requests.allSatisfy { $0.replaces })
        values.modelPath = "./out-bf16"
        #expect(values.issues["folder"] == "this is the base model's own folder; choose another")
    }

    @Test func linesForShellsAreQuoted() {
        #expect(ExportJob.quoted("exports/客服-03") == "exports/客服-03")
        #expect(ExportJob.quoted("a b; rm") == "'a b; rm'")
        #expect(ExportJob.quoted("it's") == #"'it'\''s'"#)
        #expect(ExportJob.quoted("") == "''")
        #expect(ExportJob.python("a\"b\\") == #""a\"b\\""#)
    }

    @Test func failuresSayWhatToDo() {
        var robot = robot(ExportSamples.suggested)
        robot.press(.character("E"))
        robot.send(.message(.arrived(.failed(ExportSamples.failure))))
        #expect(
            robot.shows("cannot write the export") && robot.shows("try: Choose another folder."))
        robot.press(.character("E"))
        #expect(robot.exports.count == 2)
    }

    @Test func aCancelledExportIsNoFailure() {
        var robot = robot(ExportSamples.suggested)
        robot.press(.character("E"), .escape)
        #expect(robot.effects.last == .export(.cancelExport) && robot.shows("Cancelling…"))
        robot.press(.escape)
        #expect(robot.app.refusal == "the export is being cancelled")
        robot.send(.message(.arrived(.progress(stage: "late", fraction: 0.9))))
        #expect(robot.app.state.phase == .cancelling)
        robot.send(.message(.arrived(.failed(ExportSamples.failure))))
        #expect(robot.shows("The export was cancelled.") && !robot.shows("cannot write"))
    }

    @Test func keysDoNotClash() {
        for (name, state) in ExportSamples.states {
            let map = KeyMap(ExportTab.keys(state))
            #expect(map.duplicates.isEmpty && map.indistinguishable.isEmpty, "\(name)")
        }
    }

    @Test(arguments: ExportSamples.states.indices, TabPicture.snapshotSizes)
    func snapshot(index: Int, size: Size) {
        for language in Language.allCases {
            let fault = language.speaking {
                let (name, state) = ExportSamples.states[index]
                return Picture.fault(
                    robot(state, size: size).frame, "Export-\(name)", language)
            }
            #expect(fault == nil)
        }
    }

    @Test(arguments: ExportSamples.states.indices)
    func everySizeKeepsItsPromises(index: Int) {
        let (name, state) = ExportSamples.states[index]
        #expect(TabPicture.fault(of: state, ExportSamples.rules) == nil, "\(name)")
    }
}
