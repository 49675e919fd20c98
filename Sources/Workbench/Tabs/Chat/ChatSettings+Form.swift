// The settings of the chat tab as a form: values into fields, and what was typed back into values. A
// number is checked while it is typed. Ranges are those of SamplingSettings.

import Kernel
import Panels

extension ChatSettings {
    /// The fields with their values and issues; `draft` is what is being typed into the field of a name.
    func form(
        isFocused: Bool, sides: [ChatSide] = [.a], draft: (id: String, text: String)? = nil
    ) -> Form {
        Form(
            sides.map { answererSection($0, isOnly: sides.count == 1) }
                + [Form.Section(tr("How words are drawn"), samplingFields(draft))],
            isFocused: isFocused)
    }

    private func answererSection(_ side: ChatSide, isOnly: Bool) -> Form.Section {
        let answerer = answerers[side]
        return Form.Section(
            isOnly ? tr("Who answers") : tr("Who answers as {1}", side.letter),
            [
                Form.Field(
                    id: "source." + side.key, label: tr("weights"),
                    editor: .choice(Source.allCases.map(\.rawValue)),
                    value: answerer.source.rawValue,
                    issue: obstacle(to: answerer.source, side).map {
                        Form.Issue(DisplayText($0), role: .warning)
                    }, help: tr("base alone, with an adapter, or as it trains now")),
                Form.Field(
                    id: "adapter." + side.key, label: tr("adapter"),
                    editor: .text(placeholder: tr("a folder")), value: answerer.adapterPath,
                    help: tr("a folder that a run has written: the run's, or a checkpoint's")),
            ])
    }

    private func samplingFields(_ draft: (id: String, text: String)?) -> [Form.Field] {
        let greedy: DisplayText? =
            sampling.isGreedy ? tr("greedy takes the likeliest token; nothing is drawn") : nil
        func field(
            _ id: String, _ label: DisplayText, _ editor: Form.Editor, _ value: String,
            _ help: DisplayText, isDrawn: Bool = true
        ) -> Form.Field {
            Form.Field(
                id: id, label: label, editor: editor, value: value, issue: issue(id, draft),
                help: help, disabledReason: isDrawn ? greedy : nil)
        }
        return [
            field(
                "greedy", tr("greedy"), .toggle, sampling.isGreedy ? "true" : "false",
                tr("always the likeliest token"), isDrawn: false),
            field(
                "temperature", tr("temperature"), .real(0...100),
                NumberText.setting(sampling.temperature), tr("lower is surer; 0 is greedy")),
            field(
                "top_p", "top-p", .real(0...1), NumberText.setting(sampling.topP),
                tr("the likeliest tokens up to this chance; 1 keeps all")),
            field(
                "top_k", "top-k", .integer(0...1_000_000), String(sampling.topK),
                tr("so many of the likeliest tokens; 0 keeps all")),
            field(
                "min_p", "min-p", .real(0...1), NumberText.setting(sampling.minP),
                tr("tokens at least this part as likely as the likeliest; 0 keeps all")),
            field(
                "repetition_penalty", tr("repetition"), .real(0...100),
                NumberText.setting(sampling.repetitionPenalty),
                tr("above 1 avoids tokens that were used; 1 is off"), isDrawn: false),
            field(
                "max_new_tokens", tr("most tokens"), .integer(1...1_048_576),
                String(sampling.maxNewTokens), tr("where an answer is cut"), isDrawn: false),
            field(
                "seed", tr("seed"), .integer(0...Int.max), String(sampling.seed),
                tr("the same seed draws the same answer; ^G counts it up")),
        ]
    }

    /// What is wrong with a field, or with what is being typed into it.
    private func issue(_ id: String, _ draft: (id: String, text: String)?) -> Form.Issue? {
        var sampling = sampling
        if let draft, draft.id == id, !draft.text.isEmpty {
            var typed = self
            let isWhole = ["top_k", "max_new_tokens", "seed"].contains(id)
            if isWhole ? Int(draft.text) == nil : Double(draft.text) == nil {
                return Form.Issue(isWhole ? tr("no whole number") : tr("no number"))
            }
            typed.take(id: id, value: draft.text)
            sampling = typed.sampling
        }
        return sampling.issues().first { $0.field == id }
            .map { Form.Issue(DisplayText(tr($0.message))) }
    }

    /// Takes a value of the form; the form has checked its range.
    mutating func take(id: String, value: String) {
        if let side = ChatSide.allCases.first(where: { id.hasSuffix("." + $0.key) }) {
            return takeAnswerer(String(id.dropLast(2)), value, side)
        }
        switch id {
        case "greedy": sampling.isGreedy = value == "true"
        case "temperature": sampling.temperature = Double(value) ?? sampling.temperature
        case "top_p": sampling.topP = Double(value) ?? sampling.topP
        case "top_k": sampling.topK = Int(value) ?? sampling.topK
        case "min_p": sampling.minP = Double(value) ?? sampling.minP
        case "repetition_penalty":
            sampling.repetitionPenalty = Double(value) ?? sampling.repetitionPenalty
        case "max_new_tokens": sampling.maxNewTokens = Int(value) ?? sampling.maxNewTokens
        case "seed": sampling.seed = UInt64(value) ?? sampling.seed
        default: break
        }
    }

    private mutating func takeAnswerer(_ id: String, _ value: String, _ side: ChatSide) {
        if id == "source" {
            answerers[side].source = Source(rawValue: value) ?? answerers[side].source
            return
        }
        answerers[side].adapterPath = value
        if value.isEmpty, answerers[side].source == .adapter { answerers[side].source = .base }
        if !value.isEmpty, answerers[side].source == .base { answerers[side].source = .adapter }
    }
}
