// The repository as these tests see it: files by folder, their text, their imports. It finds the
// root from its own place, so the tests hold wherever the repository was put.

import Foundation
import Testing

/// A text file of the repository.
struct SourceFile: CustomTestStringConvertible {
    /// The path below the root: "Sources/Kernel/Ops/Gemm.swift".
    let path: String
    let text: String

    var name: String { String(path.split(separator: "/").last ?? "") }
    var testDescription: String { path }

    /// The text without comments and without the insides of strings.
    var code: String { CodeScanner.code(of: text) }

    /// The lines of `text` with their numbers, counted from 1.
    static func lines(_ text: String) -> [(number: Int, text: Substring)] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .map { ($0.offset + 1, $0.element) }
    }

    /// The modules that a Swift file imports; `import struct M.T` counts as M.
    var imports: [String] {
        let start =
            /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public\s+|internal\s+|private\s+|package\s+)?import\s+/
        return code.split(separator: "\n").compactMap { line in
            guard let match = line.prefixMatch(of: start) else { return nil }
            let words = line[match.range.upperBound...].split(whereSeparator: {
                " \t;".contains($0)
            })
            let kinds: Set<Substring> = [
                "struct", "class", "enum", "protocol", "func", "var", "let",
            ]
            let module = words.first.flatMap { kinds.contains($0) ? words.dropFirst().first : $0 }
            return module?.split(separator: ".").first.map(String.init)
        }
    }
}

/// The folders and files of the repository.
enum SourceTree {
    /// The folder of Package.swift.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The three modules that hold the program.
    static let modules = ["Kernel", "Panels", "Workbench"]

    /// The file at a path below the root.
    static func file(_ path: String) throws -> SourceFile {
        let url = root.appendingPathComponent(path)
        return SourceFile(path: path, text: try String(contentsOf: url, encoding: .utf8))
    }

    /// All files of the given kinds below a folder, in order of their paths.
    static func files(in folder: String, _ kinds: String...) throws -> [SourceFile] {
        try paths(in: folder)
            .filter { path in kinds.contains { path.hasSuffix("." + $0) } }.map(file)
    }

    /// The Swift files of one module.
    static func swift(_ module: String) throws -> [SourceFile] {
        try files(in: "Sources/\(module)", "swift")
    }

    /// All Swift files that this project wrote.
    static func allSwift() throws -> [SourceFile] {
        try files(in: "Sources", "swift") + files(in: "Tests", "swift")
            + (exists("Benchmarks") ? files(in: "Benchmarks", "swift") : [])
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    /// The names directly inside a folder that are folders themselves.
    static func folders(in folder: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: root.appendingPathComponent(folder).path)
        return names.sorted().filter { name in
            var isFolder: ObjCBool = false
            let path = root.appendingPathComponent("\(folder)/\(name)").path
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                && isFolder.boolValue
        }
    }

    /// Paths of all files below a folder, hidden ones and fixtures of others' making left out.
    static func paths(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(
            atPath: root.appendingPathComponent(folder).path
        )
        .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "Fixtures" } }
        .map { "\(folder)/\($0)" }.sorted()
    }

    /// The text files that a person edits: sources, scripts, documents, settings.
    static func edited() throws -> [SourceFile] {
        let kinds = ["swift", "c", "h", "inc", "md", "sh", "py", "yaml", "theme", "modulemap"]
        let folders = [
            "Sources", "Tests", "Benchmarks", "scripts", "docs", "sample-data", "themes",
        ]
        let below = try folders.filter(exists).flatMap { try paths(in: $0) }
            .filter { path in kinds.contains { path.hasSuffix("." + $0) } }
        let top = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile"]
        return try (below + top + ["Package.swift"]).map(file)
    }
}
