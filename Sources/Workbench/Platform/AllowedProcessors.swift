// How many processors this process may keep busy: those of its affinity, what the quotas of the control groups
// above it grant, and what Slurm gave the task. A function of SystemFacts.

import Foundation

/// The processors that work is divided among by default.
struct AllowedProcessors: Equatable {
    /// How many, one at least.
    var count: Int
    /// The limit that decides; nil when it is the affinity.
    var bound: String?

    /// Those of this process, now.
    static var here: AllowedProcessors { AllowedProcessors(.here) }

    init(_ facts: SystemFacts) {
        count = max(1, facts.processors)
        for group in facts.groups("cpu") {
            if let quota = Self.quota(group, facts) {
                lower(to: quota, "the control group \(group.folder)")
            }
        }
        // A task that asked for none of its own has the job's.
        for name in ["SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"] {
            guard let number = facts.environment[name].flatMap({ Int($0) }), number > 0 else {
                continue
            }
            lower(to: number, name)
            break
        }
    }

    private mutating func lower(to number: Int, _ name: String) {
        guard number < count else { return }
        (count, bound) = (max(1, number), name)
    }

    /// Whole processors that a quota keeps busy, a part of one counting as one.
    private static func quota(_ group: SystemFacts.Group, _ facts: SystemFacts) -> Int? {
        let words: [Substring]
        if group.isVersion2 {
            guard let text = facts.text("\(group.folder)/cpu.max") else { return nil }
            words = text.split(whereSeparator: \.isWhitespace)
        } else {
            words = ["cpu.cfs_quota_us", "cpu.cfs_period_us"].flatMap {
                (facts.text("\(group.folder)/\($0)") ?? "").split(whereSeparator: \.isWhitespace)
            }
        }
        guard words.count == 2, let time = Int(words[0]), let period = Int(words[1]), time > 0,
            period > 0, time < 1 << 40
        else { return nil }
        return (time + period - 1) / period
    }
}
