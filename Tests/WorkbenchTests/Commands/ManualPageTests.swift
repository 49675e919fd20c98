// The manual page: every command and option is in it, nothing is taken for a request, and groff, where it is
// there, reads it without a complaint.

import Foundation
import Testing

@testable import Workbench

@Suite struct ManualPageTests {
    @Test func everyCommandAndOptionIsInIt() throws {
        let program = try CommandTree.program()
        let page = ManualPage.text(program)
        let printed = program.all.dropFirst().filter { ManualPage.isPrinted($0) }
        #expect(printed.count >= 18)
        for command in printed {
            let words = command.path.dropFirst().joined(separator: " ")
            #expect(page.contains(".SS \"\(Roff.escaped(words))\"\n"), "\(words)")
            for argument in command.arguments where argument.isShown {
                for name in argument.names {
                    #expect(page.contains(Roff.escaped(name)), "\(words) \(name)")
                }
                #expect(!argument.abstract.isEmpty, "\(words) \(argument.term) says nothing")
            }
        }
        let top = Set(WorkbenchCommand.configuration.subcommands.map { $0._commandName })
        #expect(
            Set(printed.map { $0.path[1] }).isSuperset(of: top.subtracting([SessionCommand.name])))
        #expect(!page.contains(SessionCommand.name))
    }

    @Test func theSectionsStandInTheirOrder() throws {
        let page = ManualPage.text(try CommandTree.program())
        let sections = page.split(separator: "\n").filter { $0.hasPrefix(".SH ") }
        #expect(
            sections.map { $0.dropFirst(5).dropLast() } == [
                "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "FILES", "ENVIRONMENT",
                "EXIT STATUS", "EXAMPLES", "SEE ALSO",
            ])
        for status in ExitStatus.allCases {
            #expect(page.contains("\\fB\(status.rawValue)\\fR\n"), "\(status)")
        }
    }

    @Test(arguments: [
        ("a-b", "a\\-b"), ("C:\\n", "C:\\en"), ("it's `x` ~ ^", "it\\(aqs \\(gax\\(ga \\(ti \\(ha"),
        ("é…中😀", "\\[u00E9]\\[u2026]\\[u4E2D]\\[u1F600]"), ("a\tb\u{1B}c", "a bc"),
    ])
    func charactersAreSpelled(words: String, roff: String) {
        #expect(Roff.escaped(words) == roff)
    }

    @Test func linesAreNoRequests() {
        var page = Roff(title: "X \"Y\"", section: 1, version: "1")
        page.paragraph(".so /etc/passwd\n'br\n\nnext\n\n")
        page.literal([".ig", "a"])
        page.term(".x", "")
        let known: Set<Substring> = [
            ".TH", ".nh", ".ad", ".SH", ".SS", ".PP", ".TP", ".RS", ".RE", ".nf", ".fi", ".br",
            ".\\\"",
        ]
        for line in page.text.split(separator: "\n") where line.hasPrefix(".") {
            #expect(known.contains(line.prefix { $0 != " " }), "\(line)")
        }
        #expect(
            page.text.contains("\\&.so /etc/passwd\n.br\n\\(aqbr\n"))
        #expect(page.text.contains(".TH \"X \\(dqY\\(dq\" 1 "))
        #expect(page.text.contains("\n\\&.ig\na\n.fi\n"))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/groff")))
    func groffReadsIt() throws {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("manual-\(UUID().uuidString).1")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(ManualPage.text(try CommandTree.program()).utf8).write(to: file)
        let groff = Process()
        groff.executableURL = URL(fileURLWithPath: "/usr/bin/groff")
        groff.arguments = ["-man", "-Tutf8", "-ww", "-z", file.path]
        let output = Pipe()
        groff.standardError = output
        try groff.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        groff.waitUntilExit()
        #expect(groff.terminationStatus == 0)
        #expect(said.isEmpty, "\(String(decoding: said, as: UTF8.self))")
    }

    @Test func anInstalledProgramFindsItsSampleData() {
        let places = StartingPlan.samplePlaces(program: "/opt/wb/bin/workbench")
        #expect(places.prefix(2) == ["sample-data", "/opt/wb/share/workbench/sample-data"])
        #expect(StartingPlan.samplePlaces(program: "") == ["sample-data"])
    }
}
