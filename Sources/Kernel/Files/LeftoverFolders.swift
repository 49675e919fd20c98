// Folders that a killed process left under their temporary names, and how a living one keeps its own.
// A name alone proves nothing: other machines and containers number their processes themselves. The process
// that fills a folder holds a lock on it, and only folders without a holder are removed.
import Foundation

enum LeftoverFolders {
    /// Takes the lock that says that a temporary folder is in use; the caller closes it. -1 where the file
    /// system has no such locks: then no other process can take it either, and nothing there is removed.
    static func hold(_ folder: String) -> Int32 {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor >= 0 { _ = flock(descriptor, LOCK_EX | LOCK_NB) }
        return descriptor
    }

    /// Removes the temporary folders in `parent` whose process is gone. Returns what could not be removed.
    static func sweep(_ parent: String) -> [Sentence] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        return names.sorted().compactMap { name in
            guard let process = process(of: name), isGone(process) else { return nil }
            return remove("\(parent)/\(name)")
        }
    }

    /// The number of the process in ".name.4711-3.tmp"; nil for other names.
    static func process(of name: String) -> Int32? {
        guard let match = name.wholeMatch(of: /\..+\.(\d+)-\d+\.tmp/) else { return nil }
        return Int32(match.output.1).flatMap { $0 > 0 ? $0 : nil }
    }

    private static func isGone(_ process: Int32) -> Bool {
        process != getpid() && kill(process, 0) != 0 && errno == ESRCH
    }

    /// Why the folder is still there, in words; nil when it is gone or in use.
    private static func remove(_ path: String) -> Sentence? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
        do {
            try FileManager.default.removeItem(atPath: path)
            return nil
        } catch {
            return "A folder that a killed export left could not be removed: "
                + "\(path.escapedForDisplay)"
        }
    }
}
