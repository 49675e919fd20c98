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

    /// Throws where keys and values of so many tokens do not fit in memory: an exhausted arena ends the program.
    private func checkRoom(for tokens: Int) throws(KernelError) {
        let growth = generator.cacheGrowth(to: tokens)
        guard growth > 0 else { return }
        try AllowedMemory(.here).most?.check(
            growth, what: "the conversation does not fit into memory",
            try: ["Ask something shorter, or keep keys and values smaller (--cache-type q8_0)."])
    }

    /// Answers the last message. `onText` gets text that is final: never half a character, never part of a stop text.
    func reply(
        to messages: [ChatMessage], tools: [JSONValue] = [], _ settings: SamplingSettings,
        stopTexts: [String] = [],
        isCancelled: () -> Bool, onText: (String) -> Void
    ) throws(KernelError) -> Reply {
        let prompt = try promptIDs(messages, tools: tools)
        try checkRoom(for: prompt.count + 1)
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

/// Lets text through up to the first stop text; holds back what may yet become one. Bytes are
/// compared: a stop text may begin or end inside what a reader takes for one character.
struct StopTextFilter {
    private let stops: [[UInt8]]
    private var held: [UInt8] = []
    private(set) var isStopped = false

    init(_ stops: [String]) { self.stops = stops.filter { !$0.isEmpty }.map { Array($0.utf8) } }

    mutating func feed(_ text: String) -> String {
        guard !isStopped else { return "" }
        guard !stops.isEmpty else { return text }
        held += text.utf8
        for start in held.indices where stops.contains(where: { held[start...].starts(with: $0) }) {
            isStopped = true
            defer { held = [] }
            return String(decoding: held[..<start], as: UTF8.self)
        }
        // The longest end of the text that begins a stop text stays back.
        let boundary =
            held.indices.first { start in stops.contains { $0.starts(with: held[start...]) } }
            ?? held.endIndex
        defer { held.removeFirst(boundary) }
        return String(decoding: held[..<boundary], as: UTF8.self)
    }

    mutating func flush() -> String {
        defer { held = [] }
        return isStopped ? "" : String(decoding: held, as: UTF8.self)
    }
}
