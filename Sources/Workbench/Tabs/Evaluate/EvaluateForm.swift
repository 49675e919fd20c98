// What to evaluate, as it stands in the form: model and adapter, records, and how answers are generated.
// Checks that need the disk belong to the evaluation.

import Kernel
import Panels

/// The settings of an evaluation.
struct EvaluateForm: Equatable, Sendable {
    var modelPath = ""
    var adapterPath = ""
    var template: String?
    /// Names of data sets with commas between.
    var data = ""
    var dataFolder = ""
    /// As `val_size`; 0 takes whole sets.
    var share = 0.0
    var seed: UInt64 = 42
    var cutoff = 2048
    /// At most this many records of each set, as the plan's `max_samples`; nil takes all.
    var samplesMax: Int?
    /// Whether special tokens in records stay text, as the plan's `split_special_tokens`.
    var splitsSpecialTokens = false
    /// 0 takes all.
    var limit = 0
    var generates = true
    var tokensMax = 512
    /// 0 takes the likeliest token.
    var temperature = 0.0
    var topP = 0.7
    var folder = ""

    /// The names of the data sets.
    var names: [String] {
        data.split(separator: ",").map { $0.drop { $0 == " " } }.map { name in
            var name = name
            while name.last == " " { name.removeLast() }
            return String(name)
        }.filter { !$0.isEmpty }
    }

    /// The folder to propose.
    var suggestedFolder: String {
        let name = PathText.lastPart(of: adapterPath.isEmpty ? modelPath : adapterPath)
        let stem = name.hasSuffix(".gguf") ? String(name.dropLast(5)) : name
        return stem.isEmpty ? "" : "evaluations/\(stem)"
    }

    /// The request that a start would send.
    var request: EvaluationRequest {
        var plan =
            if let share = ValidationShare(value: share), share != .none {
                EvaluationPlan(DatasetSelection(directory: dataFolder, training: names))
            } else {
                EvaluationPlan(
                    DatasetSelection(directory: dataFolder, training: [], evaluation: names))
            }
        plan.options.validation = ValidationShare(value: share) ?? .none
        plan.options.seed = seed
        plan.options.cutoffLength = cutoff
        plan.options.samplesMax = samplesMax
        plan.options.splitsSpecialTokens = splitsSpecialTokens
        plan.recordsMax = limit > 0 ? limit : nil
        plan.folder = folder
        if generates {
            var sampling = SamplingSettings()
            (sampling.temperature, sampling.topP) = (temperature, topP)
            (sampling.isGreedy, sampling.maxNewTokens) = (temperature == 0, tokensMax)
            sampling.seed = seed
            plan.prediction = sampling
        }
        return EvaluationRequest(
            modelPath: modelPath, adapters: adapterPath.isEmpty ? [] : [adapterPath],
            template: template, templateYields: true, plan: plan, takesFreshFolder: true)
    }

    /// What is wrong, by the name of the field.
    var issues: [String: String] {
        var issues: [String: String] = [:]
        if modelPath.isEmpty { issues["model"] = tr("give a model folder or a GGUF file") }
        if names.isEmpty { issues["data"] = tr("give one or more data sets") }
        if ValidationShare(value: share) == nil {
            issues["share"] = tr("must be a part below 1 or a number of records")
        }
        if folder.isEmpty { issues["folder"] = tr("give the folder to write") }
        return issues
    }

    /// The first thing that stops a start, in the order of the fields.
    var problem: String? {
        ["model", "data", "share", "folder"].lazy.compactMap { issues[$0] }.first
    }

    /// Takes a value of the form.
    mutating func take(id: String, value: String) {
        switch id {
        case "model": modelPath = value
        case "adapter": adapterPath = value
        case "data": data = value
        case "share": share = Double(value) ?? share
        case "limit": limit = Int(value) ?? limit
        case "generate": generates = value == "true"
        case "tokens": tokensMax = Int(value) ?? tokensMax
        case "temperature": temperature = Double(value) ?? temperature
        case "top_p": topP = Double(value) ?? topP
        case "folder": folder = value
        default: break
        }
    }

    /// The form; `isFocused` is false while another part has the keys.
    func form(isFocused: Bool) -> Form {
        let issues = issues
        let silent: DisplayText? = generates ? nil : tr("no answers are generated")
        let greedy: DisplayText? = temperature == 0 ? tr("the likeliest token is taken") : nil
        func field(
            _ id: String, _ label: DisplayText, _ editor: Form.Editor, _ value: String,
            _ help: DisplayText, reason: DisplayText? = nil
        ) -> Form.Field {
            Form.Field(
                id: id, label: label, editor: editor, value: value,
                issue: issues[id].map { Form.Issue(DisplayText($0)) }, help: help,
                disabledReason: reason)
        }
        return Form(
            [
                Form.Section(
                    "",
                    [
                        field(
                            "model", tr("base model"),
                            .text(placeholder: tr("a model folder or a .gguf file")), modelPath,
                            tr("the model, or the one that the adapter was trained on")),
                        field(
                            "adapter", tr("adapter"), .text(placeholder: tr("none")), adapterPath,
                            tr("a run's folder or a checkpoint; empty measures the base alone")),
                        field(
                            "data", tr("data"), .text(placeholder: tr("names or files")), data,
                            tr("names in {1} or files, with commas between", dataFolder)),
                        field(
                            "share", tr("held out"), .real(0...1_000_000),
                            NumberText.setting(share),
                            tr("what a training with this val_size holds out; 0: whole sets")),
                        field(
                            "limit", tr("at most"), .integer(0...1_000_000), String(limit),
                            tr("so many records, the first ones; 0: all")),
                        field(
                            "generate", tr("answers"), .toggle, generates ? "true" : "false",
                            tr("generate an answer to each record and score it")),
                        field(
                            "tokens", tr("most tokens"), .integer(1...100_000), String(tokensMax),
                            tr("where an answer is cut"), reason: silent),
                        field(
                            "temperature", tr("temperature"), .real(0...100),
                            NumberText.setting(temperature), tr("lower is surer; 0 is greedy"),
                            reason: silent),
                        field(
                            "top_p", "top-p", .real(0.01...1), NumberText.setting(topP),
                            tr("the likeliest tokens up to this chance; 1 keeps all"),
                            reason: silent ?? greedy),
                        field(
                            "folder", tr("folder"), .text(placeholder: tr("where to write")),
                            folder, tr("for answers and results; numbered when it is there")),
                    ])
            ], isFocused: isFocused)
    }
}
