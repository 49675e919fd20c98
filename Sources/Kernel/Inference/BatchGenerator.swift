// Several answers drawn together: a prompt is read once for all of its answers, and each further token of all of them is
// one pass. What a row computes does not depend on the others, but its last bits may depend on how many there are.

/// An answer as it was drawn.
struct DrawnAnswer: Sendable, Equatable {
    /// Its tokens, the one that ended it among them.
    var ids: [Int32]
    /// Whether it came to its end; else it was cut.
    var isWhole: Bool
}

/// Draws answers with a decoder, whose caches live in its arena for as long as that takes.
struct BatchGenerator {
    let decoder: Decoder
    /// The most tokens of a prompt and its answer.
    let contextLimit: Int
    let cacheType: KVCacheType
    let stopIDs: Set<Int32>

    /// Answers that are drawn at once; more are drawn one part after the other.
    static let together = 64

    /// What keys and values are held in beside products of a kind.
    static func cacheType(_ backend: MatmulBackend) -> KVCacheType {
        backend.precision == .bfloat16 ? .bf16 : .f32
    }

    /// Rows of a prompt that are run at once.
    private static let prefillRows = 512

    /// One answer that is being drawn.
    private struct Draft {
        let prompt: Int
        let cache: KVCache
        let room: Int
        var sampler: Sampler
        var ids: [Int32] = []
        var isWhole = false
    }

    /// So many answers to each prompt; nil when stopped. `seed` gives each answer its own.
    func answers(
        to prompts: [[Int32]], each count: Int, _ settings: SamplingSettings,
        seed: (_ prompt: Int, _ answer: Int) -> UInt64, isStopped: () -> Bool
    ) throws(KernelError) -> [[DrawnAnswer]]? {
        var drafts: [Draft] = []
        for (place, prompt) in prompts.enumerated() {
            guard let (cache, logits) = read(prompt, settings, isStopped) else { return nil }
            guard logits.isFinite else { throw decoder.notFiniteError() }
            for answer in 0..<count {
                var own = settings
                own.seed = seed(place, answer)
                let copy =
                    answer == 0
                    ? cache
                    : cache.copy(
                        capacity: prompt.count + settings.maxNewTokens,
                        layers: decoder.spec.layers.map(\.attention.shape))
                var draft = Draft(
                    prompt: place, cache: copy,
                    room: min(settings.maxNewTokens, contextLimit - prompt.count),
                    sampler: Sampler(own))
                // Drawing changes the scores.
                let scores = Tensor(1, logits.columns, in: decoder.arena)
                scores.pointer.update(from: logits.pointer, count: logits.columns)
                take(scores, into: &draft, after: prompt)
                drafts.append(draft)
            }
        }
        guard try goOn(&drafts, prompts, isStopped) else { return nil }
        return prompts.indices.map { place in
            drafts.filter { $0.prompt == place }.map {
                DrawnAnswer(ids: $0.ids, isWhole: $0.isWhole)
            }
        }
    }

    /// A cache that holds a prompt, and the logits of its last token; nil when stopped.
    private func read(
        _ prompt: [Int32], _ settings: SamplingSettings, _ isStopped: () -> Bool
    ) -> (KVCache, Tensor)? {
        precondition(!prompt.isEmpty && prompt.count < contextLimit, "a prompt without room")
        let cache = decoder.makeCache(
            capacity: prompt.count + settings.maxNewTokens, type: cacheType)
        var logits: Tensor?
        for start in stride(from: 0, to: prompt.count, by: Self.prefillRows) {
            if isStopped() { return nil }
            let part = Array(prompt[start..<min(prompt.count, start + Self.prefillRows)])
            logits = decoder.advance(part, cache, backend: decoder.backend)
        }
        return logits.map { (cache, $0) }
    }

    /// Draws the next tokens of all answers until each is at its end; false when stopped.
    private func goOn(
        _ drafts: inout [Draft], _ prompts: [[Int32]], _ isStopped: () -> Bool
    ) throws(KernelError) -> Bool {
        let derived = DerivedNumbers()
        while true {
            let live = drafts.indices.filter { !isDone(drafts[$0]) }
            guard !live.isEmpty else { return true }
            if isStopped() { return false }
            let stream = decoder.advanceEach(
                live.map { drafts[$0].ids.last ?? 0 }, live.map { drafts[$0].cache },
                derived: derived, backend: decoder.backend)
            let logits = decoder.logits(stream, rows: Array(live.indices))
            guard logits.isFinite else { throw decoder.notFiniteError() }
            drafts.withUnsafeMutableBufferPointer { all in
                guard let base = all.baseAddress else { return }
                Parallel.ranges(live.count) { rows in
                    for row in rows {
                        take(
                            logits.rows(row..<row + 1), into: &base[live[row]],
                            after: prompts[base[live[row]].prompt])
                    }
                }
            }
        }
    }

    private func isDone(_ draft: Draft) -> Bool {
        draft.isWhole || draft.ids.count >= draft.room
    }

    private func take(_ logits: Tensor, into draft: inout Draft, after prompt: [Int32]) {
        let id = draft.sampler.pick(logits, seen: prompt + draft.ids)
        draft.ids.append(id)
        draft.isWhole = stopIDs.contains(id)
    }
}
