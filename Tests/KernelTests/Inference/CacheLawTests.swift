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
            let mismatch = firstMismatch(logits, expected, relative: 1e-4, absolute: 1e-4)
            #expect(mismatch == nil, "position \(position): \(mismatch ?? "")")
        }
        #expect(cache.count == tokens.count)
        let parts = decoder.makeCache(capacity: 3)
        _ = decoder.advance(Array(tokens[..<9]), parts)
        _ = decoder.advance(Array(tokens[9..<10]), parts)
        let last = decoder.advance(Array(tokens[10...]), parts).values
        #expect(
            firstMismatch(
                last, whole.rows(tokens.count - 1..<tokens.count).values, relative: 1e-4,
                absolute: 1e-4)
                == nil)
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
