// What the documents say and the code must know: commands, options, targets, keys, files. A word in
// README.md that no longer exists fails here; whether the sentences are true, readers must judge.

import Foundation
import Testing

struct DocumentTests {
    /// Lines of the fenced blocks of README.md, comments at their ends left out.
    private static func readmeCommands() throws -> [Substring] {
        var isInside = false
        return try SourceTree.file("README.md").text.split(separator: "\n").filter { line in
            if line.hasPrefix("```") { isInside.toggle() }
            return isInside && !line.hasPrefix("```")
        }.map { $0.prefix { $0 != "#" } }
    }

    private static func commandSources() throws -> String {
        try SourceTree.files(in: "Sources/Workbench/Commands", "swift").map(\.text).joined()
    }

    @Test func theCommandsOfTheReadmeExist() throws {
        let known = Set(
            try Self.commandSources().matches(of: /commandName: "([a-z]+)"/).map { $0.1 })
        let used = try Self.readmeCommands().flatMap { line in
            line.matches(of: /(?:^|[\s|])workbench ([a-z]+)/).map { $0.1 }
        }
        #expect(used.count >= 8, "the README shows \(used)")
        #expect(Set(used).subtracting(known).isEmpty)
    }

    @Test func everyCommandIsInTheReadme() throws {
        let readme = try SourceTree.file("README.md").text
        for match in try Self.commandSources().matches(of: /commandName: "([a-z]+)"/) {
            let name = match.1
            // A command of its own, or one of those that begin with `runs`.
            let spelled = ["`workbench \(name)", "`workbench runs \(name)"]
            if name != "workbench" { #expect(spelled.contains { readme.contains($0) }, "\(name)") }
        }
    }

    @Test func theOptionsOfTheReadmeExist() throws {
        let sources = try Self.commandSources()
        for line in try Self.readmeCommands() where line.contains("workbench ") {
            for match in line.matches(of: /\s--([a-z][a-z-]+)/) {
                let words = match.1.split(separator: "-")
                let property = words.dropFirst().reduce(String(words[0])) { $0 + $1.capitalized }
                #expect(
                    sources.contains("var \(property)") || sources.contains("\"\(match.1)\""),
                    "--\(match.1) is no option: \(line)")
            }
        }
    }

    @Test(arguments: ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", ".ci/run"])
    func targetsOfMakeExist(document: String) throws {
        let makefile = try SourceTree.file("Makefile").text
        let targets = Set(makefile.matches(of: /(?m)^([a-z-]+):/).map { $0.1 })
        let text = try SourceTree.file(document).text
        // In running text "make" is a verb: only code counts.
        for match in text.matches(of: /(?m)(?:^ {4}|^exec |`|&& )make ([a-z-]+)/) {
            #expect(targets.contains(match.1), "\(document) says make \(match.1)")
        }
        let scripts = makefile.matches(of: /scripts\/[\w-]+\.(?:sh|py)/).map { String($0.0) }
        #expect(scripts.allSatisfy(SourceTree.exists))
    }

    /// Keys in the README stand in code spans, in the section on settings; names of optimizers and losses too.
    @Test func theKeysOfTheReadmeAreInTheTables() throws {
        let readme = try SourceTree.file("README.md").text
        let section = readme.split(separator: "\n## ").first { $0.hasPrefix("Settings") }
        let keys = (section ?? "").matches(of: /`([a-z0-9]+(?:_[a-z0-9]+)+)`/).map { $0.1 }
        #expect(keys.count > 50, "found \(keys.count) keys")
        let folders = [
            "Sources/Workbench/Settings", "Sources/Kernel/Optim", "Sources/Kernel/Objectives",
            "Sources/Kernel/Data",
        ]
        let tables = try folders.flatMap { try SourceTree.files(in: $0, "swift") }
            .map(\.text).joined()
        for key in Set(keys) { #expect(tables.contains("\"\(key)\""), "\(key)") }
    }

    /// The folders of a module in the order of the module map.
    static func folders(of module: String) throws -> [String] {
        let text = try SourceTree.file("ARCHITECTURE.md").text
        let section = text.split(separator: "\n### ").first { $0.hasPrefix("Sources/\(module)\n") }
            .flatMap { $0.split(separator: "\n## ").first }
        return (section ?? "").matches(of: /(?m)^\| `(\w+)` \|/).map { String($0.1) }
    }

    @Test func theModuleMapOfTheArchitectureIsTrue() throws {
        let text = try SourceTree.file("ARCHITECTURE.md").text
        for module in SourceTree.modules {
            let listed = try Self.folders(of: module)
            #expect(Set(listed).count == listed.count, "\(module) lists a folder twice")
            #expect(Set(listed) == Set(try SourceTree.folders(in: "Sources/\(module)")))
        }
        let all = try SourceTree.paths(in: "Sources") + SourceTree.paths(in: "Tests")
        let names = Set(all.compactMap { $0.split(separator: "/").last.map(String.init) })
        for match in text.matches(of: /[\w+]+\.(?:swift|inc|c|h)\b/.wordBoundaryKind(.simple)) {
            #expect(names.contains(String(match.0)), "there is no \(match.0)")
        }
    }

    @Test(arguments: ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
    func pathsInDocumentsExist(document: String) throws {
        let text = try SourceTree.file(document).text
        let path =
            /\b(?:Sources|Tests|scripts|docs|themes|sample-data|Benchmarks)\/[\w+.\/-]*[\w\/]/
        for match in text.matches(of: path) {
            #expect(SourceTree.exists(String(match.0)), "\(document) names \(match.0)")
        }
    }

    @Test func theChangelogIsReadyForWhatComes() throws {
        let text = try SourceTree.file("CHANGELOG.md").text
        let headings = text.split(separator: "\n").filter { $0.hasPrefix("## ") }
        #expect(headings.first == "## Unreleased")
    }

    @Test func theScreenshotIsMarked() throws {
        let text = try SourceTree.file("README.md").text
        let parts = text.split(separator: "<!-- screenshot -->", omittingEmptySubsequences: false)
        #expect(parts.count == 3, "the block stands between two marks")
    }

    // MARK: - Sample data

    @Test func theSampleDataIsWhole() throws {
        let files = try SourceTree.files(in: "sample-data", "json")
        #expect(files.count >= 4)
        for file in files {
            #expect(throws: Never.self, "\(file.path)") {
                try JSONSerialization.jsonObject(with: Data(file.text.utf8))
            }
        }
        let catalog = try SourceTree.file("sample-data/dataset_info.json").text
        for match in catalog.matches(of: /"file_name": "([^"]+)"/) {
            #expect(SourceTree.exists("sample-data/\(match.1)"))
        }
    }
}
