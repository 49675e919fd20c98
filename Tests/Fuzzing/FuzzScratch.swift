// Folders for readers that open files, one for each thread, in memory where the system has a place for that.
// They go with the object.
import Foundation
import Synchronization

/// A folder a thread, each filled once.
final class FuzzScratch: Sendable {
    private let root: String
    private let fill: @Sendable (String) throws -> Void
    private let folders = Mutex<[UInt: String]>([:])

    /// - Parameter fill: puts files into a new folder.
    init(_ fill: @escaping @Sendable (String) throws -> Void = { _ in }) {
        let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NSTemporaryDirectory()
        root = "\(place)/workbench-fuzz-\(UUID().uuidString)"
        self.fill = fill
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    /// The calling thread's folder.
    func folder() throws -> String {
        let thread = UInt(pthread_self())
        if let known = folders.withLock({ $0[thread] }) { return known }
        let path = "\(root)/\(thread)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try fill(path)
        folders.withLock { $0[thread] = path }
        return path
    }

    /// Writes a file as it stands, without a second name: nobody else looks.
    static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        guard
            bytes.isEmpty
                || Foundation.write(descriptor, bytes.baseAddress, bytes.count)
                    == bytes.count
        else { throw CocoaError(.fileWriteUnknown) }
    }

    /// The same for an array.
    static func write(_ bytes: [UInt8], to path: String) throws {
        try bytes.withUnsafeBytes { try write($0, to: path) }
    }
}
