// Whether the files behind a list of data sets are still those that were read: their sizes and times are
// checked now and then. It opens nothing and reports each change once.

import Foundation
import Kernel

/// The state of some files, to be compared later.
struct DataWatch: Equatable, Sendable {
    /// What distinguishes a file from its successor.
    private struct Mark: Equatable, Sendable {
        var inode: UInt64
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    /// Files that are looked at, at most.
    private static let filesMax = 1000

    private let files: [String]
    private var marks: [Mark?]

    /// Watches the list of a folder and the files of some sets of it, as they are now.
    init(folder: String, names: [String]) {
        var files = ["\(folder)/\(DatasetCatalog.fileName)"]
        if let catalog = try? DatasetCatalog(directory: folder) {
            for name in names {
                guard let entry = try? catalog.entry(named: name) else { continue }
                files += (try? catalog.files(of: entry)) ?? []
            }
        }
        self.files = Array(files.prefix(Self.filesMax))
        marks = self.files.map(Self.mark)
    }

    /// Whether a file changed, came or went since the last time.
    mutating func hasChanged() -> Bool {
        let now = files.map(Self.mark)
        defer { marks = now }
        return now != marks
    }

    private static func mark(_ path: String) -> Mark? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Mark(
            inode: UInt64(status.st_ino), size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }
}
