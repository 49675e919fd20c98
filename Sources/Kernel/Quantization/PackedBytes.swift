// Memory of a packed weight that is not a file's: large pieces lie on huge pages, so that reading
// gigabytes of codes a token does not wait for address translation.

import Foundation

/// A piece of zeroed memory, written by the one initializer that makes it and only read afterwards.
///
/// Unchecked: the bytes are written before the owning weight is published and never again.
final class PackedBytes: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) {
        precondition(count >= 0, "\(count) bytes")
        let huge = 2 << 20
        let alignment = count >= 2 * huge ? huge : 64
        bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(count, 1), alignment: alignment)
        if alignment == huge { _ = madvise(bytes.baseAddress, count, MADV_HUGEPAGE) }
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { bytes.deallocate() }

    /// The start of the memory as elements of a plain type.
    func pointer<Element: BitwiseCopyable>(to type: Element.Type) -> UnsafeMutablePointer<Element> {
        guard let base = bytes.baseAddress else { preconditionFailure("memory without an address") }
        return base.assumingMemoryBound(to: type)
    }
}
