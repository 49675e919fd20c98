// Turns errno into the kernel's error type: which kind, in words, with the path.
// It knows nothing of formats; every call of the operating system in this folder reports through it.
import Foundation

extension KernelError {
    /// An error from a failed system call on `path`; `code` is the saved `errno`.
    static func system(_ what: Sentence, path: String, code: Int32) -> KernelError {
        let kind: Kind
        var hint: Sentence?
        switch code {
        case ENOENT, ENOTDIR:
            kind = .missingInput
            hint = "Check the path"
        case EACCES, EPERM, EROFS: kind = .permission
        case EMFILE, ENFILE, EAGAIN, EINTR, ENOMEM: kind = .temporary
        case EEXIST: kind = .cannotCreate
        default: kind = .inputOutput
        }
        return KernelError(
            kind, what, at: path.escapedForDisplay, because: Sentence(verbatim: reason(of: code)),
            hint: hint)
    }

    /// The operating system's words for an errno value.
    static func reason(of code: Int32) -> String {
        guard let text = strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }
}
