// Finds the built-in template that writes what a model's own Jinja template writes.
// Marks in the source suggest one; both are then applied to a sample and compared.

/// Which built-in template fits a model, and why.
public struct TemplateDetection: Sendable, Equatable {
    /// The name of the built-in template, nil when none is known to fit.
    public var name: String?
    /// The reason, as one clause.
    public var why: Sentence
    /// Where the built-in template and the model's own differ.
    public var notes: [Sentence]
}

/// Detects templates.
public enum TemplateDetector {
    /// The built-in template for a model's own chat template. `bos` and `eos` are how the model's
    /// tokenizer spells its start and end of text.
    public static func detect(
        chatTemplate source: String?, bos: String? = nil, eos: String? = nil
    ) -> TemplateDetection {
        guard let source, !source.isEmpty else {
            return TemplateDetection(
                name: nil, why: "the model has no chat template of its own", notes: [])
        }
        let (candidate, why) = candidate(for: source)
        guard let candidate, let row = BuiltinTemplates.rows.first(where: { $0.name == candidate })
        else { return TemplateDetection(name: nil, why: why, notes: []) }
        return TemplateDetection(
            name: candidate, why: why, notes: notes(source, row, bos: bos, eos: eos))
    }

    // MARK: - Marks

    private static func candidate(for source: String) -> (name: String?, why: Sentence) {
        func has(_ mark: String) -> Bool { source.contains(mark) }
        if has("<|start_header_id|>"), has("<|eot_id|>") {
            return ("llama3", "its chat template has the headers of Llama 3")
        }
        if has("<|im_start|>") {
            if has("<|im_sep|>") { return (nil, "its chat template has the separators of Phi-4") }
            if has("<think>") || has("enable_thinking") {
                return (nil, "its chat template is for a model that thinks aloud")
            }
            if has("named SmolLM") {
                return ("smollm2", "its chat template is ChatML with SmolLM's default system text")
            }
            if has("You are Qwen, created by Alibaba Cloud") {
                return ("qwen", "its chat template is ChatML with Qwen's default system text")
            }
            return ("chatml", "its chat template is ChatML")
        }
        if has("### Instruction:") { return ("alpaca", "its chat template has Alpaca's headings") }
        if has("<<SYS>>"), has("[INST]") {
            return ("llama2", "its chat template is that of Llama 2")
        }
        let marks = [
            "[INST]", "<start_of_turn>", "<|user|>", "<｜User｜>", "<|START_OF_TURN_TOKEN|>",
        ]
        let seen = marks.filter(has)
        return seen.isEmpty
            ? (nil, "its chat template has no known marks")
            : (
                nil,
                "its chat template has the marks \(seen.joined(separator: ", ")) of a format "
                    + "that is not built in"
            )
    }

    // MARK: - Comparison

    private static let sample = [
        ChatMessage(.user, "First?"), ChatMessage(.assistant, "One."),
        ChatMessage(.user, "Second?"),
    ]

    private static let system = ChatMessage(.system, "Be brief.")

    /// A day for templates that write the day, so that a comparison never depends on it.
    private static let sampleDate = TemplateDate(year: 2024, month: 7, day: 26)

    private static func own(
        _ source: String, _ echo: EchoTokenizer
    ) throws(KernelError) -> ModelChatTemplate {
        try ModelChatTemplate(source, echo, date: sampleDate)
    }

    private static func echo(_ source: String, _ bos: String?, _ eos: String?) -> EchoTokenizer {
        // A template may spell the start of text itself, and then it is the tokenizer's.
        let usual = source.contains("<|begin_of_text|>") ? "<|begin_of_text|>" : "<s>"
        return EchoTokenizer(bos: bos ?? usual, eos: eos ?? "</s>")
    }

    /// Whether a model's own template and `row` write the same turns behind a system text.
    static func agrees(_ source: String, _ row: ChatTemplate) -> Bool {
        let echo = echo(source, nil, nil)
        do throws(KernelError) {
            let text = try own(source, echo).render([system] + sample, addsPrompt: true)
            return try text == ChatEncoder(row, echo).render(sample, system: system.content)
        } catch {
            return false
        }
    }

    /// How a model's own template (Jinja) writes a small conversation otherwise than `row` does, in
    /// words; empty when they agree.
    static func notes(
        _ source: String, _ row: ChatTemplate, bos: String? = nil, eos: String? = nil
    ) -> [Sentence] {
        let echo = echo(source, bos, eos)
        do {
            let own = try own(source, echo)
            let builtin = ChatEncoder(row, echo)
            var notes: [Sentence] = []
            let ownText = try own.render([system] + sample, addsPrompt: true)
            if let difference = difference(
                ownText, try builtin.render(sample, system: system.content))
            {
                notes.append(
                    "With a system text the model's own template writes \(difference.0), "
                        + "\(row.name) writes \(difference.1)")
            }
            if let difference = difference(
                try own.render(sample, addsPrompt: true), try builtin.render(sample))
            {
                notes.append(
                    "Without a system text the model's own template writes \(difference.0), "
                        + "\(row.name) writes \(difference.1)")
            }
            return notes
        } catch {
            return ["The model's own template could not be compared: \(error)"]
        }
    }

    /// What is left of two texts without their common end, nil when they are equal.
    private static func difference(_ a: String, _ b: String) -> (String, String)? {
        guard a != b else { return nil }
        let common = zip(a.reversed(), b.reversed()).prefix { $0 == $1 }.count
        return (shown(a.dropLast(common)), shown(b.dropLast(common)))
    }

    private static func shown(_ text: Substring) -> String {
        let cut = text.count > 200 ? "…" + text.suffix(200) : String(text)
        return "\"" + cut.replacing("\n", with: "\\n").escapedForDisplay + "\""
    }
}

/// Bytes as ids, with a start and an end of text: enough to show what templates write.
private struct EchoTokenizer: Tokenizer {
    let bos: String
    let eos: String
    var vocabularySize: Int { 258 }
    var bosID: Int? { 256 }
    var eosID: Int? { 257 }
    var padID: Int? { nil }
    var addsBOS: Bool { false }
    var specialTokens: [String] { [] }

    func encode(_ pieces: [PromptPiece]) -> [Int] { pieces.flatMap { $0.text.utf8.map(Int.init) } }

    func bytes(of id: Int) -> [UInt8] {
        id < 256 ? [UInt8(truncatingIfNeeded: id)] : Array((id == 256 ? bos : eos).utf8)
    }

    func id(of token: String) -> Int? { nil }

    func isSpecial(_ id: Int) -> Bool { id >= 256 }
}
