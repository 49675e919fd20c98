// Everything in a run's folder that must be equal when a run ended the same way; times, numbers of processes
// and what went before are left out.

import Foundation

@testable import Kernel

/// The lasting contents of a run folder.
struct Picture: Equatable, CustomStringConvertible {
    private static let passing: Set = [
        "elapsed_time", "remaining_time", "throughput", "tokens_per_second", "memory_bytes",
        "elapsedSeconds", "train_runtime", "train_samples_per_second", "train_steps_per_second",
        "train_tokens_per_second", "eval_runtime", "seconds", "process", "first_step", "name",
        "best_model_checkpoint",
    ]
    private static let skipped: Set = [".lock", "manifest.json", "control.sock"]

    private(set) var files: [String: String] = [:]

    init(_ folder: String) throws(KernelError) {
        try add(folder, "")
    }

    private mutating func add(_ folder: String, _ prefix: String) throws(KernelError) {
        for name in try DiskCalls.names(in: folder) where !Self.skipped.contains(name) {
            let (path, key) = ("\(folder)/\(name)", prefix + name)
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                try add(path, key + "/")
                continue
            }
            let file = try MappedFile(path: path)
            files[key] = withExtendedLifetime(file) { Self.meaning(name, file.bytes) }
        }
    }

    private static func meaning(_ name: String, _ bytes: UnsafeRawBufferPointer) -> String {
        if name.hasSuffix(".jsonl") {
            return bytes.split(separator: 0x0A).map { line in
                let line = UnsafeRawBufferPointer(rebasing: line)
                guard let json = try? JSONValue(parsing: line, source: name) else { return "torn" }
                return lasting(json).text()
            }.joined(separator: "\n")
        }
        if name.hasSuffix(".json"), name != "adapter_config.json",
            let json = try? JSONValue(parsing: bytes, source: name)
        {
            return lasting(json).text()
        }
        return SHA256.digest(of: bytes).description
    }

    private static func lasting(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                JSONObject(
                    uniqueKeysWithValues: members.filter { !passing.contains($0.key) }
                        .sorted { $0.key < $1.key }.map { ($0.key, lasting($0.value)) }))
        case .array(let elements): .array(elements.map(lasting))
        default: value
        }
    }

    /// What differs from another picture, by names of files.
    func difference(_ other: Picture) -> [String] {
        Set(files.keys).union(other.files.keys).filter { files[$0] != other.files[$0] }.sorted()
    }

    var description: String {
        files.sorted { $0.key < $1.key }.map { "\($0)" }.joined(separator: "\n")
    }
}
