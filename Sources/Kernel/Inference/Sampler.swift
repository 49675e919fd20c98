// From logits to one token: penalties, temperature, cuts of the distribution, a seeded draw.
// The order is that of transformers: penalty, temperature, top-k, top-p, min-p.

import Foundation
import Microkernels

/// How tokens are drawn.
public struct SamplingSettings: Sendable, Equatable, Codable {
    /// 0 is greedy, like `isGreedy`.
    public var temperature = 0.95
    /// Keep the k likeliest tokens; 0 keeps all.
    public var topK = 50
    /// Keep the likeliest tokens whose probabilities reach p; 1 keeps all.
    public var topP = 0.7
    /// Keep tokens at least this fraction as likely as the likeliest; 0 keeps all.
    public var minP = 0.0
    /// Above 1 makes tokens that occurred before less likely (arXiv 1909.05858); 1 is off.
    public var repetitionPenalty = 1.0
    public var isGreedy = false
    public var seed: UInt64 = 0
    public var maxNewTokens = 512

    public init() {}

    /// Everything that cannot be, each with the field's name.
    public func issues() -> [(field: String, message: Sentence)] {
        var all: [(field: String, message: Sentence)] = []
        if !(temperature >= 0 && temperature <= 100) {
            all.append(("temperature", "must lie in 0 … 100"))
        }
        if topK < 0 { all.append(("top_k", "must be 0 (off) or more")) }
        if !(topP > 0 && topP <= 1) { all.append(("top_p", "must lie above 0 and at most 1")) }
        if !(minP >= 0 && minP <= 1) { all.append(("min_p", "must lie in 0 … 1")) }
        if !(repetitionPenalty > 0 && repetitionPenalty <= 100) {
            all.append(("repetition_penalty", "must lie above 0 and at most 100"))
        }
        if maxNewTokens < 1 { all.append(("max_new_tokens", "must be at least 1")) }
        return all
    }
}

/// Draws tokens; the n-th draw of a seed is always the same for the same logits.
public struct Sampler {
    private let settings: SamplingSettings
    private var random: RandomStream

    public init(_ settings: SamplingSettings) {
        self.settings = settings
        random = RandomSource(seed: settings.seed).stream(.sampling)
    }

    /// Picks a token id from logits (1, V), which it changes; `seen` are the tokens so far.
    public mutating func pick(_ logits: Tensor, seen: some Sequence<Int32>) -> Int32 {
        let scores = logits.pointer
        if settings.repetitionPenalty != 1 {
            let penalty = Float(settings.repetitionPenalty)
            for id in Set(seen) where id >= 0 && Int(id) < logits.columns {
                let score = scores[Int(id)]
                scores[Int(id)] = score > 0 ? score / penalty : score * penalty
            }
        }
        if settings.isGreedy || settings.temperature == 0 {
            return Int32(mk_argmax(scores, logits.columns))
        }
        if settings.topK == 0, settings.topP >= 1, settings.minP == 0 {
            return drawOfAll(scores, count: logits.columns)
        }
        return draw(candidates(scores, count: logits.columns))
    }

    /// A draw from the whole distribution, which needs no order of the tokens.
    private mutating func drawOfAll(
        _ scores: UnsafeMutablePointer<Float>, count: Int
    ) -> Int32 {
        if settings.temperature != 1 { mk_scale(scores, Float(1 / settings.temperature), count) }
        mk_softmax_scaled(scores, mk_logsumexp(scores, count), 1, count)
        var left = random.uniformDouble() * mk_sum(scores, count)
        for id in 0..<count {
            left -= Double(scores[id])
            if left < 0 { return Int32(id) }
        }
        return Int32(mk_argmax(scores, count))
    }

    /// Ids with their probabilities, likeliest first, after all cuts.
    private func candidates(_ scores: UnsafeMutablePointer<Float>, count: Int) -> [(
        id: Int, p: Double
    )] {
        let best = scores[Int(mk_argmax(scores, count))]
        // Tokens e^-20 times less likely than the best can never survive a draw of 53 bits in practice.
        let floor =
            settings.topK == 0 && settings.topP == 1
            ? -Float.infinity : best - 20 * Float(settings.temperature)
        var kept = (0..<count).filter { scores[$0] >= floor }
        kept.sort { scores[$0] > scores[$1] || (scores[$0] == scores[$1] && $0 < $1) }
        if settings.topK > 0, kept.count > settings.topK {
            // What ties with the k-th stays, as in transformers.
            let least = scores[kept[settings.topK - 1]]
            kept.removeSubrange((kept.firstIndex { scores[$0] < least } ?? kept.count)...)
        }
        let weights = kept.map { exp(Double(scores[$0] - best) / settings.temperature) }
        let total = weights.reduce(0, +)
        var (result, sum): ([(id: Int, p: Double)], Double) = ([], 0)
        for (id, weight) in zip(kept, weights) {
            let p = weight / total
            // top-p keeps the token that crosses the threshold; min-p compares with the likeliest.
            if !result.isEmpty, sum >= settings.topP || weight < settings.minP { break }
            result.append((id, p))
            sum += p
        }
        return result.map { ($0.id, $0.p / sum) }
    }

    private mutating func draw(_ candidates: [(id: Int, p: Double)]) -> Int32 {
        var left = random.uniformDouble()
        for candidate in candidates {
            left -= candidate.p
            if left < 0 { return Int32(candidate.id) }
        }
        return Int32(candidates.last?.id ?? 0)
    }
}
