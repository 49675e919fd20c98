// The key-value cache changes nothing but the time: at once, in parts, token by token, cut back and
// continued, every way gives the same logits.

import Testing

@testable import Kernel
import TestSupport

@Suite struct CacheLawTests {
    private let tokens: [Int32] = (0..<23).map { Int32(3 + ($0 * 37) % 150) }

    private func models() throws -> [TunedModel] {
        [
            TinyModel.base(try TinyModel.weights("mistral-window")),
            TinyModel.adapted(try TinyModel.weights()),
            TinyModel.full(try TinyModel.weights("qwen2-tied")),
            TinyModel.base(try TinyModel.weights("gguf/qwen3-Q8_0.gguf")),
        ]
    }

    /// One token multiplies q8_0 rows with activations of 16 bits, prefill with all of theirs: each product
    /// is off by some 2e-5 of its size.
    private func tolerance(_ index: Int) -> Double { index == 3 ? 1e-3 : 1e-4 }

    @Test(arguments: 0..<4) func prefillIsTokenByToken(_ index: Int) throws {
        let decoder = try models()[index].decoder
        var batch = PackedBatch()
        batch.append(ids: tokens, labels: tokens)
        let whole = decoder.logits(batch, rows: Array(tokens.indices))
        // A capacity of two grows several times on the way.
        let cache = decoder.makeCache(capacity: 2)
        for (position, token) in tokens.enumerated() {
            let logits = decoder.advance([token], cache).values
            let expected = whole.rows(position..<position + 1).values
            let mismatch = firstMismatch(
                logits, expected, relative: tolerance(index), absolute: tolerance(index))
            #expect(mismatch == nil, "position \(position): \(mismatch ?? "")")
        }
        #expect(cache.count == tokens.count)
        let parts = decoder.makeCache(capacity: 3)
        _ = decoder.advance(Array(tokens[..<9]), parts)
        _ = decoder.advance(Array(tokens[9..<10]), parts)
        let last = decoder.advance(Array(tokens[10...]), parts).values
        #expect(
            firstMismatch(
                last, whole.rows(tokens.count - 1..<tokens.count).values,
                relative: tolerance(index), absolute: tolerance(index))
                == nil)
    }

    /// Largest difference of logits over their largest, from an exact cache.
    private func deviation(_ type: KVCacheType, _ decoder: Decoder) -> Float {
        let (exact, cache) = (decoder.makeCache(), decoder.makeCache(capacity: 2, type: type))
        var worst: Float = 0
        for part in [tokens[..<9], tokens[9..<10], tokens[10..<11], tokens[11...]] {
            let expected = decoder.advance(Array(part), exact).values
            let found = decoder.advance(Array(part), cache).values
            let size = expected.map(abs).max() ?? 1
            for (a, b) in zip(found, expected) { worst = max(worst, abs(a - b) / size) }
        }
        return worst
    }

    @Test(arguments: 0..<4) func smallerCachesStayClose(_ index: Int) throws {
        let decoder = try models()[index].decoder
        #expect(deviation(.f32, decoder) == 0)
        #expect(deviation(.bf16, decoder) < 0.03)
        #expect(deviation(.q8_0, decoder) < 0.08)
    }

    /// A conversation read at once and token by token sees the same stored numbers.
    @Test(arguments: KVCacheType.allCases) func everyTypeReadsWhatItWrote(type: KVCacheType) throws
    {
        let decoder = TinyModel.base(try TinyModel.weights("mistral-window")).decoder
        let (one, many) = (decoder.makeCache(type: type), decoder.makeCache(type: type))
        _ = decoder.advance(Array(tokens[..<20]), one)
        for token in tokens[..<20] { _ = decoder.advance([token], many) }
        let (a, b) = (decoder.advance([5], one).values, decoder.advance([5], many).values)
        let size = b.map(abs).max() ?? 1
        // In prefill a key may round the other way, a step of bf16 or q8_0.
        let tolerance: Float = type == .f32 ? 1e-4 : 0.02
        for (x, y) in zip(a, b) { #expect(abs(x - y) <= tolerance * size) }
    }

    /// Two layers of two heads of 40: 80 numbers a row, keys and values.
    @Test func bytesAreThoseOfTheType() {
        let shape = AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 40)
        func bytes(_ type: KVCacheType) -> Int {
            KVCache(
                layers: [shape, shape], type: type, capacity: 10, in: Arena(reserving: 1 << 22)
            ).byteCount
        }
        #expect(bytes(.f32) == 2 * 2 * 10 * 80 * 4)
        #expect(bytes(.bf16) == 2 * 2 * 10 * 80 * 2)
        // A head of 40 takes two blocks of 34 bytes.
        #expect(bytes(.q8_0) == 2 * 2 * 10 * 2 * 68)
    }

    @Test(arguments: 0..<4) func cuttingBackForgets(_ index: Int) throws {
        let decoder = try models()[index].decoder
        let cache = decoder.makeCache(capacity: 4)
        _ = decoder.advance(Array(tokens[..<12]), cache)
        let expected = decoder.advance([tokens[12]], cache).values
        // Other tokens overwrite the end; cut back, the old continuation is the same bit for bit.
        _ = decoder.advance([7, 8, 9, 10, 11], cache)
        cache.truncate(to: 12)
        #expect(cache.count == 12)
        #expect(decoder.advance([tokens[12]], cache).values == expected)
        cache.truncate(to: 0)
        _ = decoder.advance(Array(tokens[..<12]), cache)
        #expect(decoder.advance([tokens[12]], cache).values == expected)
    }

    @Test func secondTurnReusesTheFirst() throws {
        let decoder = TinyModel.adapted(try TinyModel.weights()).decoder
        var settings = SamplingSettings()
        settings.isGreedy = true
        settings.maxNewTokens = 6
        let generator = Generator(decoder, contextLimit: 64) { 0 }
        let first = try generator.generate(Array(tokens.prefix(8)), settings, stopIDs: [])
        #expect(first.reusedTokens == 0 && first.ids.count == 6 && first.ending == .length)
        let prompt = Array(tokens.prefix(8)) + first.ids + [9, 10]
        let second = try generator.generate(prompt, settings, stopIDs: [])
        // All but the last drawn token had run: it was drawn, not yet fed.
        #expect(second.reusedTokens == 8 + 5)
        let fresh = try Generator(decoder, contextLimit: 64) { 0 }.generate(
            prompt, settings, stopIDs: [])
        #expect(fresh.ids == second.ids && fresh.reusedTokens == 0)
        // Without the adapter the cached keys are others: nothing may be reused.
        let base = try generator.generate(prompt, settings, stopIDs: [], usesAdapter: false)
        #expect(base.reusedTokens == 0)
        let plain = TinyModel.base(try TinyModel.weights()).decoder
        let expected = try Generator(plain, contextLimit: 64) { 0 }.generate(
            prompt, settings, stopIDs: [])
        #expect(base.ids == expected.ids)
    }

    @Test func generationEndsForEachReason() throws {
        let decoder = TinyModel.base(try TinyModel.weights()).decoder
        var settings = SamplingSettings()
        settings.isGreedy = true
        settings.maxNewTokens = 40
        let generator = Generator(decoder, contextLimit: 20) { 0 }
        let prompt = Array(tokens.prefix(10))
        let full = try generator.generate(prompt, settings, stopIDs: [])
        #expect(full.ending == .contextFull && full.ids.count == 10)
        let stop = full.ids[3]
        let before = try #require(full.ids.firstIndex(of: stop))
        var heard: [Int32] = []
        let stopped = try generator.generate(
            prompt, settings, stopIDs: [stop], onToken: { heard.append($0) })
        #expect(
            stopped.ending == .stopToken && stopped.ids == Array(full.ids[..<before])
                && heard == stopped.ids)
        let cancelled = try generator.generate(prompt, settings, stopIDs: [], isCancelled: { true })
        #expect(cancelled.ending == .cancelled && cancelled.ids.isEmpty)
        let long = kernelError {
            _ = try generator.generate(Array(tokens.prefix(20)), settings, stopIDs: [])
        }
        #expect(long?.kind == .usage)
        let foreign = kernelError { _ = try generator.generate([160], settings, stopIDs: []) }
        #expect(foreign?.kind == .badData)
        #expect(
            kernelError { _ = try generator.generate([], settings, stopIDs: []) }?.kind == .usage)
    }
}
