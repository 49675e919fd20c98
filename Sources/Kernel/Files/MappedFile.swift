// A file mapped read-only into memory for as long as the object lives.
// It does not know what the bytes mean, and never writes: trained tensors are copied out first.
import Foundation
import Microkernels
import Synchronization

/// A read-only view of a whole file; the mapping ends with the last reference.
///
/// If another program cuts the file short while it is mapped, or its disk fails, the lost part reads
/// as zeros. Code that computed with the bytes calls `checkUnchanged()` before it uses the result.
public final class MappedFile: Sendable {
    /// The path as given.
    public let path: String
    /// The bytes; valid while this object lives. Nothing here ever writes them, so threads share them.
    public nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
    /// The state that was mapped. No descriptor is kept: a model may have a thousand files, a data set ten
    /// thousand, and a process a thousand descriptors.
    private let stamp: Stamp
    private let watch: Int32
    private let moved = Atomic(false)

    /// Maps the regular file at `path`; an empty file gives an empty view.
    public init(path: String) throws(KernelError) {
        let what: Sentence = "cannot open the file"
        try DiskCalls.refuseNUL(path)
        // Non-blocking, so that a named pipe is refused below instead of waiting for a writer.
        let descriptor = DiskCalls.repeating {
            DiskCalls.current.open(path, O_RDONLY | O_NONBLOCK)
        }
        guard descriptor >= 0 else {
            throw KernelError.system(what, path: path, code: errno)
        }
        defer { close(descriptor) }
        let before = try Stamp(of: descriptor, path: path)
        let bytes = try Self.map(descriptor, size: before.size, path: path)
        let after: Stamp
        do throws(KernelError) {
            after = try Stamp(of: descriptor, path: path)
        } catch {
            Self.unmap(bytes)
            throw error
        }
        guard before == after else {
            Self.unmap(bytes)
            throw Self.changed(path)
        }
        self.path = path
        self.bytes = bytes
        stamp = after
        watch = mk_mapped_watch(bytes.baseAddress, bytes.count)
    }

    deinit {
        mk_mapped_forget(watch)
        Self.unmap(bytes)
    }

    /// Makes lost pages harmless also when another handler of SIGBUS was installed meanwhile.
    public static func guardReads() { mk_mapped_guard() }

    /// Throws when a part could not be read, or when the file's size or time differs from what was mapped.
    /// Another file under its name changes nothing: the mapping still holds the one that was opened.
    public func checkUnchanged() throws(KernelError) {
        guard mk_mapped_is_lost(watch) == 0 else {
            throw KernelError(
                .inputOutput, "the file became unreadable while it was in use",
                at: path.escapedForDisplay, because: "a part of it was cut off or cannot be read",
                hint: "Bring the file back, then start again")
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return }
            throw KernelError.system("cannot read the file's size", path: path, code: errno)
        }
        let now = Stamp(status)
        guard !now.isSameFile(stamp) || now == stamp else { throw Self.changed(path) }
    }

    /// Whether the bytes are memory of our own instead of the file's pages.
    var isInMemory: Bool { moved.load(ordering: .acquiring) }

    /// Reads the file into memory on huge pages, at the same addresses: reading it over and over is faster
    /// by a tenth (docs/performance.md), and takes no more memory than the file's pages would. No thread may read
    /// the bytes meanwhile. Where the system has no such memory, everything stays as it is.
    public func preload() {
        guard !isInMemory, let start = bytes.baseAddress else { return }
        let place = UnsafeMutableRawPointer(mutating: start)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard let now = try? Stamp(of: descriptor, path: path), now == stamp else { return }
        guard mk_mapped_take(place, bytes.count, descriptor) != 0 else { return }
        moved.store(true, ordering: .releasing)
    }

    /// Gives the whole pages among some bytes back to the system; the next access reads the disk again.
    /// Anonymous memory is kept: it could not be read again.
    func letGo(of range: Range<Int>) {
        precondition(range.upperBound <= bytes.count, "bytes beyond the file")
        guard !isInMemory else { return }
        let page = Int(getpagesize())
        let lower = (range.lowerBound + page - 1) / page * page
        let upper = range.upperBound / page * page
        guard let start = bytes.baseAddress, lower < upper else { return }
        _ = madvise(
            UnsafeMutableRawPointer(mutating: start + lower), upper - lower, MADV_DONTNEED)
    }

    private static func changed(_ path: String) -> KernelError {
        KernelError(
            .inputOutput, "the file changed while it was in use", at: path.escapedForDisplay,
            hint: "Wait until it is fully written, then open it again")
    }

    private static func map(
        _ descriptor: Int32, size: Int, path: String
    ) throws(KernelError) -> UnsafeRawBufferPointer {
        guard size > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        guard let start = mk_mapped_open(descriptor, size), start != MAP_FAILED else {
            throw KernelError.system("cannot map the file into memory", path: path, code: errno)
        }
        return UnsafeRawBufferPointer(start: start, count: size)
    }

    private static func unmap(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
    }

    /// What identifies one state of a file.
    private struct Stamp: Equatable, Sendable {
        var device: UInt
        var inode: UInt
        var size: Int
        var seconds: Int
        var nanoseconds: Int

        init(of descriptor: Int32, path: String) throws(KernelError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                throw KernelError.system("cannot read the file's size", path: path, code: errno)
            }
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw KernelError(
                    .badData, "cannot open the file", at: path.escapedForDisplay,
                    because: "it is not a regular file")
            }
            self.init(status)
        }

        init(_ status: stat) {
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            seconds = Int(status.st_mtim.tv_sec)
            nanoseconds = Int(status.st_mtim.tv_nsec)
        }

        func isSameFile(_ other: Stamp) -> Bool { device == other.device && inode == other.inode }
    }
}
