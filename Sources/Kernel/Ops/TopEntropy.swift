// How sure a distribution is, by its likeliest members only. It takes no gradient.

import Foundation

/// The entropy of softmax over the k largest logits, in nats: −Σ p log p.
enum TopEntropy {
    static func of(_ logits: UnsafeBufferPointer<Float>, top k: Int) -> Double {
        let largest = largest(logits, k)
        guard let best = largest.first else { return 0 }
        let weights = largest.map { exp(Double($0) - Double(best)) }
        let sum = weights.reduce(0, +)
        return log(sum)
            - zip(weights, largest).reduce(0) { $0 + $1.0 * (Double($1.1) - Double(best)) } / sum
    }

    /// The k largest numbers in falling order.
    private static func largest(_ numbers: UnsafeBufferPointer<Float>, _ k: Int) -> [Float] {
        var largest: [Float] = []
        largest.reserveCapacity(k + 1)
        var least = -Float.infinity
        for number in numbers where number > least || largest.count < k {
            var place = largest.count
            while place > 0, largest[place - 1] < number { place -= 1 }
            largest.insert(number, at: place)
            if largest.count > k { largest.removeLast() }
            if largest.count == k { least = largest[k - 1] }
        }
        return largest
    }
}
