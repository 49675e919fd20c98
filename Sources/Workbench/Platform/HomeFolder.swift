// The folder of this user: from the environment, else from the database of users. Never the current
// folder. It makes nothing.

import Foundation
import Kernel

/// Finds the home folder.
enum HomeFolder {
    /// HOME when it is an absolute path, else the user's in the database; neither is an error.
    static func path(
        _ environment: [String: String], recorded: () -> String? = HomeFolder.recorded
    ) throws(KernelError) -> String {
        let given = environment["HOME"] ?? ""
        try checkText("HOME", environment)
        if given.hasPrefix("/") { return trimmed(given) }
        if let home = recorded(), home.hasPrefix("/") { return trimmed(home) }
        throw KernelError(
            .configuration, "there is no home folder",
            because: given.isEmpty
                ? "HOME is not set, and this user is in no database"
                : "HOME is no whole path (\(given)), and this user is in no database",
            hint: "Set HOME, or XDG_DATA_HOME, XDG_CONFIG_HOME and XDG_STATE_HOME.")
    }

    /// The home folder in the database of users.
    static func recorded() -> String? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var memory = [CChar](repeating: 0, count: 1 << 14)
        guard getpwuid_r(getuid(), &entry, &memory, memory.count, &found) == 0, found != nil,
            let home = entry.pw_dir
        else { return nil }
        return String(validatingCString: home)
    }

    /// The bytes of HOME when they are an absolute path but no text: they may only be reported, not used.
    static var bytes: [UInt8]? {
        guard let value = getenv("HOME"), String(validatingCString: value) == nil,
            value[0] == CChar(bitPattern: UInt8(ascii: "/"))
        else { return nil }
        return UnsafeRawBufferPointer(start: value, count: strlen(value)).map { $0 }
    }

    /// Throws where the value of a variable of this process is no text: the text that the language's runtime made of it
    /// would be another folder.
    static func checkText(
        _ name: String, _ environment: [String: String]
    ) throws(KernelError) {
        guard let text = environment[name], text.contains("\u{FFFD}"), let value = getenv(name),
            String(validatingCString: value) == nil
        else { return }
        throw KernelError(
            .configuration, "\(name) is not UTF-8 text", at: text,
            because: "names of files and folders must be UTF-8",
            hint: "Set HOME, or XDG_DATA_HOME, XDG_CONFIG_HOME and XDG_STATE_HOME, to others.")
    }

    private static func trimmed(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
