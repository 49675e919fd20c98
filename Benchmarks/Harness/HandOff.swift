// How fast two processors hand a cache line to each other: some 24 million times a second where they share a
// last-level cache, some 5 million times where they do not. A virtual machine can change from one to the
// other while it runs, and what threads share gets slower or faster with it.

import Foundation
import Synchronization

/// Two threads that take turns at one word.
enum HandOff {
    private final class Ball: Sendable {
        /// Whose turn it is by its lowest bit; negative at the end.
        let turn = Atomic<Int>(0)
    }

    /// Turns a second, in millions, over a fifth of a second; nil with one processor.
    static func millions(seconds: Double = 0.2) -> Double? {
        guard ProcessInfo.processInfo.activeProcessorCount > 1 else { return nil }
        let ball = Ball()
        let other = Thread { play(ball, side: 1, until: .infinity) }
        other.start()
        let began = Clock.seconds
        let turns = play(ball, side: 0, until: began + seconds)
        return Double(turns) / (Clock.seconds - began) / 1e6
    }

    /// Plays until the time is over or the other one ended; the turns of both.
    @discardableResult
    private static func play(_ ball: Ball, side: Int, until end: Double) -> Int {
        while true {
            let turn = ball.turn.load(ordering: .acquiring)
            guard turn >= 0 else { return 0 }
            guard turn & 1 == side else { continue }
            if turn & 1023 == 0, Clock.seconds > end {
                ball.turn.store(-1, ordering: .releasing)
                return turn
            }
            ball.turn.store(turn + 1, ordering: .releasing)
        }
    }
}
