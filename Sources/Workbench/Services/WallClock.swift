// The clock on the wall, for the times that the log shows. Durations come from MonotonicClock.

import Foundation

enum WallClock {
    /// The current time, here.
    static func now() -> WallTime {
        let date = Date()
        return WallTime(
            seconds: date.timeIntervalSince1970,
            zoneSeconds: TimeZone.current.secondsFromGMT(for: date))
    }
}
