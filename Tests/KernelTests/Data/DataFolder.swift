// A folder of dataset files that lives as long as one test.

import Foundation
import Testing

@testable import Kernel

/// Files written below the temporary folder, removed at the end.
final class DataFolder {
    let path: String

    init(_ files: [String: String] = [:]) throws {
        path = NSTemporaryDirectory() + "/workbench-data-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, Array(text.utf8)) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = self[name]
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: file).deletingLastPathComponent().path,
            withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    subscript(name: String) -> String { path + "/" + name }

    func file(_ name: String, limits: RecordLimits = RecordLimits()) throws -> RecordFile {
        try RecordFile(path: self[name], limits: limits)
    }
}

/// The error that `body` throws, which must be a KernelError.
func kernelError(
    _ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) -> KernelError? {
    do {
        try body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
        return nil
    } catch let error as KernelError {
        return error
    } catch {
        Issue.record("another error was thrown: \(error)", sourceLocation: sourceLocation)
        return nil
    }
}
