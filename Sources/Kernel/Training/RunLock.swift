// The lock of a run's folder: held by the process that works in it, gone with that process, however it
// ends. Others can look without taking it, so that a list of runs never gets in a run's way.

import Foundation

/// The lock file of a run folder. It belongs to an open file, not to a process or a path.
public enum RunLock {
    /// What the process that holds a lock does in the folder.
    public enum Purpose: String, Sendable { case trains, evaluates }

    /// Who works in a folder now.
    public struct Holder: Sendable, Equatable {
        /// The process's number; nil when the file does not say.
        public var process: Int32?
        public var purpose: Purpose
    }

    static let name = ".lock"

    /// Who holds the lock of a folder; nil when nobody does, as after a crash.
    public static func holder(of folder: String) -> Holder? {
        let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var wish = whole()
        guard fcntl(descriptor, getCommand, &wish) == 0, wish.l_type != Int16(F_UNLCK) else {
            return nil
        }
        let words = note(descriptor).split(separator: " ")
        return Holder(
            process: words.first.flatMap { Int32($0) },
            purpose: words.dropFirst().first.flatMap { Purpose(rawValue: String($0)) } ?? .trains)
    }

    /// Takes the lock of an open file and writes down whose it is; false when another has it.
    static func take(_ descriptor: Int32, for purpose: Purpose) -> Bool {
        var wish = whole()
        guard fcntl(descriptor, setCommand, &wish) == 0 else { return false }
        let text = "\(getpid()) \(purpose.rawValue)\n"
        ftruncate(descriptor, 0)
        pwrite(descriptor, text, text.utf8.count, 0)
        return true
    }

    /// Locks of an open file (F_OFD_GETLK, F_OFD_SETLK): unlike flock they can be asked for.
    private static let (getCommand, setCommand) = (Int32(36), Int32(37))

    private static func whole() -> flock {
        var wish = flock()
        wish.l_type = Int16(F_WRLCK)
        wish.l_whence = Int16(SEEK_SET)
        return wish
    }

    private static func note(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        return String(text.prefix { !$0.isNewline })
    }
}
