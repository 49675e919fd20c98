// The line of progress: how it fills, and when nothing is drawn; and the guide for who has no screen.

import ArgumentParser
import Testing

@testable import Workbench

@Suite struct ProgressLineTests {
    @Test func fillsFromEmptyToFull() {
        #expect(
            ProgressLine.bar("loss", 0, 8) == "loss [" + String(repeating: ".", count: 30) + "] 0/8"
        )
        // A quarter of thirty, rounded down.
        #expect(ProgressLine.bar("loss", 2, 8).hasPrefix("loss [#######."))
        #expect(ProgressLine.bar("loss", 8, 8).hasSuffix("##] 8/8"))
        #expect(ProgressLine.bar("none", 0, 0).hasSuffix("##] 0/0"))
    }

    @Test(arguments: [(0.5, "50 %"), (-1, "0 %"), (7, "100 %"), (.nan, "0 %")])
    func fractionsStayWithinTheBar(fraction: Double, percent: String) {
        let bar = ProgressLine.bar("writing", fraction: fraction)
        #expect(bar.hasSuffix("] " + percent))
        #expect(bar.firstIndex(of: "]").map { bar[..<$0].count } == "writing [".count + 30)
    }

    /// The tests' standard error is no terminal, so nothing may be drawn however it is asked for.
    @Test(arguments: [[], ["--plain"], ["--json"], ["--quiet"]])
    func nothingIsDrawnWhereNobodySeesIt(words: [String]) throws {
        let answer = try AnswerOptions.parse(words)
        #expect(!ProgressLine(answer, environment: ["TERM": "dumb"]).isShown)
        if !words.isEmpty { #expect(!ProgressLine(answer, environment: ["TERM": "xterm"]).isShown) }
    }

    @Test func theGuideNamesCommandsThatExist() throws {
        let commands = Set(WorkbenchCommand.configuration.subcommands.map { $0._commandName })
        var named: Set<String> = []
        for line in PlainGuide.text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let at = words.firstIndex(of: "workbench"), at + 1 < words.endIndex else {
                continue
            }
            named.insert(String(words[at + 1]))
        }
        #expect(named.subtracting(commands.union(["help"])) == [])
        #expect(
            named.isSuperset(of: ["train", "chat", "data", "export", "runs", "evaluate", "models"]))
        for tab in AppState.Tab.allCases where tab != .logs {
            #expect(PlainGuide.text.contains("\n" + tab.title), "\(tab)")
        }
    }
}
