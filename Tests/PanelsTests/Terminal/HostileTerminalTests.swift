// Hostile strings on their way to the cells and through ncurses to a pseudo terminal, byte by byte. HOSTILE=1, as in
// `make hostile`, tries a million of each; without it some ten thousand.

import Foundation
import TestSupport
import Testing

@testable import Panels

@Suite(.serialized) struct HostileTerminalTests {
    private static let isLong = ProcessInfo.processInfo.environment["HOSTILE"]?.isEmpty == false
    private static let count = isLong ? 1_000_000 : 20_000

    @Test(arguments: Array(1...UInt64(4)))
    func noHostileStringPassesTheSanitizer(seed: UInt64) {
        var source = HostileText(seed: seed)
        for round in 0..<Self.count / 4 {
            let bytes = source.bytes()
            for invisibles in [DisplayText.Invisibles.named, .dropped] {
                let text = DisplayText(bytes: bytes, invisibles: invisibles)
                guard HiddenBytes.first(in: text.string.utf8) == nil,
                    text.width == text.glyphs.reduce(0, { $0 + $1.width })
                else {
                    Issue.record("seed \(seed), round \(round): \(bytes.prefix(400))")
                    return
                }
            }
        }
    }

    /// The terminals that this machine's ncurses knows; without the first there is no terminal at all.
    private static let terminals: [(type: String, locale: String, seed: UInt64)] = [
        ("xterm-256color", "C.UTF-8", 11), ("xterm-256color", "C", 12),
        ("tmux-256color", "C.UTF-8", 13), ("linux", "C.UTF-8", 14),
    ].filter { type, _, _ in
        guard let pseudo = PseudoTerminal(Size(80, 24)) else { return true }
        defer { pseudo.close() }
        return type == "xterm-256color" || CursesTerminal.knows(type: type, on: pseudo.slave)
    }

    /// Rows of strings, each with its number in front: what the terminal shows is the frame, and what was sent
    /// is what ncurses and the program send of themselves.
    @Test(arguments: terminals)
    func everyByteOnATerminalIsOurOwn(type: String, locale: String, seed: UInt64) throws {
        let size = Size(240, 60)
        let pseudo = try #require(PseudoTerminal(size))
        defer { pseudo.close() }
        let terminal = try CursesTerminal(
            descriptor: pseudo.slave, environment: ["TERM": type, "LC_ALL": locale])
        defer { terminal.close() }
        #expect(terminal.size == size && terminal.isUTF8 == (locale != "C"))
        var source = HostileText(seed: seed)
        var replay = TerminalReplay(size, isUTF8: terminal.isUTF8)
        let pane = 40
        var shown = 0
        while shown < Self.count / 4 {
            var frame = Frame(size: size)
            for y in 0..<size.height {
                for x in stride(from: 0, to: size.width, by: pane) {
                    shown += 1
                    // Behind a wide glyph ncurses cannot write the last corner without ?7l, which tmux's entry lacks.
                    let isCorner = y + 1 == size.height && x + pane == size.width
                    let text = DisplayText("\(shown)|" + source.text())
                        .truncated(to: isCorner ? pane - 1 : pane)
                    frame.put(text, at: Point(x, y))
                }
            }
            if shown % 7 == 0 {
                // It ends with a BEL of its own.
                terminal.setTitle(DisplayText(source.text()))
                replay.take(try #require(pseudo.picture(), "no title came"))
            }
            terminal.draw(frame)
            terminal.ring()
            replay.take(try #require(pseudo.picture(), "the terminal fell silent"))
            let wanted = terminal.isUTF8 ? frame : frame.inASCII()
            let isSame = (0..<size.height).allSatisfy {
                replay.text(ofRow: $0) == wanted.text(ofRow: $0)
            }
            guard replay.fault == nil, isSame else {
                let row = (0..<size.height).first {
                    replay.text(ofRow: $0) != wanted.text(ofRow: $0)
                }
                Issue.record(
                    """
                    \(type), seed \(seed), up to string \(shown): \(replay.fault ?? "another picture")
                    \(row.map { "\($0): " + wanted.text(ofRow: $0).debugDescription } ?? "")
                    \(row.map { "\($0): " + replay.text(ofRow: $0).debugDescription } ?? "")
                    """)
                return
            }
        }
        terminal.close()
        replay.take(pseudo.rest())
        #expect(replay.fault == nil)
        // A replay that takes nothing would find nothing.
        #expect(replay.sequences["H", default: 0] > 100)
    }

    /// The judges find what they are there for.
    @Test(arguments: [
        "\u{1B}[31;7777m", "\u{1B}]52;c;T1dORUQ=\u{7}", "\u{1B}[7777;1H", "\u{1B}[6n",
        "\u{1B}P+q544e\u{1B}\\",
        "\u{9B}31m", "\u{202E}", "\u{E0041}", "\u{7F}", "\u{0}", "\u{1B}c", "\u{1B}]0;x\u{7}",
        "\u{3164}",
    ])
    func theJudgesFindEach(text: String) {
        var replay = TerminalReplay(Size(80, 24), isUTF8: true)
        replay.take(Array("\u{1B}[1;1Hbefore\(text)behind".utf8))
        #expect(replay.fault != nil)
        #expect(HiddenBytes.first(in: text.utf8) != nil)
        #expect(DisplayText(text).string.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }
}
