// Frames as lines with colours: which codes, where they end, and that nothing else escapes.

import Testing

@testable import Panels

@Suite struct FrameEscapesTests {
    @Test func stylesBeginAndEndInTheirRow() {
        var frame = Frame(size: Size(8, 3))
        frame.put("ab", at: Point(0, 0), style: Style(.indexed(2)))
        frame.put("cd", at: Point(2, 0), style: Style(.indexed(9), on: .indexed(200), .bold))
        frame.put("中", at: Point(1, 2), style: Style(.rgb(1, 2, 3)))
        let esc = "\u{1B}["
        #expect(
            frame.linesWithEscapes == [
                "\(esc)0;32mab\(esc)0;1;91;48;5;200mcd\(esc)0m", "",
                " \(esc)0;38;2;1;2;3m中\(esc)0m",
            ])
    }

    @Test func nothingOfATextEscapes() {
        var frame = Frame(size: Size(40, 1))
        frame.put(DisplayText("a\u{1B}[31mb\u{9B}2J\u{7}"), at: Point(0, 0))
        let line = frame.linesWithEscapes[0]
        #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x9B }, "\(line)")
        #expect(Frame(size: Size(0, 0)).linesWithEscapes.isEmpty)
    }

    @Test(
        arguments: [
            ([:], ColorDepth.monochrome), (["TERM": "dumb"], .monochrome),
            (["TERM": "xterm"], .sixteen),
            (["TERM": "xterm-256color"], .palette),
            (["TERM": "xterm-256color", "COLORTERM": "truecolor"], .full),
            (["TERM": "xterm-256color", "NO_COLOR": "1"], .monochrome),
            (["TERM": "xterm", "NO_COLOR": ""], .sixteen),
        ] as [([String: String], ColorDepth)])
    func depthFollowsTheVariables(environment: [String: String], depth: ColorDepth) {
        #expect(ColorDepth(environment: environment) == depth)
    }
}
