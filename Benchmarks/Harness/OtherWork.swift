// How much processor time everything else took while something was measured. A figure of a busy
// machine is worth little; this says so.

import Foundation

/// Starts counting when it is made.
struct OtherWork {
    private let began = Clock.seconds
    private let everything = Self.machineSeconds()
    private let own = Self.ownSeconds()

    /// Cores used since then by neither this program nor the child, which used `childSeconds`.
    func cores(childSeconds: Double) -> Double {
        let elapsed = Clock.seconds - began
        guard elapsed > 0 else { return 0 }
        let others =
            Self.machineSeconds() - everything - (Self.ownSeconds() - own) - childSeconds
        // Ticks of a hundredth of a second: short runs may come out a little below zero.
        return max(0, others / elapsed)
    }

    /// Busy seconds of all processors since the system started: user, nice, system, interrupts.
    private static func machineSeconds() -> Double {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        let fields = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().compactMap {
            Double($0)
        }
        guard fields.count > 6 else { return 0 }
        let ticks = fields[0...2].reduce(0, +) + fields[5...6].reduce(0, +)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func ownSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.cpuSeconds
    }
}

/// The clock of all measurements.
enum Clock {
    /// Seconds since some moment; never set back.
    static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

extension rusage {
    /// Processor seconds, of the program and of the system for it.
    var cpuSeconds: Double {
        Double(ru_utime.tv_sec + ru_stime.tv_sec)
            + Double(ru_utime.tv_usec + ru_stime.tv_usec) * 1e-6
    }
}
