// One answer of a model to a conversation: template, generation, text as it comes, stop texts.

import Foundation
import Kernel

extension Engine {
    /// An answer with what it took.
    struct Reply {
        var text: String
        var result: GenerationResult

        func json(seed: UInt64) -> JSONValue {
            [
                "text": .string(text), "ids": .array(result.ids.map { .integer(Int($0)) }),
                "ending": .string(result.ending.rawValue), "seed": .string(String(seed)),
                "prompt_tokens": .integer(result.promptTokens),
                "new_tokens": .integer(result.ids.count),
                "prefill_seconds": .number(result.prefillSeconds),
                "decode_seconds": .number(result.decodeSeconds),
                "tokens_per_second": .number(result.tokensPerSecond),
                "prompt_tokens_per_second": .number(result.promptTokensPerSecond),
                "time_to_first_token": .number(result.prefillSeconds),
            ]
        }
    }

    /// Answers the last message. `onText` gets text that is final: never half a character, never part of a stop text.
    func reply(
        to messages: [ChatMessage], tools: [JSONValue] = [], _ settings: SamplingSettings,
        stopTexts: [String] = [],
        isCancelled: () -> Bool, onText: (String) -> Void
    ) throws(KernelError) -> Reply {
        let prompt = try promptIDs(messages, tools: tools)
        var decoder = StreamingDecoder(prepared.tokenizer, skipsSpecial: true)
        var filter = StopTextFilter(stopTexts)
        var text = ""
        // Where each token's text begins, to know which of them belong to a stop text.
        var (starts, decoded): ([Int], Int) = ([], 0)
        func show(_ piece: String) {
            guard !piece.isEmpty else { return }
            text += piece
            onText(piece)
        }
        var result = try generator.generate(
            prompt, settings, stopIDs: prepared.stopIDs,
            isCancelled: { filter.isStopped || isCancelled() },
            onToken: {
                let piece = decoder.feed(Int($0))
                starts.append(decoded)
                decoded += piece.utf8.count
                show(filter.feed(piece))
            })
        try prepared.folder.checkUnchanged()
        show(filter.feed(decoder.flush()))
        show(filter.flush())
        if filter.isStopped {
            result.ending = .stopText
            result.ids = Array(result.ids.prefix(starts.count { $0 < text.utf8.count }))
        }
        return Reply(text: text, result: result)
    }
}

/// Lets text through up to the first stop text; holds back what may yet become one.
struct StopTextFilter {
    private let stops: [String]
    private var held = ""
    private(set) var isStopped = false

    init(_ stops: [String]) { self.stops = stops.filter { !$0.isEmpty } }

    mutating func feed(_ text: String) -> String {
        guard !isStopped else { return "" }
        guard !stops.isEmpty else { return text }
        held += text
        if let start = stops.compactMap({ held.range(of: $0)?.lowerBound }).min() {
            isStopped = true
            defer { held = "" }
            return String(held[..<start])
        }
        // The longest end of the text that begins a stop text stays back.
        let keep =
            stops.map { stop in
                (1..<max(1, stop.count)).last { held.hasSuffix(String(stop.prefix($0))) } ?? 0
            }.max() ?? 0
        let border = held.index(held.endIndex, offsetBy: -keep)
        defer { held = String(held[border...]) }
        return String(held[..<border])
    }

    mutating func flush() -> String {
        defer { held = "" }
        return isStopped ? "" : held
    }
}
