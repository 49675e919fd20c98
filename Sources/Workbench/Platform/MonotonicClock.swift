// The program's one clock: seconds since boot, for durations only. The kernel gets it injected.

import Foundation

enum MonotonicClock {
    /// Seconds that only grow.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Waits a moment: while a run is paused.
    static func rest() { usleep(20_000) }
}
