// Stop texts that begin or end inside of what a reader takes for one character, however a model's
// tokens cut them.

import Testing

@testable import Workbench

@Suite struct StopTextFilterTests {
    private func shown(_ pieces: [String], _ stops: String...) -> String {
        var filter = StopTextFilter(stops)
        return pieces.map { filter.feed($0) }.joined() + filter.flush()
    }

    @Test func stopTextsAreComparedByBytes() {
        let family = "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}"
        let pieces = ["ab ", "\u{1F469}", "\u{200D}\u{1F469}", "\u{200D}\u{1F467}", " cd"]
        #expect(shown(pieces, family) == "ab ")
        #expect(shown(pieces, " cd") == "ab " + family)
        #expect(shown(pieces, "\u{1F467}") == "ab \u{1F469}\u{200D}\u{1F469}\u{200D}")
        #expect(shown(["go ", "\u{1F1E9}", "\u{1F1EA}", " fin"], "\u{1F1E9}\u{1F1EA}") == "go ")
        #expect(shown(["caf", "e", "\u{301}", " au"], "cafe\u{301}") == "")
        // Equal to a reader, other bytes: no stop text.
        #expect(shown(["caf", "e", "\u{301}", " au"], "caf\u{E9}") == "cafe\u{301} au")
        #expect(
            shown(["x ", "\u{928}\u{92E}", "\u{938}\u{94D}", "y"], "\u{928}\u{92E}\u{938}") == "x ")
    }

    @Test func whatMayBecomeAStopTextStaysBack() {
        var filter = StopTextFilter(["STOP", "TOP!"])
        #expect(filter.feed("one S") == "one ")
        #expect(filter.feed("TO") == "")
        #expect(filter.feed("P") == "" && filter.isStopped)
        #expect(filter.flush() == "")
        #expect(shown(["a S", "TO"], "STOP") == "a STO")
        #expect(shown(["a ST", "OX STOP b"], "STOP", "") == "a STOX ")
        #expect(shown(["\r", "\n", "b"], "\n") == "\r")
    }
}
