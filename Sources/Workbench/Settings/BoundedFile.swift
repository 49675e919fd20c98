// Reads a small file whole, or reports why not in the terms of the command line's exit codes.
// Devices, pipes and folders are refused: a settings file is a plain file.

import Foundation
import Kernel

/// Small plain files.
enum BoundedFile {
    /// The bytes of a plain file of at most `limit` bytes.
    static func read(_ path: String, limit: Int) throws(KernelError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure("cannot open the file", path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw failure("cannot read the file", path, errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw KernelError(.configuration, "not a plain file", at: path)
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let size = chunk.withUnsafeMutableBytes {
                Foundation.read(descriptor, $0.baseAddress, $0.count)
            }
            if size < 0, errno == EINTR { continue }
            guard size >= 0 else { throw failure("cannot read the file", path, errno) }
            if size == 0 { return bytes }
            bytes += chunk[..<size]
            guard bytes.count <= limit else {
                throw KernelError(
                    .configuration, "the file is too large", at: path,
                    because: "at most \(limit) bytes are read")
            }
        }
    }

    private static func failure(_ what: Sentence, _ path: String, _ code: Int32) -> KernelError {
        let kind: KernelError.Kind =
            switch code {
            case ENOENT, ENOTDIR: .missingInput
            case EACCES, EPERM: .permission
            default: .inputOutput
            }
        return KernelError(
            kind, what, at: path, because: Sentence(verbatim: String(cString: strerror(code))))
    }
}
