// What stands under a file's name instead of the file: Git keeps large files elsewhere (Git LFS) and leaves
// a few lines of text in their place, and a failed download leaves a web page that says why. Found in one
// place, said in plain words.

enum LargeFilePointer {
    private static let mark = Array("version https://git-lfs".utf8)
    /// A pointer is three short lines.
    private static let longest = 1_024

    static func isPointer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count <= longest && bytes.starts(with: mark)
    }

    /// Whether the bytes begin as an HTML document does, after blanks.
    static func isWebPage(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let start = bytes.prefix(longest).drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }.prefix(15)
        let text = String(decoding: start, as: UTF8.self).lowercased()
        return text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
    }

    /// Throws when the bytes are a pointer or a web page instead of the file that `path` stands for, which
    /// may be a page itself where `mayBePage` says so.
    static func refuse(
        _ bytes: UnsafeRawBufferPointer, at path: String, mayBePage: Bool = false
    ) throws(KernelError) {
        if !mayBePage, isWebPage(bytes) {
            throw KernelError(
                .badData, "the file is a web page, not the file itself",
                at: path.escapedForDisplay,
                because: "it begins as an HTML document: a server answered with a page instead",
                hint: "Fetch the file again; the page says why it was not sent")
        }
        guard isPointer(bytes) else { return }
        throw KernelError(
            .badData, "the file is a Git LFS pointer, not the file itself",
            at: path.escapedForDisplay,
            because: "the repository was cloned without its large files",
            hint: "Run git lfs pull in that folder, or fetch the file from where it is published")
    }
}
