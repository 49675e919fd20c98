// Habits that neither the compiler nor the formatter checks: how files open and are called, what
// the kernel never does, and what no file holds.

import Foundation
import Testing

struct HabitTests {
    @Test func filesOpenWithWhatTheyAre() throws {
        for file in try SourceTree.allSwift() {
            let first = file.text.prefix { !$0.isNewline }
            #expect(
                first.hasPrefix("// ") && first.count > 12, "\(file.path) opens with \"\(first)\"")
        }
        for file in try SourceTree.files(in: "Sources", "c", "h", "inc") {
            #expect(
                file.text.hasPrefix("// ") || file.text.hasPrefix("/* "),
                "\(file.path) opens without a comment")
        }
    }

    @Test func fileNamesAreUniqueInAModule() throws {
        let folders =
            try SourceTree.folders(in: "Sources").map { "Sources/\($0)" }
            + SourceTree.folders(in: "Tests").map { "Tests/\($0)" }
        #expect(folders.contains("Sources/Kernel"))
        for folder in folders {
            let files = try SourceTree.files(in: folder, "swift")
            for (name, same) in Dictionary(grouping: files, by: \.name) where same.count > 1 {
                Issue.record("\(name) is there \(same.count) times: \(same.map(\.path))")
            }
        }
    }

    /// The formatter looks for forced unwrapping too, but not inside tests.
    @Test func nothingIsForced() throws {
        // The pattern itself is code with exclamation marks; RuleTests try it.
        let files = try SourceTree.allSwift().filter { $0.name != "Rule.swift" }
        try expectNone(Rule.forced, in: files, \.code)
    }

    @Test func nothingIsLeftForLater() throws {
        let files = try SourceTree.allSwift() + SourceTree.files(in: "Sources", "c", "h", "inc")
        try expectNone(Rule.leftForLater, in: files.filter { $0.name != "Rule.swift" }, \.text)
    }

    @Test func theKernelIsSilentAndTimeless() throws {
        let files = try SourceTree.swift("Kernel")
        try expectNone(Rule.speech, in: files, \.code)
        try expectNone(Rule.surroundings, in: files, \.code)
        let loops = try SourceTree.files(in: "Sources/Microkernels", "c", "h", "inc")
        try expectNone(Rule.speechInC, in: loops, \.code)
    }

    /// The pure parts of the interface: what they show comes to them, what they want they say.
    @Test func tabsTouchNothing() throws {
        let files = try ["Tabs", "Format"].flatMap {
            try SourceTree.files(in: "Sources/Workbench/\($0)", "swift")
        }
        try expectNone(Rule.speech, in: files, \.code)
        try expectNone(Rule.surroundings, in: files, \.code)
        try expectNone(Rule.files, in: files, \.code)
    }

    /// Every file that a person edits holds on every machine; "me" is the user of examples.
    @Test func noFileNamesAMachine() throws {
        let files = try SourceTree.edited().filter { $0.name != "Rule.swift" }
        try expectNone(Rule.machine, in: files, \.text)
        let here = SourceTree.root.path + "/"
        for file in files { #expect(!file.text.contains(here), "\(file.path)") }
    }

    /// Stored pictures of screens are there to be read in a diff.
    @Test func snapshotsStayReadable() throws {
        let files = try SourceTree.paths(in: "Tests").filter { $0.contains("/Snapshots/") }
        #expect(files.count > 100 && files.allSatisfy { $0.hasSuffix(".txt") })
        let lines = try files.reduce(0) {
            $0 + (try SourceTree.file($1).text.count { $0 == "\n" })
        }
        #expect(lines <= 8_000, "\(lines) lines")
    }

    @Test func typesAreNotNamedAfterModules() throws {
        try expectNone(Rule.moduleAsType, in: SourceTree.files(in: "Sources", "swift"), \.code)
    }

    /// Records each line of the files in which a rule finds something.
    private func expectNone(
        _ rule: Regex<Substring>, in files: [SourceFile], _ part: (SourceFile) -> String
    ) throws {
        #expect(!files.isEmpty)
        for file in files {
            for line in SourceFile.lines(part(file)) where line.text.contains(rule) {
                Issue.record("\(file.path):\(line.number): \(line.text)")
            }
        }
    }

    /// Each build resolves its dependencies anew, within the versions of Package.swift.
    @Test func resolvedVersionsAreNotKept() throws {
        #expect(
            SourceFile.lines(try SourceTree.file(".gitignore").text).contains {
                $0.text == "Package.resolved"
            })
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = ["git", "-C", SourceTree.root.path, "ls-files", "Package.resolved"]
        let output = Pipe()
        (git.standardOutput, git.standardError) = (output, FileHandle.nullDevice)
        try git.run()
        let tracked = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        // Outside of a repository, in an unpacked archive, git says nothing and fails.
        #expect(tracked.isEmpty, "Package.resolved is tracked")
    }
}
