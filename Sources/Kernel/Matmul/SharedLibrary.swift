// Libraries that are opened at run time, under one of the names that distributions give them. What they are for,
// and whether they compute what they should, their callers know.

import Foundation

/// Opens a library and words what is wrong with it.
enum SharedLibrary {
    /// The first of `files` that opens, for the rest of the process; `name` and `package` are for the error.
    static func open(
        _ files: [String], name: String, package: String
    ) throws(KernelError) -> (handle: UnsafeMutableRawPointer, file: String) {
        var reasons: [String] = []
        for file in files {
            if let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL) { return (handle, file) }
            reasons.append(dlerror().map { String(cString: $0) } ?? file)
        }
        throw KernelError(
            .unavailable, "\(name) cannot be opened",
            because: Sentence(verbatim: reasons.joined(separator: "; ")),
            hint: "Install your distribution's \(package), or use another back end.")
    }

    /// The error of a library that opened and cannot be used.
    static func unusable(_ name: String, _ file: String, _ reason: Sentence) -> KernelError {
        KernelError(
            .unavailable, "\(name) cannot be used", at: file, because: reason,
            hint: "Use another back end.")
    }
}
