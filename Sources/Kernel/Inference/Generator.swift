// Prefill, then token by token, on one decoder: keeps what the KV cache already holds of a prompt,
// so a new turn of a conversation costs only its new tokens. It knows ids, not text.

/// What one generation did.
public struct GenerationResult: Sendable, Equatable {
    /// Why an answer ended.
    public enum Ending: String, Sendable {
        case stopToken
        /// A text that was to end it; the generator itself knows ids only.
        case stopText = "stop"
        case length, cancelled, contextFull
    }
    public var ids: [Int32]
    public var ending: Ending
    public var promptTokens: Int
    /// Prompt tokens that the cache held already.
    public var reusedTokens: Int
    public var prefillSeconds: Double
    public var decodeSeconds: Double

    /// Seconds until the first new token, tokens a second after it.
    public var tokensPerSecond: Double {
        ids.count > 1 && decodeSeconds > 0 ? Double(ids.count - 1) / decodeSeconds : 0
    }
    public var promptTokensPerSecond: Double {
        prefillSeconds > 0 ? Double(promptTokens - reusedTokens) / prefillSeconds : 0
    }
}

/// Generates continuations with a decoder and remembers the last conversation in its cache.
public final class Generator {
    private let decoder: Decoder
    private let now: () -> Double
    private let contextLimit: Int
    private var cache: KVCache
    private var cached: [Int32] = []
    private var cachedWithAdapter = true
    private let promptPrecision: Precision
    /// Rows of a prompt that are run at once.
    private static let prefillRows = 512

    /// `now` gives seconds of a monotonic clock; `contextLimit` is the most tokens a conversation may have.
    public init(
        _ decoder: Decoder, contextLimit: Int, cacheType: KVCacheType = .f32,
        promptPrecision: Precision = .float32, now: @escaping () -> Double
    ) {
        self.decoder = decoder
        self.contextLimit = contextLimit
        self.promptPrecision = promptPrecision
        self.now = now
        cache = decoder.makeCache(type: cacheType)
    }

    /// What the error about a prompt without room for an answer says.
    public static let contextIsFull: Sentence =
        "the conversation is longer than the model's context"

    /// Forgets the conversation; needed after the decoder's weights changed.
    public func reset() {
        cached = []
        cache.truncate(to: 0)
    }

    /// Continues `prompt` until a stop id, `settings.maxNewTokens`, the context limit or `isCancelled`.
    /// `onToken` sees each new id as it is drawn; the stop id is neither reported nor returned.
    public func generate(
        _ prompt: [Int32], _ settings: SamplingSettings, stopIDs: Set<Int32>,
        usesAdapter: Bool = true,
        isCancelled: () -> Bool = { false }, onToken: (Int32) -> Void = { _ in }
    ) throws(KernelError) -> GenerationResult {
        guard !prompt.isEmpty else { throw KernelError(.usage, "cannot continue an empty prompt") }
        if let id = prompt.first(where: { $0 < 0 || $0 >= decoder.spec.vocabularySize }) {
            throw KernelError(
                .badData, "token id \(id) is outside the vocabulary",
                because: "the model has ids 0 … \(decoder.spec.vocabularySize - 1)",
                hint: "Use the tokenizer that came with the model.")
        }
        guard prompt.count < contextLimit else {
            throw KernelError(
                .usage, Self.contextIsFull,
                because: "\(prompt.count) tokens of at most \(contextLimit)",
                hint: "Start a new conversation, or ask something shorter.")
        }
        let start = now()
        let reused = keepPrefix(of: prompt, usesAdapter: usesAdapter)
        var result = GenerationResult(
            ids: [], ending: .length, promptTokens: prompt.count, reusedTokens: reused,
            prefillSeconds: 0,
            decodeSeconds: 0)
        guard var logits = prefill(Array(prompt[reused...]), usesAdapter, isCancelled) else {
            result.ending = .cancelled
            return result
        }
        result.prefillSeconds = now() - start
        var sampler = Sampler(settings)
        var seen = prompt
        let decodeStart = now()
        while true {
            guard logits.isFinite else {
                // What was computed from broken weights must not be reused.
                reset()
                throw decoder.notFiniteError()
            }
            let id = sampler.pick(logits, seen: seen)
            if stopIDs.contains(id) {
                result.ending = .stopToken
                break
            }
            result.ids.append(id)
            seen.append(id)
            onToken(id)
            if result.ids.count >= settings.maxNewTokens { break }
            if isCancelled() {
                result.ending = .cancelled
                break
            }
            if seen.count >= contextLimit {
                result.ending = .contextFull
                break
            }
            logits = decoder.advance([id], cache, usesAdapter: usesAdapter)
            cached.append(id)
        }
        result.decodeSeconds = now() - decodeStart
        return result
    }

    /// Bytes that keys and values of so many tokens take beyond what is held already.
    public func cacheGrowth(to tokens: Int) -> Int { cache.growth(to: tokens) }

    /// Cuts the cache back to what it shares with `prompt`, leaving at least one token to run.
    private func keepPrefix(of prompt: [Int32], usesAdapter: Bool) -> Int {
        if usesAdapter != cachedWithAdapter { reset() }
        cachedWithAdapter = usesAdapter
        var shared = 0
        while shared < min(cached.count, prompt.count - 1), cached[shared] == prompt[shared] {
            shared += 1
        }
        cache.truncate(to: shared)
        cached.removeSubrange(shared...)
        return shared
    }

    private func prefill(_ tokens: [Int32], _ usesAdapter: Bool, _ isCancelled: () -> Bool)
        -> Tensor?
    {
        var logits: Tensor?
        for start in stride(from: 0, to: tokens.count, by: Self.prefillRows) {
            if isCancelled() { return nil }
            let part = Array(tokens[start..<min(tokens.count, start + Self.prefillRows)])
            logits = decoder.advance(
                part, cache, usesAdapter: usesAdapter, backend: MatmulBackend(promptPrecision))
            cached += part
        }
        return logits
    }
}
