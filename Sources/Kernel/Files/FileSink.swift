// A new file being written front to back through a buffer; finished means: on the disk.
// It creates, never overwrites; replacing a file is AtomicFile's work.
import Foundation

/// An append-only file under construction; used by one thread at a time.
public final class FileSink {
    private static let bufferBytes = 1 << 20

    /// The path being written; under AtomicFile this is the temporary one.
    public let path: String
    /// Bytes accepted so far.
    public private(set) var position = 0
    /// The size that the file is going to have, when its writer knows; for error messages.
    public var plannedBytes: Int?
    private let calls: DiskCalls
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private var flushed = 0

    /// Creates the file at `path`, which must not exist.
    public convenience init(creating path: String) throws(KernelError) {
        try self.init(creating: path, calls: .current)
    }

    init(creating path: String, calls: DiskCalls) throws(KernelError) {
        let descriptor = DiskCalls.repeating { calls.create(path) }
        guard descriptor >= 0 else {
            let code = errno
            guard code != ENOSPC, code != EDQUOT else {
                throw calls.writeError(path: path, needed: 4_096, code: code)
            }
            throw KernelError.system("cannot create the file", path: path, code: code)
        }
        self.path = path
        self.calls = calls
        self.descriptor = descriptor
        buffer.reserveCapacity(Self.bufferBytes)
    }

    deinit {
        if descriptor >= 0 { _ = calls.close(descriptor) }
    }

    /// Appends bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(KernelError) {
        precondition(descriptor >= 0, "\(path) is already finished")
        if buffer.count + bytes.count > Self.bufferBytes { try flush() }
        if bytes.count >= Self.bufferBytes {
            try put(bytes)
        } else {
            buffer.append(contentsOf: bytes)
        }
        position += bytes.count
    }

    /// Appends the bytes of an array.
    public func write(_ bytes: [UInt8]) throws(KernelError) {
        let result = bytes.withUnsafeBytes { units in
            Result { () throws(KernelError) in try write(units) }
        }
        try result.get()
    }

    /// Appends text as UTF-8.
    public func write(_ text: String) throws(KernelError) {
        try write(Array(text.utf8))
    }

    /// Appends zeros until the position is a multiple of `alignment`.
    public func pad(to alignment: Int) throws(KernelError) {
        let excess = position % alignment
        if excess > 0 { try write([UInt8](repeating: 0, count: alignment - excess)) }
    }

    /// Brings everything to the disk and closes the file; nothing can be written after that.
    public func finish() throws(KernelError) {
        try flush()
        guard DiskCalls.repeating({ calls.synchronize(descriptor) }) == 0 else {
            // After a failed fsync the kernel forgets the dirty pages: trying again would lie.
            throw calls.writeError(path: path, needed: remaining, code: errno)
        }
        let closing = descriptor
        descriptor = -1
        // Interrupted, it is closed all the same, and the bytes are on the disk.
        guard calls.close(closing) == 0 || errno == EINTR else {
            throw calls.writeError(path: path, needed: remaining, code: errno)
        }
    }

    /// Bytes that still have to reach the file system.
    private var remaining: Int { max(plannedBytes ?? position, position) - flushed }

    private func flush() throws(KernelError) {
        guard !buffer.isEmpty else { return }
        let result = buffer.withUnsafeBytes { units in
            Result { () throws(KernelError) in try put(units) }
        }
        try result.get()
        buffer.removeAll(keepingCapacity: true)
    }

    private func put(_ bytes: UnsafeRawBufferPointer) throws(KernelError) {
        var done = 0
        while done < bytes.count, let start = bytes.baseAddress {
            let count = DiskCalls.repeating {
                calls.write(descriptor, start + done, bytes.count - done)
            }
            if count < 0 {
                let code = errno
                throw calls.writeError(
                    path: path, needed: max(remaining, bytes.count - done), code: code)
            }
            done += count
            flushed += count
        }
    }
}
