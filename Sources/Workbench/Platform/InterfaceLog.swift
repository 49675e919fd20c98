// The file that takes what libraries and the language's runtime write to standard output and error
// while the interface owns the screen, and the lines of the session itself between them.

import Foundation
import Synchronization

/// The log of the interface, open for appending.
final class InterfaceLog: Sendable {
    /// The file's path; nil when it could not be opened and everything written is dropped.
    let path: String?
    /// Where to write; /dev/null without a file.
    let descriptor: Int32
    private let bytesBefore: Int
    private let ownBytes = Atomic<Int>(0)

    /// A larger file is begun anew.
    private static let bytesMax = 1 << 20

    /// Opens the file, making its folder.
    init(path: String) {
        let folder = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        if file >= 0, Self.size(of: file) > Self.bytesMax { ftruncate(file, 0) }
        self.path = file >= 0 ? path : nil
        descriptor = file >= 0 ? file : open("/dev/null", O_WRONLY | O_CLOEXEC)
        bytesBefore = Self.size(of: descriptor)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends a line of our own; a full disk loses it.
    func append(_ line: String) {
        var bytes = Array(line.utf8)
        bytes.append(UInt8(ascii: "\n"))
        let count = write(descriptor, bytes, bytes.count)
        if count > 0 { ownBytes.add(count, ordering: .relaxed) }
    }

    /// The path, when others have written since the file was opened.
    var pathIfWritten: String? {
        let foreign = Self.size(of: descriptor) - bytesBefore - ownBytes.load(ordering: .relaxed)
        return foreign > 0 ? path : nil
    }

    private static func size(of descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }
}
