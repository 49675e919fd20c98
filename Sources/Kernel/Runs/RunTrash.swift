// Runs that are deleted are moved aside, so that a mistake can be undone: into a hidden folder beside
// them, on the same disk. A run that somebody works on is never moved.

import Foundation

/// The trash of a folder of runs.
public enum RunTrash {
    /// The folder beside the runs; lists of runs pass hidden folders by.
    static let name = ".trash"

    /// Moves a run into the trash and answers where it is now.
    public static func discard(_ folder: String) throws(KernelError) -> String {
        guard RunRecord(folder: folder) != nil else {
            throw KernelError(.missingInput, "there is no run to delete", at: folder)
        }
        let parent = (folder as NSString).deletingLastPathComponent
        let trash = parent.isEmpty ? name : "\(parent)/\(name)"
        try DiskCalls.makeFolder(
            trash, what: "cannot make the trash folder", hint: "Delete the folder by hand.")
        let own = (folder as NSString).lastPathComponent
        var place = "\(trash)/\(own)"
        var number = 2
        while FileManager.default.fileExists(atPath: place) {
            place = "\(trash)/\(own)~\(number)"
            number += 1
        }
        try move(folder, to: place, what: "cannot delete the run")
        return place
    }

    /// Moves a run out of the trash to where it was.
    public static func restore(_ place: String, to folder: String) throws(KernelError) {
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw KernelError(
                .cannotCreate, "cannot bring the run back", at: folder,
                because: "something else is there now", hint: "It stays in \(place).")
        }
        try move(place, to: folder, what: "cannot bring the run back")
    }

    /// Renames while it holds the run's lock: no process can begin to train in it meanwhile.
    private static func move(
        _ folder: String, to place: String, what: Sentence
    ) throws(KernelError) {
        let lock: Int32
        do throws(KernelError) {
            lock = try RunLock.open(in: folder)
        } catch {
            throw KernelError(error.kind, what, at: error.place, because: error.why)
        }
        defer { RunLock.release(lock) }
        switch RunLock.take(lock, for: .evaluates) {
        case .taken: break
        case .held:
            throw KernelError(
                .temporary, what, at: folder, because: "a process is working in it",
                hint: "Stop the run first.")
        case .unsupported(let reason):
            throw KernelError(
                .unavailable, what, at: folder,
                because:
                    "the file system has no locks, so nobody can tell whether a process works in it "
                    + "(\(reason))",
                hint: "Move the folder by hand.")
        case .failed(let code): throw KernelError.system(what, path: folder, code: code)
        }
        // Nothing is lost by a name that appears meanwhile: rename replaces only empty folders.
        guard DiskCalls.repeating({ DiskCalls.current.rename(folder, place) }) == 0 else {
            throw KernelError.system(what, path: folder, code: errno)
        }
    }
}
