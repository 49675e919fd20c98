// Names of files and folders that are being made: hidden, beside the target, unique among processes and
// threads. What a killed process left under such a name is recognised by it.
import Foundation
import Synchronization

/// Names of temporary files.
enum TemporaryName {
    private static let counter = Atomic<Int>(0)
    /// More than this many names in a row are never taken by leftovers.
    private static let triesMax = 1_000

    static func next(for path: String) -> String {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        // Names end at 255 bytes; a long one is cut, the number keeps it unique.
        let stem = String(decoding: path.lastPathPart.utf8.prefix(200), as: UTF8.self)
        return "\(path.parentFolder)/.\(stem).\(getpid())-\(number).tmp"
    }

    /// Calls `make` with one name after another until one is free; other errors end it.
    static func taken<Value>(
        for path: String, _ make: (_ name: String) throws(KernelError) -> Value
    ) throws(KernelError) -> Value {
        try DiskCalls.refuseNUL(path)
        for _ in 1..<triesMax {
            do throws(KernelError) {
                return try make(next(for: path))
            } catch  where error.kind == .cannotCreate {
                continue  // A crashed process of the same number left a file: take the next name.
            }
        }
        return try make(next(for: path))
    }
}
