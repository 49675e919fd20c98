// How much memory a new run could have, as the kernel of the system sees it.

import Foundation

/// The memory of this machine that is not in use, and what this process takes of the rest.
enum FreeMemory {
    /// Bytes that can be had without swapping: MemAvailable of /proc/meminfo; nil elsewhere.
    static func bytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else {
            return nil
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    /// Bytes of memory that this process holds now; nil where /proc does not tell.
    static func usedBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return nil
        }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return pages.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }
}
