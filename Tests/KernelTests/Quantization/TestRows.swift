// Reproducible numbers for the tests of packed weights: bytes, normal floats, and errors.

import Foundation

@testable import Kernel

/// SplitMix64; small, seeded, the same everywhere.
struct TestRandom {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// In (0, 1).
    mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) }
    }

    /// Normally distributed, by Box and Muller.
    mutating func normal(_ count: Int, deviation: Float = 1) -> [Float] {
        (0..<count).map { _ in
            deviation * Float((-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform()))
        }
    }
}

/// Bytes that a weight views, with the address off by `offset` so that nothing is aligned.
final class TestBytes: @unchecked Sendable {
    private let memory: UnsafeMutableRawBufferPointer
    let view: UnsafeRawBufferPointer

    init(_ bytes: [UInt8], offset: Int = 1) {
        memory = .allocate(byteCount: bytes.count + offset, alignment: 64)
        let target = UnsafeMutableRawBufferPointer(rebasing: memory[offset...])
        target.copyBytes(from: bytes)
        view = UnsafeRawBufferPointer(target)
    }

    deinit { memory.deallocate() }
}

/// √(Σ (a − b)² / Σ a²).
func relativeError(_ exact: [Float], _ approximate: [Float]) -> Double {
    var error = 0.0
    var total = 0.0
    for (a, b) in zip(exact, approximate) {
        error += Double(a - b) * Double(a - b)
        total += Double(a) * Double(a)
    }
    return (error / total).squareRoot()
}

/// Bit patterns, so that zeros of both signs and NaN compare exactly.
func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
