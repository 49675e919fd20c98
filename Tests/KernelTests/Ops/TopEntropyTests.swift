// The entropy of the likeliest tokens, against sorting all of them.

import Foundation
import TestSupport
import Testing

@testable import Kernel

@Suite struct TopEntropyTests {
    private func naive(_ logits: [Float], _ k: Int) -> Double {
        let best = logits.map(Double.init).sorted(by: >).prefix(k)
        let sum = best.reduce(0) { $0 + exp($1 - best[0]) }
        return best.reduce(0) { entropy, logit in
            let p = exp(logit - best[0]) / sum
            return entropy - p * log(p)
        }
    }

    private func entropy(_ logits: [Float], _ k: Int) -> Double {
        logits.withUnsafeBufferPointer { TopEntropy.of($0, top: k) }
    }

    @Test(arguments: [1, 2, 19, 20, 21, 500])
    func equalsSorting(count: Int) {
        let logits = patternFill(count, salt: count, scale: 4)
        for k in [1, 5, 20] {
            #expect(abs(entropy(logits, k) - naive(logits, k)) < 1e-9, "\(k) of \(count)")
        }
        #expect(abs(entropy(logits.sorted(), 20) - naive(logits, 20)) < 1e-9)
    }

    @Test func alikeAndAloneAreTheEnds() {
        #expect(abs(entropy([Float](repeating: 2, count: 64), 20) - log(20)) < 1e-12)
        #expect(entropy([3], 20) == 0 && entropy([], 20) == 0)
        #expect(entropy([0, 500], 20) < 1e-12)
    }
}
