// What is asked of folders: their names, whether something is there, and the removal of all that is below.
// An error of the system is told apart from "not there": a failed look is no proof that nothing is there.
import Foundation

extension DiskCalls {
    /// The names in a folder, in no order.
    static func names(in folder: String) throws(KernelError) -> [String] {
        let what: Sentence = "cannot list the folder"
        guard let stream = opendir(folder) else {
            throw KernelError.system(what, path: folder, code: errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else {
                    throw KernelError.system(what, path: folder, code: errno)
                }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    /// Whether a path leads to something; throws when that cannot be told.
    static func isThere(_ path: String) throws(KernelError) -> Bool {
        var status = stat()
        guard stat(path, &status) != 0 else { return true }
        guard errno == ENOENT || errno == ENOTDIR else {
            throw KernelError.system("cannot look at the file", path: path, code: errno)
        }
        return false
    }

    /// Removes what is of no use any more. What cannot be removed, also at a second try, has a name by which it
    /// is removed later.
    func discard(_ path: String) {
        do throws(KernelError) { try remove(path) } catch { try? remove(path) }
    }

    /// Removes a file, or a folder with all that is in it; what is not there is fine. Links are removed,
    /// never followed.
    func remove(_ path: String) throws(KernelError) {
        let what: Sentence = "cannot remove the file"
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return }
            throw KernelError.system(what, path: path, code: errno)
        }
        let isFolder = status.st_mode & S_IFMT == S_IFDIR
        if isFolder {
            for name in try Self.names(in: path) { try remove("\(path)/\(name)") }
        }
        let result = Self.repeating { isFolder ? removeFolder(path) : unlink(path) }
        guard result == 0 || errno == ENOENT else {
            throw KernelError.system(
                isFolder ? "cannot remove the folder" : what, path: path, code: errno)
        }
    }
}
