// Where models are found: hubs' caches, folders of other tools, and Ollama's manifests, damaged ones too.

import Foundation
import Kernel
import TestSupport
import Testing

@testable import Workbench

@Suite struct ModelFinderTests {
    private static func home(_ files: [String: String]) throws -> String {
        let home = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        for (name, text) in files {
            let file = home.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return home.path
    }

    private static func names(_ home: String, _ environment: [String: String] = [:]) -> [String] {
        ModelFinder(
            Paths(environment: [:], home: home), environment: environment, home: home
        ).candidates().filter { $0.path.hasPrefix(home) }.map(\.name)
    }

    @Test func cachesAndFoldersOfOtherToolsAreLookedThrough() throws {
        let home = try Self.home([
            ".local/share/workbench/models/own.gguf": "",
            ".cache/huggingface/hub/models--Qwen--Qwen3-0.6B/snapshots/abc/config.json": "{}",
            ".cache/huggingface/hub/models--a--b-GGUF/snapshots/1/b.Q4_0.gguf": "",
            ".cache/modelscope/hub/models/Qwen/Qwen3-1.7B/config.json": "{}",
            ".lmstudio/models/pub/m/m.gguf": "", ".cache/llama.cpp/l.gguf": "",
            "models/x/config.json": "{}", "models/notes.txt": "",
            "elsewhere/hub/models--c--d/snapshots/2/config.json": "{}",
        ])
        defer { try? FileManager.default.removeItem(atPath: home) }
        #expect(
            Self.names(home) == [
                "own.gguf", "Qwen/Qwen3-0.6B", "a/b-GGUF/b.Q4_0.gguf", "Qwen3-1.7B", "m.gguf",
                "l.gguf", "x",
            ])
        let moved = Self.names(home, ["HF_HOME": home + "/elsewhere"])
        #expect(moved.contains("c/d") && !moved.contains("Qwen/Qwen3-0.6B"))
    }

    @Test func placesWithTooManyNamesAreTold() throws {
        let home = try Self.home(
            Dictionary(uniqueKeysWithValues: (0..<9).map { ("models/m\($0).gguf", "") }))
        defer { try? FileManager.default.removeItem(atPath: home) }
        func search(
            _ most: Int
        ) -> (candidates: [(path: String, name: String)], remarks: [Sentence]) {
            ModelFinder(
                Paths(environment: [:], home: home), environment: [:], home: home, lookedMax: most
            ).search([home + "/models"])
        }
        let cut = search(5)
        #expect(cut.candidates.count { $0.path.hasPrefix(home) } == 5)
        #expect(
            cut.remarks.contains {
                $0.description.hasPrefix("\(home)/models holds more than 5 names")
            })
        #expect(search(9).remarks.isEmpty && search(9).candidates.count == 9)
    }

    /// A model that does not open is listed with the reason, behind those that do.
    @Test func whatCannotBeOpenedIsListedWithTheReason() throws {
        let home = try Self.home(["models/a/config.json": "{}"])
        defer { try? FileManager.default.removeItem(atPath: home) }
        try TinyModels.make(in: home + "/models/m")
        // A name in Latin 1.
        let name =
            Array((home + "/models/caf").utf8CString.dropLast()) + [CChar(bitPattern: 0xE9), 0]
        #expect(mkdir(name, 0o700) == 0)
        let file = Array(name.dropLast()) + Array("/config.json".utf8CString)
        let descriptor = open(file, O_CREAT | O_WRONLY, 0o600)
        #expect(descriptor >= 0 && write(descriptor, "{}", 2) == 2 && close(descriptor) == 0)
        let finder = ModelFinder(
            Paths(environment: [:], home: home), environment: [:], home: home)
        let found = Inspection.models(finder, more: []).models.filter { $0.path.hasPrefix(home) }
        #expect(found.map { $0.fault == nil } == [true, false, false])
        #expect(found.first?.name == "m")
        #expect(
            Set(found.compactMap(\.fault?.what.description)) == [
                "the model folder has no weights", "the name is not UTF-8 text",
            ])
        let nameless = try #require(found.first { $0.fault?.what == "the name is not UTF-8 text" })
        // Looked at again, it says the same.
        let again = #expect(throws: KernelError.self) {
            try Inspection.summary(nameless.path, checks: true)
        }
        #expect(again?.what == "the name is not UTF-8 text")
        // The tab shows it as what it is.
        let robot = AppRobot(world: Fixture.silence)
        robot.send(.message(.model(.modelsFound(found, remarks: []))))
        #expect(robot.sees("1 found, 2 unusable"))
        robot.press("End")
        #expect(robot.sees("unusable"))
        #expect(!robot.effects.contains(.model(.inspectModel(path: nameless.path))))
    }

    @Test func linksInCirclesComeToAnEnd() throws {
        let home = try Self.home(["models/a/b/m.gguf": "", ".ollama/models/manifests/x": ""])
        defer { try? FileManager.default.removeItem(atPath: home) }
        let manifests = home + "/.ollama/models/manifests"
        for folder in [home + "/models/a", manifests] {
            for number in 0..<40 {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(folder)/l\(number)", withDestinationPath: folder)
            }
        }
        #expect(Self.names(home) == ["m.gguf"])
        #expect(OllamaStore(folder: home + "/.ollama/models").entries().isEmpty)
    }

    @Test func ollamasModelsHaveTheirNames() throws {
        let digest = String(repeating: "a", count: 64)
        func manifest(_ digest: String) -> String {
            #"{"layers": [{"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:0"}, "#
                + #"{"mediaType": "application/vnd.ollama.image.model", "digest": "\#(digest)"}]}"#
        }
        let root = ".ollama/models/manifests/registry.ollama.ai"
        let home = try Self.home([
            "\(root)/library/qwen3/0.6b": manifest("sha256:\(digest)"),
            "\(root)/me/mine/latest": manifest("sha256:\(digest)"),
            "\(root)/library/out/1": manifest("sha256:../../../../etc/passwd"),
            "\(root)/library/gone/1": manifest("sha256:" + String(repeating: "b", count: 64)),
            "\(root)/library/torn/1": "{\"layers\": [",
            ".ollama/models/blobs/sha256-\(digest)": "GGUF",
        ])
        defer { try? FileManager.default.removeItem(atPath: home) }
        let store = OllamaStore(folder: home + "/.ollama/models")
        #expect(store.entries().map(\.name) == ["qwen3:0.6b", "me/mine:latest"])
        #expect(store.entries().allSatisfy { $0.path.hasSuffix("blobs/sha256-\(digest)") })
        // One file under two names is one model.
        #expect(Self.names(home) == ["qwen3:0.6b"])
        #expect(OllamaStore(folder: "/nowhere").entries().isEmpty)
    }
}
