// Values without a random generator: sines of the index, so a failure shows the same numbers everywhere.

import Foundation

/// Deterministic values in about ±scale, different for each `salt`.
public func patternFill(_ count: Int, salt: Int = 0, scale: Float = 1) -> [Float] {
    (0..<count).map { i in
        scale
            * Float(
                sin(Double(i) * 0.7391 + Double(salt) * 1.913) + 0.3
                    * cos(Double(i * i % 97) * 0.61))
    }
}

/// |a − b| ≤ absolute + relative · |b| for all pairs; returns the worst pair that is not, or nil.
public func firstMismatch(
    _ a: [Float], _ b: [Float], relative: Double = 1e-5, absolute: Double = 1e-6
) -> String? {
    guard a.count == b.count else { return "\(a.count) values against \(b.count)" }
    for (i, (x, y)) in zip(a, b).enumerated() {
        let difference = abs(Double(x) - Double(y))
        if !(difference <= absolute + relative * abs(Double(y))) {
            return "at \(i): \(x) against \(y), difference \(difference)"
        }
    }
    return nil
}
