// BLEU-4 of one text against one reference, over characters: what NLTK's sentence_bleu gives with its
// smoothing method 3 for lists of characters. Papers: aclanthology.org/P02-1040, W14-3346.

import Foundation

/// The share of a text's runs of one to four characters that the reference has.
public enum BleuScore {
    private static let longest = 4

    /// From 0 to 1; 0 when no character is shared. Characters are Unicode scalars.
    public static func bleu4(prediction: String, reference: String) -> Double {
        let hypothesis = prediction.unicodeScalars.map(\.value)
        let target = reference.unicodeScalars.map(\.value)
        var sum = 0.0
        var halvings = 0
        for length in 1...longest {
            let counts = runs(of: hypothesis, length: length)
            let allowed = runs(of: target, length: length)
            let total = max(1, counts.values.reduce(0, +))
            let shared = counts.reduce(0) { $0 + min($1.value, allowed[$1.key] ?? 0) }
            if shared == 0 {
                if length == 1 { return 0 }
                // Each length without a match counts half as much as the one before.
                halvings += 1
                sum += log(1 / (exp2(Double(halvings)) * Double(total)))
            } else {
                sum += log(Double(shared) / Double(total))
            }
        }
        return brevityPenalty(hypothesis.count, target.count) * exp(sum / Double(longest))
    }

    /// Short predictions must not win by saying only what is sure.
    private static func brevityPenalty(_ hypothesis: Int, _ reference: Int) -> Double {
        hypothesis > reference ? 1 : exp(1 - Double(reference) / Double(hypothesis))
    }

    private static func runs(of scalars: [UInt32], length: Int) -> [SIMD4<UInt32>: Int] {
        var counts: [SIMD4<UInt32>: Int] = [:]
        guard scalars.count >= length else { return counts }
        for start in 0...scalars.count - length {
            var run = SIMD4<UInt32>(repeating: .max)
            for offset in 0..<length { run[offset] = scalars[start + offset] }
            counts[run, default: 0] += 1
        }
        return counts
    }
}
