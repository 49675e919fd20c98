// Lines of the log about work that was done or failed, whatever tab asked for it.

import Kernel

extension LogLine {
    /// Something failed.
    init(fault error: KernelError, _ source: Source, _ message: Sentence) {
        self.init(.error, source, message, ["error": error.sentence])
    }

    /// A file was written, or could not be.
    init(written path: String, _ error: KernelError?) {
        self.init(
            error.map { .failure($0) } ?? .success(()), .program, phrase("written"),
            phrase("workbench failed"), path, level: .info)
    }

    /// The outcome of work on a path.
    init<Value>(
        _ result: Result<Value, KernelError>, _ source: Source, _ done: Sentence,
        _ failed: Sentence,
        _ path: String, level: Level = .debug
    ) {
        switch result {
        case .success: self.init(level, source, done, ["path": path])
        case .failure(let error): self.init(fault: error, source, failed)
        }
    }
}
