// What an export leaves behind when it is cancelled, refused, or the disk is full: the old folder.

import Foundation
import Testing

@testable import Kernel

@Suite struct ExportFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var target: String { folder.path + "/out" }

    private func writers() throws -> [(ExportSettings, @escaping ExportProgress) throws ->
        ExportResult]
    {
        let base = try ExportSupport.family("llama")
        let model = try ExportSupport.adapted(base)
        let target = target
        return [
            {
                try SafetensorsExport.write(
                    model, base: base, settings: $0, to: target, progress: $1)
            },
            { try GGUFExport.write(model, base: base, settings: $0, to: target, progress: $1) },
            {
                try AdapterExport.write(
                    model, base: base, settings: $0, to: target, progress: $1)
            },
        ]
    }

    @Test(arguments: [
        ("models/SmolLM2-135M-Instruct.Q4_1.gguf", "SmolLM2-135M-Instruct"),
        ("qwen2.5-0.5b-instruct-q4_k_m.gguf", "qwen2.5-0.5b-instruct"),
        ("/m/Model-F16.GGUF", "Model"), ("/m/tiny.gguf", "tiny"), ("/m/Q8_0.gguf", "Q8_0"),
        ("/models/Llama-3.2-1B/", "Llama-3.2-1B"),
    ])
    func aFileGivesItsNameWithoutTheType(_ path: String, _ name: String) {
        #expect(ExportText.name(ofModelAt: path) == name)
    }

    @Test func aCancelledExportLeavesNothing() throws {
        for write in try writers() {
            for limit in [0, 0.5, 1.0] {
                let error = #expect(throws: KernelError.self) {
                    _ = try write(ExportSupport.settings(.f32)) { $0 < limit }
                }
                #expect(error?.kind == .temporary)
                #expect(folder.names.isEmpty)
            }
        }
    }

    @Test func progressGrowsToOne() throws {
        for write in try writers() {
            var heard: [Double] = []
            let settings = ExportSupport.settings(.f32) { $0.replacesFolder = true }
            _ = try write(settings) {
                heard.append($0)
                return true
            }
            #expect(heard.first == 0 && heard.last == 1 && heard == heard.sorted())
        }
    }

    @Test func onlyEarlierExportsAreReplaced() throws {
        for write in try writers() {
            let replacing = ExportSupport.settings(.f32) { $0.replacesFolder = true }
            _ = try write(replacing) { _ in true }
            let error = #expect(throws: KernelError.self) {
                _ = try write(ExportSupport.settings(.f32)) { _ in true }
            }
            #expect(error?.kind == .cannotCreate)
            let foreign = target + "/thesis.txt"
            try AtomicFile.write(Array("mine".utf8), to: foreign)
            #expect(throws: KernelError.self) { _ = try write(replacing) { _ in true } }
            #expect(FileManager.default.fileExists(atPath: foreign))
            try FileManager.default.removeItem(atPath: foreign)
        }
        #expect(folder.names == ["out"])
    }

    @Test func theBaseIsNeverReplaced() throws {
        let base = try ExportSupport.folder(tokenizer: "smollm", in: folder.path)
        let model = try ExportSupport.plain(base)
        let settings = ExportSupport.settings(.f32) { $0.replacesFolder = true }
        for path in [base.path, base.path + "/", folder.path, folder.path + "/x/../smollm-base"] {
            let error = #expect(throws: KernelError.self) {
                try SafetensorsExport.write(model, base: base, settings: settings, to: path)
            }
            #expect(error?.kind == .usage, "\(path)")
        }
        #expect(folder.names == ["smollm-base"])
    }

    @Test func theAdapterComesBack() throws {
        let base = try ExportSupport.family("qwen3")
        let model = try ExportSupport.adapted(base)
        let settings = ExportSupport.settings(nil) { $0.card = ModelCard(baseModel: "org/base") }
        let result = try AdapterExport.write(
            model, base: base, settings: settings, to: target)
        let report = try ExportCheck.compare(
            model, withAdapterAt: result.folder, prompt: ExportSupport.prompt)
        #expect(report.passes && report.largestDifference < 1e-4)
        #expect(try AdapterFile.describe(result.folder).baseModel == "org/base")
    }

    /// A file system of 64 KiB cannot hold the model: said before the first byte, and nothing changes.
    @Test(.enabled(if: geteuid() == 0, "mounting a tmpfs needs root"))
    func aFullDiskLeavesTheOldFolder() throws {
        let mount = folder.path + "/small"
        try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
        try #require(Self.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount))
        defer { _ = Self.run("umount", mount) }
        let old = mount + "/out"
        try FileManager.default.createDirectory(atPath: old, withIntermediateDirectories: true)
        try AtomicFile.write(Array("old".utf8), to: old + "/README.md")
        let base = try ExportSupport.family("llama")
        let model = try ExportSupport.plain(base)
        let settings = ExportSupport.settings(.f32) { $0.replacesFolder = true }
        let error = #expect(throws: KernelError.self) {
            try SafetensorsExport.write(model, base: base, settings: settings, to: old)
        }
        #expect(error?.what == "the disk is full")
        #expect(error?.why?.description.contains("bytes are needed") == true)
        let names = try FileManager.default.contentsOfDirectory(atPath: mount)
        #expect(names == ["out"])
        #expect(try String(contentsOfFile: old + "/README.md", encoding: .utf8) == "old")
    }

    private static func run(_ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        do { try process.run() } catch { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
