// What the format tests share: temporary folders, fixtures, the class of a refusal.
import Foundation
import Testing

@testable import Fuzzing
@testable import Kernel

/// A folder that is removed with the object.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/formats-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = "\(path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}

/// The bytes of a file in Fixtures/Formats.
func fixture(_ name: String) throws -> String {
    let path = Bundle.module.resourcePath ?? ""
    return "\(path)/Fixtures/Formats/\(name)"
}

func contents(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// The result of reading a header: the number of tensors, or the class of the refusal.
func outcome<Header>(
    _ parse: () throws(FormatFailure) -> Header
) -> Result<Header, FormatFailure> {
    Result { () throws(FormatFailure) in try parse() }
}

extension Result where Failure == FormatFailure {
    var fault: FormatFault? {
        guard case .failure(let failure) = self else { return nil }
        return failure.fault
    }
}

/// Processor seconds of this thread that `body` takes: what else the machine does is none of them.
func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
    let begin = ProcessMemory.threadSeconds()
    try body()
    return ProcessMemory.threadSeconds() - begin
}
