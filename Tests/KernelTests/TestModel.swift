// Where tests find the real model, SmolLM2-135M-Instruct as Q4_1 GGUF.
// `make test` fetches it first; a test that needs it fails without it, it is never skipped.

import Foundation
import Testing

/// The real model that the tests run on.
enum TestModel {
    /// The path of the GGUF file; fails the test when there is none.
    static func path() throws -> String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["WORKBENCH_TEST_MODEL"] {
            return try existing(path, "WORKBENCH_TEST_MODEL names it")
        }
        let home = environment["HOME"] ?? "."
        let data = environment["XDG_DATA_HOME"] ?? "\(home)/.local/share"
        return try existing(
            "\(data)/workbench/models/SmolLM2-135M-Instruct.Q4_1.gguf",
            "run `make test`, which fetches it, or set WORKBENCH_TEST_MODEL")
    }

    private static func existing(_ path: String, _ hint: Comment) throws -> String {
        let isThere = FileManager.default.fileExists(atPath: path)
        try #require(isThere, "The test model is missing at \(path): \(hint)")
        return path
    }
}
