// What the process was given and what the shim made of it at the start (Shims/CStart): descriptors that were
// closed, the stack, signals that were blocked, words that are no text. It runs no command.

import CStart
import Foundation
import Kernel

/// The state of this process at its start.
enum ProcessStart {
    /// Whether a standard descriptor was closed when the program began.
    static func wasClosed(_ descriptor: Int32) -> Bool { start_was_closed(descriptor) != 0 }

    /// Processors that this process may run on.
    static var processors: Int {
        let count = Int(start_processors())
        return count > 0 ? count : max(1, ProcessInfo.processInfo.activeProcessorCount)
    }

    /// Whether the threads that wait for signals can be started: libdispatch retries its own for ever.
    static var canStartThreads: Bool { start_can_run_threads(3) != 0 }

    /// Throws where no further thread may be started.
    static func checkThreads() throws(KernelError) {
        guard !canStartThreads else { return }
        throw KernelError(
            .temporary, "no further thread can be started",
            because: "this process may start none, or has no address space for their stacks",
            hint: "Raise ulimit -u, -v and -d, or the limit of processes of the container.")
    }

    /// Sets the environment of libraries that are opened later, once the words of the command line are known.
    static func settleEnvironment() {
        _ = CommandLine.arguments
        start_settle_environment()
    }

    /// Unblocks signals that were blocked for a command that would have ended its work in order.
    static func releaseSignals() { start_release_signals() }

    /// The least stack that the deepest work is known to need, with room to spare.
    private static let stackBytesMin = 512 << 10

    /// What the language's own libraries open before any file of ours; they cannot report that they may not.
    private static let descriptorsMin = 6

    private static var hasDescriptors: Bool {
        var opened: [Int32] = []
        defer { for descriptor in opened { close(descriptor) } }
        for _ in 0..<descriptorsMin {
            let descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
            guard descriptor >= 0 else { return false }
            opened.append(descriptor)
        }
        return true
    }

    /// What prevents the program from running at all.
    static func check(words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, count: Int)
        throws(KernelError)
    {
        let stack = start_stack_bytes()
        guard stack < 0 || stack >= stackBytesMin else {
            throw KernelError(
                .temporary, "the stack of this process is too small",
                because:
                    "it may have \(stack >> 10) KiB, and \(stackBytesMin >> 10) KiB are needed",
                hint: "Raise the limit: ulimit -s 8192")
        }
        guard hasDescriptors else {
            throw KernelError(
                .temporary, "this process may not open the files that it needs",
                because: "not even \(descriptorsMin) more: \(String(cString: strerror(errno)))",
                hint: "Raise the limit: ulimit -n 1024")
        }
        for index in 0..<count {
            guard let word = words[index], String(validatingCString: word) == nil else { continue }
            throw KernelError(
                .usage, "an argument is not UTF-8 text",
                at: "argument \(index): \(String(cString: word))",
                because: "names of files and folders must be UTF-8",
                hint: "Rename the file or folder; convmv does it for many.")
        }
    }
}
