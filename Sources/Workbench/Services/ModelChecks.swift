// The check list of a model before anything is trained on it: tensors against the configuration, the
// tokenizer there and back, the template rendered, the end of text and padding. It opens no weights' pages.

import Kernel

/// Tries a model's parts.
struct ModelChecks {
    let folder: ModelFolder
    let tokenizer: any Tokenizer
    let chatTemplate: String?
    let detection: TemplateDetection

    /// All checks in the order of a list.
    func all() -> [ModelSummary.Check] {
        [tensors, files, roundTrip, template, rendering, end, padding].compactMap(\.self)
    }

    private var tensors: ModelSummary.Check {
        let count = folder.config.layout.tensors.count
        let extra = folder.unexpectedTensors.count
        return .init(
            title: phrase("tensors"), passed: true,
            detail: extra == 0
                ? "all \(count) are there with the right shapes"
                : "all \(count) are there with the right shapes, \(extra) more are not used")
    }

    /// What in the model's files is not used here; nil when that is nothing.
    private var files: ModelSummary.Check? {
        guard !folder.notes.isEmpty else { return nil }
        return .init(
            title: phrase("files"), passed: true, detail: Sentence.joined(folder.notes) ?? "")
    }

    private var roundTrip: ModelSummary.Check {
        let sample = "Hello, 世界! 123 + 4 = naïve 🙂\n\ttab"
        let back = tokenizer.decode(
            tokenizer.encode(sample, allowSpecial: false), skipSpecial: false)
        let fits = tokenizer.vocabularySize <= folder.config.vocabularySize
        return .init(
            title: phrase("tokenizer"), passed: back == sample && fits,
            detail: !fits
                ? "\(tokenizer.vocabularySize) ids, but the model has \(folder.config.vocabularySize)"
                : back == sample
                    ? "\(tokenizer.vocabularySize) ids, text comes back unchanged"
                    : "text does not come back unchanged")
    }

    private var template: ModelSummary.Check {
        guard let name = detection.name, let template = try? BuiltinTemplates.named(name) else {
            return .init(title: phrase("template"), passed: false, detail: detection.why)
        }
        let unknown = ChatEncoder(template, tokenizer).unknownStopWords
        return .init(
            title: phrase("template"), passed: unknown.isEmpty,
            detail: unknown.isEmpty
                ? Sentence.joined([detection.why] + detection.notes) ?? ""
                : "unknown stop words \(unknown)")
    }

    /// The model's own template over a small conversation; nil when it has none.
    private var rendering: ModelSummary.Check? {
        guard let chatTemplate, !chatTemplate.isEmpty else { return nil }
        let talk = [
            ChatMessage(.user, "你好 {{ 7 * 7 }}"), ChatMessage(.assistant, "Hello."),
            ChatMessage(.user, "Bye."),
        ]
        do throws(KernelError) {
            let own = try ModelChatTemplate(chatTemplate, tokenizer, date: .today)
            let text = try own.render(talk, addsPrompt: true)
            let isWhole = talk.allSatisfy { text.contains($0.content) }
            return .init(
                title: phrase("rendering"), passed: isWhole,
                detail: isWhole
                    ? "its own template writes every turn"
                    : "its own template leaves out part of a conversation")
        } catch {
            return .init(
                title: phrase("rendering"), passed: false, detail: error.why ?? error.what)
        }
    }

    private var end: ModelSummary.Check {
        let ids =
            folder.eosTokenIDs.isEmpty ? tokenizer.eosID.map { [$0] } ?? [] : folder.eosTokenIDs
        let names = ids.map { tokenizer.decode([$0], skipSpecial: false) }
        return .init(
            title: phrase("end of text"),
            passed: !ids.isEmpty
                && ids.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabularySize },
            detail: ids.isEmpty
                ? "the model names no end-of-text token"
                : Sentence(verbatim: names.joined(separator: " ")))
    }

    /// Nothing is padded here; other programs do, and would mask the end of text with it.
    private var padding: ModelSummary.Check {
        guard let id = tokenizer.padID else {
            return .init(
                title: phrase("padding"), passed: true, detail: "it names none, none is needed")
        }
        guard id >= 0, id < tokenizer.vocabularySize else {
            return .init(
                title: phrase("padding"), passed: false,
                detail: "its id \(id) is outside of the vocabulary")
        }
        let name = tokenizer.decode([id], skipSpecial: false)
        return .init(
            title: phrase("padding"), passed: true,
            detail: id == tokenizer.eosID
                ? "\(name), the same as the end of text; nothing is padded here"
                : Sentence(verbatim: name))
    }
}
