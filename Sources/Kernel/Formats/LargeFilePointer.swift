// Git keeps large files elsewhere (Git LFS) and leaves a few lines of text in their place; who clones
// without LFS has those lines under the model's own names. Found in one place, said in plain words.

enum LargeFilePointer {
    private static let mark = Array("version https://git-lfs".utf8)
    /// A pointer is three short lines.
    private static let longest = 1_024

    static func isPointer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count <= longest && bytes.starts(with: mark)
    }

    /// Throws when the bytes are a pointer instead of the file that `path` stands for.
    static func refuse(_ bytes: UnsafeRawBufferPointer, at path: String) throws(KernelError) {
        guard isPointer(bytes) else { return }
        throw KernelError(
            .badData, "the file is a Git LFS pointer, not the file itself",
            at: path.escapedForDisplay,
            because: "the repository was cloned without its large files",
            hint: "Run git lfs pull in that folder, or fetch the file from where it is published")
    }
}
