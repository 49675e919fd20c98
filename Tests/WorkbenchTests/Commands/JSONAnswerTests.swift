// Every command answers in JSON when asked, and so do its errors: found by walking the commands, so that a new
// one cannot forget it.

import ArgumentParser
import Foundation
import Kernel
import Testing

@testable import Workbench

@Suite struct JSONAnswerTests {
    /// They draw on a terminal and answer nothing.
    private static let screens: Set = ["ui", "attach", SessionCommand.name]

    /// Commands that do something themselves, as the words that call them.
    private static func commands() throws -> [CommandTree] {
        try CommandTree.program().all.dropFirst().filter {
            $0.subcommands.isEmpty && $0.path.last != "help" && !screens.contains($0.path[1])
        }
    }

    @Test func everyCommandTakesIt() throws {
        let commands = try Self.commands()
        #expect(commands.count >= 16)
        for command in commands {
            #expect(
                command.arguments.contains { $0.names.contains("--json") },
                "\(command.path.joined(separator: " "))")
        }
        let all = Set(try CommandTree.program().subcommands.map { $0.path[1] })
        #expect(all.isSuperset(of: Self.screens), "an exception that is none any more")
    }

    @Test func whatTheParserRefusesIsToldInJSON() throws {
        for command in try Self.commands() {
            let words = Array(command.path.dropFirst()) + ["--json", "--rubbish"]
            do {
                _ = try WorkbenchCommand.parseAsRoot(words)
                Issue.record("\(words) was taken")
            } catch {
                let report = try #require(ErrorReport.usage(error, words: words), "\(words)")
                #expect(report.kind == .usage && !report.what.description.isEmpty, "\(words)")
                let line = ErrorReport.json(report)
                #expect(line.hasSuffix("\n") && line.filter(\.isNewline).count == 1)
                let object = try JSONValue(parsing: line, source: "the report")
                #expect(object["exitCode"] == 64)
                // Without the flag, and behind the end of options, people read it.
                #expect(ErrorReport.usage(error, words: ["--rubbish"]) == nil)
                #expect(ErrorReport.usage(error, words: ["--", "--json"]) == nil)
            }
        }
        #expect(ErrorReport.usage(ExitCode(64), words: ["--json"]) == nil)
        #expect(ErrorReport.usage(CleanExit.helpRequest(), words: ["--json"]) == nil)
    }
}
