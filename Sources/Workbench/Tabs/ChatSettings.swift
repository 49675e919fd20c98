// The form of the chat tab: who answers, and how words are drawn. It turns values into fields and
// what was typed back into values. Ranges are those of SamplingSettings.

import Kernel
import Panels

/// Who answers and how.
struct ChatSettings: Equatable, Sendable {
    /// Which weights answer.
    enum Source: String, CaseIterable, Sendable {
        case base
        case adapter
        case currentRun = "current run"
    }

    var source: Source = .base
    /// The adapter's folder; empty when there is none.
    var adapterPath = ""
    /// Whether a run of this process has weights to answer with.
    var hasRun = false
    var sampling = SamplingSettings()

    /// Why a source cannot answer now; nil when it can.
    func obstacle(to source: Source) -> String? {
        switch source {
        case .base: nil
        case .adapter: adapterPath.isEmpty ? tr("no adapter is chosen; give its folder in ^T") : nil
        case .currentRun: hasRun ? nil : tr("no run of this session has weights yet")
        }
    }

    /// The source as a request names it; nil when it cannot answer.
    var requestSource: ChatRequest.Source? {
        guard obstacle(to: source) == nil else { return nil }
        return switch source {
        case .base: .base
        case .adapter: .adapter(path: adapterPath)
        case .currentRun: .currentRun
        }
    }

    /// The next source that can answer.
    mutating func turnSource() {
        let all = Source.allCases
        let index = all.firstIndex(of: source) ?? 0
        let next = (1...all.count).map { all[(index + $0) % all.count] }
        source = next.first { obstacle(to: $0) == nil } ?? .base
    }

    /// What stops a question from being asked; nil when nothing does.
    var problem: String? {
        if let obstacle = obstacle(to: source) { return obstacle }
        return sampling.issues().first.map { "\($0.field) \(trFound($0.message))" }
    }

    // MARK: - Form

    /// The fields with their values and issues.
    func form(isFocused: Bool) -> Form {
        let issues = sampling.issues()
        func issue(_ id: String) -> Form.Issue? {
            issues.first { $0.field == id }.map { Form.Issue(DisplayText(trFound($0.message))) }
        }
        let greedy: DisplayText? =
            sampling.isGreedy ? tr("greedy takes the likeliest token; nothing is drawn") : nil
        func drawn(
            _ id: String, _ label: DisplayText, _ editor: Form.Editor, _ value: String,
            _ help: DisplayText
        ) -> Form.Field {
            Form.Field(
                id: id, label: label, editor: editor, value: value, issue: issue(id), help: help,
                disabledReason: greedy)
        }
        let obstacle = obstacle(to: source).map { Form.Issue(DisplayText($0), role: .warning) }
        return Form(
            [
                Form.Section(
                    tr("Who answers"),
                    [
                        Form.Field(
                            id: "source", label: tr("weights"),
                            editor: .choice(Source.allCases.map(\.rawValue)),
                            value: source.rawValue,
                            issue: obstacle,
                            help: tr("base alone, with an adapter, or as it trains now")),
                        Form.Field(
                            id: "adapter", label: tr("adapter"),
                            editor: .text(placeholder: tr("a folder")),
                            value: adapterPath, help: tr("a folder with adapter_config.json")),
                    ]),
                Form.Section(
                    tr("How words are drawn"),
                    [
                        Form.Field(
                            id: "greedy", label: tr("greedy"), editor: .toggle,
                            value: sampling.isGreedy ? "true" : "false",
                            help: tr("always the likeliest token")),
                        drawn(
                            "temperature", tr("temperature"), .real(0...100),
                            Figures.setting(sampling.temperature), tr("lower is surer; 0 is greedy")
                        ),
                        drawn(
                            "top_p", "top-p", .real(0...1), Figures.setting(sampling.topP),
                            tr("the likeliest tokens up to this chance; 1 keeps all")),
                        drawn(
                            "top_k", "top-k", .integer(0...1_000_000), String(sampling.topK),
                            tr("so many of the likeliest tokens; 0 keeps all")),
                        Form.Field(
                            id: "repetition_penalty", label: tr("repetition"),
                            editor: .real(0...100),
                            value: Figures.setting(sampling.repetitionPenalty),
                            issue: issue("repetition_penalty"),
                            help: tr("above 1 avoids tokens that were used; 1 is off")),
                        Form.Field(
                            id: "max_new_tokens", label: tr("most tokens"),
                            editor: .integer(1...1_048_576), value: String(sampling.maxNewTokens),
                            issue: issue("max_new_tokens"), help: tr("where an answer is cut")),
                        drawn(
                            "seed", tr("seed"), .integer(0...Int.max), String(sampling.seed),
                            tr("the same seed draws the same answer; ^G counts it up")),
                    ]),
            ], isFocused: isFocused)
    }

    /// Takes a value of the form; the form has checked its range.
    mutating func take(id: String, value: String) {
        switch id {
        case "source": source = Source(rawValue: value) ?? source
        case "adapter":
            adapterPath = value
            if value.isEmpty, source == .adapter { source = .base }
            if !value.isEmpty, source == .base { source = .adapter }
        case "greedy": sampling.isGreedy = value == "true"
        case "temperature": sampling.temperature = Double(value) ?? sampling.temperature
        case "top_p": sampling.topP = Double(value) ?? sampling.topP
        case "top_k": sampling.topK = Int(value) ?? sampling.topK
        case "repetition_penalty":
            sampling.repetitionPenalty = Double(value) ?? sampling.repetitionPenalty
        case "max_new_tokens": sampling.maxNewTokens = Int(value) ?? sampling.maxNewTokens
        case "seed": sampling.seed = UInt64(value) ?? sampling.seed
        default: break
        }
    }
}
