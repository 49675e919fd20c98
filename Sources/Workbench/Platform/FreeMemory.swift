// How much memory a new run could have, and what this process holds: numbers for planning.

import Foundation
import Kernel

/// The memory that this process may still take, and what it holds.
enum FreeMemory {
    /// Bytes that can be had; nil where the system does not report it.
    static func bytes() -> Int? { AllowedMemory(.here).bytes }

    /// Bytes of memory that this process holds now; nil where /proc does not report it.
    static func usedBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return nil
        }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return pages.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    }
}
