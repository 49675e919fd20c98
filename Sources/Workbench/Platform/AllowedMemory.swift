// How much memory this process may still take: the least of what the machine has, what the control groups above
// it leave (version 1 and 2), what Slurm gave the job, and what ulimit allows. A function of SystemFacts.

import Foundation
import Kernel

/// The memory that is left for this process, and which limit decides.
struct AllowedMemory: Equatable {
    /// One of the limits.
    struct Bound: Equatable {
        /// The name of the limit, for people: "memory of the machine", "control group", …
        var name: String
        /// The most that may be in use; nil where only what is left is known.
        var limit: Int?
        /// Bytes that can still be taken.
        var left: Int
        /// Bytes that could be had on top by moving other pages to swap.
        var swap = 0
    }

    /// All limits.
    var bounds: [Bound]

    /// The one that leaves least.
    var tightest: Bound? { bounds.min { $0.left < $1.left } }
    /// Bytes that can still be taken; nil where that is unknown.
    var bytes: Int? { tightest?.left }

    /// The most that can be had at all, swap included, and the limit that sets it: what needs more cannot run.
    var most: MemoryAllowance? {
        bounds.min { $0.left + $0.swap < $1.left + $1.swap }.map {
            MemoryAllowance(
                bytes: $0.left + $0.swap, limit: $0.name,
                hint: "\(Self.variable)=64G (or another size) in the environment overrules it.")
        }
    }

    /// A number of bytes in place of the system's, for users who know better.
    static let variable = "WORKBENCH_MEMORY"

    init(_ facts: SystemFacts) {
        if let said = facts.environment[Self.variable].flatMap(Self.bytes) {
            bounds = [Bound(name: Self.variable, limit: said, left: said)]
            return
        }
        let status = Self.values(facts.text("/proc/self/status"))
        let machine = Self.values(facts.text("/proc/meminfo"))
        let swap = machine["SwapFree"] ?? 0
        bounds = []
        if let available = machine["MemAvailable"] {
            bounds.append(
                Bound(
                    name: "the machine", limit: machine["MemTotal"], left: available, swap: swap))
        }
        for group in facts.groups("memory") {
            if let bound = Self.bound(group, facts, swap: swap) { bounds.append(bound) }
        }
        let held = status["VmRSS"] ?? 0
        if let job = Self.slurm(facts.environment) {
            bounds.append(Bound(name: "Slurm", limit: job, left: max(0, job - held)))
        }
        if let limit = facts.addressLimit {
            let used = status["VmSize"] ?? 0
            bounds.append(Bound(name: "ulimit -v", limit: limit, left: max(0, limit - used)))
        }
        if let limit = facts.dataLimit {
            let used = status["VmData"] ?? 0
            bounds.append(Bound(name: "ulimit -d", limit: limit, left: max(0, limit - used)))
        }
    }

    /// What a control group leaves; file pages count as free, since the kernel reclaims them.
    private static func bound(
        _ group: SystemFacts.Group, _ facts: SystemFacts, swap: Int
    ) -> Bound? {
        func number(_ name: String) -> Int? {
            let text = facts.text("\(group.folder)/\(name)")?
                .trimmingCharacters(in: .whitespacesAndNewlines)
            // Version 1 writes the largest number of pages where nothing is limited.
            return text.flatMap { Int($0) }.flatMap { $0 < 1 << 60 ? $0 : nil }
        }
        func swapOfGroup() -> Int {
            guard group.isVersion2 else {
                guard let both = number("memory.memsw.limit_in_bytes"),
                    let limit = number("memory.limit_in_bytes")
                else { return swap }
                return min(swap, max(0, both - limit))
            }
            guard let limit = number("memory.swap.max") else { return swap }
            return min(swap, max(0, limit - (number("memory.swap.current") ?? 0)))
        }
        let names =
            group.isVersion2 ? ["memory.max", "memory.high"] : ["memory.limit_in_bytes"]
        guard let limit = names.compactMap(number).min() else { return nil }
        let used = number(group.isVersion2 ? "memory.current" : "memory.usage_in_bytes") ?? 0
        let statistics = values(facts.text("\(group.folder)/memory.stat"), unit: 1)
        let prefix = group.isVersion2 ? "" : "total_"
        let files =
            (statistics[prefix + "inactive_file"] ?? 0) + (statistics[prefix + "active_file"] ?? 0)
        return Bound(
            name: "the control group \(group.folder)", limit: limit,
            left: max(0, limit - max(0, used - files)), swap: swapOfGroup())
    }

    /// What Slurm gave the job on this machine; nil outside of a job, and where it gave all.
    private static func slurm(_ environment: [String: String]) -> Int? {
        func megabytes(_ name: String) -> Int? {
            environment[name].flatMap { Int($0) }.flatMap { (1..<1 << 40).contains($0) ? $0 : nil }
        }
        if let node = megabytes("SLURM_MEM_PER_NODE") { return node << 20 }
        guard let each = megabytes("SLURM_MEM_PER_CPU"),
            let count = megabytes("SLURM_CPUS_ON_NODE") ?? megabytes("SLURM_CPUS_PER_TASK")
        else { return nil }
        let (product, overflow) = each.multipliedReportingOverflow(by: count)
        return overflow || product >= 1 << 40 ? nil : product << 20
    }

    /// "Name: 12 kB" or "name 12" lines as numbers of bytes.
    private static func values(_ text: String?, unit: Int = 1024) -> [String: Int] {
        var values: [String: Int] = [:]
        for line in (text ?? "").split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ":" })
            guard words.count > 1, let number = Int(words[1]) else { continue }
            let (bytes, overflow) = number.multipliedReportingOverflow(by: unit)
            if !overflow { values[String(words[0])] = bytes }
        }
        return values
    }

    /// "64G", "512 MiB", "1000000": a number of bytes, K, M, G and T by 1,024.
    static func bytes(_ text: String) -> Int? {
        let word = text.filter { !$0.isWhitespace }.lowercased()
        let digits = word.prefix { $0.isNumber || $0 == "." }
        let unit = word.dropFirst(digits.count).prefix { $0 != "i" && $0 != "b" }
        let shifts: [Substring: Int] = ["": 0, "k": 10, "m": 20, "g": 30, "t": 40]
        guard let number = Double(digits), let shift = shifts[unit] else { return nil }
        let bytes = number * Double(1 << shift)
        return bytes >= 1 && bytes < 1e18 ? Int(bytes) : nil
    }
}
