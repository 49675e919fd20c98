// Broken files of a run's folder, as lists, plots and the Train tab read them: what a stranger wrote there gives
// less, never a trap, and is told in clean words. Also what the interface keeps: conversations, tools and themes.
import Foundation
import Panels

@testable import Fuzzing
@testable import Kernel
@testable import Workbench

extension FuzzReader {
    /// The files of a run's folder; the first byte of an input says which it is.
    static func runFolder() -> FuzzReader {
        let names = RunTexts.files.map(\.name)
        let seeds = RunTexts.files.enumerated().map {
            [UInt8($0.offset)] + Array($0.element.text.utf8)
        }
        let mutator = TextMutator(
            seeds, words: TextMutator.json + RunTexts.words, longest: 16_384)
        let scratch = FuzzScratch()
        return FuzzReader("run folders", longest: 16_384, reaches: ["lines", "no run"]) {
            mutator.mutant(&$0)
        } read: { bytes in
            do {
                let folder = try scratch.folder()
                let name = names[Int(bytes.first ?? 0) % names.count]
                let path = "\(folder)/\(name)"
                try FuzzScratch.write(
                    UnsafeRawBufferPointer(rebasing: bytes.dropFirst()), to: path)
                defer { unlink(path) }
                return try verdict(folder, isDrawn: bytes.count % 16 == 0)
            } catch {
                return .wrong("\(error)")
            }
        }
    }

    private static func verdict(_ folder: String, isDrawn: Bool) throws -> Verdict {
        let record = RunRecord(folder: folder)
        if let record {
            for text in [RunTable.text([record], now: 1e9), RunTable.text(of: record, now: 1e9)]
            where !isClean(text) { return .wrong("a table with controls: \(text)") }
        }
        let curve = try RunCurveFile.read(folder: folder)
        var train = TrainTab.State()
        _ = TrainTab.update(&train, .started(TrainSamples.plan))
        _ = TrainTab.update(&train, .arrived(.prepared(TrainSamples.summary)))
        _ = TrainTab.update(
            &train, .historyRead(folder: TrainSamples.summary.folder, .success(curve)))
        let status = RunStatus(train)
        _ = (status.words, status.progress)
        if isDrawn {
            var plot = RunPlot()
            plot.subjects = [RunPlot.Subject(name: "a", curve: curve)]
            for metric in Metrics.all {
                plot.metric = metric
                _ = plot.frame(Size(60, 16), theme: .mono)
            }
            let frame = TabPicture.roleFrame(of: train, TrainSamples.rules, Size(80, 24))
            if let fault = TabPicture.fault(of: frame, drawnIn: frame.area) {
                return .wrong(fault)
            }
        }
        if curve.damagedLines > 0 { return .refused("lines") }
        return record == nil ? .refused("no run") : .accepted
    }

    /// A conversation as the Chat tab keeps it: what is read is written and read again as the same.
    static let conversation = FuzzReader(
        "conversations", longest: 16_384, reaches: ["badData"]
    ) {
        conversationMutator.mutant(&$0)
    } read: { bytes in
        judged { () throws(KernelError) in
            let value = try JSONValue(parsing: bytes, source: "chat")
            let document = try ChatDocument(value, source: "chat")
            // Which side branches were looked at last is not kept.
            let again = try ChatDocument(document.json, source: "again")
            return again.json == document.json
                ? nil : "written as \(document.json.text().prefix(400))"
        }
    }

    private static let conversationMutator: TextMutator = {
        var document = ChatDocument()
        (document.modelPath, document.system, document.tools) = ("models/a", "Be brief.", "[]")
        document.tree = ChatSamples.conversation.tree
        let text = document.json.text()
        return TextMutator(
            [Array(text.utf8), Array(ChatDocument().json.text(.pretty).utf8)],
            words: TextMutator.json + [
                "\"parent\":", "\"chosen\":[0]", "\"turns\":[]", "\"version\":2",
                "\"format\":\"x\"",
                "\"question\":\"\"", "\"answers\":", "\"sampling\":{}", "\"temperature\":",
                "\"seed\":",
            ], longest: 16_384)
    }()

    /// Functions for a model, as a person types them.
    static let tools = FuzzReader("tools", longest: 8_192, reaches: ["badData"]) {
        toolMutator.mutant(&$0)
    } read: { bytes in
        judged { () throws(KernelError) in
            let text = String(decoding: bytes, as: UTF8.self)
            let tools = try ToolList.parse(text)
            return tools.allSatisfy { $0["function"]?["name"]?.string?.isEmpty == false }
                ? nil : "a tool without a name"
        }
    }

    private static let toolMutator = TextMutator(
        [
            #"[{"name":"clock","description":"Tells.","parameters":{"type":"object","properties":{}}},"#
                + #"{"type":"function","function":{"name":"sum","parameters":{}}}]"#, "[]", " ",
        ].map { Array($0.utf8) }, words: TextMutator.json + ["\"name\":\"\"", "function"],
        longest: 8_192)

    /// A theme of the user's: every mistake is told with its line.
    static let theme = FuzzReader("themes", longest: 8_192, reaches: ["lines"]) {
        themeMutator.mutant(&$0)
    } read: { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(ThemeFile.Invalid) {
            let theme = try ThemeFile.parse(text, name: "fuzz")
            for depth in [ColorDepth.monochrome, .sixteen, .palette] {
                _ = theme.adapted(to: depth)[.accent]
            }
            return .accepted
        } catch {
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let isSound = error.issues.allSatisfy { (1...max(1, lines.count)).contains($0.line) }
            return isSound && !error.issues.isEmpty ? .refused("lines") : .wrong("\(error)")
        }
    }

    private static let themeMutator = TextMutator(
        [
            "# mine\ntext = 0xE6E8EB on 0x14181F\ndim = 240\naccent = cyan bold underline\n",
            "selection = reverse\nerror = red on default bold\nkey = plain\n", "",
        ].map { Array($0.utf8) },
        words: [
            " on ", "=", "0xFFFFFF", "0x", "brightblack", "256", "255", "italic", "text = ", "#",
            "accent", "plotOther4 = blue\n",
        ], longest: 8_192)
}

/// Files of a run, each with all that its readers look for.
private enum RunTexts {
    static let files: [(name: String, text: String)] = [
        (
            "trainer_log.jsonl",
            #"{"current_steps":1,"total_steps":9,"loss":2.5,"lr":1e-4,"epoch":0.5,"percentage":11.1,"#
                + #""elapsed_time":"0:00:03","remaining_time":"1 day, 0:00:24","throughput":512.5,"#
                + #""total_tokens":900,"grad_norm":0.7,"tokens_per_second":300,"trained_tokens":70,"#
                + #""memory_bytes":1048576}"# + "\n"
                + #"{"current_steps":2,"total_steps":9,"loss":2.0,"lr":1e-4,"epoch":1.0}"# + "\n"
                + #"{"current_steps":2,"total_steps":9,"eval_loss":1.75,"epoch":1.0}"# + "\n"
                + #"{"event":"learning_rate","current_steps":3,"total_steps":9,"factor":0.5,"#
                + #""peak_lr":5e-5,"lr":2e-5}"# + "\n"
        ),
        (
            "workbench_run.json",
            #"{"version":1,"state":"done","name":"客服","model":"m","method":"lora","total_steps":9,"#
                + #""saved_step":6,"step":9,"best_eval_loss":1.5,"best_step":6,"error":"no","process":1}"#
        ),
        (
            "samples.jsonl",
            #"{"step":3,"epoch":1.5,"prompt":"Who?","answer":"I.","new_tokens":5,"ending":"stop","#
                + #""seconds":0.25}"# + "\n"
                + #"{"step":6,"prompt":"Who?","answer":"You.","ending":"length"}"# + "\n"
        ),
        (
            "trainer_state.json",
            #"{"best_metric":1.5,"global_step":9,"log_history":[{"epoch":1,"loss":2,"step":1}],"#
                + #""max_steps":9}"#
        ),
        ("all_results.json", #"{"eval_loss":1.5,"train_loss":2}"#),
        (
            "adapter_config.json",
            #"{"peft_type":"LORA","r":8,"base_model_name_or_path":"models/a","lora_alpha":16}"#
        ),
    ]

    static let words = [
        "\n", "\"current_steps\":", "\"total_steps\":", "\"loss\":null", "\"eval_loss\":",
        "\"state\":\"failed\"", "\"state\":\"training\"", "\"step\":", "\"event\":\"x\"",
        "999999 days, 999999:59:59", "\"elapsed_time\":\"", "\"memory_bytes\":",
        "\"total_tokens\":", "-1", "1e308", "\"epoch\":",
    ]
}
