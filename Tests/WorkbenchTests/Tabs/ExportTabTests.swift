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
        return [
            ("empty", ExportTab.State()), ("suggested", suggested),
            ("running", after(.progress(stage: "Merging layer 12 of 30", fraction: 0.4))),
            ("finished", after(.finished(outcome))), ("many", after(.finished(many))),
            ("failed", after(.failed(failure))),
        ]
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
        robot.press(.down, .down, .right)
        #expect(robot.app.state.values.format == .gguf && robot.app.state.values.dtype == "q8_0")
        #expect(robot.shows("one .gguf file") && robot.shows("q8_0, with tokenizer"))
        robot.press(.down, .down, .right)
        #expect(robot.app.state.values.shardGigabytes == 5)
        #expect(robot.shows("only safetensors are cut into shards"))
        robot.press(.character("E"))
        #expect(
            robot.effects == [
                .export(
                    ExportRequest(
                        modelPath: "models/SmolLM2-135M", adapterPath: "runs/客服-03",
                        template: "chatml", folder: "exports/客服-03-gguf", format: .gguf,
                        dtype: "q8_0",
                        shardGigabytes: 5))
            ])
        robot.send(.mail(.arrived(.progress(stage: "Merging layer 12 of 30", fraction: 0.4))))
        #expect(robot.shows("Merging layer 12 of 30") && robot.shows("40%"))
        robot.press(.right, .character("E"))
        #expect(robot.effects.count == 1 && robot.app.state.values.format == .gguf)
        robot.send(.mail(.arrived(.finished(ExportSamples.outcome))))
        #expect(robot.shows("✓ 8 of 8 greedy answers equal") && robot.shows("138 MiB"))
        // Lines to copy stand at the left edge, without a frame.
        #expect(robot.screen.contains("\nllama-cli -m exports/客服-03/客服-03-q8_0.gguf -cnv\n"))
        robot.press(.escape)
        #expect(robot.shows("Will be written"))
    }

    @Test func everyFormatOffersOnlyWhatItHolds() {
        var values = ExportForm()
        for format in ExportRequest.Format.allCases {
            values.take(id: "format", value: format.rawValue)
            #expect(ExportForm.dtypes(of: format).contains(values.dtype))
            #expect(values.issues["dtype"] == nil)
            let field = values.form(isFocused: true).fields.first { $0.id == "dtype" }
            #expect(field?.editor == .choice(ExportForm.dtypes(of: format)))
        }
        values.take(id: "format", value: "gguf")
        values.take(id: "dtype", value: "q4_0")
        values.take(id: "format", value: "safetensors")
        #expect(values.dtype == "bf16")
        values.take(id: "dtype", value: "fp16")
        values.take(id: "format", value: "gguf")
        #expect(values.dtype == "fp16")
    }

    @Test func whatIsTypedIsCheckedAsItGrows() {
        var robot = robot(ExportSamples.suggested)
        robot.press(.end, .up, .enter, .control("u"))
        #expect(robot.shows("give the folder to write"))
        robot.type("./runs/客服-03")
        #expect(robot.shows("this is the adapter's own folder") && robot.effects.isEmpty)
        robot.type("x")
        #expect(!robot.shows("own folder"))
        robot.press(.backspace, .enter, .character("E"))
        #expect(robot.app.refusal?.contains("adapter's own folder") == true)
        robot.press(.enter)
        robot.type("-merged")
        robot.press(.enter, .function(6))
        #expect(robot.effects.count == 1)
    }

    @Test func anAdapterAloneNeedsAnAdapter() {
        var values = ExportSamples.suggested.values
        values.take(id: "adapter", value: "")
        #expect(values.problem == nil && values.request.adapterPath == nil)
        values.take(id: "format", value: "adapter")
        #expect(values.problem == "adapter: this format writes an adapter; give its folder")
    }

    @Test func suggestionsLeaveWhatWasTypedAlone() {
        var state = ExportSamples.suggested
        for key in [Key.end, .up, .enter, .character("2"), .enter] {
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
        values.take(id: "format", value: "gguf")
        #expect(values.suggestedFolder == "exports/客服-03-gguf")
        values.take(id: "format", value: "adapter")
        #expect(values.suggestedFolder == "exports/客服-03-adapter")
        #expect(!values.request.replaces)
        values.take(id: "replace", value: "true")
        #expect(values.request.replaces)
    }

    @Test func failuresSayWhatToDo() {
        var robot = robot(ExportSamples.suggested)
        robot.press(.character("E"))
        robot.send(.mail(.arrived(.failed(ExportSamples.failure))))
        #expect(
            robot.shows("cannot write the export") && robot.shows("try: Choose another folder."))
        robot.press(.character("E"))
        #expect(robot.effects.count == 2)
    }

    @Test func aCancelledExportIsNoFailure() {
        var robot = robot(ExportSamples.suggested)
        robot.press(.character("E"), .escape)
        #expect(robot.effects.last == .cancelExport && robot.shows("Cancelling…"))
        robot.press(.escape)
        #expect(robot.app.refusal == "the export is being cancelled")
        robot.send(.mail(.arrived(.progress(stage: "late", fraction: 0.9))))
        #expect(robot.app.state.phase == .cancelling)
        robot.send(.mail(.arrived(.failed(ExportSamples.failure))))
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
        let (name, state) = ExportSamples.states[index]
        let robot = robot(state, size: size)
        let difference = Snapshot.difference(
            robot.frame, named: "Export-\(name)-\(size.width)x\(size.height)")
        #expect(difference == nil)
    }

    @Test(arguments: ExportSamples.states.indices)
    func everySizeKeepsItsPromises(index: Int) {
        let (name, state) = ExportSamples.states[index]
        #expect(TabPicture.fault(of: state, ExportSamples.rules) == nil, "\(name)")
    }
}
