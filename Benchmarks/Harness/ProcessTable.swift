// What /proc tells of processes: who started whom, and what a first thread has used.

import Foundation

/// Processes of this machine.
enum ProcessTable {
    /// A process and all that descend from it.
    static func family(of root: pid_t) -> [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var children: [pid_t: [pid_t]] = [:]
        for pid in all.compactMap({ pid_t($0) }) {
            // Fields after the name, which may hold anything: state, parent, ...
            if let parent = fields("/proc/\(pid)/stat").dropFirst().first.flatMap({ pid_t($0) }) {
                children[parent, default: []].append(pid)
            }
        }
        var found = [root]
        var next = 0
        while next < found.count {
            found += children[found[next]] ?? []
            next += 1
        }
        return found
    }

    /// Processor seconds of the first thread, in user and in system mode; 0 when it is gone.
    static func firstThreadSeconds(of pid: pid_t) -> Double {
        // Nanoseconds on a processor, where ticks of a hundredth of a second would be too coarse.
        let text = try? String(
            contentsOfFile: "/proc/\(pid)/task/\(pid)/schedstat", encoding: .utf8)
        return (text?.split(separator: " ").first.flatMap { Double($0) } ?? 0) * 1e-9
    }

    private static func fields(_ path: String) -> [Substring] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return [] }
        return text[text.index(after: end)...].split(separator: " ")
    }
}
